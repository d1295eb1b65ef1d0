import type { LawFinder } from '../core/compliance/law.ts'
import { reasonsSettled, releasableReasons } from '../core/compliance/release.ts'
import type { Effect, EngineEvent } from '../core/effects.ts'
import { takeStep } from '../core/engine.ts'
import { given } from '../core/given.ts'
import type { AgentId, CallId, CampaignId, InstantMs, PhoneNumber } from '../core/ids.ts'
import type { Input } from '../core/inputs.ts'
import { createInvariantMonitor, type InvariantMonitor } from '../core/invariants.ts'
import type { DecisionRecord, PacingDecision } from '../core/pacing/pacer.ts'
import type { EngineState } from '../core/state.ts'
import { Defect } from '../errors.ts'
import type { AlarmDesk } from '../ports/alarms.ts'
import { type Clock, dateOf } from '../ports/clock.ts'
import type {
  AgentSnapshot,
  CallSnapshot,
  CampaignSnapshot,
  CommandAnswer,
  DrainEnd,
  DrainOrder,
  DrainSnapshot,
  EngineBoard,
  EngineCommand,
  EngineGateway,
  RecordedDecision,
  RunCounts,
} from '../ports/engine.ts'
import type { LeadRelease } from '../ports/leadUpkeep.ts'
import type { RefusalAnswer, RefusalBy, RefusalWay } from '../ports/refusals.ts'
import { lookAtEngine } from './alarms/engineLook.ts'
import { createLeadsLeft } from './alarms/leadsLeft.ts'
import { AlarmRoom } from './alarms/room.ts'
import { createDrain, type Drain } from './drain.ts'
import { createEffectRunner, type EffectRunner } from './effects.ts'
import { createDecisionLog } from './figures/decisionLog.ts'
import { createRunCounter } from './figures/runCounts.ts'
import { agentOf, agentsOf, boardOf, callOf, campaignOf, campaignsOf, decisionCopy } from './figures/snapshot.ts'
import type { DialerOptions } from './options.ts'
import { createReleaser } from './release.ts'

interface LoopParts {
  readonly saveProgress: () => Promise<void>
  readonly dateStepped: () => void
  /** A drain that ends the process has come to its end. */
  readonly drained: (end: { readonly handOver: boolean; readonly toNext: boolean }) => void
}

/** The inbox never holds more than this: beyond it something is badly wrong, and a restart is the honest answer. */
const inboxMax = 100_000

/** Inbox, step, effects, and waiting for the next deadline or input. */
export class EngineLoop implements EngineGateway {
  readonly runner: EffectRunner
  readonly alarms: AlarmRoom
  readonly #state: EngineState
  readonly #clock: Clock
  readonly #record: ((input: Input, now: InstantMs) => void) | undefined
  readonly #monitor: InvariantMonitor | undefined
  readonly #inbox: Input[] = []
  readonly #decisions = createDecisionLog()
  readonly #counter = createRunCounter()
  readonly #listeners = new Set<(event: EngineEvent, at: InstantMs) => void>()
  /** Who waits for a state, each with what ends the waiting. */
  readonly #waiters = new Map<() => void, () => void>()
  readonly #drain: Drain
  readonly #saveProgress: () => Promise<void>
  readonly #dateStepped: () => void
  readonly #release: (release: LeadRelease) => void
  #busy = false
  #closed = false
  #cancelWake = (): void => {}

