import { createReadStream, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { errorCode, InputError } from '../../errors.ts'
import { type LedgerEntry, type LedgerKind, ledgerKinds } from '../../ports/ledger.ts'
import { canonicalJson } from './chain.ts'

/** The folder in which a database's segments lie. */
export function segmentFolder(databaseFile: string): string {
  return `${databaseFile}-ledger`
}

/** A segment's name, so that names sort as the segments follow each other. */
export function segmentName(fromSeq: number, toSeq: number): string {
  const digits = (seq: number) => String(seq).padStart(12, '0')
  return `ledger-${digits(fromSeq)}-${digits(toSeq)}.jsonl.gz`
}

/** Which entries a segment of this name has; `undefined`: it is none. */
export function segmentSpan(name: string): { readonly fromSeq: number; readonly toSeq: number } | undefined {
  const [, from, to] = /^ledger-(\d{12})-(\d{12})\.jsonl\.gz$/.exec(name) ?? []
  return from === undefined || to === undefined ? undefined : { fromSeq: Number(from), toSeq: Number(to) }
}

/** Removes a segment; one that is gone already is no error. */
export function removeSegment(databaseFile: string, name: string): void {
  rmSync(join(segmentFolder(databaseFile), name), { force: true })
}

/** An entry as a line of a segment or an export, without the line's end. The entry's own text stands in it unchanged. */
export function lineOf({ seq, at, kind, entry, hash }: LedgerEntry): string {
  return `{"seq":${seq},"at":${at},"kind":${JSON.stringify(kind)},"entry":${entry},"hash":"${hash}"}`
}

/**
 * Reads a line back. `undefined` where it is not exactly what {@link lineOf} writes: the same content written otherwise could
 * be read otherwise by others.
 */
export function entryOfLine(line: string): LedgerEntry | undefined {
  const parsed = parse(line)
  if (typeof parsed !== 'object' || parsed === null) return undefined
  const { seq, at, kind, entry, hash } = parsed as Readonly<Record<string, unknown>>
  if (!Number.isSafeInteger(seq) || !Number.isSafeInteger(at) || typeof hash !== 'string') return undefined
  if (!ledgerKinds.includes(kind as LedgerKind) || typeof entry !== 'object' || entry === null) return undefined
  const read = { seq, at, kind, entry: canonicalJson(entry), hash } as LedgerEntry
  return lineOf(read) === line ? read : undefined
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** A line of a file with its number. */
export interface SegmentLine {
  readonly line: number
  /** Absent: the line is no entry. */
  readonly entry?: LedgerEntry
}

/** What is read at once. */
const batchMax = 1_000

/**
 * Reads a file of entries, packed or not, a few at a time. `onBytes`: told of the bytes of the file as they are read.
 * @throws InputError `file-unreadable`
 */
export async function* readSegment(
  file: string,
  onBytes: (bytes: number) => void = () => {},
): AsyncGenerator<readonly SegmentLine[]> {
  const bytes = createReadStream(file)
  bytes.on('data', chunk => onBytes(chunk.length))
  const plain = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes
  if (plain !== bytes) bytes.on('error', error => plain.destroy(error))
  let batch: SegmentLine[] = []
  let line = 0
  try {
    for await (const text of linesOf(plain)) {
      line += 1
      const entry = entryOfLine(text)
      batch.push(entry === undefined ? { line } : { line, entry })
      if (batch.length < batchMax) continue
      yield batch
      batch = []
    }
    yield batch
  } catch (cause) {
    yield batch
    throw unreadable(file, { cause, line })
  } finally {
    bytes.destroy()
  }
}

/** The lines of a stream; an error of the stream is thrown. */
export async function* linesOf(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  let failure: unknown
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })
  // readline passes on no error of its input: it would look like the file's end.
  stream.on('error', error => {
    failure = error
    lines.close()
  })
  for await (const line of lines) yield line
  if (failure !== undefined) throw failure
}

/** A file that cannot be read to its end, in the words of the operator. */
export function unreadable(
  file: string,
  { cause, line }: { readonly cause: unknown; readonly line: number },
): InputError {
  const code = errorCode(cause)
  if (code === 'ENOENT') return new InputError('file-unreadable', `there is no file ${file}`, { cause })
  const where = line === 0 ? '' : ` after line ${line}`
  const damaged = code.startsWith('Z_') || code === 'ERR_BUFFER_TOO_LARGE'
  const why = damaged ? 'it is damaged or cut off' : `it cannot be read (${code})`
  return new InputError('file-unreadable', `${file}: ${why}${where}`, { cause })
}
