import type { Effect, EngineEvent, OriginateOrder } from './effects.ts'
import type { AgentId, CallId, CampaignId, InstantMs, PhoneNumber, TrunkId } from './ids.ts'
import type { Input } from './inputs.ts'
import { isWorking } from './metrics.ts'
import type { EngineState } from './state.ts'
import { checkAgent, checkCall, sweep } from './sweep.ts'

/** One step as seen from outside: what went in, what came out, and the state after it. */
export interface ObservedStep {
  readonly state: EngineState
  readonly input: Input
  readonly effects: readonly Effect[]
  readonly now: InstantMs
}

/** What must always be true, watched from outside the engine: by the tests, the simulator and the daemon's debug mode. */
export interface InvariantMonitor {
  /** Answers with what is wrong, in words, or with nothing. */
  observe(step: ObservedStep): readonly string[]
}

/** What the monitor knows, from the effects alone: it is compared with the state step by step. */
interface Watch {
  /** Originates without an end yet. */
  readonly open: Map<CallId, OriginateOrder['attempt']>
  readonly openNumbers: Set<PhoneNumber>
  readonly openByTrunk: Map<TrunkId, number>
  /** Instants of the last originates by trunk, for calls per second: a ring of as many as the limit allows. */
  readonly originates: Map<TrunkId, RecentInstants>
  /** Channels in use by trunk, when last looked at. */
  readonly carried: Map<TrunkId, number>
  /** An agent who was at work when last asked, by campaign and node: most originates need look no further. */
  readonly working: Map<string, AgentId>
  steps: number
}

interface RecentInstants {
  readonly limit: number
  readonly at: InstantMs[]
  next: number
}

/** Settings of a monitor. */
export interface InvariantOptions {
  /** Every so many steps the whole state is looked through, beside what each step has touched; default 1 024. */
  readonly sweepEvery?: number
}

type Wrong = string[]
const nothing: readonly string[] = []

/**
 * A monitor with its own memory of what was originated and ended; it shares no code with what it watches. After every step it
 * checks what the step has touched and that all totals agree; now and then it looks through everything.
 */
export function createInvariantMonitor({ sweepEvery = 1_024 }: InvariantOptions = {}): InvariantMonitor {
  const watch: Watch = {
    open: new Map(),
    openNumbers: new Set(),
    openByTrunk: new Map(),
    originates: new Map(),
    carried: new Map(),
    working: new Map(),
    steps: 0,
  }
  return {
    observe(step) {
      const wrong: Wrong = []
      if (step.input.kind === 'originate-refused') close(watch, step.input.callId)
      for (const effect of step.effects) watchEffect(watch, { step, effect, wrong })
      if ('callId' in step.input) checkCall(step.state, step.state.calls.get(step.input.callId), wrong)
      checkTotals(watch, step.state, wrong)
      watch.steps += 1
      if (watch.steps % sweepEvery === 0) sweep(step.state, new Set(watch.open.keys()), wrong)
      return wrong.length === 0 ? nothing : wrong
    },
  }
}

interface Watched<Seen> {
  readonly step: ObservedStep
  readonly effect: Seen
  readonly wrong: Wrong
}

function watchEffect(watch: Watch, { step, effect, wrong }: Watched<Effect>): void {
  switch (effect.kind) {
    case 'originate':
      watchOriginate(watch, { step, effect: effect.order.attempt, wrong })
      return
    case 'attempt-ended':
      watchEnd(watch, { step, effect: effect.end.callId, wrong })
      return
    case 'connect':
      checkCall(step.state, step.state.calls.get(effect.order.callId), wrong)
      return
    case 'notify':
      watchNews(step.state, effect.event, wrong)
      return
    default:
      return
  }
}

function watchNews(state: EngineState, event: EngineEvent, wrong: Wrong): void {
  if (event.kind === 'agent-state') checkAgent(state, event.agentId, wrong)
  else if ('callId' in event) checkCall(state, state.calls.get(event.callId), wrong)
}

function close(watch: Watch, callId: CallId): boolean {
  const attempt = watch.open.get(callId)
  if (attempt === undefined) return false
  watch.openNumbers.delete(attempt.number)
  watch.openByTrunk.set(attempt.trunkId, (watch.openByTrunk.get(attempt.trunkId) ?? 0) - 1)
  return watch.open.delete(callId)
}

