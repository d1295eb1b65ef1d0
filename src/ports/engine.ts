import type { EngineEvent, RejectionCode } from '../core/effects.ts'
import type { CampaignId, InstantMs } from '../core/ids.ts'
import type { Command } from '../core/inputs.ts'
import type { PacingDecision } from '../core/pacing/pacer.ts'
import type { EngineState } from '../core/state.ts'
import type { LeadRelease } from './leadUpkeep.ts'

/** The running engine as the API sees it. */
export interface EngineGateway {
  /** Enters a command; answers after the step that took it, and after what must be durable is on disk. */
  command(command: Command): Promise<CommandAnswer>
  /**
   * Leads that were put off for these reasons are looked at again: begins, and goes on by itself behind whatever is being
   * dialed. A campaign whose settings change releases its own.
   */
  release(release: LeadRelease): void
  /** The live state. For reading only, and not to be kept: it changes with the next step. */
  state(): EngineState
  /** The last decisions of a campaign, newest first (bounded). Equal neighbours are folded into one with a count. */
  decisions(campaignId: CampaignId): readonly RecordedDecision[]
  /** Told of every engine event until the function returned is called. */
  subscribe(listener: (event: EngineEvent, at: InstantMs) => void): () => void
  now(): InstantMs
}

/** Whether a command was obeyed. `message` is one line that says what to do. */
export type CommandAnswer =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly code: RejectionCode; readonly message: string }

/** A pacing decision as kept for `pacing explain`. */
export interface RecordedDecision {
  readonly at: InstantMs
  readonly decision: PacingDecision
  /** How many equal decisions (same reason, nothing originated) stand behind this one, itself included. */
  readonly times: number
}
