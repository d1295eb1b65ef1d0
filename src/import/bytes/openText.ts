import { given } from '../../core/given.ts'
import { InputError } from '../../errors.ts'
import { decodeText, fromUtf16 } from './encoding.ts'
import { joined, unpacked } from './unpack.ts'

/** The first lines of a file decide how it is read; longer ones are none of a list. */
const headMaxBytes = 1024 * 1024
const [newline, carriageReturn, endOfFile, quote] = [0x0a, 0x0d, 0x1a, 0x22]

/** A file as every reader of lists gets it. */
export interface OpenedText {
  /** The first line that holds something; a line `sep=;` is none. */
  readonly firstLine: string
  /** What a line `sep=;` in front of the others says; absent: there is none. */
  readonly delimiter?: string
  /**
   * Lines in UTF-8 or Windows-1252 (see decodeLine), ended by LF or CR LF, without a byte order mark. Lines are numbered as in the
   * file: what is left out leaves an empty one.
   */
  readonly bytes: AsyncIterable<Uint8Array>
  /** What was recognised and is to be told; absent: nothing. */
  readonly remark?: string
}

/**
 * The one door for files: whatever they are packed in, written in and ended by.
 * @throws InputError `empty-file`, and as `unpacked`
 */
export async function openText(stream: AsyncIterable<Uint8Array>): Promise<OpenedText> {
  const raw = await headOf(unpacked(stream), head => head.length >= 4)
  const wide = fromUtf16(raw.head, raw.bytes)
  const { head, bytes } = await headOf(wide.bytes, hasFirstLines)
  const lines = firstLines(head)
  if (lines.first.trim() === '') throw new InputError('empty-file', 'the file is empty')
  const kept = withoutBeginning(bytes, markEnd(head), lines.separatorLine)
  return {
    firstLine: lines.first.trim(),
    bytes: withoutEndMark(lines.onlyCarriageReturns ? withNewlines(kept) : kept),
    ...given({ delimiter: lines.delimiter, remark: wide.remark }),
  }
}

/** The beginning of a stream, read until it is enough, and all of it. */
async function headOf(stream: AsyncIterable<Uint8Array>, isEnough: (head: Uint8Array) => boolean) {
  const iterator = stream[Symbol.asyncIterator]()
  let head: Uint8Array = new Uint8Array()
  while (head.length < headMaxBytes && !isEnough(head)) {
    const next = await iterator.next()
    if (next.done) break
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value])
  }
  return { head, bytes: joined(head, iterator) }
}

/** A line that Excel writes and reads before the others. */
const separator = /^"?sep=([^A-Za-z0-9"\r\n])"?[,;\t ]*$/i

interface FirstLines {
  readonly first: string
  readonly delimiter?: string
  /** Where the line that names the delimiter stands in the bytes. */
  readonly separatorLine?: readonly [from: number, to: number]
  readonly onlyCarriageReturns: boolean
}

/** Ends with a line that holds something, and is known by what ends. */
function hasFirstLines(head: Uint8Array): boolean {
  const { end } = lineWith(head, markEnd(head))
  if (end === -1) return false
  const named = separator.exec(textOf(head, 0, end)) !== null
  return !named || lineWith(head, end).end !== -1
}

function firstLines(head: Uint8Array): FirstLines {
  const begin = lineIn(head, markEnd(head))
  const end = begin.end
  const onlyCarriageReturns = head[end] === carriageReturn && head[end + 1] !== newline
  const first = textOf(head, begin.from, end)
  const [, delimiter] = separator.exec(first) ?? []
  if (delimiter === undefined) return { first, onlyCarriageReturns }
  const second = lineIn(head, end)
  return {
    first: textOf(head, second.from, second.end),
    delimiter,
    separatorLine: [begin.from, end],
    onlyCarriageReturns,
  }
}

/** The same of a head beyond which nobody looks: a quote that stays open is none. */
function lineIn(head: Uint8Array, from: number): { readonly from: number; readonly end: number } {
  const quoted = lineWith(head, from)
  if (quoted.end !== -1) return quoted
  const plain = lineWith(head, from, false)
  return plain.end === -1 ? { from: plain.from, end: head.length } : plain
}

function textOf(bytes: Uint8Array, from: number, to: number): string {
  return decodeText(bytes.subarray(from, to)).replace(/^[\r\n]+/, '')
}

/**
 * The next line that holds something, line breaks between quotes included: where it begins, and where its end stands; -1: not in
 * these bytes, or nobody can tell yet whether LF follows CR.
 */
function lineWith(bytes: Uint8Array, from: number, quotes = true): { readonly from: number; readonly end: number } {
  let start = from
  let quoted = false
  let holds = false
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at]
    if (byte === quote && quotes) quoted = !quoted
    if ((byte === newline || byte === carriageReturn) && !quoted) {
      if (holds) return { from: start, end: byte === carriageReturn && at + 1 === bytes.length ? -1 : at }
      start = at + 1
    } else if (byte !== 0x20 && byte !== 0x09) holds = true
  }
  return { from: start, end: -1 }
}

/** Lines of old Macs. */
async function* withNewlines(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let afterReturn = false
  for await (const piece of bytes) {
    const ended = Buffer.alloc(piece.length)
    let length = 0
    for (const byte of piece) {
      const isSecond = byte === newline && afterReturn
      afterReturn = byte === carriageReturn
      if (isSecond) continue
      ended[length] = afterReturn ? newline : byte
      length += 1
    }
    yield ended.subarray(0, length)
  }
}

/** Without marks, and without the bytes of a line, in the beginning, which is one piece. */
async function* withoutBeginning(
  bytes: AsyncIterable<Uint8Array>,
  marks: number,
  [from, to]: readonly [from: number, to: number] = [marks, marks],
): AsyncIterable<Uint8Array> {
  let first = true
  for await (const piece of bytes) {
    if (first) yield piece.subarray(marks, from)
    yield first ? piece.subarray(to) : piece
    first = false
  }
}

const byteOrderMark = [0xef, 0xbb, 0xbf] as const

/** Behind the marks of UTF-8: what has gone through several programs has several. */
function markEnd(head: Uint8Array): number {
  let at = 0
  while (byteOrderMark.every((byte, index) => head[at + index] === byte)) at += byteOrderMark.length
  return at
}

/** Without the mark with which DOS ends a text. */
async function* withoutEndMark(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let held = false
  for await (const piece of bytes) {
    if (piece.length === 0) continue
    if (held) yield Uint8Array.of(endOfFile)
    held = piece.at(-1) === endOfFile
    yield held ? piece.subarray(0, -1) : piece
  }
}
