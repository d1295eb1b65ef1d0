import t from 'tap'
import type { AttemptEnd, WrapUp } from '../../src/core/calls/call.ts'
import { dispositions } from '../../src/core/vocabulary.ts'
import {
  countsOf,
  moveAfterEnd,
  moveAfterWrapUp,
  noCounters,
  promiseAfterEnd,
  promiseAfterWrapUp,
  recount,
} from '../../src/store/decisions/outcome.ts'

function ended(more: Partial<AttemptEnd> = {}): AttemptEnd {
  const call = { callId: 'c', campaignId: 'spring', origin: 'campaign', disposition: 'no-answer' } as const
  return { ...call, endedAt: 9, countsAsAttempt: true, ...more }
}

function word(more: Partial<WrapUp> = {}): WrapUp {
  return { callId: 'c', code: 'sale', refusal: false, ...more } as WrapUp
}

t.test('what a call adds to its campaign’s counters', async t => {
  const answered = { answeredAt: 1 }
  const person = { attempts: 1, answered: 1, answeredByPerson: 1 }
  const table: readonly (readonly [end: AttemptEnd | undefined, code: string | undefined, counts: object])[] = [
    [undefined, undefined, {}],
    [undefined, 'machine', {}],
    [ended({ origin: 'manual', ...answered }), undefined, {}],
    [ended({ origin: 'inbound', disposition: 'connected', ...answered }), undefined, {}],
    [ended(), undefined, { attempts: 1 }],
    [ended({ disposition: 'connected', ...answered }), undefined, { ...person, connected: 1 }],
    [ended({ disposition: 'connected', ...answered }), 'sale', { ...person, connected: 1 }],
    [ended({ disposition: 'connected', ...answered }), 'machine', { ...person, answeredByPerson: 0, connected: 1 }],
    [ended({ disposition: 'machine', ...answered }), undefined, { attempts: 1, answered: 1 }],
    [ended({ disposition: 'abandoned', ...answered }), undefined, { ...person, abandoned: 1 }],
    [ended({ disposition: 'hung-up-waiting', ...answered }), undefined, { ...person, abandoned: 1 }],
  ]
  for (const [end, code, counts] of table)
    t.strictSame(countsOf(end, code), { ...noCounters(), ...counts }, `${end?.origin} ${end?.disposition} ${code}`)
})

t.test('a word that comes later takes away what the call counted for before', async t => {
  const end = ended({ disposition: 'connected', answeredAt: 1 })
  const counters = { ...noCounters(), attempts: 7, answeredByPerson: 5, doNotCallBlocked: 3 }
  recount(counters, countsOf(undefined, undefined), countsOf(end, undefined))
  t.match(counters, { attempts: 8, answered: 1, answeredByPerson: 6, connected: 1, doNotCallBlocked: 3 })
  recount(counters, countsOf(end, undefined), countsOf(end, 'machine'))
  t.match(counters, { attempts: 8, answered: 1, answeredByPerson: 5, connected: 1, doNotCallBlocked: 3 })
})

t.test('a conversation keeps the promise that led to it, and nothing else does', async t => {
  for (const disposition of dispositions) {
    const kept = disposition === 'connected' ? null : undefined
    t.equal(promiseAfterEnd(ended({ disposition }), undefined), kept, disposition)
    t.equal(promiseAfterEnd(ended({ disposition }), word()), kept, `${disposition}, and a word without a promise`)
    t.equal(promiseAfterEnd(ended({ disposition }), word({ callbackAt: 5 })), undefined, `${disposition}, a new one`)
  }
  t.equal(promiseAfterWrapUp(word()), undefined)
  t.equal(promiseAfterWrapUp(word({ callbackAgentId: 'a1' })), undefined)
  t.equal(promiseAfterWrapUp(word({ callbackAt: 5 })), null, 'by anybody')
  t.equal(promiseAfterWrapUp(word({ callbackAt: 5, callbackAgentId: 'a1' })), 'a1')
})

t.test('where a lead goes by the end of its call, and by the agent’s word, which wins', async t => {
  const lead = { state: 'retry' } as const
  const rests = (until: number) => ({ until, reason: 'resting' })
  const over = (reason: string) => ({ until: null, reason })
  const after = (end: Partial<AttemptEnd>, said?: WrapUp) => moveAfterEnd(lead, ended(end), said)
  t.equal(after({}), undefined, 'it stays')
  t.same(after({ leadRetryAt: 70 }), rests(70))
  t.same(after({ leadRetryAt: null }), over('lead-finished'))
  t.same(after({ leadRetryAt: null, detail: 'unreachable' }), over('unreachable'))
  t.same(after({ leadRetryAt: 70, detail: 'unreachable' }), rests(70))
  t.same(after({ leadRetryAt: null, detail: 'short' }), over('lead-finished'))
  t.same(after({ leadRetryAt: 70 }, word({ callbackAt: 90 })), rests(90))
  t.same(after({}, word({ callbackAt: 90 })), rests(90))
  t.same(after({ leadRetryAt: 70 }, word()), rests(70), 'a word that moves nothing')
  t.same(after({ leadRetryAt: 70 }, word({ refusal: true })), over('do-not-call'))
  t.equal(moveAfterEnd({ state: 'finished' }, ended({ leadRetryAt: 70 }), word({ callbackAt: 90 })), undefined)
})

t.test('an agent’s word moves a lead unless it is barred for good', async t => {
  const by = (more: Partial<WrapUp>, state: 'retry' | 'finished' = 'retry', reason?: string) =>
    moveAfterWrapUp({ state, reason }, word(more))
  t.equal(by({}), undefined)
  t.same(by({ leadRetryAt: 5, callbackAt: 9 }), { until: 5, reason: 'resting' })
  t.same(by({ callbackAt: 9 }), { until: 9, reason: 'resting' })
  t.same(by({ refusal: true, callbackAt: 9 }), { until: null, reason: 'do-not-call' })
  t.same(by({ callbackAt: 9 }, 'finished', 'lead-finished'), { until: 9, reason: 'resting' })
  t.equal(by({ callbackAt: 9 }, 'finished', 'do-not-call'), undefined)
  t.equal(by({ refusal: true }, 'finished', 'do-not-call'), undefined)
  t.same(by({ callbackAt: 9 }, 'retry', 'do-not-call'), { until: 9, reason: 'resting' }, 'it has come back since')
})
