import type { AgentMode } from '../campaigns/dialModes.ts'
import type { InstantMs } from '../ids.ts'
import type { Automation, PermissionBasis, Place, Voice } from './rules.ts'

/** A permission that was relied on: to whom it was given, and whether for another number of the person. */
interface RelianceOn {
  readonly permissionId: number
  readonly basis: PermissionBasis
  readonly seller?: string
  readonly otherNumber?: true
}

/** On what an originate was cleared: the evidence that goes into the ledger with it. No personal data. */
export interface Clearance {
  readonly at: InstantMs
  /** Version of the rule book. */
  readonly rulesVersion: string
  /** The seller's place, and every place where the person may be: whose rules applied follows from them. */
  readonly seller: Place
  readonly places: readonly Place[]
  /** Who spoke and what the system did by itself, where that was not a person, and selection and dialing. */
  readonly voice?: Voice
  readonly automation?: readonly Automation[]
  /** An agent has dialed: shown the lead, or by a number of their own. Absent: pacing did. */
  readonly mode?: AgentMode
  /** Places whose own law nobody has read. */
  readonly unread?: readonly Place[]
  /** An agent was held for this call. */
  readonly agentReserved?: true
  /** Rules that were asked, by their ids, in the order of the checks. */
  readonly rules: readonly string[]
  /** Do-not-call lists that were asked: name, version, day of content. */
  readonly lists: readonly { readonly list: string; readonly version: string; readonly asOf: InstantMs }[]
  /** Permissions that were relied on, and the rules or lists that they lifted. */
  readonly permissions: readonly RelianceOn[]
  readonly lifted: readonly string[]
  /** Local wall time in every zone where the person may be: minutes after midnight, day since 1970-01-01. */
  readonly localTimes: readonly { readonly zone: string; readonly minuteOfDay: number; readonly day: number }[]
  /** Attempts that counted in each window, before this one. */
  readonly attempts: readonly { readonly ruleId: string; readonly count: number; readonly max: number }[]
  /** Points, 0 where fatigue is off. */
  readonly fatigue: number
  /** The pacing decision that asked for the call. */
  readonly decisionId?: string
}
