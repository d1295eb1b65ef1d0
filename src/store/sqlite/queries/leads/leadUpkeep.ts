import type { Database } from 'better-sqlite3'
import { listedReasons, recyclableReasons, releasableReasons } from '../../../../core/compliance/release.ts'
import type { CampaignId, LeadId, PhoneNumber } from '../../../../core/ids.ts'
import { numberToInteger } from '../../../../numbers/e164.ts'
import type { LeadRelease } from '../../../../ports/leadUpkeep.ts'
import { complaintCode } from '../../../decisions/outcome.ts'
import type { OperationOf, ReleaseProgress, ReleaseStep } from '../../../operations.ts'
import { prepareNumbersOf } from '../people/personReads.ts'
import { noSellerKey } from '../sellers.ts'

/** Leads made due again; each call runs in the writer's transaction. */
export interface LeadUpkeepWrites {
  release(step: ReleaseStep): ReleaseProgress
  releaseNumber(number: PhoneNumber, reasons: LeadRelease['reasons']): number
  /** Gives how many of them were finished and may be called again. */
  recycle(recycling: Pick<OperationOf<'recycle-leads'>, 'leadIds' | 'resetAttempts' | 'listed'>): number
  /** Carries on with releases that a restart broke off; false when there are none left. */
  sweep(): boolean
}

/** So many leads are moved in one transaction: others wait behind it. */
export const rowsMax = 100

/** A term of the partial index leadPutOff: only where it stands in a query, word for word, the index serves it. */
export const isPutOff = `state <> 'finished' AND reason <> 'resting'`

/** Leads of an import that is under way do not exist yet. */
export const isActive = `importKey IN (SELECT importKey FROM import WHERE import.state = 'active')`

/** What was said to another seller than the lead's is the gate's to weigh; `lead` and `doNotCall` are in scope. */
const isOthers = `
  doNotCall.list LIKE 'seller:%' AND doNotCall.list <> 'seller:' || (
    SELECT sellerId FROM seller WHERE seller.sellerKey = coalesce(
      (SELECT campaignSeller.sellerKey FROM campaignSeller WHERE campaignSeller.campaignKey = lead.campaignKey),
      ${noSellerKey}
    )
  )`

/** A finished lead that may be called again; `lead` is in scope. A refusal, a complaint and a dead number are for good. */
const mayComeBack = (reasons: readonly string[]) => `
  lead.state = 'finished' AND lead.reason IN ('${reasons.join("', '")}')
  AND NOT EXISTS (SELECT 1 FROM doNotCall WHERE doNotCall.number = lead.number AND NOT (${isOthers}))
  AND NOT EXISTS (SELECT 1 FROM doNotCallPrefix WHERE CAST(lead.number AS TEXT) LIKE prefix || '%')
  AND NOT EXISTS (
    SELECT 1 FROM attempt INDEXED BY attemptOfNumber
    WHERE attempt.number = lead.number
      AND (endedAt IS NULL OR refusal = 1 OR coalesce(wrapUpCode, '') = '${complaintCode}' OR coalesce(detail, '') = 'opted-out')
  )`

/** Whether a finished lead may be called again; `lead` is in scope. */
export const mayRecycle = mayComeBack(recyclableReasons)
/** The same of a lead that a list has finished. */
export const mayUnlist = mayComeBack(listedReasons)

interface Order {
  readonly campaignKey: number
  readonly reason: string
  readonly afterLeadId: LeadId
}

/** Prepares the writes on the writer's connection. */
export function prepareLeadUpkeep(database: Database): LeadUpkeepWrites {
  const orders = prepareOrders(database)
  const recycled = (may: string) =>
    database.prepare<[number, LeadId]>(
      `UPDATE lead SET state = 'retry', dialableAt = 0, reason = NULL, attempts = attempts * ?
       WHERE leadId = ? AND ${may}`,
    )
  const recycle = recycled(mayRecycle)
  const unlist = recycled(mayUnlist)
  // What stands here at the start was broken off; what comes later has somebody who asks for the next step.
  const brokenOff = [...orders.all()]
  return {
    ...prepareRelease(database, orders),
    recycle: ({ leadIds, resetAttempts, listed }) => {
      const one = listed ? unlist : recycle
      return leadIds.reduce((sum, leadId) => sum + one.run(resetAttempts ? 0 : 1, leadId).changes, 0)
    },
    sweep() {
      const [first] = brokenOff
      if (first === undefined) return false
      const order = orders
        .all()
        .find(({ campaignKey, reason }) => campaignKey === first.campaignKey && reason === first.reason)
      if (order === undefined || orders.work(order, rowsMax) < rowsMax) brokenOff.shift()
      return true
    },
  }
}

