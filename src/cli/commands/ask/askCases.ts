import { createReadStream, statSync } from 'node:fs'
import { printable } from '../../../core/printable.ts'
import { errorCode, InputError, OperatingError } from '../../../errors.ts'
import type { Cli } from '../../cli.ts'
import { plural } from '../../terminal/format.ts'
import { counted, createProgressBar } from '../../terminal/progressBar.ts'
import type { Answers } from './askAnswers.ts'
import { createAskPool } from './askPool.ts'
import type { AskWorkerData } from './askWorker.ts'
import { linesOf } from './caseLines.ts'

/**
 * Answers a file of cases, one JSON object a line: an answer a line, in order, in memory that does not grow. What a piece of
 * the file asked is answered when it is known, so that a program may ask and read in turn.
 */
export async function answerCases(cli: Cli, file: string, data: AskWorkerData): Promise<void> {
  const { terminal } = cli
  const { bytes, total } = openCases(cli, file)
  // Beside answers on the same screen a bar would only be in their way.
  const bar = createProgressBar(
    { ...terminal, errIsTty: terminal.errIsTty && !terminal.outIsTty },
    { what: file, total },
  )
  const pool = createAskPool(data)
  const tally = { answered: 0, wrong: 0, firstWrong: 0 }
  const tell = ({ text, answered, wrong, firstWrong }: Answers): void => {
    terminal.out(text)
    tally.answered += answered
    tally.wrong += wrong
    tally.firstWrong ||= firstWrong
  }
  try {
    const told: Promise<void>[] = []
    for await (const lines of linesOf(counted(bytes, bar))) {
      const before = told.at(-1)
      const one = Promise.all([pool.answer(lines), before]).then(([answers]) => tell(answers))
      // The first that fails ends it all; those behind it fail with it.
      one.catch(() => {})
      told.push(one)
      if (told.length >= pool.depth) await told.shift()
    }
    await Promise.all(told)
  } finally {
    await pool.close()
  }
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
    yield* createReadStream(file, { highWaterMark: 1 << 17 })
  } catch (cause) {
    throw new OperatingError('file-unreadable', `cannot read ${printable(file)} (${errorCode(cause)})`, { cause })
  }
}
