// Borders of a call's end and of the respect line that no other table names.
import t from 'tap'
import type { EndCause } from '../../../src/core/vocabulary.ts'
import { promiseAfterEnd, promiseAfterWrapUp } from '../../../src/store/decisions/outcome.ts'
import { createEngineHarness, ofKind } from '../../support/engineHarness.ts'

t.test(
  "a rejection before ringing is the carrier's with 4xx and 5xx, the person's with 6xx, nobody knows whose without a code",
  async t => {
    const table: readonly (readonly [cause: EndCause, sipCode: number | undefined, counts: boolean])[] = [
      ['rejected', 403, false],
      ['rejected', 400, false],
      ['rejected', 599, false],
      ['rejected', 600, true],
      ['rejected', 603, true],
      ['rejected', undefined, true],
      ['no-answer', 480, true],
      ['congestion', 503, false],
      ['busy', 486, true],
    ]
    for (const [cause, sipCode, counts] of table) {
      const harness = createEngineHarness({ agents: 1 })
      const [originate] = ofKind(harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000), 'originate')
      const callId = originate?.order.attempt.callId ?? ''
      const code = sipCode === undefined ? {} : { sipCode }
      const ended = harness.feed({ kind: 'call-ended', callId, cause, ...code, at: 1_500 }, 1_500)
      t.match(ofKind(ended, 'attempt-ended'), [{ end: { countsAsAttempt: counts } }], `${cause} ${sipCode}`)
    }
  },
)

t.test('what the carrier failed does not teach the pacer that nobody answers', async t => {
  const believed = (cause: EndCause, sipCode: number) => {
    const harness = createEngineHarness({ agents: 1 })
    const pacer = harness.state.campaigns.get('spring')?.pacer
    let effects = harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000)
    for (let at = 2_000; at < 8_000; at += 1_000) {
      const callId = ofKind(effects, 'originate')[0]?.order.attempt.callId
      if (callId !== undefined) effects = harness.feed({ kind: 'call-ended', callId, cause, sipCode, at }, at)
    }
    return pacer?.answerProbability?.(9_000) ?? Number.NaN
  }
  const fresh = createEngineHarness({ agents: 1 }).state.campaigns.get('spring')?.pacer.answerProbability?.(9_000)
  t.equal(believed('congestion', 503), fresh)
  t.ok(believed('busy', 486) < (fresh ?? 0))
})

t.test('callers take a quarter of a trunk at most, and one line of a small one', async t => {
  for (const [channels, lines] of [
    [3, 1],
    [7, 1],
    [8, 2],
    [11, 2],
    [12, 3],
  ] as const) {
    const harness = createEngineHarness({ agents: 0, channels })
    let taken = 0
    for (let n = 0; n < 5; n += 1) {
      const of = {
        callId: `in-${n}`,
        number: `+1212555019${n}`,
        called: '+12125550100',
        nodeId: 'pbx',
        trunkId: 'main',
      }
      harness.feed({ kind: 'call-incoming', ...of, at: 1_000 } as never, 1_000)
      if (harness.state.calls.has(`in-${n}`)) taken += 1
    }
    t.equal(taken, lines, `${channels} channels`)
  }
})

t.test(
  "a promised call-back is the agent's who was named, else anybody's; a conversation keeps the old one",
  async t => {
    const wrapUp = { callId: 'c', code: 'later', refusal: false }
    t.equal(promiseAfterWrapUp(wrapUp), undefined, 'nothing was promised: as it was')
    t.equal(promiseAfterWrapUp({ ...wrapUp, callbackAt: 5 }), null)
    t.equal(promiseAfterWrapUp({ ...wrapUp, callbackAt: 5, callbackAgentId: 'a1' }), 'a1')
    const end = { disposition: 'connected' } as never
    t.equal(promiseAfterEnd(end, undefined), null)
    t.equal(promiseAfterEnd(end, wrapUp), null)
    t.equal(promiseAfterEnd(end, { ...wrapUp, callbackAt: 5 }), undefined)
    t.equal(promiseAfterEnd({ disposition: 'no-answer' } as never, undefined), undefined)
  },
)
