import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { errorCode, StoreError } from '../../errors.ts'
import { type JournalLine, type JournalPlace, nothingBefore, readLine } from './line.ts'

/** What was found in a journal's file. */
export interface JournalRead {
  /** Its first line; absent: there is no file, or nothing whole in it. */
  readonly begin?: Extract<JournalLine['entry'], { kind: 'begin' }>
  readonly last: JournalPlace
  /** Bytes of all lines that are whole: behind them lies what a crash has cut off, or nothing. */
  readonly wholeBytes: number
}

const pieceBytes = 1024 * 1024
const mend = 'move it away and keep it, a new one begins at the next start; take a backup then'

/**
 * Reads a journal line by line. A last line without its end was never acknowledged, and is left out.
 * @throws StoreError `journal-damaged`: a line is missing or was changed; `cannot-open`
 */
export function readJournal(file: string, take: (line: JournalLine) => void = () => {}): JournalRead {
  let begin: JournalRead['begin']
  let last = nothingBefore
  let wholeBytes = 0
  let lines = 0
  for (const text of linesIn(file)) {
    const line = readLine(text, last)
    if (line === undefined || (line.entry.kind === 'begin') !== (lines === 0))
      throw new StoreError('journal-damaged', `the journal ${file} is damaged in line ${lines + 1}: ${mend}`)
    if (line.entry.kind === 'begin') begin = line.entry
    const { trimmed } = begin ?? {}
    const isKept = lines > 0 && trimmed !== undefined && lines <= trimmed.kept
    const { seq, hash } = lines === trimmed?.kept ? trimmed : line
    last = { seq, hash }
    lines += 1
    wholeBytes += Buffer.byteLength(text) + 1
    take(isKept ? { ...line, kept: true } : line)
  }
  if (begin?.trimmed !== undefined && lines <= begin.trimmed.kept)
    throw new StoreError('journal-damaged', `the journal ${file} is cut off behind line ${lines}: ${mend}`)
  return { last, wholeBytes, ...(begin && { begin }) }
}

function* linesIn(file: string): Generator<string> {
  const descriptor = openIfThere(file)
  if (descriptor === undefined) return
  try {
    const buffer = Buffer.allocUnsafe(pieceBytes)
    const decoder = new StringDecoder('utf8')
    let rest = ''
    for (;;) {
      const length = readSync(descriptor, buffer, 0, pieceBytes, null)
      if (length === 0) return
      const lines = (rest + decoder.write(buffer.subarray(0, length))).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
  } finally {
    closeSync(descriptor)
  }
}

function openIfThere(file: string): number | undefined {
  try {
    return openSync(file, 'r')
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return undefined
    throw new StoreError('cannot-open', `the journal ${file} cannot be read (${errorCode(cause)})`, { cause })
  }
}
