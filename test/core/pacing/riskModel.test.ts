// The risk against a plain model of it, on floors of every kind.
import fc from 'fast-check'
import t from 'tap'
import { Estimates } from '../../../src/core/pacing/estimate.ts'
import { bucketOf, Horizon, points } from '../../../src/core/pacing/horizon.ts'
import { census } from '../../../src/core/pacing/limits.ts'
import { probabilityNotPositive } from '../../../src/core/pacing/math.ts'
import type { PacingAgent, PacingCall, PacingSnapshot } from '../../../src/core/pacing/pacer.ts'
import { Risk } from '../../../src/core/pacing/risk.ts'

const now = 5_000_000
const usual = 0.3
const limits = { channels: 1, callsPerSecond: 1, leads: 1 }
const estimates = new Estimates()
for (let n = 0; n < 300; n += 1) {
  estimates.observe({ kind: 'answered', afterMs: 3_000 + (n % 17) * 1_000 }, n)
  estimates.observe({ kind: 'talk-ended', talkMs: 5_000 + (n % 90) * 2_000 }, n)
  estimates.observe({ kind: 'wrap-up-ended', wrapUpMs: 2_000 + (n % 30) * 1_000 }, n)
  estimates.observe({ kind: 'not-answered', afterMs: 18_000 + (n % 9) * 1_000, carrierFault: false }, n)
}
const horizon = new Horizon(estimates)
horizon.refresh(2)

/** What each one does, at every point: free agents of those who are busy, answers of those who are called. */
interface Rows {
  readonly frees: readonly Float64Array[]
  /** The same, within the wait from now, of those whose end is not certain. */
  readonly soon: readonly number[]
  readonly answers: readonly (readonly number[])[]
}

function rowsOf({ agents, calls }: PacingSnapshot, added: readonly number[]): Rows {
  const staying = agents.filter(({ leaving }) => !leaving)
  const resting = staying.filter(({ state, until = 0 }) => state === 'available' && until > now)
  const busy = staying
    .filter(({ state }) => state !== 'available')
    .map(({ state, since }) => ({ state, bucket: state === 'reserved' ? 0 : bucketOf((now - since) / 1_000) }))
  const ringing = calls
    .filter(({ state }) => state !== 'waiting')
    .map(({ since, answerFactor = 1 }) => ({
      bucket: bucketOf((now - since) / 1_000),
      p: Number.isNaN(answerFactor) ? usual : Math.min(1, Math.max(0, answerFactor * usual)),
    }))
  const chance = (bucket: number) => {
    const alike = ringing.filter(call => call.bucket === bucket)
    const p = alike.reduce((sum, call) => sum + call.p, 0) / alike.length
    const { answers, answeredLater, failsLater } = horizon.ring(bucket)
    const alive = p * answeredLater + (1 - p) * failsLater
    return [...answers].map(answer => (alive > 1e-9 ? Math.min(1, (p * answer) / alive) : 0))
  }
  return {
    frees: [
      ...resting.map(({ until = 0 }) => horizon.rest(bucketOf((until - now) / 1_000)).mean),
      ...busy.map(({ state, bucket }) => (state === 'wrap-up' ? horizon.wrapUp(bucket) : horizon.talk(bucket)).mean),
    ],
    soon: busy.map(({ state, bucket }) =>
      state === 'wrap-up' ? horizon.wrapUpSoon(bucket) : horizon.talkSoon(bucket),
    ),
    answers: [
      ...ringing.map(({ bucket }) => chance(bucket)),
      ...added.map(p => [...horizon.freshRing].map(answer => Math.min(1, p * answer))),
    ],
  }
}

function distributionOf(chances: readonly number[]): readonly number[] {
  let pmf = [1]
  for (const p of chances)
    pmf = Array.from({ length: pmf.length + 1 }, (_, n) => (pmf[n] ?? 0) * (1 - p) + (pmf[n - 1] ?? 0) * p)
  return pmf
}

