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
  const text = new TextDecoder().decode(head)
  const firstLine = (/[^\r\n]*\S[^\r\n]*/.exec(text)?.[0] ?? '').trim()
  if (firstLine === '') throw new InputError('empty-file', 'the file is empty')
  return { firstLine, bytes: rest(head, iterator) }
}

async function* rest(head: Uint8Array, iterator: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  yield head
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
}
