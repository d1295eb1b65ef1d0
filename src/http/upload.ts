import type { IncomingMessage } from 'node:http'
import { ApiError } from '../api/apiError.ts'
import type { Api } from './context.ts'

/** The largest upload: far beyond a list of every telephone in a country. */
const uploadBytesMax = 8 * 1024 ** 3

/** Content types of uploads. None of them can be sent by a form of a foreign web page. */
const uploadTypes = ['text/csv', 'application/octet-stream']

/**
 * Registers routes whose body arrives as a stream that is never buffered; inside, `request.body` is that stream. Other
 * content types are refused.
 */
export function withUploads(app: Api, register: (scope: Api) => void): void {
  void app.register(async scope => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(uploadTypes, (_request, payload, done) => done(null, payload))
    register(scope)
  })
}

/** Bytes of an upload, cut off with an error at the limit and when the sender goes away. */
export async function* uploadedBytes(body: unknown): AsyncGenerator<Uint8Array> {
  if (!isStream(body)) {
    throw new ApiError(422, 'body-missing', 'send the file as the body, with content-type: text/csv')
  }
  let bytes = 0
  try {
    for await (const chunk of body) {
      bytes += chunk.length
      if (bytes > uploadBytesMax)
        throw new ApiError(413, 'body-too-large', `an upload holds at most ${uploadBytesMax} bytes`)
      yield chunk
    }
  } catch (cause) {
    if (cause instanceof ApiError) throw cause
    throw new ApiError(400, 'upload-aborted', 'the upload broke off: nothing was imported, send it again')
  }
}

function isStream(body: unknown): body is IncomingMessage & AsyncIterable<Buffer> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
}
