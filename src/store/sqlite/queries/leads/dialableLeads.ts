import type { Database } from 'better-sqlite3'
import type { CampaignId, InstantMs, LeadId } from '../../../../core/ids.ts'
import type { Disposition } from '../../../../core/vocabulary.ts'
import { integerToNumber } from '../../../../numbers/e164.ts'
import type { DialableLead, LeadStore } from '../../../../ports/leads.ts'
import { sellerKeyOf } from '../sellers.ts'

type Query = Parameters<LeadStore['dialableLeads']>[0]
type Answer = Awaited<ReturnType<LeadStore['dialableLeads']>>

/** Leads of one import with one priority: a stretch of the index in the order in which they are due. */
interface Stretch {
  readonly importKey: number
  readonly priority: number
}

interface HopperRow {
  readonly number: number
  readonly attempts: number
  readonly priority: number
  readonly personKey: number | null
  readonly lastDisposition: string | null
  readonly callbackAgentId: string | null
}

interface CarrierFaultsQuery {
  readonly number: number
  readonly leadId: LeadId
  readonly lastDisposition: string | null | undefined
}

interface Due {
  readonly leadId: LeadId
  readonly dialableAt: InstantMs
}

/** Dispositions of calls that the carrier may have failed: only then are they counted. */
const failures: ReadonlySet<string> = new Set<Disposition>(['congestion', 'failed', 'rejected'])

const unfinished = `FROM lead INDEXED BY leadDialable WHERE campaignKey = ? AND state <> 'finished'`

/** Reads a lead, which must exist, as the hopper has it. */
export function prepareHopperLead(database: Database): (leadId: LeadId) => DialableLead {
  const lead = database.prepare<[LeadId], HopperRow>(
    // Two sellers' persons of one id are two.
    `SELECT number, attempts, priority, callbackAgentId, lastDisposition,
       personKey + (${sellerKeyOf('campaignSeller')} - 1) * ${2 ** 32} AS personKey
     FROM lead LEFT JOIN campaignSeller USING (campaignKey) WHERE leadId = ?`,
  )

  const carrierFaultsOf = prepareCarrierFaults(database)

  return leadId => {
    const {
      number = 0,
      attempts = 0,
      priority = 0,
      personKey,
      callbackAgentId,
      lastDisposition,
    } = lead.get(leadId) ?? {}
    const carrierFaults = carrierFaultsOf({ number, leadId, lastDisposition })
    return {
      leadId,
      number: integerToNumber(number),
      attempts,
      priority,
      ...(personKey == null ? {} : { personKey }),
      ...(carrierFaults === 0 ? {} : { carrierFaults }),
      ...(callbackAgentId == null ? {} : { agentId: callbackAgentId }),
    }
  }
}

/**
 * The hopper's question. The index holds the unfinished leads by campaign, import, priority and the time they are due; the
 * stretches of it that exist are stepped through, from each the head is read, and heads of equal priority are merged. So
 * the cost follows what is given and how many stretches there are, not how many leads.
 */
export function prepareDialableLeads(database: Database): (query: Query) => Answer {
  const campaignKey = database
    .prepare<[CampaignId], number>('SELECT campaignKey FROM campaign WHERE campaignId = ?')
    .pluck()
  const held = database
    .prepare<[number], LeadId>(
      'SELECT leadId FROM attempt INDEXED BY attemptOpen WHERE campaignKey = ? AND endedAt IS NULL',
    )
    .pluck()
  const stretches = prepareStretches(database)
  const due = database.prepare<[number, number, number, InstantMs], Due>(
    `SELECT leadId, dialableAt ${unfinished} AND importKey = ? AND priority = ? AND dialableAt <= ? ORDER BY dialableAt, leadId`,
  )
  const later = database.prepare<[number, number, number, InstantMs], Due>(
    `SELECT leadId, dialableAt ${unfinished} AND importKey = ? AND priority = ? AND dialableAt > ? ORDER BY dialableAt, leadId`,
  )
  const hopperLead = prepareHopperLead(database)

  function answer({ campaignId, limit, exclude, list, now }: Query): Answer {
    const key = campaignKey.get(campaignId)
    if (key === undefined) return { leads: [] }
    const without = new Set([...exclude, ...held.all(key)])
    const all = stretches(key, list)
    const best: Due[] = []
    for (const priority of [...new Set(all.map(stretch => stretch.priority))].sort((a, b) => b - a)) {
      const heads = createHeads(limit - best.length, without)
      for (const { importKey } of all.filter(stretch => stretch.priority === priority)) {
        heads.add(due.iterate(key, importKey, priority, now))
      }
      best.push(...heads.best())
      if (best.length >= limit) return { leads: best.map(({ leadId }) => hopperLead(leadId)) }
    }
    const leads = best.map(({ leadId }) => hopperLead(leadId))
    const moreAt = earliest(
      all.map(({ importKey, priority }) => firstOf(later.iterate(key, importKey, priority, now), without)),
    )
    return moreAt === undefined ? { leads } : { leads, moreAt }
  }

  const inOneView = database.transaction(answer)
  return query => inOneView(query)
}

