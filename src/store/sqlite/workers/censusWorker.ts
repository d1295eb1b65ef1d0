import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { errorCode, errorMessage } from '../../../errors.ts'
import type { CensusQuestion } from '../../../ports/census.ts'
import type { DoNotCallLookup } from '../../decisions/facts.ts'
import { createOwnPrefixes, ownHits, ownRefusals } from '../../decisions/ownList.ts'
import { openBulkLists } from '../bulkListFiles.ts'
import { prepareCensus } from '../queries/census.ts'
import { prepareDoNotCallLookups } from '../queries/people/doNotCall.ts'
import { readMembership } from '../queries/people/personFacts.ts'

/** What the thread is started with: it answers one question and ends. */
export interface CensusData {
  readonly file: string
  readonly question: CensusQuestion
}

/** Reads the same database and the same lists as the gate does. */
async function answer({ file, question }: CensusData): Promise<unknown> {
  const database = new Database(file, { readonly: true, fileMustExist: true })
  const lookups = prepareDoNotCallLookups(database)
  const lists = await openBulkLists(file, lookups.bulkLists(), { keepStrangers: true })
  const prefixes = createOwnPrefixes(lookups.prefixes())
  const isOwn = readMembership(database, 'SELECT DISTINCT number FROM doNotCall')
  try {
    const entriesOf = (integer: number) => (isOwn(integer) ? lookups.entriesOf(integer) : [])
    const states = lists.states()
    const lookup: DoNotCallLookup = {
      hitsOf: integer => [...ownHits(entriesOf(integer), prefixes.match(integer)), ...lists.hitsOf(integer)],
      refusalsOf: integer => [...ownRefusals(entriesOf(integer)), ...lists.refusalsOf(integer)],
      lists: () => states,
    }
    return prepareCensus(database, lookup)(question)
  } finally {
    await lists.close()
    database.close()
  }
}

// Started with this type by sqliteStore.ts only.
answer(workerData as CensusData).then(
  census => parentPort?.postMessage({ census }),
  (error: unknown) => parentPort?.postMessage({ code: errorCode(error), message: errorMessage(error) }),
)
