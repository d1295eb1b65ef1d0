import fc from 'fast-check'
import t from 'tap'
import { createPacer } from '../../../src/core/pacing/index.ts'
import type { Pacer, PacingObservation, PacingSettings } from '../../../src/core/pacing/pacer.ts'
import { pacingReasons } from '../../../src/core/vocabulary.ts'
import { ask, passOrdinaryDay, type Seen, type SeenAgent, type SeenCall, tryManyCalls } from '../../support/pacing.ts'

const base: PacingSettings = {
  ...{ mode: 'predictive', ratio: 2, abandonmentTarget: 0.03, abandonmentRateMax: 1, dialLevelMax: 20 },
  waitMaxMs: 2_000,
}
const endless = { channels: 1e9, callsPerSecond: 1e9, leads: 1e9 }

function agents(counts: Partial<Record<SeenAgent['state'] | 'leaving', number>>): SeenAgent[] {
  const of = (state: SeenAgent['state'], count = 0, leaving = false): SeenAgent[] =>
    Array.from({ length: count }, (_, n) => ({ state, elapsedMs: (n % 120) * 2_000, leaving }))
  return [
    ...of('available', counts.available),
    ...of('reserved', counts.reserved),
    ...of('on-call', counts['on-call']),
    ...of('wrap-up', counts['wrap-up']),
    ...of('available', counts.leaving, true),
  ]
}

function calls(counts: Partial<Record<SeenCall['state'], number>>): SeenCall[] {
  const of = (state: SeenCall['state'], count = 0): SeenCall[] =>
    Array.from({ length: count }, (_, n) => ({ callId: `${state}-${n}`, state, elapsedMs: (n % 20) * 1_000 }))
  return [...of('originating', counts.originating), ...of('ringing', counts.ringing), ...of('waiting', counts.waiting)]
}

function see(
  agentCounts: Parameters<typeof agents>[0],
  callCounts: Parameters<typeof calls>[0] = {},
  limits: Partial<Seen['limits']> = {},
): Seen {
  return { agents: agents(agentCounts), calls: calls(callCounts), limits: { ...endless, ...limits } }
}

const later = 3_600_000

/** A pacer that has seen an ordinary day: a quarter answers after 11 s, talks of two minutes, wrap-ups of 20 s. */
function experienced(settings: PacingSettings = base): Pacer {
  const pacer = createPacer(settings)
  passOrdinaryDay(pacer)
  tryManyCalls(pacer, later)
  return pacer
}

const tables: readonly (readonly [PacingSettings['mode'], Seen, number, string])[] = [
  ['progressive', see({ available: 3 }), 3, 'agent-available'],
  ['progressive', see({ available: 3 }, { ringing: 2, originating: 1 }), 0, 'agents-covered'],
  ['progressive', see({ available: 3 }, { waiting: 1 }), 2, 'agent-available'],
  ['progressive', see({ 'on-call': 3 }), 0, 'agents-covered'],
  ['progressive', see({}), 0, 'no-agents'],
  ['progressive', see({ leaving: 2 }), 0, 'no-agents'],
  ['progressive', see({ available: 1, leaving: 2 }, { ringing: 2 }), 1, 'agent-available'],
  ['progressive', see({ available: 5 }, {}, { channels: 2 }), 2, 'trunk-limit'],
  ['progressive', see({ available: 5 }, {}, { callsPerSecond: 1.9 }), 1, 'calls-per-second-limit'],
  ['progressive', see({ available: 5 }, {}, { leads: 0 }), 0, 'no-leads'],
  ['ratio', see({ available: 3 }), 6, 'agent-available'],
  ['ratio', see({ available: 3, 'on-call': 9 }, { ringing: 5 }), 1, 'agent-available'],
  ['ratio', see({ available: 1 }, { ringing: 2 }), 0, 'agents-covered'],
  ['ratio', see({ 'on-call': 3 }), 0, 'agents-covered'],
  ['ratio', see({}), 0, 'no-agents'],
  ['predictive', see({ available: 3 }), 3, 'cold-start'],
  ['predictive', see({ available: 3 }, { ringing: 3 }), 0, 'cold-start'],
  ['predictive', see({}), 0, 'no-agents'],
]

