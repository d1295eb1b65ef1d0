import type { Database } from 'better-sqlite3'
import { createLawFinder } from '../../../core/compliance/law.ts'
import { decideVerdict, verdictRules } from '../../../core/compliance/verdict.ts'
import type { CampaignId, InstantMs } from '../../../core/ids.ts'
import { integerToNumber } from '../../../numbers/e164.ts'
import type { CampaignCensus, CensusQuestion } from '../../../ports/census.ts'
import { type CensusLead, startCounting } from '../../decisions/census.ts'
import { type DoNotCallLookup, factsOf } from '../../decisions/facts.ts'
import { storeProblems } from '../../decisions/problems.ts'
import { splitZones } from './leads/leadRows.ts'
import { preparePersonFacts, readSparedLookups } from './people/personFacts.ts'
import { prepareRestorationLookups } from './restorations.ts'

/** So many leads are read in one go: a reader must not keep the log from being tidied. */
const pageRows = 1_000

interface CensusRow extends Omit<CensusLead, 'inFlight'> {
  readonly leadId: number
  readonly number: number
  readonly attempts: number
  readonly timeZones: string
  readonly places: string
  readonly list: string
  readonly data: string
}

/** Only these are asked the gate about. */
function isDue({ state, dialableAt }: CensusRow, now: InstantMs): boolean {
  return state !== 'finished' && dialableAt <= now
}

/** Who waits for a count; asked and told between two pages. */
export interface CensusWaiter {
  hasGone(): boolean
  /** So many of so many leads are counted. */
  tell(done: number, total: number): void
}

/** Asks the gate about every lead of a campaign. For a thread of its own. @throws StoreError `count-stopped` */
export function prepareCensus(
  database: Database,
  doNotCall: DoNotCallLookup,
): (question: CensusQuestion, waiter: CensusWaiter) => CampaignCensus {
  const count = database
    .prepare<[CampaignId], number>(
      `SELECT count(*) FROM lead JOIN import USING (importKey)
       WHERE lead.campaignKey = (SELECT campaignKey FROM campaign WHERE campaignId = ?) AND import.state = 'active'`,
    )
    .pluck()
  const page = database.prepare<[CampaignId, number, number], CensusRow>(
    `SELECT leadId, number, lead.state, dialableAt, lead.attempts, timeZones, places, list, reason, data
     FROM lead JOIN import USING (importKey)
     WHERE lead.campaignKey = (SELECT campaignKey FROM campaign WHERE campaignId = ?) AND leadId > ?
       AND import.state = 'active'
     ORDER BY leadId LIMIT ?`,
  )
  const held = database
    .prepare<[CampaignId], number>(
      `SELECT leadId FROM attempt INDEXED BY attemptOpen
       WHERE campaignKey = (SELECT campaignKey FROM campaign WHERE campaignId = ?) AND endedAt IS NULL`,
    )
    .pluck()
  return ({ settings, book, now }, waiter) => {
    const { campaignId } = settings
    const rules = verdictRules(settings, createLawFinder(book))
    const counting = startCounting(now)
    const spared = readSparedLookups(database)
    const people = preparePersonFacts(database, spared)
    const attemptsUnknownUntil = prepareRestorationLookups(database).attemptsUnknownUntil()
    const inFlight = new Set(held.all(campaignId))

    function verdictOf(row: CensusRow) {
      const columns = rules.filter !== undefined && { columns: JSON.parse(row.data) }
      const { state, dialableAt, attempts, list } = row
      const split = { timeZones: splitZones(row.timeZones), places: splitZones(row.places) }
      const lead = {
        number: integerToNumber(row.number),
        state,
        dialableAt,
        attempts,
        list,
        ...split,
        ...columns,
      }
      const facts = factsOf({ lead, person: people(row.number), doNotCall, attemptsUnknownUntil }, now)
      return decideVerdict(facts, rules, now)
    }

    const total = count.get(campaignId) ?? 0
    let done = 0
    let after = 0
    for (;;) {
      waiter.tell(done, total)
      if (waiter.hasGone()) throw storeProblems.countStopped()
      const rows = page.all(campaignId, after, pageRows)
      spared.readTogether(rows.filter(row => isDue(row, now)).map(({ number }) => number))
      for (const row of rows) counting.add({ ...row, inFlight: inFlight.has(row.leadId) }, () => verdictOf(row))
      const last = rows.at(-1)
      if (last === undefined || rows.length < pageRows) return counting.result()
      after = last.leadId
      done += rows.length
    }
  }
}
