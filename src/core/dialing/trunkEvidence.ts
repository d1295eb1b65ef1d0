import type { Call } from '../calls/call.ts'
import { given } from '../given.ts'
import type { TrunkId } from '../ids.ts'
import type { Step } from '../step.ts'
import type { EndCause } from '../vocabulary.ts'
import { depart, type Evidence, hear, isFalseAnswer, isSuspect, takeBack } from './breaker.ts'
import { isShortCall, shortCallRate, type Trunk } from './trunk.ts'

/** How a leg ended, as far as it says something of its trunk. */
interface Ending {
  readonly cause: EndCause
  readonly sipCode?: number
  /** The PBX never took the order. */
  readonly notLeft?: true
}

/** Whose fault it is that a call came to nobody: its trunk's, its number's, or ours: the order did not leave. */
export type Blame = 'trunk' | 'number' | 'ours'

/** A call of ours is about to leave over its trunk. */
export function callDeparts(step: Step, call: Call): void {
  const trunk = witnessed(step, call)
  if (trunk !== undefined && depart(trunk.breaker, call.callId, step.now)) tellBreaker(step, trunk)
}

/** It does not leave: the gate said no. */
export function callTakenBack(step: Step, call: Call): void {
  const trunk = witnessed(step, call)
  if (trunk !== undefined) takeBack(trunk.breaker, call.callId, step.now)
}

/** Its person's telephone rings. */
export function callRings(step: Step, call: Call): void {
  listen(step, call, { kind: 'reached' })
}

/** It is answered so long after its originate; true where nobody can have answered it. */
export function callAnswered(step: Step, call: Call, afterMs: number): boolean {
  const trunk = witnessed(step, call)
  if (trunk === undefined) return false
  if (call.phase.state === 'originating') listen(step, call, { kind: 'reached' })
  listen(step, call, { kind: 'answered', afterMs })
  return isFalseAnswer(trunk.breaker, afterMs)
}

/** A call of ours has ended. */
export function callEnded(step: Step, call: Call, ending: Ending & { readonly at: number }): void {
  const trunk = witnessed(step, call)
  if (trunk === undefined) return
  const { phase } = call
  if (phase.state === 'originating') listen(step, call, { kind: readingOf(call, ending) })
  else if (phase.state === 'ringing') listen(step, call, rangEvidence(ending, ending.at - phase.ringingAt))
  else if ('answeredAt' in phase) {
    const shortRateMax = shortRateLimit(step, call.trunkId)
    const short = isShortCall(ending.at - phase.answeredAt)
    // This call's length has been taken down, and its count has not.
    const shortRate = shortCallRate(trunk, trunk.breaker.answered + 1)
    listen(step, call, { kind: 'talked', short, shortRate, shortRateMax })
  }
}

/** Whose fault it is that the call, which did not ring, came to nobody; `undefined`: nobody's. Ask before {@link callEnded}. */
export function blameOf(step: Step, call: Call, ending: Ending): Blame | undefined {
  if (call.origin === 'inbound' || call.phase.state !== 'originating' || ending.cause === 'lost') return undefined
  if (ending.notLeft === true) return 'ours'
  const reading = readingOf(call, ending)
  if (reading !== 'refused' && reading !== 'unknown-number') return undefined
  const trunk = witnessed(step, call)
  if (trunk !== undefined && isSuspect(trunk.breaker, reading)) return 'trunk'
  // A network that says nothing, or that nobody answers, says so of its telephone.
  return ending.cause === 'no-answer' || wasSilent(call, ending) ? undefined : 'number'
}

function rangEvidence({ cause }: Ending, rangMs: number): Evidence {
  return cause === 'congestion' || cause === 'failed' ? { kind: 'failed-ringing' } : { kind: 'unanswered', rangMs }
}

/** What the end of a call that had not rung says of its trunk. */
function readingOf(call: Call, ending: Ending): 'reached' | 'refused' | 'unknown-number' | 'nothing' {
  const { cause, sipCode = 0 } = ending
  if (ending.notLeft === true || cause === 'lost') return 'nothing'
  switch (cause) {
    case 'congestion':
    case 'failed':
      return 'refused'
    case 'invalid-number':
      return 'unknown-number'
    case 'rejected':
      // 6xx is a person's word, or their network's; without a code nobody knows whose it is.
      return sipCode >= 400 && sipCode < 600 ? 'refused' : 'reached'
    case 'no-answer':
      return sipCode === requestTimeout ? 'refused' : 'reached'
    case 'hung-up-by-us':
      return wasSilent(call, ending) ? 'refused' : 'nothing'
    case 'busy':
    case 'unwanted':
    case 'hung-up-by-peer':
      return 'reached'
  }
}

const requestTimeout = 408

/** Nothing has been heard of it in all the time that a call may take to ring. */
function wasSilent({ endingAs }: Call, { cause }: Ending): boolean {
  return cause === 'hung-up-by-us' && endingAs === 'ring-timeout'
}

/** The strictest share of short calls of the campaigns that dial over the trunk: the carrier counts it trunk by trunk. */
function shortRateLimit({ state }: Step, trunkId: TrunkId): number {
  let max = Number.POSITIVE_INFINITY
  for (const { state: campaign, settings } of state.campaigns.values()) {
    if (campaign !== 'running' || !settings.trunkIds.includes(trunkId)) continue
    max = Math.min(max, settings.shortCallRateMax ?? max)
  }
  return max
}

/** The trunk of a call of ours that this run has seen from its beginning. */
function witnessed({ state }: Step, { origin, recovered, trunkId }: Call): Trunk | undefined {
  return origin === 'inbound' || recovered === true ? undefined : state.trunks.get(trunkId)
}

function listen(step: Step, call: Call, evidence: Evidence): void {
  const trunk = witnessed(step, call)
  if (trunk === undefined || !hear(trunk.breaker, { callId: call.callId, evidence }, step.now)) return
  tellBreaker(step, trunk)
  for (const campaign of step.state.campaigns.values())
    if (campaign.settings.trunkIds.includes(call.trunkId)) campaign.dirty = true
}

function tellBreaker({ effects }: Step, { settings, breaker }: Trunk): void {
  const { phase, openings } = breaker
  const { fault, probeAt, callId } = { fault: undefined, probeAt: undefined, callId: undefined, ...phase }
  const { trunkId, nodeId } = settings
  effects.push({
    kind: 'notify',
    event: {
      kind: 'trunk-breaker',
      trunkId,
      nodeId,
      state: phase.state,
      openings,
      ...given({ fault, probeAt, callId }),
    },
  })
}
