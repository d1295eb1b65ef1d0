// What pacing learns from calls, how it starts, and what of both outlives a restart.
import t from 'tap'
import { Estimates } from '../../../src/core/pacing/estimate.ts'
import { createPacer } from '../../../src/core/pacing/index.ts'
import { windowOfRule } from '../../../src/core/pacing/lawful.ts'
import type { PacingObservation, PacingSettings } from '../../../src/core/pacing/pacer.ts'
import { ask, type Seen } from '../../support/pacing.ts'

function learn(estimates: Estimates, observation: PacingObservation, times: number, now = 0): void {
  for (let n = 0; n < times; n += 1) estimates.observe(observation, now)
}

const missed: PacingObservation = { kind: 'not-answered', afterMs: 25_000, carrierFault: false, leadKind: 'old' }
const answered: PacingObservation = { kind: 'answered', afterMs: 8_000, leadKind: 'new' }

/** One in five answers, new leads more often than old ones. */
function ordinary(): Estimates {
  const estimates = new Estimates()
  for (let n = 0; n < 300; n += 1) {
    learn(estimates, missed, 4)
    learn(estimates, answered, 1)
  }
  return estimates
}

t.test('the chance of an answer is what share has answered, by kind of lead', async t => {
  const estimates = ordinary()
  t.ok(Math.abs(estimates.answerProbability(0) - 0.2) < 0.04, `${estimates.answerProbability(0)}`)
  t.ok(estimates.answerFactor('new') > 1.5)
  t.ok(estimates.answerFactor('old') < 0.6)
  const before = estimates.answerProbability(0)
  learn(estimates, { kind: 'not-answered', afterMs: 100, carrierFault: true }, 500)
  t.equal(estimates.answerProbability(0), before, 'what the carrier failed tells nothing')
})

t.test('a call that we withdrew counts by what it would have been', async t => {
  const after = (afterMs: number) => {
    const estimates = ordinary()
    learn(estimates, { kind: 'withdrawn', afterMs }, 400)
    return estimates.answerProbability(0)
  }
  const usual = ordinary().answerProbability(0)
  t.ok(Math.abs(after(0) - usual) < 0.03, `withdrawn at once it says nothing: ${after(0)}, not ${usual}`)
  t.ok(after(20_000) < usual - 0.05, `whoever has not answered in 20 s would hardly have: ${after(20_000)}`)
  t.equal(after(Number.NaN), usual, 'a time that is none is not learned from')
  t.equal(after(-1), usual)
})

t.test('a burst of answers raises the alarm for a minute, and is learned from faster afterwards', async t => {
  const estimates = ordinary()
  const usual = estimates.answerProbability(0)
  t.notOk(estimates.alarmed(0))
  let answers = 0
  for (; answers < 100 && !estimates.alarmed(0); answers += 1) learn(estimates, answered, 1)
  t.ok(answers > 2 && answers < 30, `after ${answers} in a row`)
  const during = estimates.answerProbability(0)
  t.ok(during > 2 * usual, `more is believed than before: ${during}`)
  t.ok(estimates.alarmed(59_999))
  t.notOk(estimates.alarmed(60_000))
  t.ok(estimates.answerProbability(60_000) < during)
  learn(estimates, answered, 60, 120_000)
  t.ok(estimates.answerProbability(1e9) > 0.3, 'what was believed for long has lost its weight')
})

t.test('what was learned is the same after a restart', async t => {
  const before = ordinary()
  learn(before, { kind: 'talk-ended', talkMs: 45_000 }, 100)
  learn(before, { kind: 'wrap-up-ended', wrapUpMs: 7_000 }, 100)
  learn(before, answered, 12)
  before.settle()
  const after = new Estimates()
  after.restore(JSON.parse(JSON.stringify(before.memory())))
  const told = (estimates: Estimates) => [
    ...[0, 30_000, 60_000].flatMap(now => [estimates.answerProbability(now), estimates.alarmed(now)]),
    ...['old', 'new', 'other'].map(kind => estimates.answerFactor(kind)),
    ...[estimates.ring, estimates.unanswered, estimates.talk, estimates.wrapUp].flatMap(of => [
      of.at(7),
      of.at(40),
      of.quantile(0.5),
    ]),
  ]
  t.strictSame(told(after), told(before))
  learn(before, answered, 3)
  learn(after, answered, 3)
  t.strictSame(told(after), told(before), 'and goes on alike')
})