t.test('what each mode wants is limited, and says by what', async test => {
  for (const [mode, snapshot, originate, reason] of tables) {
    const decision = ask(createPacer({ ...base, mode }), snapshot, 0)
    test.match(decision, { originate, reason, withdraw: [] }, `${mode} ${originate} ${reason}`)
  }
  const dialLevelMax = 1.5
  const level = ask(createPacer({ ...base, mode: 'ratio', ratio: 3, dialLevelMax }), see({ available: 4 }), 0)
  test.match(level, { originate: 6, reason: 'max-dial-level' })
})

t.test('settings take effect at the next decision', async test => {
  const pacer = createPacer({ ...base, mode: 'ratio' })
  pacer.configure({ ...base, mode: 'ratio', ratio: 3 })
  test.equal(ask(pacer, see({ available: 2 }), 0).originate, 6)
  pacer.configure({ ...base, mode: 'progressive' })
  test.equal(pacer.mode, 'progressive')
  test.equal(ask(pacer, see({ available: 2 }), 0).originate, 2)
})

t.test('the predictive rule dials ahead of releases, and never behind the progressive one', async test => {
  const pacer = experienced()
  const ahead = ask(pacer, see({ 'on-call': 60, 'wrap-up': 12 }), later)
  test.ok(ahead.originate > 0, `${ahead.originate} calls for agents who are still busy`)
  test.equal(ahead.reason, 'predicted-release')
  test.equal(ask(pacer, see({ 'on-call': 2 }, { ringing: 30 }), later).reason, 'abandonment-risk')
  for (let available = 0; available < 12; available += 1)
    test.ok(ask(pacer, see({ available, 'on-call': 5 }, { ringing: 4 }), later).originate >= available - 4)
  const { figures } = ahead
  for (const name of ['freeNow', 'expectedFree', 'expectedAnswers', 'risk', 'theta', 'answerProbability', 'inFlight'])
    test.type(figures[name], 'number', name)
})

t.test('a call that has rung long is less of a threat, an agent who has talked long more of a promise', async test => {
  const pacer = experienced()
  const ringing = (elapsedMs: number): SeenCall[] =>
    Array.from({ length: 12 }, (_, n) => ({ callId: `${n}`, state: 'ringing', elapsedMs }))
  const snapshot = see({ available: 2, 'on-call': 14, 'wrap-up': 6 })
  const fresh = ask(pacer, { ...snapshot, calls: ringing(4_000) }, later)
  const stale = ask(pacer, { ...snapshot, calls: ringing(23_000) }, later)
  test.ok(stale.originate > fresh.originate, `${stale.originate} > ${fresh.originate}`)
  const wrapping = (elapsedMs: number): SeenAgent[] =>
    Array.from({ length: 12 }, () => ({ state: 'wrap-up', elapsedMs, leaving: false }))
  const beginning = ask(pacer, { ...snapshot, agents: wrapping(0) }, later)
  const ending = ask(pacer, { ...snapshot, agents: wrapping(20_000) }, later)
  test.ok(ending.originate > beginning.originate, `${ending.originate} > ${beginning.originate}`)
  const likely = ringing(4_000).map(call => ({ ...call, answerFactor: 3.5 }))
  const unlikely = ringing(4_000).map(call => ({ ...call, answerFactor: 0.04 }))
  const cautious = ask(pacer, { ...snapshot, calls: likely }, later)
  const bold = ask(pacer, { ...snapshot, calls: unlikely }, later)
  test.ok(bold.originate > cautious.originate, `${bold.originate} > ${cautious.originate}`)
})

