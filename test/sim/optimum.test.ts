import t from 'tap'
import { parseScenario, type Scenario } from '../../src/sim/scenarios/scenario.ts'
import { optimumFrontier, optimumOf, optimumOfScenario } from '../../src/sim/study/optimum.ts'
import { bestLevels, longRunOf, type MemorylessWorld, progressiveLevels } from '../../src/sim/study/ringLevels.ts'
import { createRandom } from '../../src/sim/world/random.ts'

function world(agents: number, answerProbability: number): MemorylessWorld {
  return { agents, answerProbability, ringMeanSec: 10, handleMeanSec: 120 }
}

/** Section 5 of the pacing design: answer probability, agents, occupancy at 3 % abandonment. */
const table: readonly (readonly [number, number, number])[] = [
  [0.1, 5, 0.757],
  [0.1, 20, 0.884],
  [0.1, 100, 0.958],
  [0.2, 5, 0.799],
  [0.2, 20, 0.891],
  [0.2, 50, 0.937],
  [0.3, 5, 0.833],
  [0.3, 20, 0.897],
  [0.3, 100, 0.96],
]

t.test('the optimum is that of the table in the pacing design', async t => {
  for (const [p, agents, occupancy] of table) {
    const best = optimumOf({ ...world(agents, p), abandonmentRate: 0.03 })
    t.ok(Math.abs(best.occupancy - occupancy) < 0.001, `p ${p}, ${agents} agents: ${best.occupancy}`)
    t.equal(best.abandonmentRate, 0.03)
  }
})

/**
 * The least idle + price * abandonments by brute force: relative value iteration over all states with every action that raises
 * the number ringing to anything. Knows nothing of levels.
 */
function bruteForce({ agents, answerProbability, ringMeanSec, handleMeanSec }: MemorylessWorld, price: number): number {
  const ringingMax = 40
  const width = ringingMax + 1
  const pace = ringingMax / ringMeanSec + agents / handleMeanSec
  let values = new Float64Array((agents + 1) * width)
  let [least, most] = [0, 1]
  while (most - least > 1e-7) {
    const raised = values.slice()
    for (let busy = 0; busy <= agents; busy += 1)
      for (let ringing = ringingMax - 1; ringing >= 0; ringing -= 1) {
        const at = busy * width + ringing
        raised[at] = Math.min(raised[at] ?? 0, raised[at + 1] ?? 0)
      }
    const next = new Float64Array(values.length)
    least = Number.POSITIVE_INFINITY
    most = Number.NEGATIVE_INFINITY
    for (let at = 0; at < values.length; at += 1) {
      const busy = Math.floor(at / width)
      const ringing = at % width
      const answers = (answerProbability * ringing) / ringMeanSec
      const silent = ((1 - answerProbability) * ringing) / ringMeanSec
      const ends = busy / handleMeanSec
      const stays = pace - answers - silent - ends
      const flow =
        answers * (raised[Math.min(agents, busy + 1) * width + ringing - 1] ?? 0) +
        silent * (raised[at - 1] ?? 0) +
        ends * (raised[at - width] ?? 0) +
        stays * (raised[at] ?? 0)
      next[at] = (agents - busy + (busy === agents ? price * answers : 0) + flow) / pace
      const change = ((next[at] ?? 0) - (values[at] ?? 0)) * pace
      least = Math.min(least, change)
      most = Math.max(most, change)
    }
    values = next.map(value => value - (next[0] ?? 0))
  }
  return (least + most) / 2
}

t.test('no policy of any form does better, as brute force over all of them shows', async t => {
  for (const small of [world(2, 0.4), { ...world(4, 0.3), handleMeanSec: 60 }]) {
    for (const price of [5, 20, 60, 200]) {
      const start = progressiveLevels(small)
      const best = bestLevels(small, price, { start, ringingMax: 40 })
      const least = bruteForce(small, price)
      const cost = best.idle + price * best.abandonedPerSec
      t.ok(Math.abs(cost - least) < 1e-5, `${small.agents} agents at ${price}: ${cost}, brute force ${least}`)
    }
  }
})

