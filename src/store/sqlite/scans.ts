import type { CampaignId, LeadId } from '../../core/ids.ts'
import type { AbandonmentStore } from '../../ports/abandonment.ts'
import type { CallQuery } from '../../ports/attempts.ts'
import type { LeadStore } from '../../ports/leads.ts'
import type { LeadUpkeepStore } from '../../ports/leadUpkeep.ts'
import type { RecyclingQuestion } from './queries/leads/leadUpkeepReads.ts'

/** What a reader's thread is started with. */
export interface ReaderData {
  readonly file: string
}

/** Questions that scan and therefore go to the reader's thread. */
export type ScanQuestion =
  | { readonly kind: 'dialable-leads'; readonly query: Parameters<LeadStore['dialableLeads']>[0] }
  | { readonly kind: 'list-leads'; readonly query: Parameters<LeadStore['listLeads']>[0] }
  | { readonly kind: 'lead-counts'; readonly campaignId: CampaignId }
  | { readonly kind: 'calls'; readonly query: CallQuery }
  | { readonly kind: 'abandonment-spans'; readonly query: Parameters<AbandonmentStore['abandonmentSpans']>[0] }
  | { readonly kind: 'abandoned-calls'; readonly query: Parameters<AbandonmentStore['abandonedCalls']>[0] }
  | { readonly kind: 'recyclable-leads'; readonly question: RecyclingQuestion }
  | { readonly kind: 'lead-lists'; readonly campaignId: CampaignId; readonly after: LeadId }
  | { readonly kind: 'leads-put-off'; readonly query: Parameters<LeadUpkeepStore['leadsPutOff']>[0] }
  | { readonly kind: 'ledger-entries'; readonly afterSeq: number; readonly limit: number }