function watchOriginate(watch: Watch, { step, effect: attempt, wrong }: Watched<OriginateOrder['attempt']>): void {
  const { callId, number, trunkId } = attempt
  if (!somebodyWorks(watch, step.state, attempt)) wrong.push(`originate ${callId} with no agent logged in`)
  if (watch.openNumbers.has(number)) wrong.push(`the same number twice at once: ${callId}`)
  if (watch.open.has(callId)) wrong.push(`call id ${callId} used twice`)
  watch.open.set(callId, attempt)
  watch.openNumbers.add(number)
  watch.openByTrunk.set(trunkId, (watch.openByTrunk.get(trunkId) ?? 0) + 1)
  watchRate(watch, { step, effect: trunkId, wrong })
}

function somebodyWorks(watch: Watch, state: EngineState, on: { campaignId: CampaignId; nodeId: string }): boolean {
  const key = `${on.campaignId} ${on.nodeId}`
  const serves = (agentId: AgentId | undefined): boolean => {
    const agent = agentId === undefined ? undefined : state.agents.get(agentId)
    return agent?.campaignId === on.campaignId && agent.nodeId === on.nodeId && isWorking(agent)
  }
  if (serves(watch.working.get(key))) return true
  for (const agentId of state.agents.keys()) {
    if (!serves(agentId)) continue
    watch.working.set(key, agentId)
    return true
  }
  return false
}

function watchRate(watch: Watch, { step, effect: trunkId, wrong }: Watched<TrunkId>): void {
  const limit = Math.max(1, Math.floor(step.state.trunks.get(trunkId)?.settings.callsPerSecondMax ?? 0))
  const known = watch.originates.get(trunkId)
  // A trunk with another limit is counted anew: the second in which it changed may have seen as many as the larger one permits.
  const recent = known?.limit === limit ? known : { limit, at: [], next: 0 }
  watch.originates.set(trunkId, recent)
  const before = recent.at[recent.next]
  if (before !== undefined && before >= step.now - 1_000)
    wrong.push(`more than ${limit} originates within a second on trunk ${trunkId}`)
  recent.at[recent.next] = step.now
  recent.next = (recent.next + 1) % limit
}

/** An attempt of this run ends once; those of an earlier run, recovered, have other ids. */
function watchEnd(watch: Watch, { step, effect: callId, wrong }: Watched<CallId>): void {
  const ours = callId.startsWith(`${step.state.callIds.prefix}-`)
  if (!close(watch, callId) && ours) wrong.push(`call ${callId} ended twice, or was never originated`)
}

/** Everything that is open is in the state, once, on its trunk; recovered calls, which nobody saw begin, come on top. */
function checkTotals(watch: Watch, state: EngineState, wrong: Wrong): void {
  if (state.calls.size < watch.open.size) wrong.push('a call is gone without a disposition')
  if (state.numbersInFlight.size + state.callers.size !== state.calls.size)
    wrong.push('numbers in flight differ from the calls')
  for (const { settings, channelsInUse } of state.trunks.values()) {
    const { trunkId, channelsMax } = settings
    const counted = watch.openByTrunk.get(trunkId) ?? 0
    if (channelsInUse < counted)
      wrong.push(`trunk ${trunkId} counts ${channelsInUse} channels, ${counted} calls use it`)
    // Who calls us takes a channel whether or not we have one to spare.
    // A limit that was lowered is kept to by whoever comes; those who are there may stay.
    const before = watch.carried.get(trunkId) ?? 0
    watch.carried.set(trunkId, channelsInUse)
    if (channelsInUse > Math.max(channelsMax, before) && channelsInUse - callersOn(state, trunkId) > channelsMax)
      wrong.push(`trunk ${trunkId} carries ${channelsInUse} calls, its limit is ${channelsMax}`)
  }
}

function callersOn({ callers, calls }: EngineState, trunkId: TrunkId): number {
  let count = 0
  for (const callId of callers.keys()) if (calls.get(callId)?.trunkId === trunkId) count += 1
  return count
}
