import type { AttemptStart } from './call.ts'
import type { Effect } from './effects.ts'
import type { CallId, InstantMs, PhoneNumber, TrunkId } from './ids.ts'
import type { Input } from './inputs.ts'
import { isWorking } from './metrics.ts'
import type { EngineState } from './state.ts'

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

interface Watch {
  /** Originates without an end yet, and their numbers. */
  readonly open: Map<CallId, PhoneNumber>
  readonly openNumbers: Set<PhoneNumber>
  /** Instants of the last originates by trunk, for calls per second. */
  readonly originates: Map<TrunkId, InstantMs[]>
}

/** A monitor with its own memory of what was originated and ended; it shares no code with what it watches. */
export function createInvariantMonitor(): InvariantMonitor {
  const watch: Watch = { open: new Map(), openNumbers: new Set(), originates: new Map() }
  return {
    observe(step) {
      const wrong: string[] = []
      if (step.input.kind === 'originate-refused') close(watch, step.input.callId)
      for (const effect of step.effects) {
        if (effect.kind === 'attempt-ended') watchEnd(watch, { step, callId: effect.end.callId, wrong })
        else if (effect.kind === 'originate') watchOriginate(watch, { step, attempt: effect.order.attempt, wrong })
      }
      for (const callId of watch.open.keys()) {
        if (!step.state.calls.has(callId)) wrong.push(`call ${callId} is gone without a disposition`)
      }
      checkState(step.state, wrong)
      return wrong
    },
  }
}

function close(watch: Watch, callId: CallId): boolean {
  const number = watch.open.get(callId)
  if (number === undefined) return false
  watch.openNumbers.delete(number)
  return watch.open.delete(callId)
}

function watchOriginate(
  watch: Watch,
  { step, attempt, wrong }: { readonly step: ObservedStep; readonly attempt: AttemptStart; readonly wrong: string[] },
): void {
  const { callId, campaignId, nodeId, number, trunkId } = attempt
  const working = [...step.state.agents.values()].some(
    agent => agent.campaignId === campaignId && agent.nodeId === nodeId && isWorking(agent),
  )
  if (!working) wrong.push(`originate ${callId} with no agent logged in`)
  if (watch.openNumbers.has(number)) wrong.push(`the same number twice at once: ${callId}`)
  if (watch.open.has(callId)) wrong.push(`call id ${callId} used twice`)
  watch.open.set(callId, number)
  watch.openNumbers.add(number)
  watchRate(watch, { step, trunkId, wrong })
}

function watchRate(
  watch: Watch,
  { step, trunkId, wrong }: { readonly step: ObservedStep; readonly trunkId: TrunkId; readonly wrong: string[] },
): void {
  const limit = step.state.trunks.get(trunkId)?.settings.callsPerSecondMax ?? 0
  const recent = (watch.originates.get(trunkId) ?? []).filter(at => at > step.now - 1_000)
  recent.push(step.now)
  watch.originates.set(trunkId, recent)
  if (recent.length > Math.max(1, Math.ceil(limit))) {
    wrong.push(`${recent.length} originates within a second on trunk ${trunkId}, its limit is ${limit}`)
  }
}

/** An attempt of this run ends once; those of an earlier run, recovered, have other ids. */
function watchEnd(
  watch: Watch,
  { step, callId, wrong }: { readonly step: ObservedStep; readonly callId: CallId; readonly wrong: string[] },
): void {
  const ours = callId.startsWith(`${step.state.callIds.prefix}-`)
  if (!close(watch, callId) && ours) wrong.push(`call ${callId} ended twice, or was never originated`)
}

function checkState(state: EngineState, wrong: string[]): void {
  const inUse = new Map<TrunkId, number>()
  const numbers = new Set<PhoneNumber>()
  const agents = new Set<string>()
  for (const call of state.calls.values()) {
    inUse.set(call.trunkId, (inUse.get(call.trunkId) ?? 0) + 1)
    if (numbers.has(call.number)) wrong.push(`two calls to one number: ${call.callId}`)
    numbers.add(call.number)
    if (call.phase.state !== 'connected' || call.phase.agentGoneAt !== undefined) continue
    const { agentId } = call.phase
    if (agents.has(agentId)) wrong.push(`agent ${agentId} has two customers`)
    agents.add(agentId)
    const phase = state.agents.get(agentId)?.phase
    const his = phase !== undefined && 'callId' in phase && phase.callId === call.callId
    if (!his) wrong.push(`call ${call.callId} is with ${agentId}, who is ${phase?.state}`)
  }
  checkAgents(state, wrong)
  checkTrunks(state, inUse, wrong)
  if (numbers.size !== state.numbersInFlight.size) wrong.push('numbers in flight differ from the calls')
}

function checkAgents(state: EngineState, wrong: string[]): void {
  for (const { agentId, phase } of state.agents.values()) {
    if (phase.state !== 'reserved' && phase.state !== 'on-call') continue
    const call = state.calls.get(phase.callId)?.phase
    const his = call?.state === 'connected' && call.agentId === agentId
    if (!his) wrong.push(`agent ${agentId} is ${phase.state} with ${phase.callId}, which is not with him`)
  }
}

function checkTrunks(state: EngineState, inUse: ReadonlyMap<TrunkId, number>, wrong: string[]): void {
  for (const trunk of state.trunks.values()) {
    const { trunkId, channelsMax } = trunk.settings
    const counted = inUse.get(trunkId) ?? 0
    if (counted !== trunk.channelsInUse)
      wrong.push(`trunk ${trunkId} counts ${trunk.channelsInUse} channels, ${counted} calls use it`)
    if (counted > channelsMax) wrong.push(`trunk ${trunkId} carries ${counted} calls, its limit is ${channelsMax}`)
  }
}