t.test('what an older version had learned of the rate is taken up, its kinds are learned anew', async t => {
  const estimates = new Estimates()
  estimates.restore({ slow: [200, 800], fast: [12, 48], cells: [['old', 1, 900]] })
  t.equal(estimates.answerProbability(0), 0.2)
  t.equal(estimates.answerFactor('old'), 1)
})

t.test('a memory that says nonsense is as none', async t => {
  const fresh = new Estimates().answerProbability(0)
  for (const slow of [[-1, 2], [0, 0], ['1', 2], [1], null, [Number.POSITIVE_INFINITY, 1]]) {
    const estimates = new Estimates()
    estimates.restore({
      slow,
      ring: { counts: [1, 2] },
      talk: null,
      alarmUntil: 'soon',
      more: 'high',
      kinds: [['x', -1, 2]],
      rate: { slow, more: [9, 1, 1], less: [1] },
    })
    t.equal(estimates.answerProbability(0), fresh, JSON.stringify(slow))
    t.equal(estimates.ring.at(10), new Estimates().ring.at(10))
    t.notOk(estimates.alarmed(0))
  }
})

const predictive: PacingSettings = {
  ...{ mode: 'predictive', ratio: 2, abandonmentTarget: 0.03, abandonmentRateMax: 1, dialLevelMax: 20 },
  waitMaxMs: 2_000,
}
const free = (available: number): Seen['agents'] =>
  Array.from({ length: available }, () => ({ state: 'available', elapsedMs: 0, leaving: false }))
const ringing = (calls: number): Seen['calls'] =>
  Array.from({ length: calls }, (_, n) => ({ callId: `${n}`, state: 'ringing', elapsedMs: 6_000 }))
const limits = { channels: 1e9, callsPerSecond: 1e9, leads: 1e9 }

t.test('the next look: late while the risk is far off, in a second where only an event can help', async t => {
  const pacer = createPacer(predictive)
  t.match(ask(pacer, { agents: free(1), calls: ringing(1), limits }, 0), { reason: 'cold-start', againInMs: 1_000 })
  for (let n = 0; n < 40; n += 1) pacer.observe({ kind: 'settled', abandoned: false }, 0)
  ask(pacer, { agents: free(1), calls: [], limits }, 0)
  const far = ask(pacer, { agents: free(1), calls: ringing(15), limits }, 3_600_000)
  t.match(far, { originate: 0, reason: 'abandonment-risk', againInMs: 1_600 })
  const near = ask(pacer, { agents: free(1), calls: [], limits }, 3_600_000)
  const { againInMs = 0 } = near
  t.ok(againInMs >= 200 && againInMs <= 1_600)
})

t.test('growth that ends the count is the reason, and a limit below it is', async t => {
  const begun = () => {
    const pacer = createPacer(predictive)
    for (let n = 0; n < 5; n += 1) pacer.observe({ kind: 'settled', abandoned: false }, 0)
    for (let n = 0; n < 200; n += 1) pacer.observe({ kind: 'not-answered', afterMs: 25_000, carrierFault: false }, 0)
    return pacer
  }
  const seen = { agents: free(10), calls: [], limits }
  t.match(ask(begun(), seen, 0), { originate: 19, reason: 'growth-limit' })
  t.match(ask(begun(), { ...seen, limits: { ...limits, channels: 19 } }, 0), { originate: 19, reason: 'trunk-limit' })
  t.match(ask(begun(), { ...seen, limits: { ...limits, channels: 12 } }, 0), { originate: 12, reason: 'trunk-limit' })
})

t.test("a law's month is that of the seller's clock, of the country's where the place has none of its own", async t => {
  const month = {
    kind: 'abandonment',
    ruleId: 'x',
    rateMax: 0.03,
    window: { kind: 'calendar-month' },
    source: 's',
    date: '',
  } as const
  const hours = (place: string) => (windowOfRule(month, place).utcOffsetMs ?? Number.NaN) / 3_600_000
  t.equal(hours('CA-BC'), -8)
  t.equal(hours('CA-XX'), hours('CA'))
  t.not(hours('CA'), 0)
  t.equal(hours('FR'), 0)
})
