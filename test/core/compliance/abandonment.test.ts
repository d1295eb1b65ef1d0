import t from 'tap'
import type { AttemptEnd } from '../../../src/core/calls/call.ts'
import {
  type AbandonmentCounts,
  abandonmentOf,
  addCounts,
  combineCounts,
  noAbandonment,
  personsOf,
} from '../../../src/core/compliance/abandonment.ts'
import {
  abandonmentRows,
  type CountedCalls,
  type ReportedWindow,
  type ReportOptions,
} from '../../../src/core/compliance/abandonmentReport.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const answeredAt = Date.UTC(2026, 10, 25, 17)

function counted(end: Partial<AttemptEnd>, code?: string): AbandonmentCounts {
  const call = { callId: 'c', campaignId: 'spring', origin: 'campaign', disposition: 'connected', answeredAt } as const
  return abandonmentOf({ ...call, endedAt: answeredAt + 9_000, countsAsAttempt: true, ...end }, code)
}

t.test('what one call counts for', async t => {
  const abandoned = { disposition: 'abandoned', detail: 'no-agent' } as const
  const left = { answered: 1, abandoned: 1 }
  const heard = { ...left, messages: 1 }
  const table: readonly (readonly [what: string, counts: AbandonmentCounts, says: Partial<AbandonmentCounts>])[] = [
    ['it has not ended', abandonmentOf(undefined, undefined), {}],
    ['it has not ended, and an agent said machine', abandonmentOf(undefined, 'machine'), {}],
    ['nobody answered', counted({ disposition: 'no-answer', answeredAt: undefined } as never), {}],
    ['dialed by hand', counted({ origin: 'manual' }), {}],
    ['dialed by hand, and the agent was gone', counted({ ...abandoned, origin: 'manual' }), left],
    ['dialed by hand, and not joined', counted({ disposition: 'failed', origin: 'manual' }), {}],
    ['came in', counted({ ...abandoned, origin: 'inbound' }), {}],
    ['a talk', counted({}), { answered: 1 }],
    ['a talk that came to something', counted({}, 'sale'), { answered: 1 }],
    ['a machine that an agent heard', counted({}, 'machine'), { answered: 1, codedMachine: 1 }],
    ['a machine by detection', counted({ disposition: 'machine' }), { machines: 1 }],
    ['a machine by both', counted({ disposition: 'machine' }, 'machine'), { machines: 1 }],
    ['hung up before an agent came', counted({ disposition: 'hung-up-waiting' }), { answered: 1, hungUpWaiting: 1 }],
    ['left in silence', counted(abandoned), left],
    ['a message at once', counted({ ...abandoned, messageAt: answeredAt }), { ...heard, messagesInTime: 1 }],
    ['within 2 s', counted({ ...abandoned, messageAt: answeredAt + 2_000 }), { ...heard, messagesInTime: 1 }],
    ['a moment later', counted({ ...abandoned, messageAt: answeredAt + 2_001 }), heard],
    ['a message to whoever was connected', counted({ messageAt: answeredAt }), { answered: 1 }],
    [
      'played by the PBX itself',
      counted({ ...abandoned, detail: 'pbx-took-over' }),
      { ...heard, messagesUntimed: 1, messagesInTime: 0 },
    ],
    ['the engine was gone', counted({ ...abandoned, detail: 'application-gone' }), { ...heard, messagesUntimed: 1 }],
    [
      'the engine was gone, and yet its order is known',
      counted({ ...abandoned, detail: 'application-gone', messageAt: answeredAt + 1 }),
      { ...heard, messagesInTime: 1 },
    ],
    ['connected, and the engine was gone', counted({ detail: 'application-gone' }), { answered: 1 }],
  ]
  for (const [what, counts, says] of table) t.strictSame(counts, { ...noAbandonment, ...says }, what)
})

t.test('counts are put together by name', async t => {
  const names = Object.keys(noAbandonment) as (keyof AbandonmentCounts)[]
  const powers = (base: number) => Object.fromEntries(names.map((name, at) => [name, base ** at])) as never
  const sum = addCounts(powers(2), powers(3))
  const less = combineCounts(powers(3), powers(2), (a, b) => a - b)
  for (const [at, name] of names.entries()) {
    t.equal(sum[name], 2 ** at + 3 ** at, name)
    t.equal(less[name], 3 ** at - 2 ** at, name)
    t.equal(noAbandonment[name], 0, name)
  }
})

