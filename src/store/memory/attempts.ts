import type { AttemptStart } from '../../core/call.ts'
import type { CampaignCounters } from '../../core/campaign.ts'
import type { CallId, CampaignId, PhoneNumber } from '../../core/ids.ts'
import type { AttemptStore, CallQuery, CallRecord } from '../../ports.ts'
import { countsOf, moveAfterEnd, moveAfterWrapUp, noCounters, recount } from '../outcome.ts'
import { storeProblems } from '../problems.ts'
import type { MemoryLeads } from './leads.ts'

/** Attempts in memory, with the counters that follow from them. */
export interface MemoryAttempts extends AttemptStore {
  counters(campaignId: CampaignId): CampaignCounters
}

/** No attempts yet. */
export function createMemoryAttempts(leads: MemoryLeads): MemoryAttempts {
  const records: CallRecord[] = []
  const placeOf = new Map<CallId, number>()
  const placesByNumber = new Map<PhoneNumber, number[]>()
  const open = new Map<CallId, AttemptStart>()
  const counters = new Map<CampaignId, CampaignCounters>()

  function countersOf(campaignId: CampaignId): CampaignCounters {
    const existing = counters.get(campaignId)
    if (existing !== undefined) return existing
    const made = noCounters()
    counters.set(campaignId, made)
    return made
  }

  function known(callId: CallId): { readonly place: number; readonly record: CallRecord } {
    const place = placeOf.get(callId)
    const record = place === undefined ? undefined : records[place]
    if (place === undefined || record === undefined) throw storeProblems.unknownAttempt(callId)
    return { place, record }
  }

  function replace(place: number, before: CallRecord, after: CallRecord): void {
    records[place] = after
    const were = countsOf(before.end, before.wrapUp?.code)
    recount(countersOf(after.campaignId), were, countsOf(after.end, after.wrapUp?.code))
  }

  function* newestFirst(query: CallQuery): Iterable<CallRecord> {
    const places = query.number === undefined ? undefined : (placesByNumber.get(query.number) ?? [])
    const behind = query.after === undefined ? Number.POSITIVE_INFINITY : placeOf.get(query.after)
    if (behind === undefined) throw storeProblems.unknownCall(query.after ?? '')
    for (let index = (places ?? records).length - 1; index >= 0; index -= 1) {
      const place = places === undefined ? index : (places[index] ?? 0)
      const record = records[place]
      if (place < behind && record !== undefined) yield record
    }
  }

  return {
    counters: countersOf,
    async beginAttempt(attempt) {
      if (placeOf.has(attempt.callId)) throw storeProblems.alreadyBegun(attempt.callId)
      const place = records.push(attempt) - 1
      placeOf.set(attempt.callId, place)
      const places = placesByNumber.get(attempt.number)
      if (places === undefined) placesByNumber.set(attempt.number, [place])
      else places.push(place)
      open.set(attempt.callId, attempt)
      const lead = leads.get(attempt.leadId)
      if (lead !== undefined) leads.hold(lead, 1)
    },
    async endAttempt(end) {
      const { place, record } = known(end.callId)
      if (record.end !== undefined) throw storeProblems.alreadyEnded(end.callId)
      open.delete(end.callId)
      replace(place, record, { ...record, end })
      const lead = leads.get(record.leadId)
      if (lead === undefined) return
      lead.attempts += Number(end.countsAsAttempt)
      lead.lastDisposition = end.disposition
      const move = moveAfterEnd(lead, end, record.wrapUp)
      if (move !== undefined) leads.move(lead, move, 'retry')
      leads.hold(lead, -1)
    },
    async recordWrapUp(wrapUp) {
      const { place, record } = known(wrapUp.callId)
      replace(place, record, { ...record, wrapUp })
      const lead = leads.get(record.leadId)
      const move = lead && moveAfterWrapUp(lead, wrapUp)
      if (lead !== undefined && move !== undefined) leads.move(lead, move, 'retry')
    },
    openAttempts: async () => [...open.values()],
    async calls(query) {
      const found: CallRecord[] = []
      for (const record of newestFirst(query)) {
        if (found.length >= query.limit) break
        const matches =
          (query.campaignId === undefined || record.campaignId === query.campaignId) &&
          (query.since === undefined || record.originatedAt >= query.since)
        if (matches) found.push(record)
      }
      return found
    },
    async call(callId) {
      const place = placeOf.get(callId)
      return place === undefined ? undefined : records[place]
    },
  }
}
