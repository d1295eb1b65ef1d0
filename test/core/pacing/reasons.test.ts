// What a decision says of itself: which limit, or that it was the prediction, or the accepted risk.
import t from 'tap'
import { createPacer } from '../../../src/core/pacing/index.ts'
import type { Pacer, PacingDecision, PacingObservation, PacingSettings } from '../../../src/core/pacing/pacer.ts'
import { ask, passOrdinaryDay, type Seen, tryManyCalls } from '../../support/pacing.ts'

const base: PacingSettings = {
  ...{ mode: 'predictive', ratio: 2, abandonmentTarget: 0.03, abandonmentRateMax: 1, dialLevelMax: 20 },
  waitMaxMs: 2_000,
}
const later = 3_600_000

/** Sixty agents who talk and twelve in wrap-up, on an ordinary day. */
function decide(limits: Partial<Seen['limits']>, settings: PacingSettings = base): PacingDecision {
  const pacer = createPacer(settings)
  const busy = (state: 'on-call' | 'wrap-up', count: number): Seen['agents'] =>
    Array.from({ length: count }, (_, n) => ({ state, elapsedMs: n * 2_000, leaving: false }))
  const seen = {
    agents: [...busy('on-call', 60), ...busy('wrap-up', 12)],
    calls: [],
    limits: { channels: 1e9, callsPerSecond: 1e9, leads: 1e9, ...limits },
  }
  passOrdinaryDay(pacer)
  tryManyCalls(pacer, later)
  return ask(pacer, seen, later)
}

const free = decide({})
const wished = free.originate

t.test('prediction alone stops the count, and says so', async t => {
  t.ok(wished > 5)
  t.match(free, { reason: 'predicted-release', riskBound: true })
})

t.test('a limit that lies just above what prediction wants is not the reason', async t => {
  for (const limit of ['leads', 'channels', 'callsPerSecond'] as const)
    t.match(decide({ [limit]: wished + 1 }), { originate: wished, reason: 'predicted-release', riskBound: true }, limit)
})

t.test('a limit at which the count ends is the reason, and the risk was not', async t => {
  const reasons = { leads: 'no-leads', channels: 'trunk-limit', callsPerSecond: 'calls-per-second-limit' } as const
  for (const limit of ['leads', 'channels', 'callsPerSecond'] as const)
    for (const calls of [wished, wished - 1, 1, 0])
      t.match(
        decide({ [limit]: calls }),
        { originate: calls, reason: reasons[limit], riskBound: false, againInMs: 200 },
        `${limit} ${calls}`,
      )
  const level = decide({}, { ...base, dialLevelMax: (wished - 2) / 72 })
  t.match(level, { originate: wished - 2, reason: 'max-dial-level' })
})

const agents = (state: 'available' | 'on-call', count: number, leaving = false): Seen['agents'] =>
  Array.from({ length: count }, (_, n) => ({ state, elapsedMs: n * 2_000, leaving }))
const endless = { channels: 1e9, callsPerSecond: 1e9, leads: 1e9 }
const settle = (pacer: Pacer, count: number, more: Partial<Extract<PacingObservation, { kind: 'settled' }>> = {}) => {
  for (let n = 0; n < count; n += 1) pacer.observe({ kind: 'settled', abandoned: false, ...more }, later)
}

/** How many calls have moved what is accepted. */
function steeredBy(pacer: Pacer): number {
  return (pacer.memory().budget as { readonly steered: number }).steered
}

t.test('the figures are what was counted, learned and decided', async t => {
  const pacer = createPacer({ ...base, abandonmentRateMax: 0.03 })
  settle(pacer, 99)
  settle(pacer, 1, { abandoned: true })
  pacer.observe({ kind: 'owner-settled', abandoned: true }, later)
  const seen = {
    agents: [...agents('available', 3), ...agents('on-call', 4), ...agents('available', 1, true)],
    calls: ['waiting', 'ringing', 'ringing', 'ringing', 'ringing', 'ringing'].map((state, n) => ({
      ...{ callId: `${n}`, state: state as 'waiting' | 'ringing', elapsedMs: 1_000 },
    })),
    limits: endless,
  }
  const { figures, window, againInMs } = ask(pacer, seen, later)
  t.match(figures, { agents: 7, freeNow: 3, inFlight: 6, waiting: 1, answers: 101, abandoned: 2, budgetLeft: 1 })
  t.ok(Math.abs((figures.abandonmentRate ?? 0) - 2 / 101) < 1e-12)
  t.equal(window, 'life (seller)')
  t.ok((figures.theta ?? 0) > 0 && (figures.risk ?? 0) > (figures.theta ?? 1) && (figures.risk ?? 2) <= 1)
  t.ok((figures.expectedFree ?? 0) > 4 && (figures.expectedAnswers ?? 0) > 1)
  t.ok((againInMs ?? 0) <= 1_600)
  const free = ask(createPacer({ ...base, mode: 'ratio' }), { ...seen, calls: [] }, later)
  t.notOk('budgetLeft' in free.figures || 'window' in free || 'risk' in free.figures)
  t.match(free, { originate: 6, againInMs: 1_000, riskBound: false, withdraw: [] })
  t.equal(free.figures.abandonmentRate, 0, 'of none there is no share')
})