t.test('persons are who answered less what was a machine; who hangs up waiting has been abandoned', async t => {
  const persons = (more: Partial<AbandonmentCounts>) => personsOf({ ...noAbandonment, ...more })
  t.strictSame(persons({ answered: 9, codedMachine: 2, abandoned: 3, hungUpWaiting: 4 }), { answers: 7, abandoned: 7 })
  t.strictSame(persons({ answered: 1, codedMachine: 2 }), { answers: 0, abandoned: 0 })
  t.strictSame(persons({ machines: 5, messages: 3 }), { answers: 0, abandoned: 0 })
})

const until = Date.UTC(2026, 10, 25, 17, 30)
const scope = { sellerId: 'acme', purpose: 'sales' } as const

function span(at: number, more: Partial<CountedCalls> = {}): CountedCalls {
  return { ...noAbandonment, ...scope, campaignId: 'spring', at, lengthMs: hourMs, ...more }
}

function rows(window: Partial<ReportedWindow>, spans: readonly CountedCalls[], more: Partial<ReportOptions> = {}) {
  const whole = { name: 'w', law: 'X', rateMax: 0.03, ...window } as ReportedWindow
  return abandonmentRows({ spans, scope, windows: [whole], personTakenForMachineRates: new Map(), until, ...more })
}

/** From and until of each period, and how many answered in it. */
function periods(
  ...of: Parameters<typeof rows>
): readonly (readonly [from: number, until: number, answered: number])[] {
  return rows(...of).map(row => [row.from, row.until, row.counts.answered])
}

t.test('the window of a life begins with the first call', async t => {
  const calls = [span(until - 5 * dayMs, { answered: 2 }), span(until - 9 * dayMs, { answered: 3 })]
  t.same(periods({}, calls), [[until - 9 * dayMs, until, 5]])
  t.same(periods({ kind: 'life', lengthMs: 5 }, calls), [[until - 9 * dayMs, until, 5]])
  t.same(periods({}, []), [[until, until, 0]])
  t.same(periods({}, [...calls, span(until - 1, { answered: 1 }), span(until, { answered: 7 })]).at(0)?.[2], 6)
})

t.test('a rolling window is of whole hours, the one that runs among them', async t => {
  const from = Date.UTC(2026, 10, 24, 17)
  const calls = [from - 1, from, until - 1, until].map((at, index) => span(at, { answered: 10 ** index }))
  t.same(periods({ kind: 'rolling', lengthMs: dayMs }, calls), [[from, until, 110]])
  t.same(periods({ kind: 'rolling', lengthMs: dayMs + 30 * 60_000 }, calls), [[from, until, 110]])
  t.same(periods({ kind: 'rolling', lengthMs: dayMs + 30 * 60_000 + 1 }, calls), [[from - hourMs, until, 111]])
})

t.test('calendar months: the present one and the one before, or since a day, never before the first call', async t => {
  const month = (index: number, offsetMs = 0) => Date.UTC(2026, index, 1) - offsetMs
  const old = [
    span(month(3) + 5, { answered: 1 }),
    span(month(9) - 1, { answered: 2 }),
    span(month(9), { answered: 4 }),
  ]
  const by = { kind: 'calendar-month' } as const
  t.same(periods(by, old), [
    [month(9), month(10), 4],
    [month(10), month(11), 0],
  ])
  t.same(
    periods(by, old, { since: month(7) }).map(([from]) => from),
    [month(7), month(8), month(9), month(10)],
  )
  t.same(periods(by, old, { since: month(8) - 1 })[0]?.[0], month(7))
  t.same(periods(by, old, { since: 0 })[0], [month(3), month(4), 1])
  t.same(periods(by, [span(month(10) + 5, { answered: 3 })]), [[month(10), month(11), 3]])
  t.same(periods(by, []), [[month(10), month(11), 0]])
  const offsetMs = -5 * hourMs
  t.same(periods({ ...by, utcOffsetMs: offsetMs }, [span(month(10) + 1, { answered: 1 })]), [
    [month(9, offsetMs), month(10, offsetMs), 1],
    [month(10, offsetMs), month(11, offsetMs), 0],
  ])
})

