import type { InstantMs, LeadId } from '../../core/ids.ts'
import { dayMs, hourMs } from '../../core/time.ts'
import type { AgentTimes } from '../world/agents.ts'
import type { CalleeAct, CalleePlan, Callees } from '../world/callees.ts'
import { type Sampler, sampler } from '../world/distributions.ts'
import { createRandom, type Random } from '../world/random.ts'
import type { Outcomes, Scenario } from './scenario.ts'

/** Callees of a scenario, with what an agent later needs to know of a call. */
export interface ScenarioCallees extends Callees {
  /** What the agent will take for the wrap-up of this lead's call and, with a machine on the line, to hang up. Told once. */
  takeAgentTimes(leadId: LeadId): AgentTimes
}

const personMax = 0.95
/** Streams of the seed: leads from here on, blocks of the list below. */
const leadStream = 1_000_000
const blockStream = 1_000

/**
 * Makes a scenario's callees. Every lead has its own stream of chance, so that the same lead does the same under every policy
 * that dials it. `hoursAt`: working hours since the start, for drift.
 */
export function createScenarioCallees(
  scenario: Scenario,
  options: { readonly seed: number; readonly hoursAt: (now: InstantMs) => number },
): ScenarioCallees {
  const { seed, hoursAt } = options
  const draw = samplers(scenario)
  const agentTimes = new Map<LeadId, AgentTimes>()
  return {
    plan(order, now) {
      const { leadId } = order.attempt
      const random = createRandom(seed, leadStream + leadId)
      const outcomes = drifted(scenario, { leadId, seed, hours: hoursAt(now) })
      const setupMs = draw.setup(random) * 1000
      const plan = planOf(scenario, draw, { random, outcomes, setupMs })
      const wrapUpMs = draw.wrapUp(random) * 1000
      if (plan.act.kind === 'answers')
        agentTimes.set(leadId, { wrapUpMs, machineTalkMs: draw.machineTalk(random) * 1000 })
      return plan
    },
    takeAgentTimes(leadId) {
      const times = agentTimes.get(leadId) ?? { wrapUpMs: 0, machineTalkMs: 0 }
      agentTimes.delete(leadId)
      return times
    },
  }
}

type Draw = Readonly<Record<Exclude<keyof Scenario['times'], 'hangUpWhileWaiting'>, Sampler>> & {
  readonly hangUpWhileWaiting: Sampler | undefined
}

function samplers({ times }: Scenario): Draw {
  const { hangUpWhileWaiting } = times
  return {
    setup: sampler(times.setup),
    ring: sampler(times.ring),
    machineRing: sampler(times.machineRing),
    nobody: sampler(times.nobody),
    busyAfter: sampler(times.busyAfter),
    failureAfter: sampler(times.failureAfter),
    detection: sampler(times.detection),
    machineDetection: sampler(times.machineDetection),
    talk: sampler(times.talk),
    machineTalk: sampler(times.machineTalk),
    wrapUp: sampler(times.wrapUp),
    hangUpWhileWaiting: hangUpWhileWaiting === undefined ? undefined : sampler(hangUpWhileWaiting),
  }
}

interface Chance {
  readonly random: Random
  readonly outcomes: Outcomes
  readonly setupMs: number
}

function planOf(scenario: Scenario, draw: Draw, chance: Chance): CalleePlan {
  const act = actOf(scenario, draw, chance)
  const { setupMs } = chance
  const rings = act.kind === 'rings' || act.afterMs >= setupMs
  const silent = act.kind === 'fails' && act.cause === 'congestion'
  return rings && !silent ? { ringingAfterMs: setupMs, act } : { act }
}

