import { existsSync } from 'node:fs'
import type { Config } from '../../../../config.ts'
import { given } from '../../../../core/given.ts'
import { InputError } from '../../../../errors.ts'
import { checkWritable, writeWhole } from '../../../files.ts'
import type { Check, Facts } from '../checks.ts'
import { configPart, filesPart, machinePart, type Words } from './configPart.ts'
import { daemonPart } from './daemonPart.ts'
import { logPart } from './logPart.ts'
import { createProver, createPseudonyms, instantOf, type Plain, subjectOf } from './plain.ts'
import { recordsPart } from './recordsPart.ts'

/** What goes into a bundle for support. */
export interface ReportOrder {
  readonly file: string
  /** The daemon's log; absent: nobody has named it. */
  readonly log?: string | undefined
  /** Absent: it cannot be read. */
  readonly config: Config | undefined
  readonly checks: readonly Check[]
  readonly version: string
}

/**
 * Before anything is looked at.
 * @throws InputError `report-exists`
 * @throws OperatingError `file-unwritable`
 */
export function checkPlace(file: string): void {
  if (existsSync(file)) throw new InputError('report-exists', `${file} is there already: name another file`)
  checkWritable(file)
}

/**
 * Writes the bundle, readable for its owner alone. One JSON file and no archive: whoever sends it can read all of it before. Nothing
 * is blacked out in it; what goes in is figures, and words that stand in the program itself.
 */
export async function writeReport(order: ReportOrder): Promise<void> {
  const words: Words = { prover: createProver(), names: createPseudonyms() }
  const bundle = await bundleOf(order, words)
  writeWhole(order.file, `${JSON.stringify(bundle, null, 1)}\n`, 0o600)
}

async function bundleOf({ log, config, checks, version }: ReportOrder, words: Words): Promise<Plain> {
  const { prover } = words
  const now = Date.now()
  return {
    made: instantOf(now),
    dialwright: prover.word(version),
    machine: machinePart(words),
    ...given({
      config: config && configPart(config, words),
      files: config && filesPart(config),
      records: config && recordsPart(config.store.path, words, now),
      daemon: config && (await daemonPart(config, words)),
      log: log === undefined ? undefined : await logPart(log, prover),
    }),
    checks: checks.map(check => checkPart(check, words)),
  }
}

function checkPart({ what, result, code, facts }: Check, { prover, names }: Words): Plain {
  const about = prover.isOurs(what) ? prover.word(what) : subjectOf(what, names)
  return {
    about,
    result: prover.word(result),
    code: prover.word(code),
    facts: facts && factsPart(facts, words(prover)),
  }
}

type Word = ReturnType<Words['prover']['word']>

function words(prover: Words['prover']): (text: string) => Word {
  return text => prover.word(text)
}

/** Names of facts are written in the program. */
function factsPart(facts: Facts, word: (text: string) => Word): Plain {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]): [string, Plain] => {
      if (typeof value === 'number' || typeof value === 'boolean') return [name, value]
      return [name, typeof value === 'string' ? word(value) : value.map(word)]
    }),
  )
}
