import type { Day } from '../../core/dialing/dayUse.ts'
import type { CampaignId, LeadId } from '../../core/ids.ts'
import type { AbandonmentStore } from '../../ports/abandonment.ts'
import type { AttemptStore, CallQuery } from '../../ports/attempts.ts'
import type { LeadStore } from '../../ports/leads.ts'
import type { LeadUpkeepStore } from '../../ports/leadUpkeep.ts'
import type { DeedsQuery, LedgerStore } from '../../ports/ledger.ts'
import type { ListsPage, RecyclingPage, RecyclingQuestion } from './queries/leads/leadUpkeepReads.ts'

/** What a reader's thread is started with. */
export interface ReaderData {
  readonly file: string
}

/** Questions that scan and therefore go to the reader's thread. */
export type ScanQuestion =
  | { readonly kind: 'dialable-leads'; readonly query: Parameters<LeadStore['dialableLeads']>[0] }
  | { readonly kind: 'list-leads'; readonly query: Parameters<LeadStore['listLeads']>[0] }
  | { readonly kind: 'lead-counts'; readonly campaignId: CampaignId }
  | { readonly kind: 'places-of-leads'; readonly campaignId: CampaignId }
  | { readonly kind: 'calls'; readonly query: CallQuery }
  | { readonly kind: 'day-totals'; readonly day: Day }
  | { readonly kind: 'abandonment-spans'; readonly query: Parameters<AbandonmentStore['abandonmentSpans']>[0] }
  | { readonly kind: 'abandoned-calls'; readonly query: Parameters<AbandonmentStore['abandonedCalls']>[0] }
  | { readonly kind: 'recyclable-leads'; readonly question: RecyclingQuestion }
  | { readonly kind: 'lead-lists'; readonly campaignId: CampaignId; readonly after: LeadId }
  | { readonly kind: 'leads-put-off'; readonly query: Parameters<LeadUpkeepStore['leadsPutOff']>[0] }
  | { readonly kind: 'ledger-entries'; readonly afterSeq: number; readonly limit: number }
  | { readonly kind: 'ledger-deeds'; readonly query: DeedsQuery }

/** What the reader answers to each. */
export interface ScanAnswers {
  readonly 'dialable-leads': Awaited<ReturnType<LeadStore['dialableLeads']>>
  readonly 'list-leads': Awaited<ReturnType<LeadStore['listLeads']>>
  readonly 'lead-counts': Awaited<ReturnType<LeadStore['leadCounts']>>
  readonly 'places-of-leads': Awaited<ReturnType<LeadStore['placesOfLeads']>>
  readonly calls: Awaited<ReturnType<AttemptStore['calls']>>
  readonly 'day-totals': Awaited<ReturnType<AttemptStore['dayTotals']>>
  readonly 'abandonment-spans': Awaited<ReturnType<AbandonmentStore['abandonmentSpans']>>
  readonly 'abandoned-calls': Awaited<ReturnType<AbandonmentStore['abandonedCalls']>>
  readonly 'recyclable-leads': RecyclingPage
  readonly 'lead-lists': ListsPage
  readonly 'leads-put-off': Awaited<ReturnType<LeadUpkeepStore['leadsPutOff']>>
  readonly 'ledger-entries': Awaited<ReturnType<LedgerStore['ledgerEntries']>>
  readonly 'ledger-deeds': Awaited<ReturnType<LedgerStore['ledgerDeeds']>>
}

/** The question of one kind. */
export type QuestionOf<Kind extends keyof ScanAnswers> = Extract<ScanQuestion, { kind: Kind }>

/** How the reader answers each. */
export type ScanHandlers = { readonly [Kind in keyof ScanAnswers]: (question: QuestionOf<Kind>) => ScanAnswers[Kind] }
