/** The system's result of a call. Every one ends with exactly one of these; `informed` is a caller who has reached the respect line. */
export const dispositions = [
  'connected',
  'abandoned',
  'machine',
  'busy',
  'no-answer',
  'congestion',
  'rejected',
  'failed',
  'withdrawn',
  'hung-up-waiting',
  'informed',
] as const
/** How an attempt ended, in one word. */
export type Disposition = (typeof dispositions)[number]

/** Why a lead may not be dialed now. `retryAt` goes with it where a later time can change the answer. */
export const refusalReasons = [
  'invalid-number',
  'number-kind',
  'country-not-allowed',
  'number-retired',
  'do-not-call',
  'list-missing',
  'list-too-old',
  'consent-missing',
  'consent-expired',
  'consent-withdrawn',
  'opt-out-missing',
  'outside-own-hours',
  'unknown-place',
  'unknown-time-zone',
  'outside-calling-hours',
  'number-in-flight',
  'attempts-exhausted',
  'attempts-limit',
  'resting',
  'skipped',
  'rest-after-abandonment',
  'rest-after-refusal',
  'rest-after-conversation',
  'rest-after-complaint',
  'rest-after-restore',
  'fatigue-rest',
  'fatigue-limit',
  'caller-identity',
  'filtered-out',
  'list-rests',
  'by-hand-only',
  'unreachable',
  'lead-finished',
  'campaign-not-running',
  'store-unavailable',
  'clock-jumped',
  'restore-unconfirmed',
  'draining',
] as const
/** Why the gate or the hopper says no, in one word. */
export type RefusalReason = (typeof refusalReasons)[number]

/**
 * Why a pacing decision came out as it did: the limit that bound it. The log, the board, the CLI's `explain` and the
 * simulator print the same word.
 */
export const pacingReasons = [
  'campaign-not-running',
  'agents-dial',
  'no-agents',
  'no-leads',
  'node-down',
  'node-breaker',
  'trunk-limit',
  'trunk-failing',
  'calls-per-second-limit',
  'max-dial-level',
  'agents-covered',
  'agent-available',
  'predicted-release',
  'abandonment-risk',
  'abandonment-budget',
  'cold-start',
  'growth-limit',
  'legal-stop',
  'day-cap',
  'store-unavailable',
  'clock-jumped',
  'restore-unconfirmed',
  'draining',
] as const
/** What bound a pacing decision, in one word. */
export type PacingReason = (typeof pacingReasons)[number]

/** What can stand in the way of every call: a store that cannot write, a clock that nobody can trust, a restored database that nobody has confirmed, a drain. */
export type Obstacle = Extract<PacingReason, 'store-unavailable' | 'clock-jumped' | 'restore-unconfirmed' | 'draining'>

/** Who ended a leg, or why it ended, in words that are not the PBX's. */
export const endCauses = [
  'busy',
  'no-answer',
  'congestion',
  'rejected',
  'unwanted',
  'invalid-number',
  'failed',
  'hung-up-by-us',
  'hung-up-by-peer',
  'lost',
] as const
/** Why a leg ended, in one word. */
export type EndCause = (typeof endCauses)[number]

/** What an agent can be told on their line, one sound each; digits are said one by one. */
export const agentPhrases = [
  'logged-in',
  'no-campaign',
  'not-dialing',
  'dialing',
  'draining',
  'pausing',
  'paused',
  'working',
  'saved',
  'no-such-key',
  'ask-hours',
  'no-hours',
  'call-back-in',
  'hours',
  'silent-line',
  'broken-line',
  ...(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] as const),
] as const
/** One sound for an agent. */
export type AgentPhrase = (typeof agentPhrases)[number]

/** How much the log says, the most first. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
/** How much the log says: all of this level and graver. */
export type LogLevel = (typeof logLevels)[number]
