import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { errorCode, InputError, OperatingError } from '../../errors.ts'
import { refuseForeign, tellsWhatItIs } from './foreign.ts'

const gzipMagic = [0x1f, 0x8b] as const
const pieceBytes = 256 * 1024
/** A file may unpack to so much, as an upload may be as large. */
const unpackedMaxBytes = 8 * 1024 ** 3
/** From so much on it may not be more than so many times its packed size: lists shrink to a third or a twentieth. */
const suspiciousBytes = 64 * 1024 ** 2
const ratioMax = 300

/**
 * The stream as it is, or unpacked where it is gzip, told by its first bytes. What is no text is refused.
 * @throws InputError `gzip-broken`, `gzip-bomb`, `cut-off`, and as {@link refuseForeign}
 */
export async function* unpacked(stream: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const packed = await startOf(stream)
  if (!isGzip(packed.head)) {
    refuseForeign(packed.head)
    yield* packed.bytes
    return
  }
  const text = await startOf(gunzipped(packed.bytes))
  if (isGzip(text.head))
    throw new InputError('packed', 'the file is packed twice with gzip: unpack it once (gunzip), and import that')
  refuseForeign(text.head)
  yield* text.bytes
}

function isGzip(head: Uint8Array): boolean {
  return gzipMagic.every((byte, at) => head[at] === byte)
}

/** The first bytes, and all of it. */
async function startOf(stream: AsyncIterable<Uint8Array>) {
  const iterator = stream[Symbol.asyncIterator]()
  let head: Uint8Array = new Uint8Array()
  while (!tellsWhatItIs(head)) {
    const next = await iterator.next()
    if (next.done) break
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value])
  }
  return { head, bytes: joined(head, iterator) }
}

/** What was read of a stream, and the rest. */
export async function* joined(head: Uint8Array, iterator: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  yield head
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
}

async function* gunzipped(stream: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: pieceBytes })
  let packed = 0
  async function* counted(): AsyncIterable<Uint8Array> {
    for await (const piece of stream) {
      packed += piece.length
      yield piece
    }
  }
  const fed = pipeline(Readable.from(counted(), { objectMode: false }), gunzip)
  // The same error comes out of the loop below.
  fed.catch(() => {})
  let bytes = 0
  try {
    for await (const piece of gunzip) {
      bytes += piece.length
      if (bytes > unpackedMaxBytes || (bytes > suspiciousBytes && bytes > packed * ratioMax)) throw bomb()
      yield piece
    }
  } catch (error) {
    if (error instanceof OperatingError) throw error
    if (errorCode(error) === 'Z_BUF_ERROR')
      throw new InputError('cut-off', 'the gzip file is cut off: nothing was imported; get it again', { cause: error })
    throw new InputError('gzip-broken', 'the gzip file is damaged: nothing was imported; get it again', {
      cause: error,
    })
  }
}

function bomb(): InputError {
  return new InputError('gzip-bomb', 'the gzip file unpacks to far more than a list does: nothing was imported')
}
