import type { AttemptEnd, AttemptStart } from '../../core/calls/call.ts'
import type { CampaignCounters, CampaignSettings } from '../../core/campaigns/campaign.ts'
import type { PastAttempt } from '../../core/compliance/history.ts'
import type { AgentId, CallId, CampaignId, PhoneNumber } from '../../core/ids.ts'
import type { AttemptStore, CallQuery, CallRecord, WrapUpRecord } from '../../ports/attempts.ts'
import { type MovedCall, movedEnd, movedFrom } from '../../ports/packedMoved.ts'
import { historyMax } from '../decisions/facts.ts'
import {
  complaintCode,
  countsOf,
  machineCode,
  moveAfterEnd,
  moveAfterWrapUp,
  noCounters,
  promiseAfterEnd,
  promiseAfterWrapUp,
  recount,
} from '../decisions/outcome.ts'
import { storeProblems } from '../decisions/problems.ts'
import { MemoryAbandonment, ownerOf } from './abandonment.ts'
import type { MemoryLead } from './lead.ts'
import type { MemoryLeads } from './leads.ts'

/** Attempts in memory, with the counters that follow from them. */
export class MemoryAttempts implements AttemptStore {
  readonly #leads: MemoryLeads
  readonly #records: CallRecord[] = []
  readonly #placeOf = new Map<CallId, number>()
  readonly #placesByNumber = new Map<PhoneNumber, number[]>()
  readonly #open = new Map<CallId, AttemptStart>()
  readonly #counters = new Map<CampaignId, CampaignCounters>()
  readonly abandonment = new MemoryAbandonment()
  /** Whose call each attempt was when it was begun. */
  readonly #sellers: ReturnType<typeof ownerOf>[] = []
  readonly #campaigns: ReadonlyMap<CampaignId, CampaignSettings>
  /** Purpose and topic of each attempt's campaign when it was begun. */
  readonly #owners: Pick<PastAttempt, 'purpose' | 'topic'>[] = []

  constructor(leads: MemoryLeads, campaigns: ReadonlyMap<CampaignId, CampaignSettings>) {
    this.#leads = leads
    this.#campaigns = campaigns
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
    const owner = this.#sellers[place] ?? ownerOf(after.campaignId, undefined)
    const [was, is] = [before, after].map(({ end, wrapUp }) => ({ end, wrapUpCode: wrapUp?.code }))
    this.abandonment.count(owner, was ?? {}, is ?? {})
    if (before.end === undefined && after.end !== undefined) this.abandonment.ended(owner, after, after.end)
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

  #append(attempt: AttemptStart): number {
    const place = this.#records.push(attempt) - 1
    const { purpose = 'sales', topic = 'sales' } = this.#campaigns.get(attempt.campaignId) ?? {}
    this.#owners[place] = { purpose, topic }
    this.#sellers[place] = ownerOf(attempt.campaignId, this.#campaigns.get(attempt.campaignId))
    this.#placeOf.set(attempt.callId, place)
    const places = this.#placesByNumber.get(attempt.number)
    if (places === undefined) this.#placesByNumber.set(attempt.number, [place])
    else places.push(place)
    return place
  }

