// The predictive rule against its words: originate while the risk of the next call is accepted, within what start and limits allow.
import fc from 'fast-check'
import t from 'tap'
import { AbandonmentBudget, type BudgetVerdict } from '../../../src/core/pacing/budget.ts'
import { Estimates } from '../../../src/core/pacing/estimate.ts'
import { Growth } from '../../../src/core/pacing/growth.ts'
import { Horizon } from '../../../src/core/pacing/horizon.ts'
import { type Census, census } from '../../../src/core/pacing/limits.ts'
import type { PacingAgent, PacingCall, PacingSettings, PacingSnapshot } from '../../../src/core/pacing/pacer.ts'
import { type PredictiveParts, predictiveWish } from '../../../src/core/pacing/predictive.ts'
import { progressiveWish } from '../../../src/core/pacing/progressive.ts'
import { Risk } from '../../../src/core/pacing/risk.ts'
import { withdrawal } from '../../../src/core/pacing/withdrawal.ts'

const now = 3_600_000
const settings: PacingSettings = {
  ...{ mode: 'predictive', ratio: 1, abandonmentTarget: 0.03, abandonmentRateMax: 1, dialLevelMax: 50 },
}
const limits = { channels: 1e6, callsPerSecond: 1e6, leads: 1e6 }
const estimates = new Estimates()
for (let n = 0; n < 200; n += 1) {
  estimates.observe({ kind: 'answered', afterMs: 3_000 + (n % 17) * 1_000 }, n)
  estimates.observe({ kind: 'talk-ended', talkMs: 5_000 + (n % 90) * 2_000 }, n)
  estimates.observe({ kind: 'wrap-up-ended', wrapUpMs: 2_000 + (n % 30) * 1_000 }, n)
  for (let no = 0; no < 3; no += 1) estimates.observe({ kind: 'not-answered', afterMs: 25_000, carrierFault: false }, n)
}

/** The parts of a pacer that has seen so many answers and tried so many calls at once lately. */
function partsOf({ answers = 40, tried = 500 }: { readonly answers?: number; readonly tried?: number }) {
  const horizon = new Horizon(estimates)
  const growth = new Growth()
  growth.restore({ tried, most: 0, stepAt: now })
  const budget = new AbandonmentBudget()
  for (let n = 0; n < answers; n += 1) budget.settle(false, settings, { riskBound: true, now })
  return { estimates, horizon, risk: new Risk(horizon), budget, growth }
}

interface Asked {
  readonly agents?: readonly PacingAgent[]
  readonly calls?: readonly PacingCall[]
  readonly nextAnswerFactor?: number
  readonly callsMax?: number
  readonly verdict?: BudgetVerdict
  readonly settings?: Partial<PacingSettings>
}

function momentOf(asked: Asked) {
  const { agents = [], calls = [], callsMax = 100, verdict = 'open', nextAnswerFactor } = asked
  const snapshot: PacingSnapshot = { agents, calls, limits, nextAnswerFactor }
  const budget = { verdict, left: 9, window: undefined, answers: 0, abandoned: 0 }
  return { snapshot, counts: census(snapshot, now), settings: { ...settings, ...asked.settings }, budget, callsMax }
}

const wishOf = (parts: PredictiveParts, asked: Asked) => predictiveWish(parts, momentOf(asked), now)

/** When to look again without an event: by how far the risk lies above what is accepted. */
function lookOf(risk: number, theta: number): number {
  return risk <= theta ? 200 : Math.round(Math.min(1_600, Math.max(200, 800 * Math.log(risk / theta))))
}