const at = (rows: readonly ArrayLike<number>[], point: number) => rows.map(row => row[point] ?? Number.NaN)
const meanOver = (of: (point: number) => number) =>
  Array.from({ length: points }, (_, point) => of(point)).reduce((sum, one) => sum + one, 0) / points

/** P(too few are free for one more): over all numbers of the free and of those who answer. */
function exactly(snapshot: PacingSnapshot, added: readonly number[] = []): number {
  const { frees, answers } = rowsOf(snapshot, added)
  const { available, leavingAvailable, waiting } = census(snapshot, now)
  return meanOver(point => {
    const free = distributionOf(at(frees, point))
    const answered = distributionOf(at(answers, point))
    let risk = 0
    // Who leaves serves those who were called before, not the new one.
    for (const [more, p] of free.entries())
      for (const [persons, q] of answered.entries())
        if (available + more < Math.max(0, waiting + persons - leavingAvailable) + 1) risk += p * q
    return risk
  })
}

/** The same by the sums' first three cumulants. */
function approximately(snapshot: PacingSnapshot, added: readonly number[] = []): number {
  const { frees, answers } = rowsOf(snapshot, added)
  const { available, leavingAvailable, waiting } = census(snapshot, now)
  const sum = (chances: readonly number[], of: (p: number) => number) => chances.reduce((all, p) => all + of(p), 0)
  const cumulants = (chances: readonly number[]) => ({
    mean: sum(chances, p => p),
    variance: sum(chances, p => p * (1 - p)),
    third: sum(chances, p => p * (1 - p) * (1 - 2 * p)),
  })
  return meanOver(point => {
    const free = cumulants(at(frees, point))
    const answered = cumulants(at(answers, point))
    const nobody = probabilityNotPositive({
      mean: available + leavingAvailable + free.mean - waiting - answered.mean,
      variance: free.variance + answered.variance,
      third: free.third - answered.third,
    })
    const onlyLeaving = leavingAvailable > 0 && available === 0
    return onlyLeaving ? Math.max(nobody, probabilityNotPositive(free)) : nobody
  })
}

/** P(fewer than needed are free within the wait), for somebody who answers this moment. */
function ofAnswerNow(snapshot: PacingSnapshot): number {
  const { available, leavingAvailable, waiting } = census(snapshot, now)
  const free = distributionOf(rowsOf(snapshot, []).soon)
  return free.reduce((sum, p, more) => sum + (available + leavingAvailable + more < waiting + 1 ? p : 0), 0)
}

const agents: fc.Arbitrary<PacingAgent> = fc.record(
  {
    state: fc.constantFrom<PacingAgent['state'][]>('available', 'reserved', 'on-call', 'wrap-up'),
    since: fc.integer({ min: 0, max: 240 }).map(sec => now - sec * 1_000),
    until: fc.constantFrom(0, now, now + 1, now + 9_000, now + 60_000),
    leaving: fc.constantFrom(false, false, false, true),
  },
  { requiredKeys: ['state', 'since', 'leaving'] },
)
const calls: fc.Arbitrary<PacingCall> = fc.record(
  {
    callId: fc.constant('x'),
    state: fc.constantFrom<PacingCall['state'][]>('originating', 'ringing', 'ringing', 'waiting'),
    since: fc.integer({ min: 0, max: 30 }).map(sec => now - sec * 1_000),
    answerFactor: fc.constantFrom(0, 0.1, 0.5, 1, 3, 70, -1, Number.NaN),
  },
  { requiredKeys: ['callId', 'state', 'since'] },
)
const snapshots: fc.Arbitrary<PacingSnapshot> = fc.record({
  agents: fc.array(agents, { maxLength: 14 }),
  calls: fc.array(calls, { maxLength: 10 }),
  limits: fc.constant(limits),
})
const isNear = (one: number, other: number) => Math.abs(one - other) < 1e-9

