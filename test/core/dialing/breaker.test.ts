import t from 'tap'
import type { Effect } from '../../../src/core/effects.ts'
import type { TelephonyEvent } from '../../../src/core/inputs.ts'
import type { EndCause } from '../../../src/core/vocabulary.ts'
import { createEngineHarness, type EngineHarness, type HarnessOptions, ofKind } from '../../support/engineHarness.ts'

interface Told {
  readonly kind: 'call-ringing' | 'call-answered' | 'call-ended'
  readonly callId: string
  readonly cause?: EndCause
  readonly sipCode?: number
}
/** What the carrier does with a call: events so many milliseconds after its originate. */
type Carrier = (
  callId: string,
  trunkId: string,
  at: number,
) => readonly { readonly afterMs: number; readonly told: Told }[]

const ratio = {
  mode: 'ratio' as const,
  ratio: 10,
  abandonmentTarget: 0.027,
  abandonmentRateMax: 0.03,
  dialLevelMax: 20,
}
const eager: HarnessOptions = { agents: 60, campaign: { pacing: ratio }, callsPerSecond: 30 }

/** Runs the engine against a carrier; hang-ups of ours end calls at once. */
function dial(harness: EngineHarness, { carrier, until }: { readonly carrier: Carrier; readonly until: number }) {
  const all: Effect[] = []
  const due: { at: number; told: Told }[] = []
  const take = (effects: readonly Effect[]) => {
    all.push(...effects)
    for (const effect of effects) {
      const at = harness.now()
      if (effect.kind === 'hang-up')
        due.push({ at: at + 10, told: { kind: 'call-ended', callId: effect.callId, cause: 'hung-up-by-us' } })
      if (effect.kind !== 'originate') continue
      const { callId, trunkId } = effect.order.attempt
      for (const { afterMs, told } of carrier(callId, trunkId, at)) due.push({ at: at + afterMs, told })
    }
  }
  take(harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, harness.now()))
  for (let now = harness.now(); now <= until; now += 10) {
    take(harness.passUntil(now))
    for (const event of due.filter(({ at }) => at <= now)) {
      due.splice(due.indexOf(event), 1)
      if (harness.state.calls.has(event.told.callId))
        take(harness.feed({ ...event.told, at: now } as TelephonyEvent, now))
    }
  }
  return all
}

const ends = (cause: EndCause, more: { readonly afterMs: number; readonly sipCode?: number }): Carrier => {
  const { afterMs, ...code } = more
  return callId => [{ afterMs, told: { kind: 'call-ended', callId, cause, ...code } }]
}
const rings: Carrier = callId => [
  { afterMs: 900, told: { kind: 'call-ringing', callId } },
  { afterMs: 9_000, told: { kind: 'call-ended', callId, cause: 'busy' } },
]
const breakers = (effects: readonly Effect[]) =>
  ofKind(effects, 'notify').flatMap(({ event }) => (event.kind === 'trunk-breaker' ? [event] : []))
const originates = (effects: readonly Effect[]) => ofKind(effects, 'originate').map(({ order }) => order.attempt)
const attemptEnds = (effects: readonly Effect[]) => ofKind(effects, 'attempt-ended').map(({ end }) => end)
const silent: Carrier = () => []

const refusing: readonly (readonly [string, Carrier])[] = [
  ['503 at once', ends('congestion', { sipCode: 503, afterMs: 30 })],
  ['503 after five seconds', ends('congestion', { sipCode: 503, afterMs: 5_000 })],
  ['500', ends('congestion', { sipCode: 500, afterMs: 100 })],
  ['403', ends('rejected', { sipCode: 403, afterMs: 100 })],
  ['408', ends('no-answer', { sipCode: 408, afterMs: 4_000 })],
  ['a refusal without a code', ends('failed', { afterMs: 10 })],
  ['no word at all', silent],
]

for (const [name, carrier] of refusing) {
  t.test(`${name} to everything: at most 40 leads in a minute, none of them finished`, async t => {
    const effects = dial(createEngineHarness(eager), { carrier, until: 60_000 })
    const made = originates(effects)
    t.ok(made.length >= 10 && made.length <= 40, `${made.length} leads were dialed`)
    const ended = attemptEnds(effects)
    t.same(
      ended.filter(({ leadRetryAt }) => leadRetryAt === null),
      [],
      'none is finished',
    )
    t.ok(ended.length >= 10)
    t.match(breakers(effects)[0], { state: 'open', fault: 'refusals', trunkId: 'main', openings: 1 })
    if (name === 'no word at all') return
    const costly = ended.filter(({ countsAsAttempt }) => countsAsAttempt)
    t.ok(costly.length <= 3, `${costly.length} attempts were counted`)
    t.ok(ofKind(effects, 'decision').some(({ decision }) => decision.reason === 'trunk-failing'))
  })
}

