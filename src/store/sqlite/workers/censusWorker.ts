import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { errorCode, errorMessage } from '../../../errors.ts'
import type { CampaignCensus, CensusQuestion } from '../../../ports/census.ts'
import { stepBack } from '../../../threads/threads.ts'
import type { DoNotCallLookup } from '../../decisions/facts.ts'
import { createOwnPrefixes, ownHits, ownRefusals } from '../../decisions/ownList.ts'
import { openBulkLists } from '../bulkListFiles.ts'
import { type CensusWaiter, prepareCensus } from '../queries/census.ts'
import { prepareDoNotCallLookups } from '../queries/people/doNotCall.ts'
import { readMembership } from '../queries/people/personFacts.ts'

/** What the thread is started with: it answers one question and ends. */
export interface CensusData {
  readonly file: string
  readonly question: CensusQuestion
  /** One number that both threads see: other than 0, nobody waits any more. */
  readonly gone: Int32Array<SharedArrayBuffer>
}

/** What the thread says: how far it is, now and then, and at its end one of the others. */
export type CensusAnswer =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'census'; readonly census: CampaignCensus }
  | { readonly kind: 'problem'; readonly code: string; readonly message: string }

/** Progress is told no more often than this. */
const tellEveryMs = 200

function say(answer: CensusAnswer): void {
  parentPort?.postMessage(answer)
}

function createWaiter(gone: CensusData['gone']): CensusWaiter {
  let toldAt = Number.NEGATIVE_INFINITY
  return {
    hasGone: () => Atomics.load(gone, 0) !== 0,
    tell(done, total) {
      if (performance.now() < toldAt + tellEveryMs) return
      toldAt = performance.now()
      say({ kind: 'progress', done, total })
    },
  }
}

/** Reads the same database and the same lists as the gate does. */
async function answer({ file, question, gone }: CensusData): Promise<CampaignCensus> {
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
    return prepareCensus(database, lookup)(question, createWaiter(gone))
  } finally {
    await lists.close()
    database.close()
  }
}

stepBack()
// Started with this type by censusPort.ts only.
answer(workerData as CensusData).then(
  census => say({ kind: 'census', census }),
  (error: unknown) => say({ kind: 'problem', code: errorCode(error), message: errorMessage(error) }),
)
