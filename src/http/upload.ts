import { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { ApiError } from '../api/apiError.ts'
import type { Api } from './context.ts'

/** The largest upload: far beyond a list of every telephone in a country. */
const uploadBytesMax = 8 * 1024 ** 3

/** Content types of uploads. None of them can be sent by a form of a foreign web page. */
export const uploadTypes = ['text/csv', 'application/octet-stream']

/**
 * Uploads may be packed with gzip, which their bytes tell; nothing else is unpacked here.
 * @throws ApiError 415
 */
export function checkContentEncoding({ headers, routeOptions }: FastifyRequest): void {
  const coding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (coding === 'identity') return
  const isUpload = 'upload' in routeOptions.config
  if (isUpload && ['gzip', 'x-gzip'].includes(coding)) return
  const say = isUpload ? 'send the file as it is, or packed with gzip' : 'send the body as it is'
  throw new ApiError(
    415,
    'unknown-content-encoding',
    `the content encoding ${JSON.stringify(coding)} is not read: ${say}`,
  )
}

/** Uploads that are being read, each with what ends the reading. */
const reading = new WeakMap<IncomingMessage, () => void>()

/**
 * Registers routes whose body arrives as a stream that is never buffered; inside, `request.body` is that stream. Other
 * content types are refused.
 */
export function withUploads(app: Api, register: (scope: Api) => void): void {
  void app.register(async scope => {
    scope.addHook('onRoute', route => {
      route.config = { ...route.config, upload: true }
    })
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(uploadTypes, (_request, payload, done) => done(null, payload))
    scope.addContentTypeParser('*', (_request, _payload, done) => done(wrongType()))
    register(scope)
  })
}

/** Nobody reads the upload any more: its reader fails, where there is one, and the rest of the bytes is the caller's. */
export function stopReading(request: IncomingMessage): void {
  reading.get(request)?.()
}

/**
 * Bytes of an upload, cut off with an error at the limit, when the sender goes away and when the request has been answered.
 * Whoever stops reading in the middle leaves the connection as it is: the answer is still to go out over it.
 */
export async function* uploadedBytes(body: unknown): AsyncGenerator<Uint8Array> {
  if (!(body instanceof IncomingMessage)) {
    throw new ApiError(422, 'body-missing', 'send the file as the body, with content-type: text/csv')
  }
  if (Number(body.headers['content-length'] ?? 0) > uploadBytesMax) throw tooLarge()
  let bytes = 0
  const pieces = readPieces(body)
  try {
    for await (const piece of pieces) {
      bytes += piece.length
      if (bytes > uploadBytesMax) throw tooLarge()
      yield piece
    }
  } finally {
    reading.delete(body)
  }
}

function wrongType(): ApiError {
  return new ApiError(415, 'unknown-content-type', 'send the file as the body, with content-type: text/csv')
}

function tooLarge(): ApiError {
  return new ApiError(413, 'body-too-large', `an upload holds at most ${uploadBytesMax} bytes`)
}

/** A stream's own iterator destroys the stream, and the connection with it, as soon as its reader stops. */
async function* readPieces(body: IncomingMessage): AsyncGenerator<Buffer> {
  let stopped = false
  let wake = (): void => {}
  const look = (): void => wake()
  const events = ['readable', 'end', 'close', 'error'] as const
  for (const event of events) body.on(event, look)
  reading.set(body, () => {
    stopped = true
    wake()
  })
  try {
    for (;;) {
      const changed = new Promise<void>(resolve => {
        wake = resolve
      })
      // The end of a stream that broke off looks like the end of a file, and half a file is not one.
      if (stopped || body.errored !== null || (body.destroyed && !body.readableEnded)) throw brokenOff()
      const piece: Buffer | null = body.read()
      if (piece !== null) yield piece
      else if (body.readableEnded) return
      else await changed
    }
  } finally {
    for (const event of events) body.off(event, look)
  }
}

function brokenOff(): ApiError {
  return new ApiError(400, 'upload-aborted', 'the upload broke off: nothing was imported, send it again')
}
