import { given } from '../../core/given.ts'
import type { CampaignId, InstantMs, LeadId, PhoneNumber } from '../../core/ids.ts'
import { numberToInteger } from '../../numbers/e164.ts'
import type { DialableLead, NewLead } from '../../ports/leads.ts'
import type { LeadMove } from '../decisions/outcome.ts'
import { storeProblems } from '../decisions/problems.ts'
import type { MemoryCampaigns } from './campaigns.ts'
import type { MemoryLead } from './lead.ts'
import { createLeadOrder, type LeadOrder } from './leadOrder.ts'
import { PersonTies } from './personTies.ts'

/** Whom a seller calls by this id. */
export interface SellersPerson {
  readonly seller: string
  readonly personId: string
}

/** All leads of a memory store. */
export class MemoryLeads {
  readonly #byId = new Map<LeadId, MemoryLead>()
  readonly #idsByNumber = new Map<PhoneNumber, LeadId[]>()
  readonly #orders = new Map<CampaignId, LeadOrder>()
  readonly #openImports = new Map<string, MemoryLead[]>()
  /** Whose leads they are, and were. */
  readonly #ties = new PersonTies()
  #nextId = 1
  /** Each seller's place among those whose leads have been asked for. */
  readonly #sellers = new Map<string, number>()
  readonly #campaigns: MemoryCampaigns

  constructor(campaigns: MemoryCampaigns) {
    this.#campaigns = campaigns
  }

  get(leadId: LeadId): MemoryLead | undefined {
    return this.#byId.get(leadId)
  }

  /** The lead, once its import is active. */
  active(leadId: LeadId): MemoryLead | undefined {
    const lead = this.#byId.get(leadId)
    return lead?.active ? lead : undefined
  }

  ofNumber(number: PhoneNumber): readonly MemoryLead[] {
    return (this.#idsByNumber.get(number) ?? []).map(id => this.#byId.get(id)).filter(lead => lead !== undefined)
  }

  /** The lead as the hopper takes it. */
  dialable({ leadId, campaignId, lead, attempts, callbackAgentId: agentId }: MemoryLead): DialableLead {
    const { number, priority, personId } = lead
    const personKey = personId === undefined ? undefined : this.#personKey(personId, campaignId)
    return { leadId, number, attempts, priority, ...given({ personKey, agentId }) }
  }

  /** Two sellers' persons of one id are two. */
  #personKey(personId: string, campaignId: CampaignId): number | undefined {
    const seller = this.#campaigns.sellerOf(campaignId)
    const place = this.#sellers.get(seller) ?? this.#sellers.size
    this.#sellers.set(seller, place)
    const key = this.#ties.keyOf(personId)
    return key && key + place * 2 ** 32
  }

