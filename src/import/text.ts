import { isUtf8 } from 'node:buffer'
import { InputError } from '../errors.ts'

/** The first line of a file decides its delimiter; a longer one is no list of leads. */
const firstLineMaxBytes = 64 * 1024

/** The beginning of a stream, read far enough to know its first line, and all of it. */
export interface Peeked {
  readonly firstLine: string
  readonly bytes: AsyncIterable<Uint8Array>
}

/**
 * Reads a stream as far as its first line without taking anything away from it. The mark at the beginning of UTF-8 files
 * is not part of the line.
 * @throws InputError `utf-16`, `empty-file`
 */
export async function peekFirstLine(stream: AsyncIterable<Uint8Array>): Promise<Peeked> {
  const iterator = stream[Symbol.asyncIterator]()
  let head: Uint8Array = new Uint8Array()
  while (!head.includes(0x0a) && head.length < firstLineMaxBytes) {
    const next = await iterator.next()
    if (next.done) break
    head = Buffer.concat([head, next.value])
  }
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) {
    throw new InputError('utf-16', 'the file is UTF-16: save it as CSV UTF-8')
  }
  const text = decodeText(head)
  const firstLine = (/[^\r\n]*\S[^\r\n]*/.exec(text)?.[0] ?? '').trim()
  if (firstLine === '') throw new InputError('empty-file', 'the file is empty')
  return { firstLine, bytes: rest(head, iterator) }
}

async function* rest(head: Uint8Array, iterator: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  yield head
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
}

const windows = new TextDecoder('windows-1252')
const newline = 0x0a

/** The text of bytes in UTF-8, or where they are none as spreadsheets write it on Western machines, Windows-1252. */
export function decodeText(bytes: Uint8Array): string {
  return isUtf8(bytes) ? new TextDecoder().decode(bytes) : windows.decode(bytes)
}

/** The stream in UTF-8: lines that are none are taken for Windows-1252, so that no letter of a header or an answer is lost. */
export async function* inUtf8(stream: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let rest: Uint8Array = new Uint8Array()
  for await (const piece of stream) {
    const end = piece.lastIndexOf(newline) + 1
    if (end === 0) rest = Buffer.concat([rest, piece])
    else {
      yield* linesInUtf8(rest.length === 0 ? piece.subarray(0, end) : Buffer.concat([rest, piece.subarray(0, end)]))
      rest = piece.subarray(end)
    }
    if (rest.length <= firstLineMaxBytes) continue
    // A line that no reader takes: what it says does not matter any more.
    yield rest
    rest = new Uint8Array()
  }
  yield* linesInUtf8(rest)
}

function* linesInUtf8(bytes: Uint8Array): Iterable<Uint8Array> {
  if (bytes.length === 0) return
  if (isUtf8(bytes)) {
    yield bytes
    return
  }
  for (let from = 0; from < bytes.length; ) {
    const found = bytes.indexOf(newline, from)
    const end = found === -1 ? bytes.length : found + 1
    const line = bytes.subarray(from, end)
    yield isUtf8(line) ? line : Buffer.from(windows.decode(line))
    from = end
  }
}