t.test('successive periods follow each other from the first call', async t => {
  const first = until - 10 * dayMs
  const calls = [
    span(first, { answered: 1 }),
    span(first + 6 * dayMs, { answered: 2 }),
    span(until - 1, { answered: 4 }),
  ]
  const by = { kind: 'successive', lengthMs: 3 * dayMs } as const
  const at = (day: number) => first + day * dayMs
  t.same(periods(by, calls), [
    [at(6), at(9), 2],
    [at(9), at(12), 4],
  ])
  t.same(
    periods(by, calls, { since: at(3) }).map(([from]) => from),
    [at(3), at(6), at(9)],
  )
  t.same(periods(by, calls, { since: at(3) - 1 })[0], [at(0), at(3), 1])
  t.same(periods(by, calls, { since: 0 })[0]?.[0], at(0), 'nothing before the first call')
  t.same(periods({ lengthMs: 5 * dayMs }, calls).at(-1), [at(5), at(10), 6], 'one that ends now is the present one')
  t.same(periods(by, [span(until - 1, { answered: 1 })]), [[until - 1, until - 1 + 3 * dayMs, 1]])
  t.same(periods(by, []), [[until, until + 3 * dayMs, 0]])
  const minutes = periods({ lengthMs: 60_000 }, calls, { since: 0 })
  t.equal(minutes.length, 1_000, 'the newest thousand')
  t.equal(minutes.at(-1)?.[1], until)
})

t.test('the figures: as detected, as corrected, as estimated', async t => {
  const calls = { answered: 110, codedMachine: 10, abandoned: 2, hungUpWaiting: 1 }
  const window = { lengthMs: dayMs, source: 'an act' }
  const [plain] = rows(window, [span(until - 5, calls)])
  t.match(plain, {
    ...{ ...scope, law: 'X', window: 'w', source: 'an act', rateMax: 0.03, margin: 0, counts: calls },
    detected: { answered: 110, abandoned: 3, rate: 3 / 110 },
    corrected: { answered: 100, abandoned: 3, rate: 0.03 },
    estimated: { answered: 100, abandoned: 3, rate: 0.03 },
  })
  const [silent] = rows({ ...window, excludesHungUpWaiting: true }, [span(until - 5, calls)])
  t.match(silent, { detected: { abandoned: 2 }, corrected: { abandoned: 2 }, estimated: { abandoned: 2 }, margin: 1 })
  const hidden = (rate: number) =>
    rows(window, [span(until - 5, calls)], { personTakenForMachineRates: new Map([['spring', rate]]) })[0]
  t.match(hidden(0.2), { corrected: { answered: 100 }, estimated: { answered: 125, abandoned: 28 }, margin: -25 })
  t.match(hidden(0.9), { estimated: { answered: 200, abandoned: 103 } }, 'at most as many as were seen')
  t.match(hidden(-1), { estimated: { answered: 100, abandoned: 3 } })
  const other = rows(window, [span(until - 5, calls)], { personTakenForMachineRates: new Map([['autumn', 0.2]]) })
  t.match(other[0], { estimated: { answered: 100 } }, 'it is the rate of a campaign')
  const [odd] = rows(window, [span(until - 5, { answered: 1, codedMachine: 3 })])
  t.match(odd, { corrected: { answered: 0, abandoned: 0 }, margin: 0 })
  t.notOk('rate' in (odd?.corrected ?? { rate: 0 }), 'nobody answered')
  t.equal(odd?.detected.rate, 0)
  const [negative] = rows(window, [span(until - 5, { answered: 1, codedMachine: 3 })], {
    personTakenForMachineRates: new Map([['spring', 0.5]]),
  })
  t.match(negative, { estimated: { answered: 0, abandoned: 0 } })
  const [exact] = rows({ ...window, rateMax: 0.07 }, [span(until - 5, { answered: 100 })])
  t.equal(exact?.margin, 7, 'for 100 * 0.07 is 7.000000000000001, and 7 as well')
  const [less] = rows({ ...window, rateMax: 0.29 }, [span(until - 5, { answered: 100 })])
  t.equal(less?.margin, 29, 'although 0.29 * 100 is 28.999999999999996')
  t.notOk('source' in (rows({}, [])[0] ?? { source: '' }))
})

t.test('a row is of one seller and purpose, and of one campaign where it is named', async t => {
  const calls = [
    span(until - 5, { answered: 1 }),
    span(until - 5, { answered: 10, campaignId: 'autumn' }),
    span(until - 5, { answered: 100, purpose: 'debt' }),
    span(until - 5, { answered: 1_000, sellerId: 'other' }),
  ]
  const answered = (of: ReportOptions['scope']) => rows({}, calls, { scope: of })[0]?.counts.answered
  t.equal(answered(scope), 11)
  t.equal(answered({ ...scope, campaignId: 'spring' }), 1)
  t.equal(answered({ ...scope, campaignId: 'autumn' }), 10)
  t.equal(answered({ ...scope, purpose: 'debt' }), 100)
  t.equal(answered({ ...scope, sellerId: 'other' }), 1_000)
  const named = rows({}, calls, { scope: { ...scope, campaignId: 'autumn' } })
  t.equal(named[0]?.campaignId, 'autumn')
})