  *all(campaignId: CampaignId | undefined): Iterable<MemoryLead> {
    for (const lead of this.#byId.values()) if (campaignId === undefined || lead.campaignId === campaignId) yield lead
  }

  order(campaignId: CampaignId): LeadOrder {
    const order = this.#orders.get(campaignId) ?? createLeadOrder()
    this.#orders.set(campaignId, order)
    return order
  }

  add(importId: string, campaignId: CampaignId, rows: readonly NewLead[]): { readonly duplicates: readonly number[] } {
    const leads = this.#openImports.get(importId) ?? []
    this.#openImports.set(importId, leads)
    const duplicates: number[] = []
    rows.forEach((row, position) => {
      const lead = this.#addOne(importId, campaignId, row)
      if (lead === undefined) duplicates.push(position)
      else leads.push(lead)
    })
    return { duplicates }
  }

  /**
   * The number, and all other numbers of the persons who have it, ascending. A seller's person is joined by another seller's who
   * has one of the numbers, and so on; within one seller, who has another person id is somebody else, whatever number they share.
   * Where there is one seller, campaigns that nobody has applied are theirs as well.
   */
  numbersOf(number: PhoneNumber): readonly PhoneNumber[] {
    const found = new Set([number])
    const sellers = new Set<string>()
    const several = this.#campaigns.onlySeller() === undefined
    const sellerOf = (campaignId: CampaignId) => (several ? this.#campaigns.sellerOf(campaignId) : '')
    let at = [number]
    do {
      const persons = at.flatMap(one => this.#personsAt(one, sellerOf)).filter(({ seller }) => !sellers.has(seller))
      for (const { seller } of persons) sellers.add(seller)
      at = persons.flatMap(person => this.#numbersOfPerson(person, sellerOf)).filter(one => !found.has(one))
      for (const one of at) found.add(one)
    } while (several && at.length > 0)
    found.delete(number)
    return [number, ...[...found].sort((a, b) => numberToInteger(a) - numberToInteger(b))]
  }

  /** Whose number it is, as the sellers name them. */
  #personsAt(number: PhoneNumber, sellerOf: (campaignId: CampaignId) => string): readonly SellersPerson[] {
    return this.#ties.ofNumber(number).map(({ personId, campaignId }) => ({ personId, seller: sellerOf(campaignId) }))
  }

  #numbersOfPerson(
    { personId, seller }: SellersPerson,
    sellerOf: (campaignId: CampaignId) => string,
  ): readonly PhoneNumber[] {
    const ties = this.#ties.ofPerson(personId).filter(({ campaignId }) => sellerOf(campaignId) === seller)
    return ties.map(({ number }) => number)
  }

  /** Whose the lead is: two sellers' persons of one id are two. */
  personOf(leadId: LeadId): SellersPerson | undefined {
    const lead = this.#byId.get(leadId)
    const personId = lead?.lead.personId
    return lead && personId ? { personId, seller: this.#campaigns.sellerOf(lead.campaignId) } : undefined
  }

  /** All who have the number; one who has it in several campaigns comes several times. */
  personsOf(number: PhoneNumber): readonly SellersPerson[] {
    return this.#personsAt(number, campaignId => this.#campaigns.sellerOf(campaignId))
  }

  /** The sellers who have a lead of the person, or had one that has left. */
  sellersOf(personId: string): ReadonlySet<string> {
    return new Set(this.#ties.ofPerson(personId).map(({ campaignId }) => this.#campaigns.sellerOf(campaignId)))
  }

  personIdsOf(number: PhoneNumber): readonly string[] {
    return [...new Set(this.#ties.ofNumber(number).map(({ personId }) => personId))].sort()
  }

  /** Removes every lead with the number, and whose it was; gives how many leads there were. */
  remove(number: PhoneNumber): number {
    const leads = this.ofNumber(number)
    for (const lead of leads) this.letGo(lead)
    this.#ties.removeNumber(number)
    return leads.length
  }

  /** Removes one lead; whose number it is stays known. */
  letGo(lead: MemoryLead): void {
    lead.active = false
    lead.version += 1
    this.#forget(lead)
  }

  activate(
    importId: string,
    { list = 'leads', at }: { readonly list?: string | undefined; readonly at: InstantMs },
  ): void {
    for (const lead of this.#take(importId)) {
      lead.active = true
      lead.activatedAt = at
      lead.list = list
      this.#place(lead)
    }
  }

  /** Gives the persons of whom no lead is left. */
  discard(importId: string): readonly string[] {
    const leads = this.#take(importId)
    for (const lead of leads) {
      this.#forget(lead)
      this.#ties.remove(lead.lead.number, lead.leadId)
    }
    const personIds = new Set(leads.flatMap(({ lead: { personId } }) => personId ?? []))
    return [...personIds].filter(personId => this.#ties.keyOf(personId) === undefined)
  }

  /** Moves a lead; one that was not finished keeps its state word unless `state` is given. */
  move(lead: MemoryLead, { until, reason }: LeadMove, state?: 'retry'): void {
    lead.reason = reason
    if (until === null) lead.state = 'finished'
    else {
      lead.dialableAt = until
      lead.state = state ?? lead.state
    }
    this.#place(lead)
  }

  /** Nothing keeps it from being looked at any more. */
  makeDue(lead: MemoryLead, state: 'retry' | MemoryLead['state'] = lead.state): void {
    delete lead.reason
    lead.dialableAt = 0
    lead.state = state
    this.#place(lead)
  }

  hold(lead: MemoryLead, change: 1 | -1): void {
    lead.openAttempts += change
    this.#place(lead)
  }

  /** Its place in the order changes. */
  #place(lead: MemoryLead): void {
    lead.version += 1
    if (lead.active && lead.state !== 'finished' && lead.openAttempts === 0) this.order(lead.campaignId).place(lead)
  }

  #forget(lead: MemoryLead): void {
    const { leadId, lead: row } = lead
    this.#byId.delete(leadId)
    const others = (this.#idsByNumber.get(row.number) ?? []).filter(id => id !== leadId)
    if (others.length === 0) this.#idsByNumber.delete(row.number)
    else this.#idsByNumber.set(row.number, others)
  }

  #addOne(importId: string, campaignId: CampaignId, row: NewLead): MemoryLead | undefined {
    if (this.ofNumber(row.number).some(other => other.campaignId === campaignId)) return undefined
    const leadId = this.#nextId
    this.#nextId += 1
    const { past, ...kept } = row
    const fresh = { active: false, attempts: 0, state: 'new', dialableAt: 0, openAttempts: 0, version: 0 } as const
    const lead: MemoryLead = { leadId, campaignId, lead: kept, importId, list: 'leads', ...fresh, ...past }
    this.#byId.set(leadId, lead)
    this.#idsByNumber.set(row.number, [...(this.#idsByNumber.get(row.number) ?? []), leadId])
    if (row.personId !== undefined) this.#ties.add({ leadId, campaignId, number: row.number, personId: row.personId })
    return lead
  }

  #take(importId: string): MemoryLead[] {
    const leads = this.#openImports.get(importId)
    if (leads === undefined) throw storeProblems.unknownImport(importId)
    this.#openImports.delete(importId)
    return leads
  }
}
