import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Static, TSchema } from 'typebox'
import type { ImportView } from '../../../api/imports.ts'
import { printable } from '../../../core/printable.ts'
import { errorCode, InputError } from '../../../errors.ts'
import type { Cli } from '../../cli.ts'
import type { Query } from '../../client.ts'
import { elapsed, plural, table } from '../../terminal/format.ts'
import { counted, createProgressBar } from '../../terminal/progressBar.ts'

/** Sends a file (`-`: standard input) to an import route while reading it, with a bar on a terminal. */
export async function uploadFile<View extends TSchema>(
  cli: Cli,
  request: { file: string; path: string; query: Query; view: View },
): Promise<Static<View>> {
  const { file, path, query, view } = request
  const fromPipe = file === '-'
  const source = fromPipe ? 'standard input' : basename(file)
  const total = fromPipe ? undefined : await sizeOf(file)
  const bar = createProgressBar(cli.terminal, { what: source, total })
  const bytes = fromPipe ? cli.terminal.input() : readFile(file)
  try {
    return await cli.api().upload(view, { path, query: { source, ...query }, bytes: counted(bytes, bar) })
  } finally {
    bar.end()
  }
}

/** A file's size in bytes. @throws InputError `file-unreadable` */
export async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch((cause: unknown) => {
    throw unreadable(file, cause)
  })
  if (found.isDirectory()) throw new InputError('file-unreadable', `${file} is a directory: name a file`)
  return found.size
}

/** A file's bytes as a stream. @throws InputError `file-unreadable` */
export async function* readFile(file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(file, { highWaterMark: 256 * 1024 })
  } catch (cause) {
    throw unreadable(file, cause)
  }
}

function unreadable(file: string, cause: unknown): InputError {
  const words: Readonly<Record<string, string>> = { ENOENT: 'there is no such file', EACCES: 'no permission' }
  const code = errorCode(cause)
  return new InputError('file-unreadable', `cannot read ${file}: ${words[code] ?? code}`)
}

/** An import's report in words: what came over, what did not and why. */
export function importWords(report: ImportView, what: string): string {
  const { rows, imported, duplicates, invalid, problems, problemsLeftOut, durationMs } = report
  const sum = `${plural(imported, what)} of ${plural(rows, 'row')} imported in ${elapsed(durationMs)}: ${plural(duplicates, 'duplicate')}, ${plural(invalid, 'bad row')}\n`
  if (problems.length === 0) return sum
  const rowsOfTable = problems.map(({ line, reason, value }) => [line, reason, value])
  const more = problemsLeftOut === 0 ? '' : `and ${plural(problemsLeftOut, 'problem')} more\n`
  return `${sum}\n${table(['line', 'reason', 'value'], rowsOfTable)}${more}`
}

/** Warnings of an import, one a line. */
export function warningWords(warnings: readonly string[]): string {
  return warnings.map(warning => `warning: ${printable(warning)}\n`).join('')
}
