// One scenario for both worlds: the simulator takes it as it is, and the carrier on the wire gets from the simulator's own
// callees what each called number does. So neither can have other people than the other.
import { campaignNumbers } from './numbers.js'

/** @typedef {Parameters<ReturnType<typeof import('#dialwright/sim/scenarios/scenarioCallees.js').createScenarioCallees>['plan']>[0]} OriginateOrder */

/** @import { Scenario } from '#dialwright/sim/scenarios/scenario.js' */
/** @import { CalleePlan } from '../lib/carrierPlan.js' */

/** @typedef {'progressive' | 'ratio' | 'predictive'} Policy */

/** @typedef {CalleePlan & { wrapUpMs: number }} PersonPlan */

/** The engine decides this long after an answer, in production as here: it is not compressed. */
const WAIT_MAX_SEC = 1.7
const TARGET = 0.03
/** The highest cap that a campaign may have: it never binds at this target, so that the target alone is measured. */
const CAP = 0.1
export const CALLS_PER_SECOND = 30
const CHANNELS = 300
export const DIAL_LEVEL_MAX = 20
/** The shortest that a campaign may have; the carrier gives up on everybody long before. */
export const RING_TIMEOUT_SEC = 15
/** Two lines for each available agent. */
export const RATIO = 2
/** @type {readonly Policy[]} */
export const POLICIES = ['progressive', 'ratio', 'predictive']

/**
 * Times compressed about five times: a conversation of two minutes takes 25 s, an hour of dialing twelve minutes. What the law
 * or the product fixes (the two seconds, the ring timer's lower bound) is not compressed.
 * @param {{ agents: number, seconds: number }} options
 */
function scenarioDocument({ agents, seconds }) {
  return {
    name: 'bench-pacing',
    horizon: { hours: seconds / 3600 },
    agents: { start: agents },
    outcomes: { person: 0.3, busy: 0.08, failure: 0.04 },
    times: {
      ring: { kind: 'erlang', shift: 0.8, mean: 4, k: 3 },
      nobody: { kind: 'uniform', min: 5, max: 7 },
      busyAfter: { kind: 'uniform', min: 0.5, max: 1 },
      failureAfter: { kind: 'uniform', min: 0.1, max: 0.3 },
      talk: { kind: 'lognormal', mean: 25, cv: 1 },
      wrapUp: { kind: 'lognormal', mean: 4.5, cv: 0.7 },
    },
    ringTimeoutSec: RING_TIMEOUT_SEC,
    waitMaxSec: WAIT_MAX_SEC,
    trunk: { channels: CHANNELS, callsPerSecond: CALLS_PER_SECOND },
    ...{ cap: CAP, target: TARGET },
  }
}

/**
 * The scenario as the simulator wants it.
 * @param {{ agents: number, seconds: number }} options
 */
export async function pacingScenario(options) {
  const { parseScenario } = await import('#dialwright/sim/scenarios/scenario.js')
  return parseScenario(scenarioDocument(options), 'bench-pacing')
}

/**
 * How a campaign on the PBX paces, the same as the scenario says.
 * @param {Policy} policy
 */
export function pacingSettings(policy) {
  const settings = { abandonmentTarget: TARGET, abandonmentRateMax: CAP, dialLevelMax: DIAL_LEVEL_MAX }
  return { mode: policy, ratio: RATIO, ...settings }
}

/** @param {Policy} policy */
export function trunk(policy) {
  return { id: `trunk-${policy}`, channels: CHANNELS, callsPerSecond: CALLS_PER_SECOND }
}

/**
 * What the people on a policy's list do, lead by lead as in a simulated run of that seed.
 * @param {Scenario} scenario
 * @param {{ seed: number, policy: Policy, count: number }} options
 * @returns {Promise<PersonPlan[]>}
 */
export async function plansOf(scenario, { seed, policy, count }) {
  const { createScenarioCallees } = await import('#dialwright/sim/scenarios/scenarioCallees.js')
  const callees = createScenarioCallees(scenario, { seed, hoursAt: () => 0 })
  const numbers = await campaignNumbers({ skip: POLICIES.indexOf(policy) * count, count })
  return numbers.map((number, index) => {
    const leadId = index + 1

    const { ringingAfterMs, act } = callees.plan(orderOf(leadId), 0)
    const { wrapUpMs } = callees.takeAgentTimes(leadId)
    return { number, rings: ringingAfterMs !== undefined, ...whatComes(act), wrapUpMs }
  })
}

/** @typedef {ReturnType<ReturnType<typeof import('#dialwright/sim/scenarios/scenarioCallees.js').createScenarioCallees>['plan']>['act']} Act */

/**
 * @param {Act} act
 * @returns {Pick<CalleePlan, 'outcome' | 'afterMs' | 'talkMs'>}
 */
function whatComes(act) {
  if (act.kind === 'answers')
    return { outcome: 'person', afterMs: Math.round(act.afterMs), talkMs: Math.round(act.talkMs) }
  if (act.kind !== 'fails') throw new RangeError(`the scenario has nobody who ${act.kind}`)
  // The scenario's causes have these codes alone.
  return { outcome: /** @type {480 | 486 | 503} */ (act.sipCode), afterMs: Math.round(act.afterMs), talkMs: 0 }
}

/**
 * The callees look at the lead alone.
 * @param {number} leadId
 */
function orderOf(leadId) {
  const ids = { callId: `lead-${leadId}`, campaignId: 'bench', leadId, number: '+12025550100' }
  const way = { nodeId: 'pbx', trunkId: 'main', callerId: '+12025550100', originatedAt: 0 }
  return /** @type {OriginateOrder} */ (/** @type {unknown} */ ({ attempt: { ...ids, ...way } }))
}