t.test('the careful start ends after five answers, and the calls in flight grow step by step', async test => {
  const pacer = createPacer(base)
  const busy = see({ 'on-call': 100, 'wrap-up': 30 })
  for (let n = 0; n < 4; n += 1) pacer.observe({ kind: 'settled', abandoned: false }, 0)
  test.match(ask(pacer, busy, 0), { originate: 0, reason: 'cold-start' })
  pacer.observe({ kind: 'settled', abandoned: false }, 0)
  test.match(ask(pacer, busy, 0), { originate: 6, reason: 'growth-limit' })
  test.match(ask(pacer, busy, 15_000), { originate: 6, reason: 'growth-limit' }, 'nothing more was tried')
  const tried = { ...busy, calls: calls({ ringing: 6 }) }
  ask(pacer, tried, 20_000)
  test.match(ask(pacer, tried, 30_000), { originate: 7, reason: 'growth-limit' }, 'half as many again as the six')
})

t.test(
  'each abandonment lowers the accepted risk, the calls between raise it only while the risk was the limit',
  async test => {
    const pacer = experienced()
    let now = later
    const theta = (snapshot = see({ 'on-call': 20 })) => {
      now += 1
      return ask(pacer, snapshot, now).figures.theta ?? Number.NaN
    }
    const start = theta()
    pacer.observe({ kind: 'settled', abandoned: true }, later)
    const after = theta()
    test.ok(after < start)
    pacer.observe({ kind: 'settled', abandoned: false }, later)
    const raised = theta()
    test.ok(raised > after)
    theta(see({ 'on-call': 20 }, {}, { channels: 0 }))
    pacer.observe({ kind: 'settled', abandoned: false }, later)
    test.equal(theta(), raised, 'a day bound by its trunk does not wind the risk up')
    for (let n = 0; n < 100; n += 1) pacer.observe({ kind: 'settled', abandoned: true }, later)
    const debt = theta()
    for (let n = 0; n < 100; n += 1) pacer.observe({ kind: 'settled', abandoned: false }, later)
    test.equal(theta(), debt, 'a debt is kept until it is paid back')
  },
)

t.test('with a law, risk is taken only when earned, and not at all at the limit', async test => {
  const law = { ...base, abandonmentRateMax: 0.03, abandonmentTarget: 0.027 }
  const pacer = createPacer(law)
  const busy = see({ 'on-call': 20, available: 1 })
  const settle = (count: number, abandoned: boolean) => {
    for (let n = 0; n < count; n += 1) pacer.observe({ kind: 'settled', abandoned }, later)
  }
  settle(33, false)
  test.match(ask(pacer, busy, later), { originate: 1, reason: 'abandonment-budget' })
  test.match(ask(pacer, see({ 'on-call': 20 }), later), { originate: 0, reason: 'abandonment-budget' })
  settle(1, false)
  ask(pacer, busy, later)
  const releases = see({ 'on-call': 60, 'wrap-up': 12 })
  test.ok(ask(pacer, releases, later + later).originate > 0, 'one abandonment has been earned')
  settle(1, true)
  test.match(ask(pacer, releases, later + later), { originate: 0, reason: 'abandonment-budget' })
  settle(1_000, false)
  settle(31, true)
  test.match(ask(pacer, releases, later + later), { originate: 0, reason: 'legal-stop' })
  const strict = createPacer({ ...base, abandonmentTarget: 0 }, pacer.memory())
  test.equal(ask(strict, releases, later).originate, 0, 'a target of nothing takes no risk')
})

t.test('a window ends and the next begins with an empty account', async test => {
  const law = { ...base, abandonmentRateMax: 0.03, abandonmentWindows: [{ name: 'second', lengthMs: 1_000 }] }
  const pacer = createPacer(law)
  for (let n = 0; n < 10; n += 1) pacer.observe({ kind: 'settled', abandoned: n < 5 }, 0)
  test.match(ask(pacer, see({ available: 1 }), 999).figures, { answers: 10, abandoned: 5, abandonmentRate: 0.5 })
  test.match(ask(pacer, see({ available: 1 }), 2_500).figures, { answers: 0, abandoned: 0, abandonmentRate: 0 })
})