t.test('whatever is loaded after whatever, risk and expectations are those of a plain model', async t => {
  const risk = new Risk(horizon)
  const added = fc.array(fc.constantFrom(0.05, 0.4, 1), { maxLength: 5 })
  fc.assert(
    fc.property(snapshots, added, (snapshot, probabilities) => {
      risk.load(snapshot, census(snapshot, now), { probability: usual, now })
      const first = risk.ofOneMore()
      for (const probability of probabilities) risk.addCall(probability)
      const { free, answers } = risk.expected()
      const { frees, answers: rows } = rowsOf(snapshot, probabilities)
      const { available, leavingAvailable, waiting } = census(snapshot, now)
      const last = (all: readonly ArrayLike<number>[]) => at(all, points - 1).reduce((sum, p) => sum + p, 0)
      return (
        isNear(first, exactly(snapshot)) &&
        isNear(risk.ofOneMore(), exactly(snapshot, probabilities)) &&
        isNear(free, available + leavingAvailable + last(frees)) &&
        isNear(answers, waiting + last(rows)) &&
        isNear(risk.ofAnswerNow(), ofAnswerNow(snapshot))
      )
    }),
    { numRuns: 250 },
  )
  t.pass()
})

t.test('before a snapshot is loaded there is nobody', async t => {
  const risk = new Risk(horizon)
  t.strictSame(risk.expected(), { free: 0, answers: 0 })
  t.strictSame([risk.ofAnswerNow(), risk.ofOneMore()], [1, 1])
})

t.test('a call that has rung for longer than any is no threat, whatever its chance was', async t => {
  const free: PacingAgent = { state: 'available', since: 0, leaving: false }
  for (const answerFactor of [0, 0.5, 1]) {
    const call: PacingCall = { callId: 'x', state: 'ringing', since: now - 3_600_000, answerFactor }
    const snapshot = { agents: [free], calls: [call], limits }
    t.ok(isNear(loaded(snapshot).ofOneMore(), exactly(snapshot)), `${answerFactor}`)
  }
})

t.test('calls added before the first question count as well', async t => {
  const risk = new Risk(horizon)
  fc.assert(
    fc.property(snapshots, snapshot => {
      risk.load(snapshot, census(snapshot, now), { probability: usual, now })
      risk.addCall(0.7)
      return isNear(risk.ofOneMore(), exactly(snapshot, [0.7]))
    }),
    { numRuns: 50 },
  )
  t.pass()
})

const talking = (count: number): readonly PacingAgent[] =>
  Array.from({ length: count }, (_, n) => ({
    ...{ state: n % 4 === 0 ? ('wrap-up' as const) : ('on-call' as const), since: now - ((n * 13) % 90) * 1_000 },
    leaving: false,
  }))
const ringing = (count: number): readonly PacingCall[] =>
  Array.from({ length: count }, (_, n) => ({ callId: `${n}`, state: 'ringing', since: now - ((n * 5) % 24) * 1_000 }))

function loaded(snapshot: PacingSnapshot): Risk {
  const risk = new Risk(horizon)
  risk.load(snapshot, census(snapshot, now), { probability: usual, now })
  return risk
}

t.test('sums of up to 44 are exact, larger ones approximated, and once exact they stay so', async t => {
  const small = { agents: talking(34), calls: ringing(10), limits }
  t.ok(Math.abs(exactly(small) - approximately(small)) > 1e-6, 'the two can be told apart')
  t.ok(isNear(loaded(small).ofOneMore(), exactly(small)))
  for (const large of [
    { ...small, agents: talking(35) },
    { ...small, calls: ringing(11) },
  ])
    t.ok(isNear(loaded(large).ofOneMore(), approximately(large)))
  const grown = loaded(small)
  grown.addCall(0.5)
  t.ok(isNear(grown.ofOneMore(), approximately(small, [0.5])), 'the 45th was added')
  const begun = loaded(small)
  begun.ofOneMore()
  begun.addCall(0.5)
  t.ok(isNear(begun.ofOneMore(), exactly(small, [0.5])), 'added to an exact sum')
  const many = Array.from({ length: 119 }, () => 0.01)
  for (const p of many.slice(1)) begun.addCall(p)
  t.ok(isNear(begun.ofOneMore(), approximately(small, [0.5, ...many.slice(1)])), 'more than an exact sum has room for')
})

