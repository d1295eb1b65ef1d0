import type { CampaignId } from '../core/ids.ts'
import type { LeadStore, NewLead } from '../ports.ts'

/**
 * Leads on their way between threads: as one text they cost the main thread, through which they pass, a copy; as objects
 * they would cost it as much as reading the file.
 */
export type PackedLeads = string

/** Packs at most 100 leads. */
export function packLeads(leads: readonly NewLead[]): PackedLeads {
  return JSON.stringify(leads)
}

/** The inverse of {@link packLeads}. */
export function unpackLeads(packed: PackedLeads): readonly NewLead[] {
  return JSON.parse(packed)
}

/** A store that takes leads as they come from the importer's thread. */
export interface PackedLeadStore {
  /** As `importLeads`. */
  importPackedLeads(importId: string, campaignId: CampaignId, packed: PackedLeads): ReturnType<LeadStore['importLeads']>
}