/** How often in a row the carrier has failed a lead's number, since the last attempt that counts. */
function prepareCarrierFaults(database: Database) {
  const faults = database
    .prepare<[{ number: number; leadId: LeadId }], number>(
      `SELECT count(*) FROM attempt INDEXED BY attemptOfNumber
       WHERE number = @number AND leadId = @leadId AND detail IN ('carrier-fault', 'unreachable') AND originatedAt > coalesce(
         (SELECT max(originatedAt) FROM attempt INDEXED BY attemptOfNumber
          WHERE number = @number AND leadId = @leadId AND countsAsAttempt = 1), ${Number.MIN_SAFE_INTEGER})`,
    )
    .pluck()
  return ({ number, leadId, lastDisposition = null }: CarrierFaultsQuery): number =>
    lastDisposition !== null && failures.has(lastDisposition) ? (faults.get({ number, leadId }) ?? 0) : 0
}

/** Steps from one (import, priority) to the next, one probe each; imports that are not active are stepped over whole. */
function prepareStretches(database: Database): (campaignKey: number, list?: string) => readonly Stretch[] {
  const nextPriority = database.prepare<[number, number, number], Stretch>(
    `SELECT importKey, priority ${unfinished} AND importKey = ? AND priority > ? ORDER BY priority LIMIT 1`,
  )
  const nextImport = database.prepare<[number, number], Stretch>(
    `SELECT importKey, priority ${unfinished} AND importKey > ? ORDER BY importKey, priority LIMIT 1`,
  )
  const activeList = database
    .prepare<[number], string>(`SELECT list FROM import WHERE importKey = ? AND state = 'active'`)
    .pluck()
  return (campaignKey, list) => {
    const found: Stretch[] = []
    let at = nextImport.get(campaignKey, 0)
    while (at !== undefined) {
      const { importKey, priority }: Stretch = at
      const of = activeList.get(importKey)
      if (of !== undefined && (list === undefined || of === list)) {
        found.push(at)
        at = nextPriority.get(campaignKey, importKey, priority) ?? nextImport.get(campaignKey, importKey)
      } else at = nextImport.get(campaignKey, importKey)
    }
    return found
  }
}

function before(a: Due, b: Due): boolean {
  return a.dialableAt !== b.dialableAt ? a.dialableAt < b.dialableAt : a.leadId < b.leadId
}

/** Merges the heads of sorted stretches: of each only as much is read as can still be among the best. */
function createHeads(limit: number, without: ReadonlySet<LeadId>) {
  let merged: readonly Due[] = []
  return {
    add(stretch: Iterable<Due>): void {
      const last = merged.length < limit ? undefined : merged.at(-1)
      const head: Due[] = []
      for (const lead of stretch) {
        if (head.length >= limit || (last !== undefined && !before(lead, last))) break
        if (!without.has(lead.leadId)) head.push(lead)
      }
      if (head.length > 0) merged = [...merged, ...head].sort((a, b) => (before(a, b) ? -1 : 1)).slice(0, limit)
    },
    best: () => merged,
  }
}

function firstOf(stretch: Iterable<Due>, without: ReadonlySet<LeadId>): InstantMs | undefined {
  for (const { leadId, dialableAt } of stretch) if (!without.has(leadId)) return dialableAt
  return undefined
}

function earliest(instants: readonly (InstantMs | undefined)[]): InstantMs | undefined {
  const known = instants.filter(at => at !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}
