import { clearanceOf } from '../core/compliance/clear.ts'
import type { Clearance } from '../core/compliance/clearance.ts'
import { no, type Verdict } from '../core/compliance/facts.ts'
import { decideVerdict } from '../core/compliance/verdict.ts'
import { obstacleOf } from '../core/dialing/obstacle.ts'
import type { OriginateOrder } from '../core/effects.ts'
import type { EngineState } from '../core/state.ts'
import { dateOf } from '../ports/clock.ts'
import { type FactSources, gateFacts } from './gateFacts.ts'
import type { Writer } from './writer.ts'

/** The verdict at the moment of an originate, and what a yes rests on. */
export interface GateAnswer {
  readonly verdict: Verdict
  readonly clearance?: Clearance
}

/** What the gate needs: its facts, the calls that are alive, and to know that the disk is well. */
export interface GateParts extends FactSources {
  readonly state: Pick<EngineState, 'campaigns' | 'laws' | 'calls' | 'obstacle' | 'draining'>
  readonly writer: Pick<Writer, 'healthy' | 'settled'>
}

/** The gate before an originate: every fact is fresh, and the identity that is presented is the one that was asked about. */
export async function askGate(parts: GateParts, { attempt }: OriginateOrder): Promise<GateAnswer> {
  const { clock, state, writer } = parts
  const { callId, campaignId, leadId, callerId } = attempt
  if (!writer.healthy()) return { verdict: no('store-unavailable') }
  // The person's last call may have ended in this very step: until its end is on disk the facts ask for no rest.
  await writer.settled()
  // A disk that failed meanwhile has let the call's time run out.
  if (!state.calls.has(callId)) return { verdict: no('store-unavailable') }
  const found = await gateFacts(parts, { campaignId, leadId })
  if (found === undefined) return { verdict: no('campaign-not-running') }
  const { facts } = found
  // The campaign has changed its mode since: what a call may leave out by hand, pacing may not.
  if ((attempt.origin === 'manual') !== (found.rules.agentMode !== undefined))
    return { verdict: no('campaign-not-running') }
  const agentReserved = attempt.origin === 'manual' || state.calls.get(callId)?.lead?.agentId !== undefined
  const rules = { ...found.rules, callerIds: [callerId], agentReserved }
  // It compares the clocks: a jump is in the way from this instant on.
  const now = dateOf(clock)
  const obstacle = obstacleOf(state)
  if (obstacle !== undefined) return { verdict: no(obstacle) }
  const verdict = decideVerdict(facts, rules, now)
  return verdict.allowed ? { verdict, clearance: clearanceOf(facts, rules, now) } : { verdict }
}