/** The rule in its own words; the parts have been asked for nothing yet. */
function spelledOut({ risk, budget, growth, horizon }: PredictiveParts, asked: Asked) {
  const { snapshot, counts, settings: chosen, budget: state, callsMax } = momentOf(asked)
  const probability = estimates.answerProbability(now)
  horizon.refresh((chosen.waitMaxMs ?? 1_700) / 1_000)
  risk.load(snapshot, counts, { probability, now })
  const safe = progressiveWish(counts)
  const reasons = { open: undefined, 'legal-stop': 'legal-stop', 'not-earned': 'abandonment-budget' } as const
  const held = budget.answers < 5 ? 'cold-start' : reasons[state.verdict]
  if (held !== undefined)
    return {
      calls: safe.calls,
      reason: held,
      theta: 0,
      riskBound: held === 'cold-start',
      againInMs: 1_000,
      withdraw: [],
    }
  const theta = budget.theta(chosen)
  const grown = Math.max(0, growth.inFlightMax(counts, now) - counts.inFlight)
  const most = Math.min(callsMax, grown)
  let calls = 0
  while (calls < most && risk.ofOneMore(theta) <= theta) {
    calls += 1
    risk.addCall(Math.min(1, (asked.nextAnswerFactor ?? 1) * probability))
  }
  const next = risk.ofOneMore(theta)
  const common = { theta, risk: next, riskBound: calls < most, againInMs: lookOf(next, theta), withdraw: [] }
  if (calls < most && calls <= safe.calls)
    return { ...common, calls: safe.calls, reason: safe.calls > 0 ? 'agent-available' : 'abandonment-risk' }
  return { ...common, calls, reason: grown < callsMax && grown <= calls ? 'growth-limit' : 'predicted-release' }
}

const agents: fc.Arbitrary<PacingAgent> = fc.record({
  state: fc.constantFrom<PacingAgent['state'][]>('available', 'on-call', 'on-call', 'wrap-up'),
  since: fc.integer({ min: 0, max: 120 }).map(sec => now - sec * 1_000),
  leaving: fc.constantFrom(false, false, false, false, true),
})
const calls: fc.Arbitrary<PacingCall> = fc.record({
  callId: fc.constant('x'),
  state: fc.constantFrom<PacingCall['state'][]>('ringing', 'ringing', 'waiting'),
  since: fc.integer({ min: 0, max: 25 }).map(sec => now - sec * 1_000),
})
const asked: fc.Arbitrary<Asked> = fc.record(
  {
    agents: fc.array(agents, { maxLength: 30, size: 'max' }),
    calls: fc.array(calls, { maxLength: 5 }),
    callsMax: fc.integer({ min: 0, max: 12 }),
    verdict: fc.constantFrom<BudgetVerdict[]>('open', 'open', 'open', 'not-earned', 'legal-stop'),
    nextAnswerFactor: fc.constantFrom(0.2, 1.2, 9),
    settings: fc.constantFrom({}, {}, { abandonmentTarget: 0 }),
  },
  { requiredKeys: ['agents', 'calls', 'callsMax', 'verdict'] },
)

t.test('whatever the floor, the rule does as its words say', async t => {
  const given = fc.record({ answers: fc.constantFrom(4, 5, 40), tried: fc.constantFrom(0, 2, 6) }, { requiredKeys: [] })
  const reasons = new Set<string>()
  fc.assert(
    fc.property(given, asked, (of, one) => {
      const wish = wishOf(partsOf(of), one)
      reasons.add(wish.reason)
      t.match(wish, spelledOut(partsOf(of), one))
    }),
    { numRuns: 250 },
  )
  t.strictSame(
    [...reasons].sort(),
    [
      ...['abandonment-budget', 'abandonment-risk', 'agent-available', 'cold-start', 'growth-limit', 'legal-stop'],
      'predicted-release',
    ],
    'every reason was met',
  )
})

const floor: readonly PacingAgent[] = Array.from({ length: 40 }, (_, n) => ({
  ...{ state: n % 4 === 0 ? ('wrap-up' as const) : ('on-call' as const), since: now - n * 2_000, leaving: false },
}))

t.test('a chance of the next lead that is none is the mean, one outside of 0 and 1 is cut off', async t => {
  const calls = (nextAnswerFactor?: number) =>
    wishOf(partsOf({}), { agents: floor, ...(nextAnswerFactor === undefined ? {} : { nextAnswerFactor }) }).calls
  const certain = 1 / estimates.answerProbability(now)
  t.equal(calls(), calls(1))
  t.equal(calls(Number.NaN), calls(1))
  t.equal(calls(7 * certain), calls(certain))
  t.equal(calls(-1), calls(0))
  t.ok(calls(0) > calls(1) && calls(1) > calls(certain), 'all of them differ')
})

t.test(
  'the longest wait is that of the settings, 1.7 s without a word, never below none or above a minute',
  async t => {
    const soon = (waitMaxMs?: number) => {
      const parts = partsOf({})
      wishOf(parts, { agents: floor, settings: waitMaxMs === undefined ? {} : { waitMaxMs } })
      return parts.horizon.wrapUpSoon(9)
    }
    const by = (sec: number) => {
      const horizon = new Horizon(estimates)
      horizon.refresh(sec)
      return horizon.wrapUpSoon(9)
    }
    t.equal(soon(), by(1.7))
    t.equal(soon(Number.NaN), by(1.7))
    t.equal(soon(900), by(0.9))
    t.equal(soon(-5), by(0))
    t.strictSame([soon(60_000), soon(61_000), soon(1e9)], [by(60), by(60), by(60)])
  },
)

