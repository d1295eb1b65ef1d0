import { given } from '../../core/given.ts'
import type { AgentId, CampaignId, InstantMs, LeadId } from '../../core/ids.ts'
import type { Disposition } from '../../core/vocabulary.ts'
import type { LeadRecord, NewLead } from '../../ports/leads.ts'

/** A lead in memory. */
export interface MemoryLead {
  readonly leadId: LeadId
  readonly campaignId: CampaignId
  readonly lead: NewLead
  readonly importId: string
  list: string
  active: boolean
  /** When its import was activated. */
  activatedAt?: InstantMs
  attempts: number
  state: LeadRecord['state']
  dialableAt: InstantMs
  lastDisposition?: Disposition
  reason?: string
  callbackAgentId?: AgentId
  openAttempts: number
  /** Goes up whenever its place in the order changes; older entries of the order are dead. */
  version: number
}

/** The record that a caller sees. */
export function leadRecord(lead: MemoryLead): LeadRecord {
  const { leadId, campaignId, list, attempts, state, dialableAt, lastDisposition, reason, callbackAgentId } = lead
  return {
    ...lead.lead,
    places: lead.lead.places ?? [],
    list,
    leadId,
    campaignId,
    attempts,
    state,
    dialableAt,
    ...given({ callbackAgentId, lastDisposition, reason }),
  }
}
