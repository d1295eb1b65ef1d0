import type { AgentSettings } from '../core/agents/agent.ts'
import type { PromptLanguage } from '../core/campaigns/campaign.ts'
import type { LawFinder } from '../core/compliance/law.ts'
import type { TrunkSettings } from '../core/dialing/trunk.ts'
import type { InstantMs } from '../core/ids.ts'
import type { Input } from '../core/inputs.ts'
import type { PacerFactory } from '../core/pacing/pacer.ts'
import type { Log } from '../log.ts'
import type { AlarmOptions } from '../ports/alarms.ts'
import type { Clock } from '../ports/clock.ts'
import type { Telephony } from '../ports/telephony.ts'
import type { DayLimits } from './days.ts'
import type { DialerStore } from './shell.ts'

/** What a dialer needs. */
export interface DialerOptions {
  readonly clock: Clock
  readonly telephonies: readonly Telephony[]
  readonly store: DialerStore
  readonly log: Log
  readonly trunks: readonly TrunkSettings[]
  /** What the configuration file says of agents: it is taken into those of the store. */
  readonly agents: readonly AgentSettings[]
  /** In which agents are spoken to on their phones; absent: English. */
  readonly agentLanguage?: PromptLanguage
  /** Differs between two runs on the same store, `[a-z0-9]+`. */
  readonly callIdPrefix: string
  /** How many who call a shown number back are told at a time; absent: the engine's own limit. */
  readonly respectLine?: { readonly callsMax: number }
  /** Checks the engine's invariants after every step and ends the process when one is broken. */
  readonly checkInvariants: boolean
  /** Makes the campaigns' pacers; absent: the product's own. */
  readonly createPacer?: PacerFactory
  /** Finds the law of calls and campaigns; absent: no law, as in a simulation. */
  readonly laws?: LawFinder
  /** Caps of a day over all campaigns, and whose day it is; absent: no caps over all, and the days of UTC. */
  readonly dayLimits?: DayLimits
  /** What alarms are kept in and sent to; absent: only what stands in the way of every call is one, and none is kept or sent. */
  readonly alarms?: AlarmOptions
  /** Hears every input with its time: the flight recorder. */
  readonly record?: (input: Input, now: InstantMs) => void
}
