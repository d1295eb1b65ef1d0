// Who works and who is called in the simulated month.

import type { Clock } from '../../src/ports/clock.ts'
import type { EngineCommand, EngineGateway } from '../../src/ports/engine.ts'
import type { CalleeAct, CalleePlan, Callees } from '../../src/sim/world/callees.ts'
import type { SimulatedTelephony } from '../../src/sim/world/pbx.ts'
import type { Random } from '../../src/sim/world/random.ts'
import { isIn, whoIs } from './monthWorld.ts'

const secondMs = 1_000
const dayMs = 86_400_000

interface Lot {
  readonly upTo: number
  readonly plan: (random: Random) => CalleePlan
}

function between(random: Random, from: number, to: number): number {
  return Math.round(from + random.uniform() * (to - from))
}

function rings(act: CalleeAct, ringingAfterMs: number): CalleePlan {
  return { ringingAfterMs, act }
}

function failure(cause: Extract<CalleeAct, { kind: 'fails' }>['cause'], sipCode: number, ringsFirst = true) {
  return (random: Random): CalleePlan => {
    const act = { kind: 'fails', cause, sipCode, afterMs: between(random, 800, 6_000) } as const
    return ringsFirst ? rings(act, 500) : { act }
  }
}

function answer(by: 'person' | 'machine') {
  return (random: Random): CalleePlan => {
    const ringingAfterMs = between(random, 300, 4_500)
    const afterMs = ringingAfterMs + between(random, 1_000, 19_000)
    const talkMs = by === 'machine' ? dayMs : between(random, 1_500, 120_000)
    return rings({ kind: 'answers', by, afterMs, detectionMs: 0, talkMs }, ringingAfterMs)
  }
}

/** Hangs up again before anybody can be there. */
function quick(random: Random): CalleePlan {
  const afterMs = between(random, 3_000, 9_000)
  const act = {
    kind: 'answers',
    by: 'person',
    afterMs,
    detectionMs: 0,
    talkMs: dayMs,
    hangsUpWaitingAfterMs: 60,
  } as const
  return rings(act, 600)
}

/** What a called telephone does, by share of all calls. */
const lots: readonly Lot[] = [
  { upTo: 0.34, plan: answer('person') },
  { upTo: 0.44, plan: answer('machine') },
  { upTo: 0.55, plan: failure('busy', 486) },
  { upTo: 0.58, plan: failure('congestion', 503, false) },
  { upTo: 0.61, plan: failure('congestion', 503) },
  { upTo: 0.63, plan: failure('rejected', 603) },
  { upTo: 0.635, plan: failure('invalid-number', 404, false) },
  { upTo: 0.64, plan: failure('unwanted', 607) },
  { upTo: 0.65, plan: failure('failed', 500) },
  { upTo: 1, plan: random => rings({ kind: 'rings' }, between(random, 300, 5_500)) },
]

/** Callees who do everything that telephones do. */
export function monthCallees(random: Random): Callees {
  return {
    plan({ attempt }) {
      const lot = random.uniform()
      // Only where a rate over a month can bear it: no dialer is there so soon, and the few of Toronto are counted for themselves.
      if (attempt.campaignId === 'solar' && lot > 0.995 && isIn(whoIs(attempt.number).home, 'US')) return quick(random)
      const found = lots.find(({ upTo }) => lot < upTo)
      return found === undefined ? { act: { kind: 'rings' } } : found.plan(random)
    },
  }
}

/** What the agents and those who opt out work with. */
export interface MonthStaff {
  readonly gateway: EngineGateway
  readonly clock: Clock
  readonly telephony: SimulatedTelephony
  readonly random: Random
  /** A command that came to nothing for another reason than the engine's no. */
  readonly onFault: (error: unknown) => void
}

/** Agents who say what they heard, and people who press the key; until the function returned is called. */
export function staffAtWork({ gateway, clock, telephony, random, onFault }: MonthStaff): () => void {
  const talks = new Map<string, string>()
  let closed = false
  const after = (delayMs: number, act: () => void) => clock.wakeAt(clock.now() + delayMs, () => closed || act())
  const command = (asked: EngineCommand) => void gateway.command(asked).catch(onFault)
  const words = new Map<string, () => EngineCommand>()
  const unsubscribe = gateway.subscribe(event => {
    if (event.kind === 'call-abandoned' && random.uniform() < 0.8)
      after(1_500, () => telephony.calleeOptsOut(event.callId))
    if (event.kind === 'call-connected') {
      const { callId, agentId } = event
      talks.set(agentId, callId)
      const machine = telephony.answeredBy(callId) === 'machine'
      const lot = random.uniform()
      const say = wordsAbout(callId, { machine, lot, now: () => clock.now() })
      words.set(callId, say)
      if (machine) after(4 * secondMs, () => command({ kind: 'call-hang-up', callId }))
      // A refusal is written down while it is said: between the end of a talk and its word nobody can know of it.
      else if (lot < refusals + complaints) after(secondMs, () => command(say()))
    }
    if (event.kind === 'agent-state' && event.state === 'wrap-up') {
      const say = words.get(talks.get(event.agentId) ?? '')
      if (say !== undefined) after(between(random, 2, 15) * secondMs, () => command(say()))
    }
  })
  return () => {
    closed = true
    unsubscribe()
  }
}

/** Shares of the conversations in which the person does not want to be called again. */
const [refusals, complaints] = [0.08, 0.02]

function wordsAbout(callId: string, of: { readonly machine: boolean; readonly lot: number; now(): number }) {
  const { machine, lot, now } = of
  return (): EngineCommand => {
    const word = { kind: 'wrap-up', callId, refusal: false } as const
    if (machine) return { ...word, code: 'machine' }
    if (lot < refusals) return { ...word, code: 'refused', refusal: true }
    if (lot < refusals + complaints) return { ...word, code: 'complaint' }
    if (lot < 0.16) return { ...word, code: 'later', callbackAt: now() + Math.round(lot * 20 * dayMs) }
    if (lot < 0.19) return { ...word, code: 'later', callbackAt: now() + dayMs, callbackOwn: true }
    if (lot < 0.22) return { ...word, code: 'wrong-person' }
    if (lot < 0.24) return { ...word, code: 'deceased' }
    return { ...word, code: 'done' }
  }
}
