import type { AttemptEnd, AttemptStart } from '../../core/calls/call.ts'
import type { LineFigures } from '../../core/calls/lineFigures.ts'
import type { PastAttempt } from '../../core/compliance/history.ts'
import { given } from '../../core/given.ts'
import type { AgentId, CallId, CampaignId, InstantMs, LeadId, PhoneNumber } from '../../core/ids.ts'
import { isE164 } from '../../numbers/e164.ts'
import type { AbandonedCall, AbandonmentStore } from '../../ports/abandonment.ts'
import type { LeavingRows } from '../../ports/archives.ts'
import type { CallQuery, CallRecord, WrapUpRecord } from '../../ports/attempts.ts'
import { type MovedCall, movedEnd, movedFrom } from '../../ports/importing/packedMoved.ts'
import type { Store } from '../../ports/store.ts'
import { isCampaignOver, type LeftAttempts, mayAttemptLeave, withLeft } from '../decisions/archive.ts'
import { dayTotals } from '../decisions/dayTotals.ts'
import { historyMax } from '../decisions/facts.ts'
import {
  complaintCode,
  countsOf,
  machineCode,
  moveAfterEnd,
  moveAfterWrapUp,
  promiseAfterEnd,
  promiseAfterWrapUp,
  recount,
} from '../decisions/outcome.ts'
import { storeProblems } from '../decisions/problems.ts'
import { abandonedCall, abandonedCalls, MemoryAbandonment, ownerOf } from './abandonment.ts'
import type { MemoryCampaigns } from './campaigns.ts'
import type { MemoryLead } from './lead.ts'
import type { MemoryLeads } from './leads.ts'

/** Attempts in memory; the counters of their campaigns follow from them. */
export class MemoryAttempts {
  readonly #leads: MemoryLeads
  readonly #records: CallRecord[] = []
  readonly #placeOf = new Map<CallId, number>()
  /** Places in the order of the originates; those of one instant in the order in which they were begun. */
  readonly #inTime: number[] = []
  readonly #placesByNumber = new Map<PhoneNumber, number[]>()
  readonly #open = new Map<CallId, AttemptStart>()
  readonly abandonment = new MemoryAbandonment()
  /** Whose call each attempt was when it was begun. */
  readonly #sellers: ReturnType<typeof ownerOf>[] = []
  readonly #campaigns: MemoryCampaigns
  /** Purpose and topic of each attempt's campaign when it was begun. */
  readonly #owners: Pick<PastAttempt, 'purpose' | 'topic'>[] = []
  /** What has left for archives, by number, then by whose the calls were. */
  readonly #left = new Map<PhoneNumber, Map<string, LeftAttempts>>()

  constructor(leads: MemoryLeads, campaigns: MemoryCampaigns) {
    this.#leads = leads
    this.#campaigns = campaigns
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
    const were = countsOf(before.end, before.wrapUp?.code)
    recount(this.#campaigns.of(after.campaignId).counters, were, countsOf(after.end, after.wrapUp?.code))
  }

  *#newestFirst(query: CallQuery): Iterable<CallRecord> {
    const places = query.number === undefined ? this.#inTime : (this.#placesByNumber.get(query.number) ?? [])
    const behind = query.after === undefined ? undefined : this.#placeOf.get(query.after)
    if (query.after !== undefined && behind === undefined) throw storeProblems.unknownCall(query.after)
    for (const place of places.toReversed()) {
      const record = this.#records[place]
      if (record !== undefined && (behind === undefined || this.#isBefore(place, behind))) yield record
    }
  }

  #isBefore(place: number, other: number): boolean {
    const [at = 0, otherAt = 0] = [place, other].map(one => this.#records[one]?.originatedAt)
    return at !== otherAt ? at < otherAt : place < other
  }

  #insert(places: number[], place: number): void {
    const before = places.findLastIndex(other => this.#isBefore(other, place))
    places.splice(before + 1, 0, place)
  }

  #append(attempt: AttemptStart): number {
    const place = this.#records.push(attempt) - 1
    const { settings } = this.#campaigns.of(attempt.campaignId)
    const { purpose = 'sales', topic = 'sales' } = settings ?? {}
    this.#owners[place] = { purpose, topic }
    this.#sellers[place] = ownerOf(attempt.campaignId, settings)
    this.#placeOf.set(attempt.callId, place)
    if (attempt.number !== undefined) {
      const places = this.#placesByNumber.get(attempt.number) ?? []
      this.#placesByNumber.set(attempt.number, places)
      this.#insert(places, place)
    }
    this.#insert(this.#inTime, place)
    return place
  }

  #leadOf({ leadId }: AttemptStart): MemoryLead | undefined {
    return leadId === undefined ? undefined : this.#leads.get(leadId)
  }

