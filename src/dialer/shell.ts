import type { PromptLanguage } from '../core/campaigns/campaign.ts'
import type { Effect, EngineEvent } from '../core/effects.ts'
import type { CampaignId, InstantMs } from '../core/ids.ts'
import type { Input } from '../core/inputs.ts'
import type { PacingDecision } from '../core/pacing/pacer.ts'
import type { EngineState } from '../core/state.ts'
import type { RefusalReason } from '../core/vocabulary.ts'
import type { Log } from '../log.ts'
import type { AbandonmentStore } from '../ports/abandonment.ts'
import type { AttemptStore } from '../ports/attempts.ts'
import type { CampaignStore } from '../ports/campaigns.ts'
import type { Clock } from '../ports/clock.ts'
import type { DoNotCallStore } from '../ports/doNotCall.ts'
import type { FileStore } from '../ports/files.ts'
import type { LeadStore } from '../ports/leads.ts'
import type { LeadUpkeepStore } from '../ports/leadUpkeep.ts'
import type { PersonStore } from '../ports/people.ts'
import type { StoreWatch } from '../ports/storeWatch.ts'
import type { Telephony } from '../ports/telephony.ts'

/** What a dialer asks of a store: everything that its parts ask for, and nothing else. */
export type DialerStore = CampaignStore &
  Pick<LeadStore, 'dialableLeads' | 'facts' | 'deferLead' | 'placesOfLeads' | 'leadCounts'> &
  Pick<LeadUpkeepStore, 'releaseLeads'> &
  Pick<AttemptStore, 'beginAttempt' | 'endAttempt' | 'recordWrapUp' | 'openAttempts' | 'calls' | 'dayTotals'> &
  Pick<AbandonmentStore, 'abandonmentSpans'> &
  RefusalStore &
  StoreWatch & { readonly files?: Pick<FileStore, 'journalTrouble'> }

/** Where a refusal is written, and who else it may concern. */
export type RefusalStore = Pick<DoNotCallStore, 'addDoNotCall' | 'addDoNotCallPrefix' | 'doNotCallHits'> &
  Pick<PersonStore, 'numbersOfPerson' | 'permissionsOf' | 'withdrawPermission' | 'erasePerson'>

/** What surrounds the engine: the ports, and the ways back into the loop. Each part of the dialer takes of it what it needs. */
export interface Shell {
  readonly clock: Clock
  readonly telephonies: readonly Telephony[]
  readonly store: DialerStore
  readonly log: Log
  /** In which agents are spoken to; absent: English. */
  readonly agentLanguage?: PromptLanguage
  readonly state: EngineState
  /** Enters an input: at once, or behind those that are being worked on. */
  submit(input: Input): void
  /** Hears of every decision of a pacer. */
  decided(campaignId: CampaignId, decision: PacingDecision): void
  /** Hears of every call's end. */
  ended(ended: Extract<Effect, { kind: 'attempt-ended' }>): void
  /** The gate has put a lead off. */
  heldBack(campaignId: CampaignId, reason: RefusalReason): void
  /** Tells whoever listens to the engine. */
  notify(event: EngineEvent): void
  /** The engine wants to be woken at this instant, and no longer at the one before. */
  wakeAt(at: InstantMs): void
}
