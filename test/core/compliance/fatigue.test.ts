import t from 'tap'
import { fatigueVerdict } from '../../../src/core/compliance/checks.ts'
import { defaultFatigue, explainFatigue, fatiguePoints } from '../../../src/core/compliance/fatigue.ts'
import type { PastAttempt } from '../../../src/core/compliance/history.ts'
import { factsAt, lawless, pastAt } from '../../support/compliance.ts'

const dayMs = 86_400_000
const now = Date.UTC(2026, 10, 25, 17)
/** Each weight in a decimal place of its own, so that a sum says what it was made of. */
const weights = {
  ...{ attempt: 1, hungUpWithin5s: 10, hungUpWithin20s: 100, abandoned: 1_000, refusal: 10_000, complaint: 100_000 },
}
const settings = { ...defaultFatigue, weights }

function talk(lengthMs: number, disposition: PastAttempt['disposition'] = 'connected'): Partial<PastAttempt> {
  return { answeredAt: now, endedAt: now + lengthMs, ...(disposition && { disposition }) }
}

const { endedAt: _, disposition: __, ...running } = pastAt(now, { answeredAt: now })

t.test('what wears a number out, each thing by itself', async t => {
  const table: readonly (readonly [what: string, past: PastAttempt, points: number])[] = [
    ['it rang', pastAt(now), 1],
    ['it never rang', pastAt(now, { counts: false }), 0],
    ['hung up at once', pastAt(now, talk(0)), 11],
    ['just under 5 s', pastAt(now, talk(4_999)), 11],
    ['5 s', pastAt(now, talk(5_000)), 101],
    ['just under 20 s', pastAt(now, talk(19_999)), 101],
    ['20 s', pastAt(now, talk(20_000)), 1],
    ['hung up before an agent came', pastAt(now, talk(1_000, 'hung-up-waiting')), 11],
    ['left in silence', pastAt(now, talk(1_000, 'abandoned')), 1_001],
    ['a machine', pastAt(now, talk(1_000, 'machine')), 1],
    ['nobody answered for a second', pastAt(now, { endedAt: now + 1_000 }), 1],
    ['nobody answered, and yet it was connected', pastAt(now, { disposition: 'connected', endedAt: now + 1_000 }), 1],
    ['still talking', running, 1],
    ['a refusal', pastAt(now, { refusal: true }), 10_001],
    ['a complaint', pastAt(now, { complaint: true, counts: false }), 100_000],
    ['all at once', pastAt(now, { ...talk(10), refusal: true, complaint: true }), 110_011],
  ]
  for (const [what, past, points] of table) {
    t.equal(fatiguePoints([past], settings, now), points, what)
    t.equal(explainFatigue([past], settings, now).points, points, `${what}, explained`)
  }
})

t.test('points are explained by what they come from, how often, the heaviest first', async t => {
  const halved = now - settings.halfLifeMs
  const history = [pastAt(now), pastAt(now, talk(6_000)), pastAt(halved), pastAt(halved, { refusal: true })]
  t.strictSame(explainFatigue(history, settings, now), {
    points: 3 + 100 + 5_000,
    parts: [
      { what: 'refusal', times: 1, points: 5_000 },
      { what: 'hungUpWithin20s', times: 1, points: 100 },
      { what: 'attempt', times: 4, points: 3 },
    ],
  })
  t.strictSame(explainFatigue([], settings, now), { points: 0, parts: [] })
  const ahead = pastAt(now + settings.halfLifeMs)
  t.equal(explainFatigue([ahead], settings, now).points, 1, 'by a skewed clock it has happened now')
})

t.test('by default a refusal or a complaint is the limit by itself, and a call a week wears nobody out', async t => {
  const day = 86_400_000
  t.strictSame(defaultFatigue, {
    ...{ on: true, halfLifeMs: 14 * day, limit: 12, restMs: 7 * day },
    weights: { attempt: 1, hungUpWithin5s: 4, hungUpWithin20s: 2, abandoned: 3, refusal: 12, complaint: 24 },
  })
  const weekly = Array.from({ length: 52 }, (_each, week) => pastAt(now - (week + 1) * 7 * day))
  t.match(fatigueVerdict({ facts: factsAt(now, { history: weekly }), rules: lawless(), now } as never), {
    allowed: true,
  })
  for (const what of ['refusal', 'complaint'] as const) {
    const past = pastAt(now, { counts: false, [what]: true })
    const verdict = fatigueVerdict({ facts: factsAt(now, { history: [past] }), rules: lawless(), now } as never)
    t.match(verdict, { reason: 'fatigue-limit' }, what)
  }
})