  constructor(state: EngineState, options: DialerOptions, { saveProgress, dateStepped, drained }: LoopParts) {
    this.#state = state
    this.#saveProgress = saveProgress
    this.#dateStepped = dateStepped
    this.#clock = options.clock
    this.#record = options.record
    this.#monitor = options.checkInvariants ? createInvariantMonitor() : undefined
    this.#drain = createDrain({
      ...options,
      state,
      submit: input => this.submit(input),
      until: (holds, at) => this.#until(holds, at),
      ordersSettled: () => this.runner.ordersSettled(),
      over: drained,
    })
    this.#release = createReleaser({ ...options, state, submit: input => void this.submit(input) })
    this.runner = createEffectRunner({
      ...options,
      state,
      submit: input => void this.submit(input),
      decided: (campaignId, decision) => this.#decided(campaignId, decision),
      ended: ended => this.#counter.ended(ended),
      heldBack: (campaignId, reason) => this.#counter.heldBack(campaignId, reason),
      notify: event => this.#tell(event),
      wakeAt: at => this.#wakeAt(at),
      onDateStep: () => this.#onDateStep(),
      onObstacle: () => this.alarms.look(),
    })
    this.alarms = this.#openAlarms(state, options)
  }

  #openAlarms(state: EngineState, options: DialerOptions): AlarmRoom {
    const leads = createLeadsLeft({ ...options, state })
    const newestDecision = (campaignId: CampaignId) => this.#decisions.newest(campaignId)
    return new AlarmRoom({
      clock: options.clock,
      log: options.log,
      options: options.alarms,
      obstacles: () => this.runner.obstacles.conditions(),
      engine: judging => lookAtEngine({ ...options, state, leads, newestDecision }, judging),
      notify: event => this.#tell(event),
    })
  }

  /** Enters an input and everything that follows from it; answers with the effects of this input's own step. */
  submit(input: Input): readonly Effect[] {
    if (this.#closed) return []
    this.#inbox.push(input)
    if (this.#inbox.length > inboxMax) throw new Defect('the inbox is full: the engine does not keep up')
    if (this.#busy) return []
    this.#busy = true
    let first: readonly Effect[] | undefined
    try {
      for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift()) {
        const effects = this.#step(next)
        first ??= effects
      }
    } finally {
      this.#busy = false
    }
    for (const look of this.#waiters.keys()) look()
    return first ?? []
  }

  #step(input: Input): readonly Effect[] {
    const now = this.#clock.now()
    this.#record?.(input, now)
    const effects = takeStep(this.#state, input, now)
    const wrong = this.#monitor?.observe({ state: this.#state, input, effects, now }) ?? []
    if (wrong.length > 0) throw new Defect(`after ${input.kind}: ${wrong.join('; ')}`)
    for (const effect of effects) this.runner.run(effect)
    return effects
  }

  #decided(campaignId: CampaignId, decision: PacingDecision): void {
    this.#decisions.add(campaignId, decision, this.#clock.now())
    this.#counter.decided(campaignId, decision)
  }

  #tell(event: EngineEvent): void {
    this.#counter.told(event)
    for (const listener of this.#listeners) listener(event, this.#clock.now())
  }

  /** What was put off, and which day it is, went by the old date. */
  #onDateStep(): void {
    this.release({ reasons: releasableReasons })
    this.#dateStepped()
  }

  #wakeAt(at: InstantMs): void {
    this.#cancelWake()
    this.#cancelWake = this.#clock.wakeAt(at, () => void this.submit({ kind: 'wake' }))
  }

  async command(asked: EngineCommand): Promise<CommandAnswer> {
    await this.runner.beforeCommand(asked)
    // By the settings as they are now: another command may have come in between.
    const before =
      asked.kind === 'campaign-apply' ? this.#state.campaigns.get(asked.settings.campaignId)?.settings : undefined
    const effects = this.submit(asked)
    if (asked.kind === 'campaign-apply') {
      this.release({ campaignId: asked.settings.campaignId, reasons: reasonsSettled(before, asked.settings) })
    }
    await this.runner.settledFor(effects)
    // A campaign that was stopped must not dial again because the daemon was killed a moment later.
    if (asked.kind.startsWith('campaign-')) await this.#saveProgress()
    const refusal = effects.find(effect => effect.kind === 'rejected')
    if (refusal === undefined) return { accepted: true }
    return { accepted: false, code: refusal.code, message: refusal.message }
  }

  release(release: LeadRelease): void {
    this.#release(release)
  }

  /** Resolves when no call is left or the time is over. */
  async drained(until: InstantMs): Promise<void> {
    await this.#until(({ calls }) => calls.size === 0, until)
  }

  /** Resolves with true as soon as the state is so, with false at this instant. */
  #until(holds: (state: EngineState) => boolean, at?: InstantMs): Promise<boolean> {
    if (holds(this.#state)) return Promise.resolve(true)
    return new Promise(resolve => {
      const settle = (isSo: boolean): void => {
        cancel()
        this.#waiters.delete(look)
        resolve(isSo)
      }
      const look = (): void => {
        if (holds(this.#state)) settle(true)
      }
      const cancel = at === undefined ? () => {} : this.#clock.wakeAt(at, () => settle(false))
      this.#waiters.set(look, cancel)
    })
  }

  /** Takes nothing more. */
  close(): void {
    this.#closed = true
    this.#cancelWake()
    this.runner.obstacles.close()
    this.alarms.close()
    this.#drain.close()
    // A deadline that is hours away must not keep a process that has nothing more to do.
    for (const cancel of this.#waiters.values()) cancel()
    this.#waiters.clear()
  }

  refuse<Way extends RefusalWay>(refusal: RefusalBy<Way>): Promise<RefusalAnswer<Way>> {
    return this.runner.refuse(refusal)
  }

  drain(order: DrainOrder): DrainSnapshot | undefined {
    return this.#drain.begin(order)
  }

  cancelDrain(): boolean {
    return this.#drain.cancel()
  }

  /** Nothing is originated any more, and nobody takes that back. */
  drainToStop(): void {
    this.#drain.stop()
  }

  drainEnd(): Promise<DrainEnd> {
    return this.#drain.end()
  }

  draining(): DrainSnapshot | undefined {
    return this.#drain.snapshot()
  }

  get laws(): LawFinder {
    return this.#state.laws
  }

  board(): EngineBoard {
    const drain = given({ drain: this.#drain.snapshot() })
    const alarms = this.alarmDesk.overview().alarms
    return {
      ...boardOf(this.#state, this.#clock.now(), campaignId => this.#counter.byHand(campaignId)),
      ...drain,
      alarms,
    }
  }

  get alarmDesk(): AlarmDesk {
    return this.alarms.desk
  }

  counts(): RunCounts {
    return { ...this.#counter.counts(), recordsWaiting: this.runner.unwritten() }
  }

  campaigns(): readonly CampaignSnapshot[] {
    return campaignsOf(this.#state)
  }

  campaign(campaignId: CampaignId): CampaignSnapshot | undefined {
    return campaignOf(this.#state, campaignId)
  }

  agents(): readonly AgentSnapshot[] {
    return agentsOf(this.#state, this.#clock.now())
  }

  agent(agentId: AgentId): AgentSnapshot | undefined {
    return agentOf(this.#state, agentId, this.#clock.now())
  }

  call(callId: CallId): CallSnapshot | undefined {
    return callOf(this.#state, callId)
  }

  callCount(): number {
    return this.#state.calls.size
  }

  isInFlight(number: PhoneNumber): boolean {
    return this.#state.numbersInFlight.has(number)
  }

  decisions(campaignId: CampaignId, limit = Number.POSITIVE_INFINITY): readonly RecordedDecision[] {
    return this.#decisions.of(campaignId).slice(0, limit).map(decisionCopy)
  }

  lastRecord(campaignId: CampaignId): DecisionRecord | undefined {
    return structuredClone(this.#state.campaigns.get(campaignId)?.pacer.lastRecord?.())
  }

  subscribe(listener: (event: EngineEvent, at: InstantMs) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  now(): InstantMs {
    return dateOf(this.#clock)
  }
}
