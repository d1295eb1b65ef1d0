import type { Provenance } from '../../core/compliance/provenance.ts'
import type { CampaignId } from '../../core/ids.ts'
import type { LeadStore, NewLead } from '../leads.ts'

/**
 * Leads on their way between threads: as one text they cost the main thread, through which they pass, a copy; as objects
 * they would cost it as much as reading the file.
 */
export type PackedLeads = string

/** What stands in the text: rows of one file share a handful of origins, which stand there once. */
interface Pack {
  readonly provenances: readonly Provenance[]
  /** Of each lead its place in `provenances`; -1: none. */
  readonly origins: readonly number[]
  readonly leads: readonly Omit<NewLead, 'provenance'>[]
}

/** Packs at most 100 leads. */
export function packLeads(leads: readonly NewLead[]): PackedLeads {
  const places = new Map<string, number>()
  const provenances: Provenance[] = []
  let last: Provenance | undefined
  let lastPlace = -1

  function placeOf(provenance: Provenance | undefined): number {
    if (provenance === undefined) return -1
    if (provenance === last) return lastPlace
    const key = JSON.stringify(provenance)
    lastPlace = places.get(key) ?? provenances.push(provenance) - 1
    places.set(key, lastPlace)
    last = provenance
    return lastPlace
  }

  const origins = leads.map(({ provenance }) => placeOf(provenance))
  const bare = leads.map(({ provenance: _, ...lead }) => lead)
  return JSON.stringify({ provenances, origins, leads: bare } satisfies Pack)
}

/** The inverse of {@link packLeads}; leads of one origin share its object. */
export function unpackLeads(packed: PackedLeads): readonly NewLead[] {
  const { provenances, origins, leads }: Pack = JSON.parse(packed)
  return leads.map((lead: Omit<NewLead, 'provenance'> & { provenance?: Provenance }, index) => {
    const provenance = provenances[origins[index] ?? -1]
    // Nobody else has seen this object: to complete it costs less than to copy it.
    if (provenance !== undefined) lead.provenance = provenance
    return lead
  })
}

/** A store that takes leads as they come from the importer's thread. */
export interface PackedLeadStore {
  /** As `importLeads`. */
  importPackedLeads(importId: string, campaignId: CampaignId, packed: PackedLeads): ReturnType<LeadStore['importLeads']>
}
