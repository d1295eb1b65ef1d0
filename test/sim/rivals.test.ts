import t from 'tap'
import type {
  Pacer,
  PacingAgent,
  PacingCall,
  PacingObservation,
  PacingSettings,
  PacingSnapshot,
} from '../../src/core/pacing/pacer.ts'
import { hourMs } from '../../src/core/time.ts'
import { policyOf } from '../../src/sim/rivals/index.ts'
import { type Knobs, type PolicyName, policyNames } from '../../src/sim/rivals/policies.ts'
import { createRandom } from '../../src/sim/world/random.ts'

const settings: PacingSettings = {
  mode: 'predictive',
  ratio: 2,
  abandonmentTarget: 0.03,
  abandonmentRateMax: 1,
  dialLevelMax: 50,
  waitMaxMs: 0,
}

function create(name: PolicyName, knobs: Knobs = {}, dayEndsAt = (_now: number) => 8 * hourMs): Pacer {
  return policyOf(name).create(knobs, { settings, dayEndsAt })
}

type State = PacingAgent['state']

function agents(count: number, state: State, since = 0): PacingAgent[] {
  return Array.from({ length: count }, () => ({ state, since, leaving: false }))
}

function calls(count: number, state: PacingCall['state'] = 'ringing'): PacingCall[] {
  return Array.from({ length: count }, (_, index) => ({ callId: `${state}-${index}`, state, since: 0 }))
}

const free = { channels: 1_000, callsPerSecond: 1_000, leads: 1_000 }

function snapshot(staff: readonly PacingAgent[], inFlight: readonly PacingCall[] = [], limits = free): PacingSnapshot {
  return { agents: staff, calls: inFlight, limits }
}

function observe(pacer: Pacer, count: number, observation: PacingObservation): void {
  for (let n = 0; n < count; n += 1) pacer.observe(observation, 0)
}

const answered: PacingObservation = { kind: 'answered', afterMs: 10_000 }
const notAnswered: PacingObservation = { kind: 'not-answered', afterMs: 20_000, carrierFault: false }
const abandoned: PacingObservation = { kind: 'settled', abandoned: true }
const served: PacingObservation = { kind: 'settled', abandoned: false }

t.test('there is a rule for every name, and it carries that name', async t => {
  for (const name of policyNames) {
    const policy = policyOf(name)
    t.equal(policy.name, name)
    const pacer = create(name)
    t.equal(pacer.mode, 'predictive')
    if (name === 'predictive') continue
    t.same(pacer.memory(), {})
    pacer.configure({ ...settings, mode: 'progressive' })
    t.equal(pacer.mode, 'progressive')
  }
})

const nonsense: readonly PacingSnapshot[] = [
  snapshot(agents(3, 'available', Number.NaN), calls(2)),
  snapshot(agents(3, 'on-call', Number.NaN), [], { channels: Number.NaN, callsPerSecond: Number.NaN, leads: 3 }),
  snapshot(agents(3, 'available'), calls(500), { channels: -4, callsPerSecond: 1e300, leads: 1e300 }),
]

t.test('every rule keeps the common limits, whatever its knobs and the snapshot', async t => {
  for (const name of policyNames) {
    const huge = Object.fromEntries(Object.keys(policyOf(name).defaults).map(knob => [knob, 1e9]))
    const broken = Object.fromEntries(Object.keys(policyOf(name).defaults).map(knob => [knob, Number.NaN]))
    for (const knobs of [{}, huge, broken]) {
      const pacer = create(name, knobs)
      for (const [index, odd] of nonsense.entries()) {
        const { originate } = pacer.decide(odd, Number.NaN)
        t.ok(Number.isSafeInteger(originate) && originate >= 0, `${name} in nonsense ${index}: ${originate}`)
      }
      const leaving = agents(4, 'available').map(agent => ({ ...agent, leaving: true }))
      t.equal(create(name, knobs).decide(snapshot(leaving), 0).originate, 0, `${name}: nobody stays`)
      t.equal(create(name, knobs).decide(snapshot([]), 0).reason, 'no-agents')
      const two = { ...free, channels: 2 }
      const limited = create(name, knobs).decide(snapshot(agents(9, 'available'), [], two), 0)
      t.match(limited, { originate: 2, reason: 'trunk-limit', withdraw: [] }, name)
    }
  }
})

interface Moment {
  readonly policy: PolicyName
  readonly knobs?: Knobs
  readonly staff: readonly PacingAgent[]
  readonly inFlight?: readonly PacingCall[]
  readonly originate: number
}