  begin(attempt: AttemptStart): void {
    if (this.#placeOf.has(attempt.callId)) throw storeProblems.alreadyBegun(attempt.callId)
    this.#append(attempt)
    this.#open.set(attempt.callId, attempt)
    const lead = this.#leadOf(attempt)
    if (lead !== undefined) this.#leads.hold(lead, 1)
  }

  end(end: AttemptEnd): void {
    const { place, record } = this.#known(end.callId)
    if (record.end !== undefined) throw storeProblems.alreadyEnded(end.callId)
    this.#open.delete(end.callId)
    this.#replace(place, record, { ...record, end })
    const lead = this.#leadOf(record)
    if (lead === undefined) return
    lead.attempts += Number(end.countsAsAttempt)
    lead.lastDisposition = end.disposition
    const move = moveAfterEnd(lead, end, record.wrapUp)
    if (move !== undefined) this.#leads.move(lead, move, 'retry')
    promiseLead(lead, promiseAfterEnd(end, record.wrapUp))
    this.#leads.hold(lead, -1)
  }

  wrapUp(wrapUp: WrapUpRecord): void {
    const { place, record } = this.#known(wrapUp.callId)
    // Who promised to call back stands with the lead.
    const { callbackAgentId: _, ...said } = wrapUp
    const isErased = record.number !== undefined && !isE164(record.number)
    const word = isErased ? wordWithoutNote(said) : said
    // Whatever corrects it, it was said when it was said first.
    this.#replace(place, record, { ...record, wrapUp: { ...word, ...given({ at: record.wrapUp?.at }) } })
    const lead = this.#leadOf(record)
    const move = lead && moveAfterWrapUp(lead, wrapUp)
    if (lead === undefined) return
    if (move !== undefined) this.#leads.move(lead, move, 'retry')
    promiseLead(lead, promiseAfterWrapUp(wrapUp))
  }

  line(callId: CallId, line: LineFigures): boolean {
    const { place, record } = this.#known(callId)
    const isErased = record.number !== undefined && !isE164(record.number)
    if (isErased || record.line !== undefined) return false
    this.#records[place] = { ...record, line }
    return true
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
    return withLeft(past, [...(this.#left.get(number)?.values() ?? [])], sameNumber)
  }

  /** How often in a row the carrier has failed the lead's number, since the last attempt that counts. */
  carrierFaults(leadId: LeadId, number: PhoneNumber): number {
    const own = this.callsOf(number).filter(record => record.leadId === leadId)
    const since = own.findLastIndex(({ end }) => end?.countsAsAttempt === true)
    return own.slice(since + 1).filter(({ end }) => end?.detail === 'carrier-fault' || end?.detail === 'unreachable')
      .length
  }

  /** A refusal or a complaint, however long ago and whatever else the call counts for. */
  hasRefused(number: PhoneNumber): boolean {
    return this.callsOf(number).some(record => pastOf(record).refusal || pastOf(record).complaint)
  }

  /** Whom a call went to; a surrogate once the person has been erased. */
  numberOf(callId: CallId): PhoneNumber | undefined {
    const place = this.#placeOf.get(callId)
    return place === undefined ? undefined : this.#records[place]?.number
  }

  inFlight(number: PhoneNumber): boolean {
    return [...this.#open.values()].some(attempt => attempt.number === number)
  }

  /** A call of another dialer; false where its id is known, or it has left for an archive as far as anybody can tell. */
  bringIn(campaignId: CampaignId, { wrapUpCode: code, refusal, ...call }: MovedCall): boolean {
    const { callId, number, originatedAt, endedAt } = call
    if (this.#placeOf.has(callId)) return false
    const left = [...(this.#left.get(number)?.values() ?? [])]
    if (left.some(one => one.campaignId === campaignId && one.lastAt >= originatedAt)) return false
    const leadId = this.#leads.ofNumber(number).find(lead => lead.campaignId === campaignId)?.leadId ?? 0
    const ids = { callId, campaignId, leadId, number }
    const start: AttemptStart = {
      origin: 'campaign',
      ...ids,
      nodeId: movedFrom,
      trunkId: movedFrom,
      callerId: '',
      originatedAt,
    }
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
    const { end: _end, wrapUp: _wrapUp, line: _line, ...start } = record
    this.#replace(place, record, start)
    this.#open.delete(callId)
    this.#remove(place, record)
  }

  #remove(place: number, { callId, number }: CallRecord): void {
    this.#placeOf.delete(callId)
    delete this.#records[place]
    for (const places of [this.#inTime, this.#placesByNumber.get(number ?? '') ?? []])
      if (places.includes(place)) places.splice(places.indexOf(place), 1)
  }

  /** Whether it may leave for an archive, and has. What it counted for it goes on counting for. */
  letGo({ callId, code }: LeavingRows['attempts'][number], before: InstantMs): boolean {
    const place = this.#placeOf.get(callId)
    const record = place === undefined ? undefined : this.#records[place]
    if (place === undefined || record === undefined || record.wrapUp?.code !== code) return false
    if (!mayAttemptLeave(record, before)) return false
    this.#remove(place, record)
    if (record.end?.countsAsAttempt === true) this.#countLeft(place, record)
    return true
  }

  #countLeft(place: number, { campaignId, number = '', originatedAt }: CallRecord): void {
    const { purpose, topic } = this.#owners[place] ?? { purpose: 'sales', topic: 'sales' }
    if (!isE164(number)) return
    const ofNumber = this.#left.get(number) ?? new Map<string, LeftAttempts>()
    this.#left.set(number, ofNumber)
    const name = [campaignId, this.#sellers[place]?.sellerId, purpose, topic].join(' ')
    const { attempts, lastAt } = ofNumber.get(name) ?? { attempts: 0, lastAt: originatedAt }
    const newest = Math.max(lastAt, originatedAt)
    ofNumber.set(name, { campaignId, purpose, topic, attempts: attempts + 1, lastAt: newest })
  }

  /** Whether a campaign is over, as archives take it. */
  isOver(campaignId: CampaignId, before: InstantMs): boolean {
    const begun = this.#records.filter(record => record?.campaignId === campaignId)
    const lastBegunAt = begun.length === 0 ? undefined : Math.max(...begun.map(({ originatedAt }) => originatedAt))
    return isCampaignOver({ running: this.#campaigns.of(campaignId).progress?.running === true, lastBegunAt }, before)
  }

  /** Puts a surrogate in the number's place and removes the notes; gives how many calls there are. */
  hideNumber(number: PhoneNumber, surrogate: PhoneNumber): number {
    const places = this.#placesByNumber.get(number) ?? []
    for (const place of places) {
      const record = this.#records[place]
      if (record !== undefined) this.#records[place] = withoutNumber(record, surrogate)
    }
    this.#placesByNumber.delete(number)
    this.#left.delete(number)
    if (places.length > 0) this.#placesByNumber.set(surrogate, places)
    return places.length
  }

  reads(): Pick<Store, 'openAttempts' | 'dayTotals' | 'calls' | 'call' | 'abandonmentSpans' | 'abandonedCalls'> {
    return {
      openAttempts: async () => [...this.#open.values()],
      dayTotals: async day => dayTotals(this.#records, day),
      calls: async query => this.#calls(query),
      call: async callId => this.#records[this.#placeOf.get(callId) ?? -1],
      abandonmentSpans: query => this.abandonment.abandonmentSpans(query),
      abandonedCalls: async query => this.#abandonedCalls(query),
    }
  }

  /** The calls of a number, oldest first. */
  callsOf(number: PhoneNumber): readonly CallRecord[] {
    const records = (this.#placesByNumber.get(number) ?? []).map(place => this.#records[place])
    return records.filter(record => record !== undefined)
  }

  #calls({ campaignId, since, ...query }: CallQuery): readonly CallRecord[] {
    const found: CallRecord[] = []
    for (const record of this.#newestFirst(query)) {
      if (found.length >= query.limit) break
      if (campaignId !== undefined && record.campaignId !== campaignId) continue
      if (since === undefined || record.originatedAt >= since) found.push(record)
    }
    return found
  }

  #abandonedCalls(query: Parameters<AbandonmentStore['abandonedCalls']>[0]): readonly AbandonedCall[] {
    const calls = this.#records.flatMap((record, place) => {
      const call = abandonedCall(record, this.#sellers[place])
      return call === undefined ? [] : [call]
    })
    return abandonedCalls(calls, query)
  }
}

function withoutNumber({ end, wrapUp, line: _, ...start }: CallRecord, number: PhoneNumber): CallRecord {
  return {
    ...start,
    number,
    ...given({ end: end && endWithoutNumber(end, number), wrapUp: wrapUp && wordWithoutNote(wrapUp) }),
  }
}

/** The carrier's record of the call would be found by its Call-ID. */
function endWithoutNumber({ sipCallId: _, ...end }: AttemptEnd, number: PhoneNumber): AttemptEnd {
  return { ...end, number }
}

function wordWithoutNote({ note: _, form: __, ...word }: WrapUpRecord): WrapUpRecord {
  return word
}

function pastOf({
  campaignId,
  originatedAt,
  end,
  wrapUp,
}: CallRecord): Omit<PastAttempt, 'sameNumber' | 'purpose' | 'topic'> {
  return {
    campaignId,
    originatedAt,
    counts: end?.countsAsAttempt ?? true,
    ...given({
      answeredAt: end?.answeredAt,
      connectedAt: end?.connectedAt,
      endedAt: end?.endedAt,
      disposition: end?.disposition,
      promised: wrapUp?.callbackAt === undefined ? undefined : (true as const),
    }),
    machine: wrapUp?.code === machineCode || end?.disposition === 'machine',
    refusal: wrapUp?.refusal === true || end?.detail === 'opted-out',
    complaint: wrapUp?.code === complaintCode,
  }
}

function promiseLead(lead: MemoryLead, agentId: AgentId | null | undefined): void {
  if (agentId === null) delete lead.callbackAgentId
  else if (agentId !== undefined) lead.callbackAgentId = agentId
}