t.test('404 to everything is believed of the first ten and retires no more', async t => {
  const effects = dial(createEngineHarness(eager), {
    carrier: ends('invalid-number', { sipCode: 404, afterMs: 50 }),
    until: 60_000,
  })
  t.ok(originates(effects).length <= 40, `${originates(effects).length} leads were dialed`)
  t.equal(ofKind(effects, 'retire-number').length, 10)
  t.match(breakers(effects)[0], { state: 'open', fault: 'unknown-numbers' })
  const late = attemptEnds(effects)
    .slice(10)
    .map(({ leadRetryAt, endedAt }) => (leadRetryAt ?? 0) - endedAt)
  t.ok(late.length > 0 && late.every(restMs => restMs === 4 * 3_600_000))
})

t.test(
  'a carrier that refuses every other call, and one that rings before it refuses, are found by their share',
  async t => {
    let turn = 0
    const mixed: Carrier = (callId, ...rest) => {
      turn += 1
      return turn % 5 < 3 ? ends('congestion', { sipCode: 503, afterMs: 50 })(callId, ...rest) : rings(callId, ...rest)
    }
    const fakes: Carrier = callId => [
      { afterMs: 20, told: { kind: 'call-ringing', callId } },
      { afterMs: 200, told: { kind: 'call-ended', callId, cause: 'congestion', sipCode: 503 } },
    ]
    for (const carrier of [mixed, fakes]) {
      const effects = dial(createEngineHarness(eager), { carrier, until: 10_000 })
      t.match(breakers(effects)[0], { state: 'open', fault: 'refusals' })
      t.ok(originates(effects).length <= 90, `${originates(effects).length}`)
    }
  },
)

t.test('a good carrier with its share of bad numbers stays in use at full speed', async t => {
  let turn = 0
  const mixed: Carrier = (callId, ...rest) => {
    turn += 1
    if (turn % 10 < 2) return ends('congestion', { sipCode: 503, afterMs: 50 })(callId, ...rest)
    if (turn % 10 < 5) return ends('invalid-number', { sipCode: 404, afterMs: 50 })(callId, ...rest)
    return turn % 10 < 7 ? ends('busy', { sipCode: 486, afterMs: 80 })(callId, ...rest) : rings(callId, ...rest)
  }
  const effects = dial(createEngineHarness(eager), { carrier: mixed, until: 30_000 })
  t.same(breakers(effects), [])
  t.ok(originates(effects).length > 25 * 27, `${originates(effects).length} in 30 s`)
})

t.test('it is tried again after 10 s, later as time goes by, and used again once a telephone rings', async t => {
  const harness = createEngineHarness(eager)
  let well = false
  const carrier: Carrier = (...call) => (well ? rings : ends('congestion', { sipCode: 503, afterMs: 20 }))(...call)
  const bad = dial(harness, { carrier, until: 1_000_000 })
  const told = breakers(bad)
  t.same(told.map(({ state }) => state).slice(0, 5), ['open', 'probing', 'open', 'probing', 'open'])
  const opened = told.flatMap(({ state, probeAt, openings }) => (state === 'open' ? [[openings, probeAt]] : []))
  const waits = opened.map(([openings, probeAt = 0], index) => {
    const before = opened[index - 1]?.[1] ?? 0
    return [openings, index === 0 ? undefined : Math.round((probeAt - before) / 1_000)]
  })
  t.same(waits.slice(0, 3), [
    [1, undefined],
    [2, 10],
    [3, 10],
  ])
  t.equal(waits.at(-1)?.[1], 20, 'a fiftieth of a thousand seconds')
  t.equal(harness.state.trunks.get('main')?.breaker.phase.state, 'open')
  well = true
  const good = dial(harness, { carrier, until: 1_100_000 })
  t.match(
    breakers(good).map(({ state }) => state),
    ['probing', 'closed'],
  )
  t.ok(originates(good).length > 100, 'and dialing goes on')
})

t.test('the other trunks of the campaign take over', async t => {
  const harness = createEngineHarness({ ...eager, campaign: { pacing: ratio, trunkIds: ['main', 'spare'] } })
  const { settings } = harness.state.trunks.get('main') ?? {}
  if (settings === undefined) throw new TypeError('a trunk expected')
  harness.feed({ kind: 'trunks', trunks: [{ ...settings, trunkId: 'spare' }] }, 0)
  const carrier: Carrier = (callId, trunkId, at) =>
    (trunkId === 'main' ? ends('congestion', { sipCode: 503, afterMs: 30 }) : rings)(callId, trunkId, at)
  const made = originates(dial(harness, { carrier, until: 30_000 }))
  const main = made.filter(({ trunkId }) => trunkId === 'main').length
  t.ok(main <= 35, `${main} by the one that fails`)
  t.ok(made.length - main > 400, `${made.length - main} by the other`)
})

