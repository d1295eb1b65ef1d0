import type { AttemptEnd, AttemptStart } from '../../core/call.ts'
import type { CampaignCounters } from '../../core/campaign.ts'
import type { CallId, CampaignId, PhoneNumber } from '../../core/ids.ts'
import type { AttemptStore, CallQuery, CallRecord, WrapUpRecord } from '../../ports.ts'
import { countsOf, moveAfterEnd, moveAfterWrapUp, noCounters, recount } from '../outcome.ts'
import { storeProblems } from '../problems.ts'
import type { MemoryLeads } from './leads.ts'

/** Attempts in memory, with the counters that follow from them. */
export class MemoryAttempts implements AttemptStore {
  readonly #leads: MemoryLeads
  readonly #records: CallRecord[] = []
  readonly #placeOf = new Map<CallId, number>()
  readonly #placesByNumber = new Map<PhoneNumber, number[]>()
  readonly #open = new Map<CallId, AttemptStart>()
  readonly #counters = new Map<CampaignId, CampaignCounters>()

  constructor(leads: MemoryLeads) {
    this.#leads = leads
  }

  counters(campaignId: CampaignId): CampaignCounters {
    const counters = this.#counters.get(campaignId) ?? noCounters()
    this.#counters.set(campaignId, counters)
    return counters
  }

  #known(callId: CallId): { readonly place: number; readonly record: CallRecord } {
    const place = this.#placeOf.get(callId)
    const record = place === undefined ? undefined : this.#records[place]
    if (place === undefined || record === undefined) throw storeProblems.unknownAttempt(callId)
    return { place, record }
  }

  #replace(place: number, before: CallRecord, after: CallRecord): void {
    this.#records[place] = after
    const were = countsOf(before.end, before.wrapUp?.code)
    recount(this.counters(after.campaignId), were, countsOf(after.end, after.wrapUp?.code))
  }

  *#newestFirst(query: CallQuery): Iterable<CallRecord> {
    const places = query.number === undefined ? undefined : (this.#placesByNumber.get(query.number) ?? [])
    const behind = query.after === undefined ? Number.POSITIVE_INFINITY : this.#placeOf.get(query.after)
    if (behind === undefined) throw storeProblems.unknownCall(query.after ?? '')
    for (let index = (places ?? this.#records).length - 1; index >= 0; index -= 1) {
      const place = places === undefined ? index : (places[index] ?? 0)
      const record = this.#records[place]
      if (place < behind && record !== undefined) yield record
    }
  }

  async beginAttempt(attempt: AttemptStart): Promise<void> {
    if (this.#placeOf.has(attempt.callId)) throw storeProblems.alreadyBegun(attempt.callId)
    const place = this.#records.push(attempt) - 1
    this.#placeOf.set(attempt.callId, place)
    const places = this.#placesByNumber.get(attempt.number)
    if (places === undefined) this.#placesByNumber.set(attempt.number, [place])
    else places.push(place)
    this.#open.set(attempt.callId, attempt)
    const lead = this.#leads.get(attempt.leadId)
    if (lead !== undefined) this.#leads.hold(lead, 1)
  }

  async endAttempt(end: AttemptEnd): Promise<void> {
    const { place, record } = this.#known(end.callId)
    if (record.end !== undefined) throw storeProblems.alreadyEnded(end.callId)
    this.#open.delete(end.callId)
    this.#replace(place, record, { ...record, end })
    const lead = this.#leads.get(record.leadId)
    if (lead === undefined) return
    lead.attempts += Number(end.countsAsAttempt)
    lead.lastDisposition = end.disposition
    const move = moveAfterEnd(lead, end, record.wrapUp)
    if (move !== undefined) this.#leads.move(lead, move, 'retry')
    this.#leads.hold(lead, -1)
  }

  async recordWrapUp(wrapUp: WrapUpRecord): Promise<void> {
    const { place, record } = this.#known(wrapUp.callId)
    const at = record.wrapUp?.at ?? wrapUp.at
    this.#replace(place, record, { ...record, wrapUp: { ...wrapUp, ...(at === undefined ? {} : { at }) } })
    const lead = this.#leads.get(record.leadId)
    const move = lead && moveAfterWrapUp(lead, wrapUp)
    if (lead !== undefined && move !== undefined) this.#leads.move(lead, move, 'retry')
  }

  async openAttempts(): Promise<readonly AttemptStart[]> {
    return [...this.#open.values()]
  }

  async calls(query: CallQuery): Promise<readonly CallRecord[]> {
    const found: CallRecord[] = []
    for (const record of this.#newestFirst(query)) {
      if (found.length >= query.limit) break
      const matches =
        (query.campaignId === undefined || record.campaignId === query.campaignId) &&
        (query.since === undefined || record.originatedAt >= query.since)
      if (matches) found.push(record)
    }
    return found
  }

  async call(callId: CallId): Promise<CallRecord | undefined> {
    const place = this.#placeOf.get(callId)
    return place === undefined ? undefined : this.#records[place]
  }
}
