// How fast a decision is, and how fast the simulator.
import { performance } from 'node:perf_hooks'
import { percentiles } from './facts.js'
import { scenarioOf } from './simRuns.js'

/** @import { PacingAgent, PacingCall } from '#dialwright/core/pacing/pacer.js' */
/** @import { Bench } from './simRuns.js' */

/**
 * @template Type
 * @typedef {{ -readonly [Key in keyof Type]: Type[Key] }} Changing
 */

const { createPacer } = await import('#dialwright/core/pacing/index.js')
const { createRandom } = await import('#dialwright/sim/world/random.js')
const { runTask } = await import('#dialwright/sim/study/tasks.js')

const agentsCount = 1_000
const callsCount = 3_000
const warmUps = 300
const decisions = 3_000
const unlimited = { channels: 1e6, callsPerSecond: 1e6, leads: 1e6 }

/**
 * 1 000 agents, 3 000 ringing calls; between two decisions something is learned and the picture moves on. Milliseconds.
 * @param {Pick<Bench, 'say'>} bench
 */
export async function decisionTimes({ say }) {
  const { uniform } = createRandom(1)
  const pacer = createPacer({
    ...{ mode: 'predictive', ratio: 2, abandonmentTarget: 0.027, abandonmentRateMax: 0.03, dialLevelMax: 20 },
    abandonmentWindows: [{ name: '24h', lengthMs: 86_400_000 }, { name: 'life' }],
  })
  const startAt = 1_700_000_000_000
  /** @param {number} now */
  const learn = now => {
    if (uniform() < 0.25) {
      pacer.observe({ kind: 'answered', afterMs: 2_000 + uniform() * 18_000 }, now)
      pacer.observe({ kind: 'settled', abandoned: uniform() < 0.02 }, now)
      pacer.observe({ kind: 'talk-ended', talkMs: -120_000 * Math.log(1 - uniform()) }, now)
      pacer.observe({ kind: 'wrap-up-ended', wrapUpMs: 40_000 * uniform() }, now)
    } else pacer.observe({ kind: 'not-answered', afterMs: 25_000, carrierFault: false }, now)
  }
  for (let n = 0; n < 2_000; n += 1) learn(startAt + n)
  /** @type {Changing<PacingAgent>[]} */
  const agents = Array.from({ length: agentsCount }, (_, n) => ({
    state: n % 50 === 0 ? 'available' : n % 8 === 0 ? 'wrap-up' : 'on-call',
    since: startAt - uniform() * 300_000,
    leaving: false,
  }))
  /** @type {Changing<PacingCall>[]} */
  const calls = Array.from({ length: callsCount }, (_, n) => ({
    callId: `c${n}`,
    state: 'ringing',
    since: startAt - uniform() * 24_000,
  }))
  /** @type {number[]} */
  const times = []
  for (let n = 0; n < warmUps + decisions; n += 1) {
    const now = startAt + 3_600_000 + n * 20
    learn(now)
    const [agent, call] = [agents[n % agentsCount], calls[n % callsCount]]
    if (agent !== undefined) agent.since = now
    if (call !== undefined) call.since = now
    const shift = 3_600_000 + n * 20
    const snapshot = {
      agents: agents.map(agent => ({ ...agent, since: agent.since > startAt ? agent.since : agent.since + shift })),
      calls: calls.map(call => ({ ...call, since: call.since > startAt ? call.since : call.since + shift })),
      limits: unlimited,
    }
    const begun = performance.now()
    pacer.decide(snapshot, now)
    if (n >= warmUps) times.push(performance.now() - begun)
  }
  const ms = Object.fromEntries(
    Object.entries(percentiles(times)).map(([name, value]) => [name, Number((value ?? 0).toFixed(4))]),
  )
  say(`p50 ${ms.p50} ms, p99 ${ms.p99} ms`)
  return { agents: agentsCount, ringing: callsCount, ms }
}

/**
 * One core: the production engine under the predictive policy with its invariants checked.
 * @param {Pick<Bench, 'say' | 'full'>} bench
 */
export async function simulatorSpeed({ say, full }) {
  const worlds = [
    { name: 'realistic-100', goalSec: 10 },
    { name: 'large-1000', goalSec: 60 },
  ]
  const rows = []
  for (const { name, goalSec } of worlds) {
    const scenario = scenarioOf(name)
    /** @type {number[]} */
    const walls = []
    let events = 0
    for (let run = 0; run < (full ? 5 : 1); run += 1) {
      const begun = performance.now()
      events = (await runTask({ scenario, seed: 1, policy: 'predictive' })).events
      walls.push((performance.now() - begun) / 1000)
    }
    const wallSec = percentiles(walls).p50 ?? 0
    rows.push({
      scenario: name,
      goalSec,
      wallSec: Number(wallSec.toFixed(1)),
      eventsPerSecond: Math.round(events / wallSec),
    })
    say(`${name}: ${wallSec.toFixed(1)} s`)
  }
  return rows
}