const three = agents(3, 'available')
const moments: readonly Moment[] = [
  { policy: 'progressive', staff: three, originate: 3 },
  { policy: 'progressive', staff: three, inFlight: calls(2), originate: 1 },
  { policy: 'ratio', knobs: { ratio: 2.5 }, staff: three, inFlight: calls(2), originate: 5 },
  { policy: 'ratio', staff: three, originate: 6 },
  { policy: 'kappa', knobs: { kappa: 12.5 }, staff: three, inFlight: calls(7), originate: 30 },
  { policy: 'kappa', knobs: { kappa: 0.5 }, staff: three, originate: 1 },
  { policy: 'kappa', knobs: { kappa: 2 }, staff: three, inFlight: [...calls(5), ...calls(2, 'waiting')], originate: 1 },
  { policy: 'kappa', staff: three, inFlight: calls(9), originate: 0 },
  // 3 ready and 2 talking at 1.5: 7.5 lines, rounded to 8; 2 conversations and 1 ringing call exist.
  {
    policy: 'vicidial-ratio',
    knobs: { level: 1.5 },
    inFlight: calls(1),
    originate: 5,
    staff: [...three, ...agents(1, 'on-call'), ...agents(1, 'reserved'), ...agents(4, 'wrap-up')],
  },
  { policy: 'vicidial-ratio', staff: agents(4, 'on-call'), originate: 0 },
  { policy: 'issabel', staff: three, inFlight: [...calls(1), ...calls(1, 'waiting')], originate: 1 },
]

t.test('the lines that each rule wants, at one moment', async t => {
  for (const { policy, knobs = {}, staff, inFlight = [], originate } of moments) {
    const decision = create(policy, knobs).decide(snapshot(staff, inFlight), 0)
    t.equal(decision.originate, originate, `${policy} ${JSON.stringify(knobs)} with ${inFlight.length} calls`)
  }
})

t.test(
  'kappa-tuned divides its factor by the answer probability as learned, and the factor pays for each abandonment',
  async t => {
    const pacer = create('kappa-tuned', { gain: 0.5, start: 2 })
    const lines = () => pacer.decide(snapshot(agents(10, 'available')), 0).originate
    t.equal(lines(), Math.floor(20 / 0.45), 'a high answer probability is assumed at first')
    observe(pacer, 10_000, notAnswered)
    for (let n = 0; n < 10_000; n += 1) pacer.observe(n % 4 === 0 ? answered : notAnswered, 0)
    t.ok(Math.abs(lines() - 80) <= 1, `factor 2 at p = .25: ${lines()}`)
    observe(pacer, 2_000, { ...notAnswered, carrierFault: true })
    t.ok(Math.abs(lines() - 80) <= 1, 'a carrier fault teaches nothing')
    pacer.observe(abandoned, 0)
    t.ok(Math.abs(lines() - 60.6) <= 1, `factor 1.515: ${lines()}`)
    observe(pacer, 33, served)
    t.ok(Math.abs(lines() - 80.4) <= 1, `33 answers served earn almost all of it back: ${lines()}`)
    observe(pacer, 50, abandoned)
    t.equal(lines(), 10, 'never fewer than one line per free agent')
  },
)

t.test(
  'issabel expects the agents whose calls have lasted long, and spreads over the answer rate with its floor',
  async t => {
    const pacer = create('issabel')
    observe(pacer, 1_000, { kind: 'talk-ended', talkMs: 100_000 })
    observe(pacer, 2_000, answered)
    const now = 1_000_000
    const soon = -Math.log(0.03) * 100_000 - 10_000
    const staff = [
      ...agents(1, 'available'),
      ...agents(2, 'on-call', now - soon - 1),
      ...agents(5, 'on-call', now - soon + 1),
      ...agents(5, 'wrap-up', 0),
    ]
    t.equal(pacer.decide(snapshot(staff), now).originate, 3)
    observe(pacer, 2_000, notAnswered)
    t.equal(pacer.decide(snapshot(staff), now).originate, 15, 'at least a fifth is taken to answer')
    t.equal(
      pacer.decide(snapshot(staff, calls(2)), now).originate,
      5,
      'pending calls are subtracted before the division',
    )
    const eager = create('issabel', { threshold: 0, answerRateMin: 0.01 })
    observe(eager, 1, { kind: 'talk-ended', talkMs: 100_000 })
    observe(eager, 1, answered)
    t.equal(eager.decide(snapshot(staff), now).originate, 8, 'at threshold 0 everybody on a call counts')
  },
)

