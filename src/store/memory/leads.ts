import type { CampaignId, InstantMs, LeadId, PhoneNumber } from '../../core/ids.ts'
import type { Disposition } from '../../core/words.ts'
import type { LeadRecord, NewLead } from '../../ports.ts'
import type { LeadMove } from '../outcome.ts'
import { storeProblems } from '../problems.ts'
import { createLeadOrder, type LeadOrder } from './leadOrder.ts'

/** A lead in memory. */
export interface MemoryLead {
  readonly leadId: LeadId
  readonly campaignId: CampaignId
  readonly lead: NewLead
  readonly importId: string
  active: boolean
  attempts: number
  state: LeadRecord['state']
  dialableAt: InstantMs
  lastDisposition?: Disposition
  reason?: string
  openAttempts: number
  /** Goes up whenever its place in the order changes; older entries of the order are dead. */
  version: number
}

/** All leads of a memory store. */
export interface MemoryLeads {
  get(leadId: LeadId): MemoryLead | undefined
  ofNumber(number: PhoneNumber): readonly MemoryLead[]
  all(campaignId: CampaignId | undefined): Iterable<MemoryLead>
  order(campaignId: CampaignId): LeadOrder
  add(importId: string, campaignId: CampaignId, rows: readonly NewLead[]): { readonly duplicates: readonly number[] }
  activate(importId: string): void
  discard(importId: string): void
  /** Moves a lead; one that was not finished keeps its state word unless `state` is given. */
  move(lead: MemoryLead, move: LeadMove, state?: 'retry'): void
  hold(lead: MemoryLead, change: 1 | -1): void
}

/** The record that a caller sees. */
export function leadRecord(lead: MemoryLead): LeadRecord {
  const { leadId, campaignId, attempts, state, dialableAt, lastDisposition, reason } = lead
  return {
    ...lead.lead,
    leadId,
    campaignId,
    attempts,
    state,
    dialableAt,
    ...(lastDisposition === undefined ? {} : { lastDisposition }),
    ...(reason === undefined ? {} : { reason }),
  }
}

/** No leads yet. */
export function createMemoryLeads(): MemoryLeads {
  const byId = new Map<LeadId, MemoryLead>()
  const idsByNumber = new Map<PhoneNumber, LeadId[]>()
  const orders = new Map<CampaignId, LeadOrder>()
  const openImports = new Map<string, MemoryLead[]>()
  let nextId = 1

  function order(campaignId: CampaignId): LeadOrder {
    const existing = orders.get(campaignId)
    if (existing !== undefined) return existing
    const made = createLeadOrder()
    orders.set(campaignId, made)
    return made
  }

  /** Its place in the order changes. */
  function place(lead: MemoryLead): void {
    lead.version += 1
    if (lead.active && lead.state !== 'finished' && lead.openAttempts === 0) order(lead.campaignId).place(lead)
  }

  function ofNumber(number: PhoneNumber): MemoryLead[] {
    return (idsByNumber.get(number) ?? []).map(id => byId.get(id)).filter(lead => lead !== undefined)
  }

  function addOne(importId: string, campaignId: CampaignId, row: NewLead): MemoryLead | undefined {
    if (ofNumber(row.number).some(other => other.campaignId === campaignId)) return undefined
    const leadId = nextId
    nextId += 1
    const state = 'new'
    const fresh = { active: false, attempts: 0, state, dialableAt: 0, openAttempts: 0, version: 0 } as const
    const lead: MemoryLead = { leadId, campaignId, lead: row, importId, ...fresh }
    byId.set(leadId, lead)
    idsByNumber.set(row.number, [...(idsByNumber.get(row.number) ?? []), leadId])
    return lead
  }

  function take(importId: string): MemoryLead[] {
    const leads = openImports.get(importId)
    if (leads === undefined) throw storeProblems.unknownImport(importId)
    openImports.delete(importId)
    return leads
  }

  return {
    get: leadId => byId.get(leadId),
    ofNumber,
    *all(campaignId) {
      for (const lead of byId.values()) if (campaignId === undefined || lead.campaignId === campaignId) yield lead
    },
    order,
    add(importId, campaignId, rows) {
      const leads = openImports.get(importId) ?? []
      openImports.set(importId, leads)
      const duplicates: number[] = []
      rows.forEach((row, position) => {
        const lead = addOne(importId, campaignId, row)
        if (lead === undefined) duplicates.push(position)
        else leads.push(lead)
      })
      return { duplicates }
    },
    activate(importId) {
      for (const lead of take(importId)) {
        lead.active = true
        place(lead)
      }
    },
    discard(importId) {
      for (const { leadId, lead } of take(importId)) {
        byId.delete(leadId)
        const others = (idsByNumber.get(lead.number) ?? []).filter(id => id !== leadId)
        if (others.length === 0) idsByNumber.delete(lead.number)
        else idsByNumber.set(lead.number, others)
      }
    },
    move(lead, { until, reason }, state) {
      lead.reason = reason
      if (until === null) lead.state = 'finished'
      else {
        lead.dialableAt = until
        lead.state = state ?? lead.state
      }
      place(lead)
    },
    hold(lead, change) {
      lead.openAttempts += change
      place(lead)
    },
  }
}
