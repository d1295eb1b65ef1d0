import { InputError } from '../../errors.ts'
import { createNumberSet, type NumberSetBuilder } from '../../numberSet/builder.ts'
import { versionOf } from '../../numberSet/format.ts'
import { type ChangeCounts, changeSet } from '../../numberSet/merge.ts'
import { type NumberSetFile, openNumberSet } from '../../numberSet/read.ts'
import { type Written, writeNumberSet } from '../../numberSet/write.ts'
import { createProblemList, type ProblemList } from '../problemList.ts'
import { serveImport } from '../serveImport.ts'
import { type DoNotCallFileOptions, readDoNotCall } from './doNotCallNumbers.ts'

/** What a do-not-call import's thread is started with. */
export interface DoNotCallData extends DoNotCallFileOptions {
  /** The file to build. */
  readonly file: string
  /** The list that a change file changes. */
  readonly base?: string
  /** Share of rows 0..1. */
  readonly rubbishMax: number
}

/** What came of it. */
export interface DoNotCallResult {
  readonly rows: number
  /** Numbers and prefixes that the rows name, each as often as it is named. */
  readonly read: number
  /** Numbers and prefixes that rows may mean which cannot be read; they are on the list. */
  readonly possible: number
  /** Numbers and prefixes that are new on the list or have left it; of a full list: that it has. */
  readonly imported: number
  readonly invalid: number
  /** What was recognised of the file. */
  readonly remarks: readonly string[]
  readonly problems: ReturnType<ProblemList['report']>
  /** Of the version that was built. */
  readonly numbers: number
  readonly prefixes: number
  readonly version: string
  readonly changes?: ChangeCounts
}

/** Progress is told after so many rows. */
const rowsBetweenBatches = 50_000
/** So many wildcards a list may have; each one found makes every look-up search among them. */
const prefixesMax = 100_000
/** So many problems the one line of a refusal names. */
const problemsTold = 5

/** A change while it is being read. */
interface Side {
  readonly numbers: NumberSetBuilder
  readonly prefixes: Set<string>
}

const newSide = (): Side => ({ numbers: createNumberSet(), prefixes: new Set() })

serveImport<DoNotCallData, { readonly rows: number }, DoNotCallResult>(async ({ data, stream, send }) => {
  const sides = { add: newSide(), remove: newSide() }
  const problems = createProblemList()
  let rows = 0
  let read = 0
  let possible = 0
  let told = 0
  let noUtf8 = 0
  const remarks: string[] = []

  /** The sink cannot wait; the stream can, between two pieces. */
  async function* watched(): AsyncIterable<Uint8Array> {
    for await (const piece of stream) {
      yield piece
      if (rows - told < rowsBetweenBatches) continue
      told = rows
      await send({ rows })
    }
  }

  await readDoNotCall(watched(), data, {
    row() {
      rows += 1
    },
    number(integer, change) {
      read += 1
      sides[change].numbers.add(integer)
    },
    possible(what) {
      possible += 1
      if ('integer' in what) sides.add.numbers.add(what.integer)
      else sides.add.prefixes.add(what.digits)
    },
    prefix(digits, change) {
      read += 1
      sides[change].prefixes.add(digits)
    },
    bad: (line, reason, value) => problems.add({ line, reason, value }),
    remark: text => void remarks.push(text),
    noUtf8() {
      noUtf8 += 1
    },
  })
  const invalid = problems.count()
  checkRubbish(problems, rows, data.rubbishMax)
  if (noUtf8 > 0) remarks.push(`${noUtf8} rows are no UTF-8: they were read as Windows-1252`)
  return { rows, read, possible, invalid, remarks, problems: problems.report(), ...(await build(data, sides)) }
})

function checkRubbish(problems: ProblemList, rows: number, rubbishMax: number): void {
  const bad = problems.count()
  if (bad <= rows * rubbishMax) return
  const first = problems.report().problems.slice(0, problemsTold)
  const told = first.map(({ line, reason, value }) => `line ${line}: ${reason} (${JSON.stringify(value)})`)
  const more = bad > first.length ? `; and ${bad - first.length} more` : ''
  const share = `${((bad / rows) * 100).toFixed(1)} %`
  const message = `${bad} of ${rows} rows (${share}) cannot be read, more than the ${rubbishMax * 100} % that may be: nothing was imported; ${told.join('; ')}${more}`
  throw new InputError('too-much-rubbish', message)
}

type Built = Pick<DoNotCallResult, 'imported' | 'numbers' | 'prefixes' | 'version' | 'changes'>

async function build({ file, base }: DoNotCallData, sides: { add: Side; remove: Side }): Promise<Built> {
  if (base === undefined) {
    const prefixes = sortedPrefixes(sides.add.prefixes)
    const written = await checked(file, writeNumberSet(file, sides.add.numbers.groups(), prefixes))
    return { ...outcome(written, prefixes), imported: written.numbers + prefixes.length }
  }
  const old = await openNumberSet(base)
  try {
    return await change(file, old, sides)
  } finally {
    await old.close()
  }
}

async function change(file: string, old: NumberSetFile, { add, remove }: { add: Side; remove: Side }): Promise<Built> {
  const changes: ChangeCounts = { added: 0, removed: 0, kept: 0 }
  const staying = old.prefixes.filter(prefix => !remove.prefixes.has(prefix) || add.prefixes.has(prefix))
  const prefixes = sortedPrefixes([...staying, ...add.prefixes])
  const groups = changeSet({ base: old.groups(), add: add.numbers.groups(), remove: remove.numbers.groups() }, changes)
  const written = await checked(file, writeNumberSet(file, groups, prefixes))
  changes.removed += old.prefixes.length - staying.length
  changes.added += prefixes.length - staying.length
  return { ...outcome(written, prefixes), changes, imported: changes.added + changes.removed }
}

function outcome({ numbers, contentSum }: Written, prefixes: readonly string[]) {
  return { numbers, prefixes: prefixes.length, version: versionOf(contentSum) }
}

function sortedPrefixes(prefixes: Iterable<string>): readonly string[] {
  const all = [...new Set(prefixes)].sort()
  if (all.length <= prefixesMax) return all
  throw new InputError('too-many-prefixes', `the list would have ${all.length} wildcards, at most ${prefixesMax} go in`)
}

/** Reads the file back: what the disk has made of it counts. */
async function checked(file: string, written: Written): Promise<Written> {
  const set = await openNumberSet(file)
  try {
    await set.verify()
  } finally {
    await set.close()
  }
  return written
}
