import { InputError } from '../../errors.ts'
import { type MoveInPart, moveInParts } from '../../ports/importing/imports.ts'

/** One table in the stream. */
export interface Frame {
  readonly part: MoveInPart
  /** The file's name, for the report. */
  readonly file: string
  /** To be read to its end before the next frame is asked for. */
  readonly bytes: AsyncIterable<Uint8Array>
}

const headMaxBytes = 2_000
const newline = 0x0a

/**
 * Takes a stream of tables apart, see MoveInRequest.
 * @throws InputError `bad-frame`, `stream-broken`
 */
export async function* readFrames(stream: AsyncIterable<Uint8Array>): AsyncIterable<Frame> {
  const source = createSource(stream)
  let last = -1
  for (;;) {
    const head = await source.line()
    if (head === undefined) return
    const { part, file, bytes } = readHead(head)
    const order = moveInParts.indexOf(part)
    if (order < last) throw new InputError('bad-frame', `send the tables in this order: ${moveInParts.join(', ')}`)
    last = order
    yield { part, file, bytes: source.take(bytes) }
    await source.skipRest()
  }
}

function readHead(text: string): { readonly part: MoveInPart; readonly file: string; readonly bytes: number } {
  const head = parsed(text)
  const part = moveInParts.find(one => one === head.part)
  const { file, bytes } = head
  if (part === undefined || typeof file !== 'string' || typeof bytes !== 'number' || !(bytes >= 0))
    throw new InputError(
      'bad-frame',
      `"${text.slice(0, 60)}" does not begin a table: {"part":"leads","file":"x","bytes":1}`,
    )
  return { part, file: file.slice(0, 200), bytes }
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    // Said by the caller, in one line for every way of being wrong.
    return {}
  }
}

function createSource(stream: AsyncIterable<Uint8Array>) {
  const iterator = stream[Symbol.asyncIterator]()
  let held: Uint8Array = new Uint8Array()
  let left = 0

  async function more(): Promise<boolean> {
    const next = await iterator.next()
    if (next.done) return false
    held = held.length === 0 ? next.value : Buffer.concat([held, next.value])
    return true
  }

  async function* take(bytes: number): AsyncIterable<Uint8Array> {
    left = bytes
    while (left > 0) {
      if (held.length === 0 && !(await more()))
        throw new InputError('stream-broken', 'the upload broke off in the middle of a file: nothing was moved in')
      const piece = held.subarray(0, left)
      held = held.subarray(piece.length)
      left -= piece.length
      yield piece
    }
  }

  return {
    take,
    async line(): Promise<string | undefined> {
      while (!held.includes(newline)) {
        if (held.length > headMaxBytes) throw new InputError('bad-frame', 'no table begins where one should')
        if (!(await more())) break
      }
      if (held.length === 0) return undefined
      const end = held.indexOf(newline)
      const text = new TextDecoder().decode(end === -1 ? held : held.subarray(0, end))
      held = end === -1 ? new Uint8Array() : held.subarray(end + 1)
      return text
    },
    /** What the reader of a table left. */
    async skipRest(): Promise<void> {
      for await (const _ of take(left));
    },
  }
}
