import type { LeadRelease } from '../ports/leadUpkeep.ts'

/** One step of a release: so many leads as fit into one transaction. `begin`: from the first lead on; else where the last step stopped. */
export type ReleaseStep = Pick<LeadRelease, 'campaignId' | 'reasons'> & { readonly begin: boolean }

/** What a step came to. `more`: there may be others behind it. */
export interface ReleaseProgress {
  readonly released: number
  readonly more: boolean
}