function actOf(scenario: Scenario, draw: Draw, { random, outcomes }: Chance): CalleeAct {
  const { person, machine, busy, failure } = outcomes
  const timeoutMs = scenario.ringTimeoutSec * 1000
  const nobody = (): CalleeAct => {
    const afterMs = Math.min(timeoutMs, draw.nobody(random) * 1000)
    return { kind: 'fails', cause: 'no-answer', sipCode: 480, afterMs }
  }
  const lot = random.uniform()
  if (lot < person) {
    const afterMs = draw.ring(random) * 1000
    return afterMs > timeoutMs ? nobody() : personAct(scenario, draw, { random, afterMs })
  }
  if (lot < person + machine) {
    const afterMs = draw.machineRing(random) * 1000
    return afterMs > timeoutMs ? nobody() : machineAct(scenario, draw, { random, afterMs })
  }
  if (lot < person + machine + busy) {
    return { kind: 'fails', cause: 'busy', sipCode: 486, afterMs: draw.busyAfter(random) * 1000 }
  }
  if (lot < person + machine + busy + failure) {
    return { kind: 'fails', cause: 'congestion', sipCode: 503, afterMs: draw.failureAfter(random) * 1000 }
  }
  return nobody()
}

interface Answer {
  readonly random: Random
  readonly afterMs: number
}

function personAct(scenario: Scenario, draw: Draw, { random, afterMs }: Answer): CalleeAct {
  const detectionMs = scenario.machineDetectionOn ? draw.detection(random) * 1000 : 0
  const talkMs = draw.talk(random) * 1000
  if (scenario.machineDetectionOn && random.uniform() < scenario.detectionErrors.personTakenForMachine) {
    return { kind: 'screened', by: 'person', afterMs, hungUpAfterMs: detectionMs }
  }
  const patience = draw.hangUpWhileWaiting
  const answers = { kind: 'answers', by: 'person', afterMs, detectionMs, talkMs } as const
  return patience === undefined ? answers : { ...answers, hangsUpWaitingAfterMs: patience(random) * 1000 }
}

const forEverMs = dayMs

function machineAct(scenario: Scenario, draw: Draw, { random, afterMs }: Answer): CalleeAct {
  const unseen = !scenario.machineDetectionOn || random.uniform() < scenario.detectionErrors.machineTakenForPerson
  if (!unseen) {
    return { kind: 'screened', by: 'machine', afterMs, hungUpAfterMs: draw.machineDetection(random) * 1000 }
  }
  const detectionMs = scenario.machineDetectionOn ? draw.detection(random) * 1000 : 0
  return { kind: 'answers', by: 'machine', afterMs, detectionMs, talkMs: forEverMs }
}

/** The outcomes after drift: what a person gains, nobody loses; where that is not enough, the others shrink in proportion. */
function drifted(
  scenario: Scenario,
  at: { readonly leadId: LeadId; readonly seed: number; readonly hours: number },
): Outcomes {
  const { outcomes, answerDrift } = scenario
  if (answerDrift === undefined) return outcomes
  const person = Math.min(personMax, Math.max(0, outcomes.person * driftFactor(answerDrift, at)))
  const others = outcomes.machine + outcomes.busy + outcomes.failure
  const shrink = others > 1 - person ? (1 - person) / others : 1
  return {
    person,
    machine: outcomes.machine * shrink,
    busy: outcomes.busy * shrink,
    failure: outcomes.failure * shrink,
  }
}

function driftFactor(
  drift: NonNullable<Scenario['answerDrift']>,
  at: { readonly leadId: LeadId; readonly seed: number; readonly hours: number },
): number {
  switch (drift.kind) {
    case 'step':
      return drift.steps.reduce((factor, step) => (at.hours >= step.atHours ? step.factor : factor), 1)
    case 'square':
      return Math.floor((2 * at.hours) / drift.periodHours) % 2 === 0 ? drift.high : drift.low
    case 'sine':
      return 1 + drift.amplitude * Math.sin((2 * Math.PI * at.hours) / drift.periodHours)
    case 'blocks': {
      const block = Math.floor((at.leadId - 1) / drift.leads)
      const lot = createRandom(at.seed, blockStream + block).uniform()
      return drift.factors[Math.floor(lot * drift.factors.length)] ?? 1
    }
  }
}

/** Hours to milliseconds. */
export function hoursMs(hours: number): number {
  return hours * hourMs
}
