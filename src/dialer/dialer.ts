import type { AgentSettings } from '../core/agents/agent.ts'
import type { TrunkSettings } from '../core/calls/trunk.ts'
import type { LawFinder } from '../core/compliance/law.ts'
import { createEngineState } from '../core/engine.ts'
import type { InstantMs } from '../core/ids.ts'
import type { Input } from '../core/inputs.ts'
import type { PacerFactory } from '../core/pacing/pacer.ts'
import type { Log } from '../log.ts'
import type { Clock } from '../ports/clock.ts'
import type { EngineGateway } from '../ports/engine.ts'
import type { Store } from '../ports/store.ts'
import type { Telephony } from '../ports/telephony.ts'
import { EngineLoop } from './loop.ts'
import { startProgressSaver } from './progress.ts'
import { restore } from './recovery.ts'

/** What a dialer needs. */
export interface DialerOptions {
  readonly clock: Clock
  readonly telephonies: readonly Telephony[]
  readonly store: Store
  readonly log: Log
  readonly trunks: readonly TrunkSettings[]
  /** Agents of the configuration; those of the store are added to them. */
  readonly agents: readonly AgentSettings[]
  /** Differs between two runs on the same store, `[a-z0-9]+`. */
  readonly callIdPrefix: string
  /** Checks the engine's invariants after every step and ends the process when one is broken. */
  readonly checkInvariants: boolean
  /** Makes the campaigns' pacers; absent: the product's own. */
  readonly createPacer?: PacerFactory
  /** Finds the law of calls and campaigns; absent: no law, as in a simulation. */
  readonly laws?: LawFinder
  /** Hears every input with its time: the flight recorder. */
  readonly record?: (input: Input, now: InstantMs) => void
}

/** The running engine: inbox, step, effects, and waiting for the next deadline or input. */
export interface Dialer {
  readonly gateway: EngineGateway
  /** Restores what a previous run left, then links up and dials. */
  start(): Promise<void>
  /** Originates nothing more, waits up to `graceMs` for calls that ring or talk, then lets go. Idempotent. */
  stop(options: { readonly graceMs: number }): Promise<void>
}

/** Makes the loop that joins the deterministic engine to its ports. The same in simulation and production. */
export function createDialer(options: DialerOptions): Dialer {
  const { store, clock, log } = options
  const state = createEngineState(options.callIdPrefix, options.createPacer, options.laws)
  const saver = startProgressSaver({ state, store, clock, log })
  const loop = new EngineLoop(state, options, saver.save)
  let stopping: Promise<void> | undefined

  async function stop(graceMs: number): Promise<void> {
    await saver.close()
    for (const { settings, state: runState } of state.campaigns.values()) {
      if (runState === 'running') loop.submit({ kind: 'campaign-pause', campaignId: settings.campaignId })
    }
    await loop.drained(clock.now() + graceMs)
    loop.close()
    await loop.runner.settled()
  }

  return {
    gateway: loop,
    async start() {
      await restore(options, input => loop.submit(input))
      for (const telephony of options.telephonies) telephony.start(event => void loop.submit(event))
    },
    stop({ graceMs }) {
      stopping ??= stop(graceMs)
      return stopping
    },
  }
}
