import { type DoNotCallFileOptions, readDoNotCall } from './doNotCallNumbers.ts'
import { createNumberFile } from './numberFile.ts'
import { createProblemList, type ProblemList } from './problemList.ts'
import { serveImport } from './serveImport.ts'

/** What a do-not-call import's thread is started with. */
export interface DoNotCallData extends DoNotCallFileOptions {
  /** The file to build. */
  readonly file: string
}

/** What came of it. */
export interface DoNotCallResult {
  readonly rows: number
  readonly imported: number
  readonly invalid: number
  readonly problems: ReturnType<ProblemList['report']>
}

/** Progress is told after so many rows. */
const rowsBetweenBatches = 50_000

serveImport<DoNotCallData, { readonly rows: number }, DoNotCallResult>(async ({ data, stream, send }) => {
  const numbers = createNumberFile(data.file)
  const problems = createProblemList()
  let valid = 0
  let told = 0

  /** The sink cannot wait; the stream can, between two pieces. */
  async function* watched(): AsyncIterable<Uint8Array> {
    for await (const piece of stream) {
      yield piece
      const rows = valid + problems.count()
      if (rows - told < rowsBetweenBatches) continue
      told = rows
      await send({ rows })
    }
  }

  await readDoNotCall(watched(), data, {
    number(integer) {
      valid += 1
      numbers.add(integer)
    },
    bad: (line, reason, value) => problems.add({ line, reason, value }),
  })
  const imported = numbers.finish()
  const invalid = problems.count()
  return { rows: valid + invalid, imported, invalid, problems: problems.report() }
})