t.test('the mixed optimum lies on the edge of what can be reached, and nothing lies beyond it', async t => {
  const small = world(4, 0.3)
  for (const abandonmentRate of [0.01, 0.03, 0.1]) {
    const { occupancy } = optimumOf({ ...small, abandonmentRate })
    const idle = 4 * (1 - occupancy)
    const served = (4 - idle) / small.handleMeanSec
    const abandonedPerSec = (served * abandonmentRate) / (1 - abandonmentRate)
    let nearest = Number.POSITIVE_INFINITY
    for (let price = 10; price < 3_000; price *= 1.005) {
      const best = bestLevels(small, price, { start: progressiveLevels(small), ringingMax: 60 })
      const beyond = idle + price * abandonedPerSec - (best.idle + price * best.abandonedPerSec)
      if (!(beyond > -1e-6)) t.fail(`${abandonmentRate}: better by ${-beyond} at ${price} than can be`)
      nearest = Math.min(nearest, beyond)
    }
    t.ok(nearest < 2e-4, `${abandonmentRate}: ${nearest} worse than the edge`)
  }
})

t.test('what levels reach is what a simulation of them shows', async t => {
  const place = world(12, 0.25)
  const { levels } = bestLevels(place, 150, { start: progressiveLevels(place), ringingMax: 400 })
  const exact = longRunOf(place, levels)
  const random = createRandom(5)
  let [busy, ringing, seconds, idle, abandoned] = [0, 0, 0, 0, 0]
  for (let event = 0; event < 1_000_000; event += 1) {
    ringing = Math.max(ringing, levels[busy] ?? 0)
    const rate = ringing / 10 + busy / 120
    seconds += 1 / rate
    idle += (12 - busy) / rate
    if (random.uniform() * rate < busy / 120) {
      busy -= 1
      continue
    }
    ringing -= 1
    if (random.uniform() >= 0.25) continue
    if (busy === 12) abandoned += 1
    else busy += 1
  }
  t.ok(Math.abs(idle / seconds / exact.idle - 1) < 0.015, `${idle / seconds} idle, exactly ${exact.idle}`)
  t.ok(Math.abs(abandoned / seconds / exact.abandonedPerSec - 1) < 0.04, `${abandoned / seconds} abandoned`)
})

t.test('without any abandonment the optimum is progressive dialing, which has a formula', async t => {
  for (const [p, agents] of [
    [0.2, 1],
    [0.25, 20],
    [0.1, 100],
    [1, 7],
  ] as const) {
    const { occupancy } = optimumOf({ ...world(agents, p), abandonmentRate: 0 })
    t.ok(Math.abs(occupancy - 120 / (120 + 10 / p)) < 1e-9, `p ${p}, ${agents} agents: ${occupancy}`)
  }
})

t.test('the frontier rises, ever more slowly, and ends where endless dialing does', async t => {
  const rates = [0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2]
  const frontier = optimumFrontier(world(20, 0.25), rates)
  t.same(
    frontier.map(point => point.abandonmentRate),
    rates,
  )
  let slope = Number.POSITIVE_INFINITY
  for (const [index, point] of frontier.entries()) {
    const before = frontier[index - 1]
    if (before === undefined) continue
    const next = (point.occupancy - before.occupancy) / (point.abandonmentRate - before.abandonmentRate)
    t.ok(next > 0 && next < slope, `${point.occupancy} at ${point.abandonmentRate}`)
    slope = next
    const alone = optimumOf({ ...world(20, 0.25), abandonmentRate: point.abandonmentRate })
    t.ok(Math.abs(alone.occupancy - point.occupancy) < 2e-6, 'alone or together, the same')
  }
  const [end] = optimumFrontier(world(20, 0.25), [1])
  t.ok(end !== undefined && end.abandonmentRate < 1 && end.occupancy > 0.99 && end.occupancy < 1)
  t.same(optimumFrontier(world(20, 0.25), [-1, Number.NaN]), [frontier[0], frontier[0]])
})

