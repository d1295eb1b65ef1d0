import { createReadStream, statSync } from 'node:fs'
import type { Asker } from '../../../app/ask/ask.ts'
import { errorCode, errorMessage, InputError, OperatingError } from '../../../errors.ts'
import type { Cli } from '../../cli.ts'
import { plural } from '../../terminal/format.ts'
import { printable } from '../../terminal/printable.ts'
import { counted, createProgressBar } from '../../terminal/progressBar.ts'
import { type FileLine, linesOf } from './caseLines.ts'

/** What every case of a file says, unless it says otherwise itself. */
type CaseDefaults = Readonly<Record<string, unknown>>

/** Answers are written in pieces of about this length. */
const pieceCharacters = 1 << 16

/** Answers a file of cases, one JSON object a line: an answer a line, in order, in memory that does not grow. */
export async function answerCases(
  cli: Cli,
  asker: Asker,
  { file, stated }: { readonly file: string; readonly stated: CaseDefaults },
): Promise<void> {
  const { terminal } = cli
  const { bytes, total } = openCases(cli, file)
  const defaults = Object.keys(stated).length === 0 ? undefined : stated
  // Beside answers on the same screen a bar would only be in their way.
  const bar = createProgressBar(
    { ...terminal, errIsTty: terminal.errIsTty && !terminal.outIsTty },
    { what: file, total },
  )
  const tally = { answered: 0, wrong: 0, firstWrong: 0 }
  let piece = ''
  for await (const lines of linesOf(counted(bytes, bar))) {
    for (const line of lines) {
      const answer = answerLine(asker, line, defaults)
      if (answer === undefined) continue
      tally.answered += 1
      if ('error' in answer) {
        tally.wrong += 1
        tally.firstWrong ||= line.line
      }
      piece += `${printable(JSON.stringify(answer))}\n`
      if (piece.length < pieceCharacters) continue
      terminal.out(piece)
      piece = ''
    }
  }
  terminal.out(piece)
  bar.end()
  if (tally.wrong === 0) return
  const where = `line ${tally.firstWrong}${tally.wrong > 1 ? ' is the first' : ''}`
  terminal.err(
    `error: ${plural(tally.wrong, 'line')} of ${tally.answered} could not be read (${where}): their answers say why\n`,
  )
  cli.setExitCode(1)
}

function openCases({ terminal }: Cli, file: string): { bytes: AsyncIterable<Uint8Array>; total: number | undefined } {
  if (file === '-') return { bytes: terminal.input(), total: undefined }
  const found = statSync(file, { throwIfNoEntry: false })
  if (found === undefined || found.isDirectory())
    throw new InputError(
      'no-such-file',
      `there is no file ${printable(file)}: name a file of cases, or - for standard input`,
    )
  return { bytes: readable(file), total: found.isFile() ? found.size : undefined }
}

async function* readable(file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(file, { highWaterMark: 1 << 18 })
  } catch (cause) {
    throw new OperatingError('file-unreadable', `cannot read ${printable(file)} (${errorCode(cause)})`, { cause })
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The answer to one line, or what is wrong with it; `undefined`: the line is empty. */
function answerLine(asker: Asker, { line, bytes }: FileLine, defaults: CaseDefaults | undefined) {
  let id: unknown
  try {
    const text = textOf(bytes)
    if (text.trim() === '') return undefined
    const written = parsed(text)
    if (!isGroup(written))
      throw new InputError('bad-case', `the line is no JSON object: write {"number": ..., "at": ...}`)
    id = written.id
    return asker.ask(defaults === undefined ? written : { ...defaults, ...written }, line)
  } catch (error) {
    if (!(error instanceof OperatingError)) throw error
    const named = typeof id === 'string' || typeof id === 'number' ? { id } : {}
    return { line, ...named, error: { code: error.code, message: error.message } }
  }
}

function textOf(bytes: Uint8Array | undefined): string {
  if (bytes === undefined) throw new InputError('bad-case', 'the line is longer than 1 MiB: write one case a line')
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw new InputError('not-utf-8', 'the line is not UTF-8: export it as UTF-8', { cause })
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new InputError('bad-json', `the line is no JSON: ${errorMessage(cause)}`, { cause })
  }
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