t.test("a carrier's faults do not teach that nobody answers, and a burst of answers raises the alarm", async test => {
  const probability = (pacer: Pacer, now = later) => ask(pacer, see({ available: 1 }), now).figures.answerProbability
  const pacer = experienced()
  const before = probability(pacer)
  for (let n = 0; n < 200; n += 1) pacer.observe({ kind: 'not-answered', afterMs: 300, carrierFault: true }, later)
  test.equal(probability(pacer), before)
  for (let n = 0; n < 20; n += 1) pacer.observe({ kind: 'answered', afterMs: 9_000 }, later)
  const alarmed = probability(pacer) ?? 0
  const calm = probability(pacer, later + 61_000) ?? 0
  test.ok(alarmed > calm && calm >= (before ?? 1), `${alarmed} > ${calm} >= ${before}`)
})

t.test('a machine that an agent codes is no person any more', async test => {
  const pacer = experienced()
  pacer.observe({ kind: 'coded-machine' }, later)
  test.equal(ask(pacer, see({ available: 1 }), later).figures.answers, 99)
})

t.test('memory is plain JSON and restores exactly, whatever the mode; a malformed one is a fresh start', async test => {
  const pacer = experienced()
  for (let n = 0; n < 7; n += 1) pacer.observe({ kind: 'settled', abandoned: n === 3 }, later)
  const memory = JSON.parse(JSON.stringify(pacer.memory()))
  // The original decides on tables that wait for enough news before they are made anew: both start from the same memory.
  const [one, two] = [createPacer(base, memory), createPacer({ ...base, mode: 'ratio' }, memory)]
  two.configure(base)
  test.same(two.memory(), memory)
  for (const snapshot of [see({ 'on-call': 18, 'wrap-up': 2 }), see({ available: 3, 'on-call': 40 }, { ringing: 9 })])
    test.same(ask(two, snapshot, later), ask(one, snapshot, later))
  for (const bad of [{}, { estimates: 3, budget: [] }, { estimates: { ring: {}, slow: [1] }, budget: { theta: 'x' } }])
    test.match(ask(createPacer(base, bad), see({ available: 2 }), 0), { originate: 2, reason: 'cold-start' })
})

t.test('under a new rule the calls in flight grow from those that are there', async test => {
  for (const [inFlight, originate] of [
    [0, 49],
    [10, 39],
    [60, 34],
  ] as const) {
    const before = createPacer({ ...base, mode: 'ratio' })
    for (let n = 0; n < 40; n += 1) before.observe({ kind: 'settled', abandoned: false }, n)
    const now = createPacer(base, JSON.parse(JSON.stringify(before.memory())))
    const unlikely = calls({ ringing: inFlight }).map(call => ({ ...call, answerFactor: 0 }))
    const seen = { ...see({ available: 30, 'on-call': 60 }), calls: unlikely, nextAnswerFactor: 0.01 }
    test.match(ask(now, seen, later), { originate, reason: 'growth-limit' }, `${inFlight} in flight`)
  }
})