t.test('VICIdial places lines every 2.5 s and not between', async t => {
  const pacer = create('vicidial-ratio', { level: 2 })
  const placed: number[] = []
  const waits = new Set<number>()
  for (let now = 0; now <= 7_500; now += 100) {
    const decision = pacer.decide(snapshot(agents(5, 'available')), now)
    if (decision.originate > 0) placed.push(now)
    waits.add(now + (decision.againInMs ?? 0))
  }
  t.strictSame([...waits], [2_500, 5_000, 7_500, 10_000])
  t.strictSame(placed, [0, 2_500, 5_000, 7_500])
})

/** The lines wanted per agent after so many 15 s steps with always the same snapshot. */
function levelAfter(pacer: Pacer, steps: number, staff: readonly PacingAgent[]): number {
  const talking = staff.filter(agent => agent.state === 'on-call').length
  let wanted = 0
  for (let now = 0; now <= steps * 15_000; now += 500) {
    const { originate } = pacer.decide(snapshot(staff), now)
    if (now % 2_500 === 0) wanted = originate + talking
  }
  return wanted / staff.length
}

const near = (value: number, wanted: number) => Math.abs(value - wanted) < 0.011
/** A quarter of a hundred is ready: the level grows by a quarter each step. */
const quarterReady = [...agents(25, 'available'), ...agents(75, 'on-call')]

t.test('the adaptive level follows the agents ready beyond the calls that wait, up to its maximum', async t => {
  const level = (knobs: Knobs, steps: number) => levelAfter(create('vicidial-hard', knobs), steps, quarterReady)
  t.ok(near(level({}, 1), 1.25), `${level({}, 1)}`)
  t.ok(near(level({}, 3), 1.25 ** 3), `${level({}, 3)}`)
  t.equal(level({}, 20), 3)
  t.equal(level({ levelMax: 4.5 }, 20), 4.5)
  t.ok(near(level({ intensity: 40 }, 2), 1.35 ** 2), 'intensity makes a rise larger')
  t.ok(near(level({ differenceTarget: 15 }, 2), 1.4 ** 2))
  t.ok(near(level({ differenceTarget: -15 }, 2), 1.1 ** 2))
  t.ok(near(level({ differenceTarget: -50 }, 5), 1), 'never below one line per agent')
})

t.test('the adaptive level averages over the 15 s, and a fall is smaller with a positive intensity', async t => {
  const fall = (intensity: number) => {
    const pacer = create('vicidial-hard', { intensity, levelMax: 9 })
    const waiting = calls(20, 'waiting')
    // One step up by half, then a step in which 20 persons wait in half of the time.
    const half = [...agents(50, 'available'), ...agents(50, 'on-call')]
    for (let now = 0; now <= 15_000; now += 500) pacer.decide(snapshot(half), now)
    let originate = 0
    for (let now = 15_000; now <= 30_000; now += 500) {
      const wait = now < 22_500 ? waiting : []
      originate = pacer.decide(snapshot(agents(100, 'on-call'), wait), now).originate
    }
    return originate / 100 + 1
  }
  t.ok(near(fall(0), 1.5 * 0.9), `${fall(0)}`)
  t.ok(near(fall(40), 1.7 * 0.94), `${fall(40)}`)
})

t.test('over the limit of the day each method brakes in its own way', async t => {
  const level = (name: PolicyName, drops: number, hoursLeft = 8) => {
    const pacer = create(name, { levelMax: 9 }, () => hoursLeft * hourMs)
    const busy = agents(100, 'on-call')
    const half = [...agents(50, 'available'), ...agents(50, 'on-call')]
    // Three steps up by half; the drops come in the next, in which nobody is ready.
    for (let now = 0; now <= 45_000; now += 500) pacer.decide(snapshot(half), now)
    observe(pacer, 100, answered)
    observe(pacer, drops, abandoned)
    observe(pacer, 100 - drops, served)
    let originate = 0
    pacer.decide(snapshot(busy), 45_001)
    for (let now = 47_500; now <= 60_000; now += 2_500) originate = pacer.decide(snapshot(busy), now).originate
    return originate / 100 + 1
  }
  for (const name of ['vicidial-hard', 'vicidial-average', 'vicidial-tapered'] as const)
    t.ok(near(level(name, 3), 1.5 ** 3), `${name} at the limit: ${level(name, 3)}`)
  t.ok(near(level('vicidial-hard', 4), 1), `hard: ${level('vicidial-hard', 4)}`)
  t.ok(near(level('vicidial-average', 4), 1.5 ** 3 / 2), `average: ${level('vicidial-average', 4)}`)
  t.ok(near(level('vicidial-tapered', 4), 1.5 ** 3 * 0.8), `tapered: ${level('vicidial-tapered', 4)}`)
  t.ok(near(level('vicidial-tapered', 4, 12), 1.5 ** 3), 'with more than ten hours left it costs nothing')
})

