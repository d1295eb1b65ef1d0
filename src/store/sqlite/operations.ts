import type { AgentSettings } from '../../core/agent.ts'
import type { AttemptEnd, AttemptStart } from '../../core/call.ts'
import type { CampaignSettings } from '../../core/campaign.ts'
import type { CampaignId, InstantMs, LeadId, PhoneNumber } from '../../core/ids.ts'
import type { DoNotCallEntry, ImportSummary, SavedProgress, WrapUpRecord } from '../../ports.ts'
import type { BulkListVersion } from '../bulkLists.ts'
import type { PackedLeads } from '../packedLeads.ts'

/** Everything that the writer can be asked to write. */
export type WriteOperation =
  | { readonly kind: 'begin-attempt'; readonly attempt: AttemptStart }
  | { readonly kind: 'end-attempt'; readonly end: AttemptEnd }
  | { readonly kind: 'record-wrap-up'; readonly wrapUp: WrapUpRecord }
  | { readonly kind: 'defer-lead'; readonly leadId: LeadId; readonly until: InstantMs | null; readonly reason: string }
  | { readonly kind: 'add-do-not-call'; readonly entry: DoNotCallEntry }
  | { readonly kind: 'remove-do-not-call'; readonly number: PhoneNumber }
  | { readonly kind: 'save-campaign'; readonly settings: CampaignSettings }
  | { readonly kind: 'save-progress'; readonly progress: SavedProgress }
  | { readonly kind: 'save-agent'; readonly settings: AgentSettings }
  | { readonly kind: 'install-bulk-list'; readonly version: BulkListVersion }
  | {
      readonly kind: 'import-leads'
      readonly importId: string
      readonly campaignId: CampaignId
      /** At most 100. */
      readonly leads: PackedLeads
    }
  | { readonly kind: 'activate-import'; readonly importId: string; readonly summary: ImportSummary }
  | { readonly kind: 'discard-import'; readonly importId: string }

/** A kind of {@link WriteOperation}. */
export type WriteKind = WriteOperation['kind']

/** What the writer answers to an operation that was committed. */
export interface WriteAnswers {
  readonly 'import-leads': { readonly duplicates: readonly number[] }
  readonly 'remove-do-not-call': boolean
}

/** An operation's answer: what it gives, or the error of a StoreError, which has no class on its way between threads. */
export type WriteResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: string; readonly message: string }

/**
 * How an operation is written. `durable`: commits with synchronous=FULL. `bulk`: waits behind everything that is not, a
 * batch of at most 100 rows at a time.
 */
export const writeModes: { readonly [Kind in WriteKind]: { readonly durable: boolean; readonly bulk: boolean } } = {
  'begin-attempt': { durable: true, bulk: false },
  'end-attempt': { durable: true, bulk: false },
  'record-wrap-up': { durable: true, bulk: false },
  'defer-lead': { durable: false, bulk: false },
  'add-do-not-call': { durable: true, bulk: false },
  'remove-do-not-call': { durable: true, bulk: false },
  'save-campaign': { durable: true, bulk: false },
  'save-progress': { durable: false, bulk: false },
  'save-agent': { durable: true, bulk: false },
  'install-bulk-list': { durable: true, bulk: false },
  'import-leads': { durable: false, bulk: true },
  'activate-import': { durable: true, bulk: true },
  'discard-import': { durable: true, bulk: true },
}