  async beginAttempt(attempt: AttemptStart): Promise<void> {
    if (this.#placeOf.has(attempt.callId)) throw storeProblems.alreadyBegun(attempt.callId)
    this.#append(attempt)
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
    promiseLead(lead, promiseAfterEnd(end, record.wrapUp))
    this.#leads.hold(lead, -1)
  }

  async recordWrapUp(wrapUp: WrapUpRecord): Promise<void> {
    const { place, record } = this.#known(wrapUp.callId)
    const at = record.wrapUp?.at ?? wrapUp.at
    this.#replace(place, record, { ...record, wrapUp: { ...wrapUp, ...(at === undefined ? {} : { at }) } })
    const lead = this.#leads.get(record.leadId)
    const move = lead && moveAfterWrapUp(lead, wrapUp)
    if (lead === undefined) return
    if (move !== undefined) this.#leads.move(lead, move, 'retry')
    promiseLead(lead, promiseAfterWrapUp(wrapUp))
  }

  /** Attempts on a number and on the person's other numbers, newest first. */
  historyOf(number: PhoneNumber, others: readonly PhoneNumber[]): readonly PastAttempt[] {
    const past = this.#pastOf(number, true)
    if (others.length === 0) return past
    return [...past, ...others.flatMap(other => this.#pastOf(other, false))].sort(
      (a, b) => b.originatedAt - a.originatedAt,
    )
  }

  #pastOf(number: PhoneNumber, sameNumber: boolean): readonly PastAttempt[] {
    const past: PastAttempt[] = []
    for (const place of (this.#placesByNumber.get(number) ?? []).toReversed()) {
      const [record, owner] = [this.#records[place], this.#owners[place]]
      if (record === undefined || owner === undefined || record.end?.countsAsAttempt === false) continue
      past.push({ sameNumber, ...owner, ...pastOf(record) })
      if (past.length === historyMax) break
    }
    return past
  }

  inFlight(number: PhoneNumber): boolean {
    return [...this.#open.values()].some(attempt => attempt.number === number)
  }

  /** A call of another dialer; false where its id is known. */
  bringIn(campaignId: CampaignId, { wrapUpCode: code, refusal, ...call }: MovedCall): boolean {
    const { callId, number, originatedAt, endedAt } = call
    if (this.#placeOf.has(callId)) return false
    const leadId = this.#leads.ofNumber(number).find(lead => lead.campaignId === campaignId)?.leadId ?? 0
    const ids = { callId, campaignId, leadId, number }
    const start = { ...ids, nodeId: movedFrom, trunkId: movedFrom, callerId: '', originatedAt }
    const place = this.#append(start)
    const end = movedEnd(campaignId, call, leadId)
    this.#replace(place, start, { ...start, end, wrapUp: { callId, code, refusal, at: endedAt } })
    return true
  }

  /** Undoes {@link bringIn}. */
  takeBack(callId: CallId): void {
    const place = this.#placeOf.get(callId)
    const record = place === undefined ? undefined : this.#records[place]
    if (place === undefined || record === undefined) return
    const { end: _end, wrapUp: _wrapUp, ...start } = record
    this.#replace(place, record, start)
    this.#placeOf.delete(callId)
    delete this.#records[place]
    this.#placesByNumber.set(
      record.number,
      (this.#placesByNumber.get(record.number) ?? []).filter(other => other !== place),
    )
  }

  /** Puts a surrogate in the number's place and removes the notes; gives how many calls there are. */
  hideNumber(number: PhoneNumber, surrogate: PhoneNumber): number {
    const places = this.#placesByNumber.get(number) ?? []
    for (const place of places) {
      const record = this.#records[place]
      if (record !== undefined) this.#records[place] = withoutNumber(record, surrogate)
    }
    this.#placesByNumber.delete(number)
    if (places.length > 0) this.#placesByNumber.set(surrogate, places)
    return places.length
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

function withoutNumber({ end, wrapUp, ...start }: CallRecord, number: PhoneNumber): CallRecord {
  return {
    ...start,
    number,
    ...(end === undefined ? {} : { end: endWithoutNumber(end, number) }),
    ...(wrapUp === undefined ? {} : { wrapUp: wordWithoutNote(wrapUp) }),
  }
}

/** The carrier's record of the call would be found by its Call-ID. */
function endWithoutNumber({ sipCallId: _, ...end }: AttemptEnd, number: PhoneNumber): AttemptEnd {
  return { ...end, number }
}

function wordWithoutNote({ note: _, ...word }: WrapUpRecord): WrapUpRecord {
  return word
}

function pastOf({
  campaignId,
  originatedAt,
  end,
  wrapUp,
}: CallRecord): Omit<PastAttempt, 'sameNumber' | 'purpose' | 'topic'> {
  return {
    ...{ campaignId, originatedAt },
    counts: end?.countsAsAttempt ?? true,
    ...(end?.answeredAt === undefined ? {} : { answeredAt: end.answeredAt }),
    ...(end?.connectedAt === undefined ? {} : { connectedAt: end.connectedAt }),
    ...(end === undefined ? {} : { endedAt: end.endedAt, disposition: end.disposition }),
    machine: wrapUp?.code === machineCode || end?.disposition === 'machine',
    refusal: wrapUp?.refusal === true || end?.detail === 'opted-out',
    complaint: wrapUp?.code === complaintCode,
  }
}

function promiseLead(lead: MemoryLead, agentId: AgentId | null | undefined): void {
  if (agentId === null) delete lead.callbackAgentId
  else if (agentId !== undefined) lead.callbackAgentId = agentId
}
