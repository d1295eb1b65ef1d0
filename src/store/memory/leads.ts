import type { CampaignId, LeadId, PhoneNumber } from '../../core/ids.ts'
import type { DialableLead, NewLead } from '../../ports/leads.ts'
import type { LeadMove } from '../decisions/outcome.ts'
import { storeProblems } from '../decisions/problems.ts'
import type { MemoryLead } from './lead.ts'
import { createLeadOrder, type LeadOrder } from './leadOrder.ts'

/** All leads of a memory store. */
export class MemoryLeads {
  readonly #byId = new Map<LeadId, MemoryLead>()
  readonly #idsByNumber = new Map<PhoneNumber, LeadId[]>()
  readonly #orders = new Map<CampaignId, LeadOrder>()
  readonly #openImports = new Map<string, MemoryLead[]>()
  readonly #persons = new Map<string, { readonly key: number; readonly numbers: Set<PhoneNumber> }>()
  #nextId = 1

  get(leadId: LeadId): MemoryLead | undefined {
    return this.#byId.get(leadId)
  }

  ofNumber(number: PhoneNumber): readonly MemoryLead[] {
    return (this.#idsByNumber.get(number) ?? []).map(id => this.#byId.get(id)).filter(lead => lead !== undefined)
  }

  /** The person's other numbers. */
  othersOf({ lead }: MemoryLead): readonly PhoneNumber[] {
    const { personId, number } = lead
    if (personId === undefined) return []
    const numbers = this.#persons.get(personId)?.numbers ?? []
    return [...numbers].filter(other => other !== number)
  }

  /** The lead as the hopper takes it. */
  dialable({ leadId, lead, attempts, callbackAgentId: agentId }: MemoryLead): DialableLead {
    const person = lead.personId === undefined ? undefined : this.#persons.get(lead.personId)
    const { number, priority } = lead
    return {
      ...{ leadId, number, attempts, priority },
      ...(person === undefined ? {} : { personKey: person.key }),
      ...(agentId === undefined ? {} : { agentId }),
    }
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

  /** The number, and all numbers of the persons who have it. */
  numbersOf(number: PhoneNumber): readonly PhoneNumber[] {
    return [...new Set([number, ...this.ofNumber(number).flatMap(lead => this.othersOf(lead))])]
  }

  personIdsOf(number: PhoneNumber): readonly string[] {
    const ids = this.ofNumber(number).map(({ lead }) => lead.personId)
    return [...new Set(ids.filter(id => id !== undefined))]
  }

  /** Removes every lead with the number; gives how many there were. */
  remove(number: PhoneNumber): number {
    const leads = this.ofNumber(number)
    for (const { numbers } of this.#persons.values()) numbers.delete(number)
    for (const lead of leads) {
      lead.active = false
      lead.version += 1
      this.#byId.delete(lead.leadId)
    }
    this.#idsByNumber.delete(number)
    return leads.length
  }

  activate(importId: string, list = 'leads'): void {
    for (const lead of this.#take(importId)) {
      lead.active = true
      lead.list = list
      this.#place(lead)
    }
  }

  discard(importId: string): void {
    for (const { leadId, lead } of this.#take(importId)) {
      this.#byId.delete(leadId)
      const others = (this.#idsByNumber.get(lead.number) ?? []).filter(id => id !== leadId)
      if (others.length === 0) this.#idsByNumber.delete(lead.number)
      else this.#idsByNumber.set(lead.number, others)
    }
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

  #knowPerson(personId: string, number: PhoneNumber): void {
    const person = this.#persons.get(personId) ?? { key: this.#persons.size + 1, numbers: new Set() }
    this.#persons.set(personId, person)
    person.numbers.add(number)
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
    if (row.personId !== undefined) this.#knowPerson(row.personId, row.number)
    return lead
  }

  #take(importId: string): MemoryLead[] {
    const leads = this.#openImports.get(importId)
    if (leads === undefined) throw storeProblems.unknownImport(importId)
    this.#openImports.delete(importId)
    return leads
  }
}