const limit = 8
const restMs = 64_000
const halfLifeMs = 1_000_000

/** What the gate says of a number at which so many complaints of one point each came in `agoMs` ago. */
function said(complaints: number, agoMs: number, on = true) {
  const bare = { attempt: 0, hungUpWithin5s: 0, hungUpWithin20s: 0, abandoned: 0, refusal: 0, complaint: 1 }
  const fatigue = { on, limit, restMs, halfLifeMs, weights: bare }
  const history = Array.from({ length: complaints }, () => pastAt(now - agoMs, { complaint: true }))
  return fatigueVerdict({ facts: factsAt(now, { history }), rules: lawless({ fatigue }), now } as never)
}

t.test('at the limit a number is called no more until half of it has gone', async t => {
  const full = { allowed: false, reason: 'fatigue-limit', rule: 'product/fatigue' }
  t.strictSame(said(8, 0), { ...full, detail: '8.0 of 8 points', retryAt: now + halfLifeMs })
  t.strictSame(said(16, 0), { ...full, detail: '16.0 of 8 points', retryAt: now + 2 * halfLifeMs })
  t.match(said(16, halfLifeMs), { reason: 'fatigue-limit', detail: '8.0 of 8 points' })
  t.match(said(7, 0), { reason: 'fatigue-rest' })
  t.strictSame(said(8, 0, false), { allowed: true }, 'where it is switched off nobody asks')
})

t.test('below the limit the rest since the last call grows with the square of the share', async t => {
  const rest = { allowed: false, reason: 'fatigue-rest', rule: 'product/fatigue' }
  t.strictSame(said(4, 0), { ...rest, detail: '4.0 of 8 points', retryAt: now + restMs / 4 })
  t.strictSame(said(2, 0), { ...rest, detail: '2.0 of 8 points', retryAt: now + restMs / 16 })
  t.strictSame(said(0, 0), { allowed: true })
  // 4 points a half-life ago are 2: the rest has long passed.
  t.strictSame(said(4, halfLifeMs), { allowed: true })
  const last = Array.from({ length: 70_000 }, (_, index) => index).find(ms => said(4, ms).allowed) ?? 0
  const ends = restMs * ((4 * 2 ** (-last / halfLifeMs)) / limit) ** 2
  t.ok(ends <= last, `the rest is over at ${last}`)
  t.match(said(4, last - 1), { reason: 'fatigue-rest', retryAt: now + 1 })
})

t.test('a rest that ends in this very instant is over', async t => {
  const fatigue = { ...defaultFatigue, limit, restMs: 0, weights: { ...weights, complaint: 1 } }
  const facts = factsAt(now, { history: [pastAt(now, { complaint: true, counts: false })] })
  t.strictSame(fatigueVerdict({ facts, rules: lawless({ fatigue }), now } as never), { allowed: true })
})

t.test('a call-back that the person has agreed to is made, once, however tired they are', async t => {
  const worn = Array.from({ length: 40 }, (_, index) => pastAt(now - (index + 2) * dayMs))
  const talk = { ...pastAt(now - dayMs), disposition: 'connected' } as const
  const said = (...newest: readonly PastAttempt[]) =>
    fatigueVerdict({ facts: factsAt(now, { history: [...newest, ...worn] }), rules: lawless(), now } as never)
  t.match(said(talk), { reason: 'fatigue-limit' })
  t.strictSame(said({ ...talk, promised: true }), { allowed: true })
  const tried = { ...pastAt(now - 3_600_000), disposition: 'no-answer' } as const
  t.match(said(tried, { ...talk, promised: true }), { allowed: false }, 'it has been tried')
  t.strictSame(
    said({ ...tried, counts: false }, { ...talk, promised: true }),
    { allowed: true },
    'nobody heard that one',
  )
  const other = { ...talk, campaignId: 'other', promised: true } as const
  t.match(said(other), { allowed: false }, 'what another campaign was promised')
})