t.test("a number's own failures rest longer each time, and the fifth finishes its lead with that word", async t => {
  const minutes = (restMs: number | null | undefined) => (typeof restMs === 'number' ? restMs / 60_000 : restMs)
  const after = (carrierFaults: number) => {
    const harness = createEngineHarness({ agents: 1, lead: () => ({ carrierFaults }) })
    const [call] = originates(harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 0))
    const callId = call?.callId ?? ''
    const [end] = attemptEnds(
      harness.feed({ kind: 'call-ended', callId, cause: 'congestion', sipCode: 503, at: 1_000 }, 1_000),
    )
    if (end === undefined) throw new TypeError('an end expected')
    const { leadRetryAt, detail, disposition, countsAsAttempt } = end
    t.equal(disposition, 'congestion')
    t.notOk(countsAsAttempt)
    return [detail, minutes(typeof leadRetryAt === 'number' ? leadRetryAt - 1_000 : leadRetryAt)]
  }
  t.same([0, 1, 2, 3, 4, 5].map(after), [
    ['carrier-fault', 15],
    ['carrier-fault', 60],
    ['carrier-fault', 240],
    ['carrier-fault', 960],
    ['unreachable', null],
    // Brought back by the operator.
    ['carrier-fault', 15],
  ])
})

t.test(
  'answers at once, call after call, are nobody: the trunk is left alone and pacing learns nothing of them',
  async t => {
    const harness = createEngineHarness({ ...eager, agents: 40, campaign: { pacing: { ...ratio, ratio: 1 } } })
    const campaign = harness.state.campaigns.get('spring')
    if (campaign === undefined) throw new TypeError('a campaign expected')
    let learned = 0
    const { pacer } = campaign
    const observe = pacer.observe.bind(pacer)
    pacer.observe = (observation, now) => {
      if (observation.kind === 'answered') learned += 1
      observe(observation, now)
    }
    const carrier: Carrier = callId => [
      { afterMs: 300, told: { kind: 'call-ringing', callId } },
      { afterMs: 500, told: { kind: 'call-answered', callId } },
      { afterMs: 4_000, told: { kind: 'call-ended', callId, cause: 'hung-up-by-peer' } },
    ]
    const effects = dial(harness, { carrier, until: 60_000 })
    t.match(breakers(effects)[0], { state: 'open', fault: 'false-answers' })
    t.ok(originates(effects).length <= 60, `${originates(effects).length}`)
    t.ok(learned <= 3, `${learned} answers were believed`)
  },
)

t.test('short calls over the share that a campaign permits leave the trunk alone until a long one', async t => {
  const carrier: Carrier = callId => [
    { afterMs: 1_500, told: { kind: 'call-ringing', callId } },
    { afterMs: 3_000, told: { kind: 'call-answered', callId } },
    { afterMs: 7_000, told: { kind: 'call-ended', callId, cause: 'hung-up-by-peer' } },
  ]
  const pacing = { ...ratio, ratio: 1 }
  const limited = dial(createEngineHarness({ ...eager, campaign: { pacing, shortCallRateMax: 0.5 } }), {
    carrier,
    until: 40_000,
  })
  t.match(breakers(limited)[0], { state: 'open', fault: 'short-calls' })
  t.same(
    breakers(dial(createEngineHarness({ ...eager, campaign: { pacing } }), { carrier, until: 40_000 })),
    [],
    'measured only',
  )
})

t.test('a probe that the gate refuses, or that says nothing, is made again with another lead', async t => {
  const harness = createEngineHarness(eager)
  dial(harness, { carrier: ends('congestion', { sipCode: 503, afterMs: 20 }), until: 9_000 })
  const [probe] = originates(harness.passUntil(20_000))
  t.equal(harness.state.trunks.get('main')?.breaker.phase.state, 'probing')
  const refused = harness.feed(
    { kind: 'originate-refused', callId: probe?.callId ?? '', reason: 'do-not-call' },
    20_100,
  )
  const [again] = originates([...refused, ...harness.passUntil(21_000)])
  t.ok(again !== undefined && again.leadId !== probe?.leadId)
  const failed = harness.feed({ kind: 'originate-failed', callId: again?.callId ?? '' }, 21_100)
  t.match(attemptEnds(failed), [
    { detail: 'originate-error', countsAsAttempt: false, leadRetryAt: 21_100 + 15 * 60_000 },
  ])
  t.equal(originates([...failed, ...harness.passUntil(22_000)]).length, 1)
})