const anyNumber = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, -1, 0, 1e12, Number.POSITIVE_INFINITY))
const sane = fc.integer({ min: 0, max: 400_000 })
function snapshots(elapsed: fc.Arbitrary<number>, limit: fc.Arbitrary<number>): fc.Arbitrary<Seen> {
  const agent = fc.record({
    state: fc.constantFrom<SeenAgent['state'][]>('available', 'reserved', 'on-call', 'wrap-up'),
    elapsedMs: elapsed,
    leaving: fc.boolean(),
  })
  const call = fc.record(
    {
      callId: fc.string(),
      state: fc.constantFrom<SeenCall['state'][]>('originating', 'ringing', 'waiting'),
      elapsedMs: elapsed,
      answerFactor: anyNumber,
    },
    { requiredKeys: ['callId', 'state', 'elapsedMs'] },
  )
  return fc.record({
    agents: fc.array(agent, { maxLength: 60 }),
    calls: fc.array(call, { maxLength: 60 }),
    limits: fc.record({ channels: limit, callsPerSecond: limit, leads: limit }),
  })
}
const observations: fc.Arbitrary<PacingObservation> = fc.oneof(
  fc.record({ kind: fc.constant('answered'), afterMs: anyNumber }),
  fc.record({ kind: fc.constant('not-answered'), afterMs: anyNumber, carrierFault: fc.boolean() }),
  fc.record({ kind: fc.constant('talk-ended'), talkMs: anyNumber }),
  fc.record({ kind: fc.constant('wrap-up-ended'), wrapUpMs: anyNumber }),
  fc.record({ kind: fc.constant('settled'), abandoned: fc.boolean() }),
  fc.record({ kind: fc.constant('coded-machine') }),
  fc.record({ kind: fc.constant('withdrawn'), afterMs: anyNumber }),
)
const settings: fc.Arbitrary<PacingSettings> = fc.record({
  mode: fc.constantFrom<PacingSettings['mode'][]>('progressive', 'ratio', 'predictive'),
  ...{ ratio: anyNumber, abandonmentTarget: anyNumber, abandonmentRateMax: anyNumber, dialLevelMax: anyNumber },
  ...{ waitMaxMs: anyNumber, intensity: anyNumber, personTakenForMachineRate: anyNumber },
  ...{ ringWithdrawal: fc.boolean(), ringWithdrawalAfterMs: anyNumber },
  abandonmentWindows: fc.array(
    fc.record({ name: fc.constantFrom('a', 'b', 'c'), lengthMs: anyNumber, rateMax: anyNumber }),
    { maxLength: 3 },
  ),
})

t.test('whatever it has seen and sees, a pacer asks for a whole number of calls within the limits', async test => {
  fc.assert(
    fc.property(
      settings,
      fc.array(observations, { maxLength: 80 }),
      snapshots(anyNumber, anyNumber),
      (chosen, seen, snapshot) => {
        const pacer = createPacer(chosen)
        for (const [now, observation] of seen.entries()) pacer.observe(observation, now)
        const { originate, reason, figures } = ask(pacer, snapshot, 1e6)
        const { channels, callsPerSecond, leads } = snapshot.limits
        const staying = snapshot.agents.some(agent => !agent.leaving)
        const finite = Object.values(figures).every(figure => Number.isFinite(figure))
        const within = [channels, callsPerSecond, leads].every(limit => !(originate > Math.max(0, limit)))
        const closed = pacingReasons.some(word => word === reason)
        return (
          Number.isSafeInteger(originate) &&
          originate >= 0 &&
          within &&
          finite &&
          closed &&
          (staying || originate === 0)
        )
      },
    ),
    { numRuns: 400 },
  )
  test.pass()
})

t.test('one more available agent never means fewer calls', async test => {
  const mean = experienced()
  const limit = fc.integer({ min: 0, max: 500 })
  const modes = fc.constantFrom<PacingSettings['mode'][]>('progressive', 'ratio', 'predictive')
  fc.assert(
    fc.property(modes, snapshots(sane, limit), (mode, snapshot) => {
      mean.configure({ ...base, mode })
      const more = { ...snapshot, agents: [...snapshot.agents, ...agents({ available: 1 })] }
      return ask(mean, more, later).originate >= ask(mean, snapshot, later).originate
    }),
    { numRuns: 400 },
  )
  test.pass()
})

t.test('one more call in flight, or a tighter limit, never means more calls', async test => {
  const pacer = experienced()
  const limit = fc.integer({ min: 1, max: 500 })
  fc.assert(
    fc.property(snapshots(sane, limit), snapshot => {
      const { originate } = ask(pacer, snapshot, later)
      const more = { ...snapshot, calls: [...snapshot.calls, ...calls({ waiting: 1 })] }
      const tighter = { ...snapshot, limits: { ...snapshot.limits, channels: snapshot.limits.channels - 1 } }
      return ask(pacer, more, later).originate <= originate && ask(pacer, tighter, later).originate <= originate
    }),
    { numRuns: 300 },
  )
  test.pass()
})
