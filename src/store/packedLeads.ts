import type { Provenance } from '../core/compliance/provenance.ts'
import type { CampaignId } from '../core/ids.ts'
import type { LeadStore, NewLead } from '../ports.ts'

/**
 * Leads on their way between threads: as one text they cost the main thread, through which they pass, a copy; as objects
 * they would cost it as much as reading the file.
 */
export type PackedLeads = string

/** What stands in the text: rows of one file share a handful of origins, which stand there once. */
interface Pack {
  readonly provenances: readonly Provenance[]
  readonly leads: readonly PackedLead[]
}

interface PackedLead extends Omit<NewLead, 'provenance'> {
  /** Place in `provenances`. */
  readonly from?: number
}

/** Packs at most 100 leads. */
export function packLeads(leads: readonly NewLead[]): PackedLeads {
  const places = new Map<string, number>()
  const provenances: Provenance[] = []
  let last: Provenance | undefined
  let lastPlace = 0

  function placeOf(provenance: Provenance): number {
    if (provenance === last) return lastPlace
    const key = JSON.stringify(provenance)
    const place = places.get(key) ?? provenances.push(provenance) - 1
    places.set(key, place)
    last = provenance
    lastPlace = place
    return place
  }

  const packed = leads.map(
    ({ provenance, ...lead }): PackedLead => (provenance === undefined ? lead : { ...lead, from: placeOf(provenance) }),
  )
  return JSON.stringify({ provenances, leads: packed } satisfies Pack)
}

/** The inverse of {@link packLeads}; leads of one origin share its object. */
export function unpackLeads(packed: PackedLeads): readonly NewLead[] {
  const { provenances, leads }: Pack = JSON.parse(packed)
  return leads.map(({ from, ...lead }) => {
    const provenance = from === undefined ? undefined : provenances[from]
    return provenance === undefined ? lead : { ...lead, provenance }
  })
}

/** A store that takes leads as they come from the importer's thread. */
export interface PackedLeadStore {
  /** As `importLeads`. */
  importPackedLeads(importId: string, campaignId: CampaignId, packed: PackedLeads): ReturnType<LeadStore['importLeads']>
}