function prepareRelease(
  database: Database,
  orders: ReturnType<typeof prepareOrders>,
): Pick<LeadUpkeepWrites, 'release' | 'releaseNumber'> {
  const numbersOf = prepareNumbersOf(database)
  const ofNumber = database.prepare<[number, string]>(
    `UPDATE lead SET dialableAt = 0, reason = NULL
     WHERE number = ? AND state <> 'finished' AND reason IN (SELECT value FROM json_each(?)) AND ${isActive}`,
  )
  return {
    release({ campaignId, reasons, begin }) {
      if (begin) orders.begin(campaignId, reasons)
      let released = 0
      for (const order of orders.of(campaignId, reasons)) {
        released += orders.work(order, rowsMax - released)
        if (released >= rowsMax) return { released, more: true }
      }
      return { released, more: false }
    },
    // Whose other numbers they are only a seller can say: two sellers' persons of one id are two.
    releaseNumber(number, reasons) {
      const words = JSON.stringify(reasons)
      return numbersOf(numberToInteger(number)).reduce((sum, one) => sum + ofNumber.run(one, words).changes, 0)
    },
  }
}

/**
 * Releases under way, one row a campaign and reason with the last lead that was looked at: a lead that the gate puts off again
 * meanwhile lies behind and is not released twice.
 */
function prepareOrders(database: Database) {
  const campaignKeys = database
    .prepare<[{ campaignId: CampaignId | null }], number>(
      'SELECT campaignKey FROM campaign WHERE @campaignId IS NULL OR campaignId = @campaignId',
    )
    .pluck()
  const begin = database.prepare<[number, string]>('INSERT OR REPLACE INTO leadRelease VALUES (?, ?, 0)')
  const all = database.prepare<[], Order>('SELECT campaignKey, reason, afterLeadId FROM leadRelease')
  const moveOn = database.prepare<[LeadId, number, string]>(
    'UPDATE leadRelease SET afterLeadId = ? WHERE campaignKey = ? AND reason = ?',
  )
  const end = database.prepare<[number, string]>('DELETE FROM leadRelease WHERE campaignKey = ? AND reason = ?')
  const next = database
    .prepare<[number, string, LeadId, number], LeadId>(
      `SELECT leadId FROM lead INDEXED BY leadPutOff
       WHERE campaignKey = ? AND reason = ? AND leadId > ? AND ${isPutOff} AND ${isActive} ORDER BY leadId LIMIT ?`,
    )
    .pluck()
  const makeDue = database.prepare<[LeadId]>('UPDATE lead SET dialableAt = 0, reason = NULL WHERE leadId = ?')
  const keysOf = (campaignId: CampaignId | undefined) => campaignKeys.all({ campaignId: campaignId ?? null })
  return {
    all: () => all.all(),
    of(campaignId: CampaignId | undefined, reasons: readonly string[]): readonly Order[] {
      const keys = new Set(keysOf(campaignId))
      return all.all().filter(({ campaignKey, reason }) => keys.has(campaignKey) && reasons.includes(reason))
    },
    begin(campaignId: CampaignId | undefined, reasons: readonly string[]): void {
      const known: readonly string[] = releasableReasons
      for (const key of keysOf(campaignId))
        for (const reason of reasons) if (known.includes(reason)) begin.run(key, reason)
    },
    /** Releases at most `limit` leads of an order, and ends it where there are fewer. */
    work({ campaignKey, reason, afterLeadId }: Order, limit: number): number {
      const leadIds = next.all(campaignKey, reason, afterLeadId, limit)
      for (const leadId of leadIds) makeDue.run(leadId)
      const last = leadIds.at(-1)
      if (last === undefined || leadIds.length < limit) end.run(campaignKey, reason)
      else moveOn.run(last, campaignKey, reason)
      return leadIds.length
    },
  }
}
