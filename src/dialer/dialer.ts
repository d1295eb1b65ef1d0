import type { AgentSettings } from '../core/agent.ts'
import type { Effect } from '../core/effects.ts'
import { createEngineState, step } from '../core/engine.ts'
import type { CampaignId, InstantMs, NodeId } from '../core/ids.ts'
import type { Command, Input } from '../core/inputs.ts'
import { createInvariantMonitor } from '../core/invariants.ts'
import type { EngineState } from '../core/state.ts'
import type { TrunkSettings } from '../core/trunk.ts'
import { Defect } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Clock, CommandAnswer, EngineGateway, RecordedDecision, Store, Telephony } from '../ports.ts'
import { createDecisionLog } from './decisionLog.ts'
import { createEffectRunner, type EffectRunner } from './effects.ts'
import { startProgressSaver } from './progress.ts'
import { restore } from './recovery.ts'

/** The inbox never holds more than this: beyond it something is badly wrong, and a restart is the honest answer. */
const inboxMax = 100_000

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
  const state = createEngineState(options.callIdPrefix)
  const loop = createLoop(state, options)
  const saver = startProgressSaver({ state, store: options.store, clock: options.clock, log: options.log })
  let stopping: Promise<void> | undefined
  return {
    gateway: loop.gateway,
    async start() {
      await restore(options, loop.submit)
      for (const telephony of options.telephonies) telephony.start(loop.submit)
    },
    stop: ({ graceMs }) => {
      stopping ??= stop(graceMs)
      return stopping
    },
  }

  async function stop(graceMs: number): Promise<void> {
    await saver.close()
    for (const campaign of state.campaigns.values()) {
      if (campaign.state === 'running')
        loop.submit({ kind: 'campaign-pause', campaignId: campaign.settings.campaignId })
    }
    await loop.drained(options.clock.now() + graceMs)
    loop.close()
    await loop.runner.settled()
  }
}

interface Loop {
  readonly gateway: EngineGateway
  readonly runner: EffectRunner
  submit(input: Input): readonly Effect[]
  /** Resolves when no call is left or the time is over. */
  drained(until: InstantMs): Promise<void>
  close(): void
}

function createLoop(state: EngineState, options: DialerOptions): Loop {
  const { clock } = options
  const inbox: Input[] = []
  const monitor = options.checkInvariants ? createInvariantMonitor() : undefined
  const decisions = createDecisionLog()
  const listeners = new Set<Parameters<EngineGateway['subscribe']>[0]>()
  const idleWaiters = new Set<() => void>()
  let busy = false
  let closed = false
  let cancelWake = (): void => {}

  const runner = createEffectRunner({
    ...options,
    state,
    submit: input => void submit(input),
    decided: (campaignId, decision) => decisions.add(campaignId, decision, clock.now()),
    notify: event => {
      for (const listener of listeners) listener(event, clock.now())
    },
    wakeAt(at) {
      cancelWake()
      cancelWake = clock.wakeAt(at, () => void submit({ kind: 'wake' }))
    },
  })

  function submit(input: Input): readonly Effect[] {
    if (closed) return []
    inbox.push(input)
    if (inbox.length > inboxMax) throw new Defect('the inbox is full: the engine does not keep up')
    if (busy) return []
    busy = true
    let first: readonly Effect[] | undefined
    try {
      for (let next = inbox.shift(); next !== undefined; next = inbox.shift()) first ??= one(next)
    } finally {
      busy = false
    }
    if (state.calls.size === 0) for (const waiter of idleWaiters) waiter()
    return first ?? []
  }

  function one(input: Input): readonly Effect[] {
    const now = clock.now()
    options.record?.(input, now)
    const effects = step(state, input, now)
    const wrong = monitor?.observe({ state, input, effects, now }) ?? []
    if (wrong.length > 0) throw new Defect(`after ${input.kind}: ${wrong.join('; ')}`)
    for (const effect of effects) runner.run(effect)
    return effects
  }

  async function command(asked: Command): Promise<CommandAnswer> {
    await runner.beforeCommand(asked)
    const effects = submit(asked)
    await runner.settledFor(effects)
    const refusal = effects.find(effect => effect.kind === 'rejected')
    if (refusal === undefined) return { accepted: true }
    return { accepted: false, code: refusal.code, message: refusal.message }
  }

  function drained(until: InstantMs): Promise<void> {
    if (state.calls.size === 0) return Promise.resolve()
    return new Promise(resolve => {
      const done = (): void => {
        cancel()
        idleWaiters.delete(done)
        resolve()
      }
      const cancel = clock.wakeAt(until, done)
      idleWaiters.add(done)
    })
  }

  return {
    runner,
    submit,
    drained,
    close() {
      closed = true
      cancelWake()
    },
    gateway: {
      command,
      state: () => state,
      decisions: (campaignId: CampaignId): readonly RecordedDecision[] => decisions.of(campaignId),
      subscribe(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      now: () => clock.now(),
    },
  }
}

/** The ids of the nodes that these telephonies drive. */
export function nodeIdsOf(telephonies: readonly Telephony[]): readonly NodeId[] {
  return telephonies.map(telephony => telephony.nodeId)
}