t.test('a new day forgets the drops of the last, and a minute full of drops halves the level', async t => {
  const pacer = create('vicidial-hard', { levelMax: 9, dropLimit: 0.03 }, now => (now < hourMs ? hourMs : 30 * hourMs))
  pacer.decide(snapshot(quarterReady), 0)
  observe(pacer, 100, answered)
  observe(pacer, 10, abandoned)
  observe(pacer, 90, served)
  t.ok(near(levelAfter(pacer, 4, quarterReady), 1))
  const tomorrow = 24 * hourMs
  let originate = 0
  for (let now = tomorrow; now <= tomorrow + 30_000; now += 500)
    originate = pacer.decide(snapshot(quarterReady), now).originate || originate
  t.ok(near((originate + 75) / 100, 1.25 ** 2), `${(originate + 75) / 100}`)
  const spiked = (drops: number) => {
    const lenient = create('vicidial-hard', { levelMax: 9, dropLimit: 1 })
    observe(lenient, 21, answered)
    observe(lenient, drops, abandoned)
    observe(lenient, 21 - drops, served)
    return levelAfter(lenient, 1, agents(100, 'available'))
  }
  t.equal(spiked(10), 2)
  t.equal(spiked(11), 1)
})

interface World {
  readonly agents: number
  /** Probability that a person answers. */
  readonly p: number
  readonly hours: number
}

/** The memoryless world of the design's table: exponential ring of 10 s and handling of 120 s, nobody waits. */
function memoryless(pacer: Pacer, world: World): { readonly occupancy: number; readonly abandonmentRate: number } {
  const random = createRandom(3)
  const idle = agents(world.agents, 'available').map(agent => ({ ...agent }))
  const busy: typeof idle = []
  const staff = [...idle]
  const ringing: PacingCall[] = []
  let [now, busyMs, persons, lost] = [0, 0, 0, 0]
  while (now < world.hours * hourMs) {
    const decision = pacer.decide({ agents: staff, calls: ringing, limits: free }, now)
    for (let n = 0; n < decision.originate; n += 1) ringing.push({ callId: 'c', state: 'ringing', since: now })
    const again = decision.againInMs ?? 200
    const rate = ringing.length / 10_000 + busy.length / 120_000
    const wait = rate > 0 ? -Math.log(1 - random.uniform()) / rate : Number.POSITIVE_INFINITY
    busyMs += busy.length * Math.min(wait, again)
    now += Math.min(wait, again)
    // Memoryless: what has not happened until the next look can be drawn anew.
    if (wait > again) continue
    if (random.uniform() * rate < busy.length / 120_000) {
      const [agent] = busy.splice(Math.floor(random.uniform() * busy.length), 1)
      if (agent === undefined) continue
      pacer.observe({ kind: 'talk-ended', talkMs: now - agent.since }, now)
      idle.push(Object.assign(agent, { state: 'available', since: now }))
      continue
    }
    ringing.pop()
    if (random.uniform() >= world.p) {
      pacer.observe(notAnswered, now)
      continue
    }
    persons += 1
    pacer.observe(answered, now)
    const agent = idle.pop()
    pacer.observe({ kind: 'settled', abandoned: agent === undefined }, now)
    if (agent === undefined) lost += 1
    else busy.push(Object.assign(agent, { state: 'on-call', since: now }))
  }
  return { occupancy: busyMs / now / world.agents, abandonmentRate: lost / persons }
}

/** Section 5 of the pacing design for p = .2 and 20 agents: occupancy and abandonment of each rule, with these knobs. */
const table: readonly (readonly [PolicyName, Knobs, number, number])[] = [
  ['progressive', {}, 0.706, 0],
  ['kappa', { kappa: 3 }, 0.886, 0.03],
  ['kappa-tuned', {}, 0.886, 0.03],
  ['vicidial-ratio', { level: 1.2 }, 0.807, 0.026],
  ['vicidial-hard', {}, 0.695, 0.03],
  ['vicidial-average', {}, 0.695, 0.03],
]

t.test('in a memoryless world the rules reach what the design says of them', async t => {
  for (const [name, knobs, occupancy, abandonmentRate] of table) {
    const reached = memoryless(
      create(name, knobs, () => 24 * hourMs),
      { agents: 20, p: 0.2, hours: 40 },
    )
    const said = `${name}: ${reached.occupancy.toFixed(3)} at ${reached.abandonmentRate.toFixed(4)}`
    t.ok(Math.abs(reached.occupancy - occupancy) < 0.015, said)
    t.ok(Math.abs(reached.abandonmentRate - abandonmentRate) < 0.006, said)
  }
})