t.test('without an agent nothing is asked of the prediction', async t => {
  for (const who of [[], agents('available', 2, true)]) {
    const pacer = createPacer(base)
    passOrdinaryDay(pacer)
    const { figures, ...decision } = ask(pacer, { agents: who, calls: [], limits: endless }, later)
    t.match(decision, { originate: 0, reason: 'no-agents', riskBound: false, againInMs: 200 })
    t.notOk('risk' in figures)
  }
})

t.test('a ratio is held back by the windows of a law, and by nobody else', async t => {
  const seen = { agents: agents('available', 3), calls: [], limits: endless }
  const own = { name: 'own' }
  const legal = { name: 'law', ruleId: 'US-FTC/abandonment' }
  const decided = (windows: PacingSettings['abandonmentWindows'], of: { answers: number; abandoned: number }) => {
    const pacer = createPacer({
      ...{ ...base, mode: 'ratio', abandonmentRateMax: 0.03 },
      ...(windows === undefined ? {} : { abandonmentWindows: windows }),
    })
    settle(pacer, of.answers - of.abandoned)
    settle(pacer, of.abandoned, { abandoned: true })
    return ask(pacer, seen, later)
  }
  const none = { answers: 0, abandoned: 0 }
  t.match(decided(undefined, none), { originate: 6, reason: 'agent-available' })
  t.match(decided([own], none), { originate: 6, reason: 'agent-available' })
  t.match(decided([own, legal], none), { originate: 3, reason: 'abandonment-budget' })
  t.match(decided([own, legal], { answers: 100, abandoned: 3 }), { originate: 3, reason: 'legal-stop' })
  t.match(decided([own, legal], { answers: 100, abandoned: 2 }), { originate: 6, reason: 'agent-available' })
})

t.test('what bound one of several decisions of a moment binds the calls that settle after them', async t => {
  const busy = { agents: agents('on-call', 20), calls: [], limits: endless }
  const limited = { ...busy, limits: { ...endless, channels: 0 } }
  const raised = (...looks: readonly (readonly [seen: Seen, now: number])[]) => {
    const pacer = createPacer(base)
    passOrdinaryDay(pacer)
    ask(pacer, busy, 0)
    for (const [seen, now] of looks) ask(pacer, seen, now)
    const before = steeredBy(pacer)
    settle(pacer, 1)
    return steeredBy(pacer) > before
  }
  t.ok(raised([busy, later]))
  t.notOk(raised([limited, later]))
  t.ok(raised([busy, later], [limited, later]), 'one node is bound by the risk, the other by its trunk')
  t.ok(raised([limited, later], [busy, later]))
  t.notOk(raised([busy, later], [limited, later + 1]), 'a later moment is another')
})

t.test('a memory keeps whether the risk was what bound, and what a call says of itself goes first', async t => {
  const after = (riskBound: unknown, more: { riskBound?: boolean } = {}) => {
    const pacer = createPacer(base, { version: 1, riskBound })
    settle(pacer, 1, more)
    return steeredBy(pacer)
  }
  t.strictSame([after(true), after(false), after('yes')], [1, 0, 0])
  t.strictSame([after(true, { riskBound: false }), after(false, { riskBound: true })], [0, 1])
  t.strictSame(
    [createPacer(base, { riskBound: true }).memory().riskBound, createPacer(base).memory().riskBound],
    [true, false],
  )
})

t.test("an owner's other campaigns, machines and the store move the accounts, nothing else does", async t => {
  const law = { ...base, abandonmentRateMax: 0.03 }
  const pacer = createPacer(law)
  settle(pacer, 100)
  const accounts = () => {
    const { answers, windows, ownerWindows } = pacer.memory().budget as {
      readonly answers: number
      readonly windows: readonly { readonly answers: number; readonly abandoned: number }[]
      readonly ownerWindows: readonly { readonly answers: number; readonly abandoned: number }[]
    }
    return [answers, windows[0]?.answers, ownerWindows[0]?.answers, ownerWindows[0]?.abandoned]
  }
  const see = (observation: PacingObservation) => {
    pacer.observe(observation, later)
    return accounts()
  }
  t.strictSame(see({ kind: 'owner-settled', abandoned: true }), [100, 100, 101, 1])
  t.strictSame(see({ kind: 'owner-coded-machine' }), [100, 100, 100, 1])
  t.strictSame(see({ kind: 'coded-machine' }), [99, 99, 99, 1])
  t.strictSame(see({ kind: 'talk-ended', talkMs: 1 }), [99, 99, 99, 1])
  const span = { at: later, lengthMs: 1, answers: 7, abandoned: 0 }
  t.strictSame(see({ kind: 'counted', own: [span], owner: [span, { ...span, abandoned: 5 }] }), [99, 7, 14, 5])
})

t.test('periods end with time alone', async t => {
  const pacer = createPacer({
    ...base,
    abandonmentRateMax: 0.03,
    abandonmentWindows: [{ name: 'hour', lengthMs: later }],
  })
  settle(pacer, 50)
  const seen = { agents: agents('available', 1), calls: [], limits: endless }
  t.match(ask(pacer, seen, 2 * later - 1), { figures: { answers: 50 } })
  t.match(ask(pacer, seen, 2 * later), { figures: { answers: 0 } })
})