t.test('an accepted risk far from the approximation saves the exact sum', async t => {
  const snapshot = { agents: talking(20), calls: ringing(6), limits }
  const [exact, rough] = [exactly(snapshot), approximately(snapshot)]
  t.ok(Math.abs(exact - rough) > 1e-6)
  const is = (accepted: number) => {
    const value = loaded(snapshot).ofOneMore(accepted)
    return isNear(value, exact) ? 'exact' : isNear(value, rough) ? 'rough' : value
  }
  const little = 1e-9
  t.equal(is(rough / (4 - little)), 'exact')
  t.equal(is(rough / (4 + little)), 'rough')
  t.equal(is(rough * (8 - little)), 'exact')
  t.equal(is(rough * (8 + little)), 'rough')
  t.equal(is(rough), 'exact')
})

t.test('agents who leave are nobody for the new call, on a large floor too', async t => {
  const leaving = (count: number): readonly PacingAgent[] =>
    Array.from({ length: count }, () => ({ state: 'available', since: 0, leaving: true }))
  const free: PacingAgent = { state: 'available', since: 0, leaving: false }
  const waiting: PacingCall = { callId: 'w', state: 'waiting', since: now }
  for (const others of [[], leaving(1), leaving(6), [...leaving(6), free], [free, free]])
    for (const calls of [ringing(20), [...ringing(20), waiting, waiting]]) {
      const snapshot = { agents: [...talking(40), ...others], calls, limits }
      t.ok(isNear(loaded(snapshot).ofOneMore(), approximately(snapshot)), `${others.length} and ${calls.length}`)
    }
  // All others have only just begun to talk: for the new call there is hardly anybody but those who are free.
  const begun = talking(46).map(agent => ({ ...agent, state: 'on-call' as const, since: now }))
  const risk = (...others: readonly PacingAgent[]) => {
    const snapshot = { agents: [...begun, ...others], calls: [], limits }
    t.ok(isNear(loaded(snapshot).ofOneMore(), approximately(snapshot)))
    return loaded(snapshot).ofOneMore()
  }
  t.ok(risk(...leaving(1)) > 0.01, 'the only one who is free leaves')
  t.ok(risk(...leaving(1), free) < risk(...leaving(1)), 'one stays')
})

t.test('somebody who answers this moment needs an agent who is free, or will be within the wait', async t => {
  const free = (count: number): readonly PacingAgent[] =>
    Array.from({ length: count }, () => ({ state: 'available', since: 0, leaving: false }))
  const waiting = (count: number): readonly PacingCall[] =>
    Array.from({ length: count }, () => ({ callId: 'w', state: 'waiting', since: now }))
  const risk = (agents: readonly PacingAgent[], calls: readonly PacingCall[]) =>
    loaded({ agents, calls, limits }).ofAnswerNow()
  t.equal(risk(free(1), []), 0)
  t.equal(risk(free(2), waiting(1)), 0)
  t.equal(risk([], []), 1)
  t.equal(risk(talking(2), waiting(2)), 1, 'three persons, and two who may get free')
  const one = risk(talking(1), [])
  t.ok(isNear(one, 1 - horizon.wrapUpSoon(0)) && one > 0 && one < 1)
  t.equal(risk([...free(1), ...talking(1)], waiting(1)), one, 'the free one is taken')
  t.equal(risk([{ state: 'available', since: 0, leaving: true }], []), 0, 'who leaves takes those who ring already')
})
