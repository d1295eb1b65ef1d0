import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { InputError } from '../../errors.ts'
import { linesOf, unreadable } from '../ledger/segments.ts'
import type { ArchiveEnd, ArchiveHeader, ArchiveRow } from './rows.ts'

/** What a line of an archive is. */
export type ArchiveLine =
  | { readonly kind: 'header'; readonly header: ArchiveHeader }
  | { readonly kind: 'row'; readonly row: ArchiveRow }
  | { readonly kind: 'end'; readonly end: ArchiveEnd }

/** Told of what is read. */
export interface ReadTold {
  /** Of the file. */
  readonly onBytes?: (bytes: number) => void
  /** Each line as it stands. */
  readonly onLine?: (text: string) => void
}

/**
 * Reads an archive from its first line to its last, one by one.
 * @throws InputError `file-unreadable`, `no-archive`, `archive-damaged` (a line that is none, or an end that does not fit)
 */
export async function* readArchive(file: string, { onBytes, onLine }: ReadTold = {}): AsyncGenerator<ArchiveLine> {
  const bytes = createReadStream(file)
  if (onBytes !== undefined) bytes.on('data', chunk => onBytes(chunk.length))
  const plain = bytes.pipe(createGunzip())
  bytes.on('error', error => plain.destroy(error))
  const check = createCheck(file)
  try {
    for await (const text of linesOf(plain)) {
      onLine?.(text)
      yield check.take(text)
    }
  } catch (cause) {
    throw cause instanceof InputError ? cause : unreadable(file, { cause, line: check.lines() })
  } finally {
    bytes.destroy()
  }
  check.finish()
}

/** Counts the lines, and holds the last against them. */
function createCheck(file: string) {
  let lines = 0
  let ended = false
  const counts = { attempts: 0, leads: 0 }
  const damaged = (says: string) => new InputError('archive-damaged', `${file}, line ${lines}: ${says}`)
  return {
    lines: () => lines,
    take(text: string): ArchiveLine {
      lines += 1
      const line = lineOfText(text)
      if (lines === 1 && line?.kind !== 'header')
        throw new InputError('no-archive', `${file} is no archive of Dialwright: name a file that \`archive\` made`)
      if (line === undefined || ended) throw damaged('this is no line of an archive')
      if (line.kind === 'row') counts['attempt' in line.row ? 'attempts' : 'leads'] += 1
      ended = line.kind === 'end'
      if (line.kind === 'end' && (line.end.attempts !== counts.attempts || line.end.leads !== counts.leads))
        throw damaged('its end counts other rows than there are')
      return line
    },
    finish() {
      if (!ended) throw damaged('the file is cut off behind it')
    },
  }
}

function lineOfText(text: string): ArchiveLine | undefined {
  const said = parse(text)
  if (typeof said !== 'object' || said === null) return undefined
  if ('format' in said)
    // What else is in a line of this format was written by this program.
    return said.format === 'dialwright-archive' ? { kind: 'header', header: said as ArchiveHeader } : undefined
  if ('end' in said) return { kind: 'end', end: said.end as ArchiveEnd }
  return 'attempt' in said || 'lead' in said ? { kind: 'row', row: said as ArchiveRow } : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
