import type { Provenance } from '../../core/compliance/provenance.ts'
import type { LeadListState } from '../../ports/leadUpkeep.ts'

/** Adds up parts of lists: one entry a name, by name, each origin once. */
export function mergeLists(parts: readonly LeadListState[]): readonly LeadListState[] {
  const lists = new Map<string, LeadListState>()
  for (const part of parts) {
    const known = lists.get(part.list)
    lists.set(part.list, known === undefined ? part : sumOf(known, part))
  }
  return [...lists.values()].sort((a, b) => (a.list < b.list ? -1 : 1))
}

function sumOf(a: LeadListState, b: LeadListState): LeadListState {
  const fresh = b.origins.filter(origin => !a.origins.some(known => isSame(known, origin)))
  return {
    list: a.list,
    leads: a.leads + b.leads,
    dialable: a.dialable + b.dialable,
    finished: a.finished + b.finished,
    attempts: a.attempts + b.attempts,
    origins: fresh.length === 0 ? a.origins : [...a.origins, ...fresh],
  }
}

function isSame(a: Provenance, b: Provenance): boolean {
  return a.origin === b.origin && a.obtainedAt === b.obtainedAt && a.legalBasis === b.legalBasis
}