t.test('rings that are given up go with any wish, and the sooner look counts', async t => {
  const busy: readonly PacingAgent[] = [{ state: 'on-call', since: now - 1_000, leaving: false }]
  const ringing = (callId: string, sec: number): PacingCall => ({
    ...{ callId, state: 'ringing', since: now - 20_000, ringingAt: now - sec * 1_000 },
  })
  const calls = [ringing('old', 16), ringing('new', 14.95)]
  const given = { agents: busy, calls, settings: { ringWithdrawal: true } }
  const bound = wishOf(partsOf({}), given)
  t.match(bound, { reason: 'abandonment-risk', withdraw: ['old'], againInMs: 50 })
  t.match(wishOf(partsOf({}), { ...given, callsMax: 0 }), {
    reason: 'predicted-release',
    withdraw: ['old'],
    againInMs: 50,
  })
  t.match(wishOf(partsOf({ answers: 0 }), given), { reason: 'cold-start', withdraw: ['old'], againInMs: 50 })
})

t.test('a ring is given up when it is due and an answer would find nobody in three of ten cases', async t => {
  const on = { ...settings, ringWithdrawal: true }
  const ask = (chance: number, rangMs: readonly number[], chosen: PacingSettings = on) => {
    const calls = rangMs.map(
      (ms, n): PacingCall => ({ callId: `${n}`, state: 'ringing', since: 0, ringingAt: now - ms }),
    )
    // Only what it is asked for.
    const risk = { ofAnswerNow: () => chance } as Risk
    return withdrawal(risk, { snapshot: { agents: [], calls, limits }, settings: chosen }, now)
  }
  const never = Number.POSITIVE_INFINITY
  t.strictSame(ask(0.3, [15_000, 15_001]), { callIds: ['0', '1'], againInMs: never })
  t.strictSame(ask(0.299, [15_000]), { callIds: [], againInMs: 200 }, 'due, but somebody may be free')
  t.strictSame(ask(0.299, [15_000, 14_900]), { callIds: [], againInMs: 100 })
  t.strictSame(ask(1, [14_999]), { callIds: [], againInMs: 1 })
  t.strictSame(ask(1, [14_000, 14_600, 14_200]), { callIds: [], againInMs: 400 }, 'the next')
  t.strictSame(ask(1, [14_000, 15_000]), { callIds: ['1'], againInMs: 1_000 })
  t.strictSame(ask(1, []), { callIds: [], againInMs: never })
  t.strictSame(ask(0.1, [14_000]), { callIds: [], againInMs: 1_000 }, 'none is due: its time is early enough')
  const off = { callIds: [], againInMs: never }
  t.strictSame(ask(1, [99_000], settings), off)
  t.strictSame(ask(1, [99_000], { ...settings, ringWithdrawal: false }), off)
  const after = (ringWithdrawalAfterMs: number) => ask(1, [16_000], { ...on, ringWithdrawalAfterMs })
  t.strictSame(after(16_000), { callIds: ['0'], againInMs: never })
  t.strictSame(after(16_001), { callIds: [], againInMs: 1 })
  t.strictSame(after(Number.NaN), { callIds: ['0'], againInMs: never })
})

t.test('what is tried counts while nothing may be risked, too', async t => {
  const parts = { ...partsOf({ answers: 4 }), growth: new Growth() }
  const calls = Array.from({ length: 8 }, (): PacingCall => ({ callId: 'x', state: 'ringing', since: now }))
  for (const after of [0, 15_000]) predictiveWish(parts, momentOf({ agents: floor, calls }), now + after)
  t.match(parts.growth.memory(), { tried: 8, stepAt: now + 15_000 })
})

t.test('the counts of a moment are what the wish rests on', async t => {
  const counts: Census = { serving: 3, available: 2, leavingAvailable: 0, inFlight: 0, waiting: 0 }
  const moment = { ...momentOf({ verdict: 'legal-stop' }), counts }
  t.match(predictiveWish(partsOf({}), moment, now), { calls: 2, reason: 'legal-stop', riskBound: false, theta: 0 })
})