function scenario(changes: Record<string, unknown> = {}): Scenario {
  const exponential = (mean: number) => ({ kind: 'exponential', mean })
  const value = {
    name: 'memoryless',
    horizon: { hours: 8 },
    agents: { start: 20 },
    outcomes: { person: 0.2 },
    ringTimeoutSec: 600,
    waitMaxSec: 0,
    target: 0.03,
    times: {
      ring: exponential(10),
      nobody: exponential(10),
      talk: exponential(120),
      wrapUp: { kind: 'fixed', value: 0 },
    },
    ...changes,
  }
  return parseScenario(value, 'test')
}

function times(changes: Record<string, unknown>): Record<string, unknown> {
  const exponential = (mean: number) => ({ kind: 'exponential', mean })
  const zero = { kind: 'fixed', value: 0 }
  return { times: { ring: exponential(10), nobody: exponential(10), talk: exponential(120), wrapUp: zero, ...changes } }
}

t.test('a memoryless scenario has the optimum of its world', async t => {
  const one = scenario()
  t.ok(Math.abs((optimumOfScenario(one, 0.03) ?? 0) - 0.891) < 0.001)
  t.ok((optimumOfScenario(one, 0.05) ?? 0) > (optimumOfScenario(one, 0.03) ?? 1), 'at another rate another')
  const capped = optimumOfScenario(scenario({ cap: 0.03, window: { hours: 8 } }), 0.03) ?? 0
  t.ok(Math.abs(capped - 0.891) < 0.001, 'a legal limit does not change the bound')
})

const others: Readonly<Record<string, Record<string, unknown>>> = {
  'talk times with a memory': times({ talk: { kind: 'lognormal', mean: 120, cv: 1 } }),
  'ring times with a memory': times({ ring: { kind: 'erlang', shift: 2, mean: 11, k: 3 } }),
  'another ring when nobody answers': times({ nobody: { kind: 'exponential', mean: 20 } }),
  'a fixed ring when nobody answers': times({ nobody: { kind: 'fixed', value: 25 } }),
  'wrap-up': times({ wrapUp: { kind: 'fixed', value: 1 } }),
  setup: times({ setup: { kind: 'fixed', value: 1 } }),
  detection: times({ detection: { kind: 'fixed', value: 1 } }),
  'a short ring timeout': { ringTimeoutSec: 60 },
  waiting: { waitMaxSec: 2 },
  machines: { outcomes: { person: 0.2, machine: 0.1 } },
  'busy lines': { outcomes: { person: 0.2, busy: 0.1 } },
  failures: { outcomes: { person: 0.2, failure: 0.1 } },
  'nobody ever': { outcomes: { person: 0 } },
  'no agents': { agents: { start: 0 } },
  'more agents than can be solved': { agents: { start: 5_000 } },
  'changing staff': { agents: { start: 20, changes: [{ atHours: 1, delta: 2 }] } },
  breaks: { agents: { start: 20, breaks: { perHour: 0.1, minutes: 5 } } },
  drift: { answerDrift: { kind: 'step', steps: [{ atHours: 1, factor: 2 }] } },
  'a small trunk': { trunk: { channels: 60, callsPerSecond: 100_000 } },
  'a slow trunk': { trunk: { channels: 1_000_000, callsPerSecond: 2 } },
  withdrawal: { ringWithdrawalAfterSec: 15 },
  'late events': { eventDelaySec: { kind: 'fixed', value: 0.2 } },
  'gaps between calls': { agentGapSec: 1 },
  'persons taken for machines': { detectionErrors: { personTakenForMachine: 0.01 } },
}

t.test('no optimum is claimed for any other world', async t => {
  for (const [name, changes] of Object.entries(others))
    t.equal(optimumOfScenario(scenario(changes), 0.03), undefined, name)
})
