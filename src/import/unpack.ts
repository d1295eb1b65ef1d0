import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { errorCode, InputError, OperatingError } from '../errors.ts'

const gzipMagic = [0x1f, 0x8b] as const
const zipMagic = [0x50, 0x4b, 0x03, 0x04] as const
const pieceBytes = 256 * 1024

/**
 * The stream as it is, or unpacked where it is gzip, told by its first bytes.
 * @throws InputError `zip`, `gzip-broken`, `cut-off`
 */
export async function* unpacked(stream: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const iterator = stream[Symbol.asyncIterator]()
  let head: Uint8Array = new Uint8Array()
  while (head.length < zipMagic.length) {
    const next = await iterator.next()
    if (next.done) break
    head = Buffer.concat([head, next.value])
  }
  const begins = (magic: readonly number[]) => magic.every((byte, at) => head[at] === byte)
  if (begins(zipMagic)) {
    const message =
      'the file is a zip archive: unpack it (unzip -p FILE.zip | dialwright dnc import - ...), or save a workbook as CSV'
    throw new InputError('zip', message)
  }
  const whole = joined(head, iterator)
  yield* begins(gzipMagic) ? gunzipped(whole) : whole
}

async function* joined(head: Uint8Array, iterator: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  yield head
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
}

async function* gunzipped(stream: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: pieceBytes })
  const fed = pipeline(Readable.from(stream, { objectMode: false }), gunzip)
  // The same error comes out of the loop below.
  fed.catch(() => {})
  try {
    yield* gunzip
  } catch (error) {
    if (error instanceof OperatingError) throw error
    if (errorCode(error) === 'Z_BUF_ERROR')
      throw new InputError('cut-off', 'the gzip file is cut off: nothing was imported; get it again', { cause: error })
    throw new InputError('gzip-broken', 'the gzip file is damaged: nothing was imported; get it again', {
      cause: error,
    })
  }
}
