import t from 'tap'
import type { CampaignSettings } from '../../../src/core/campaigns/campaign.ts'
import { DayUse } from '../../../src/core/dialing/dayUse.ts'
import type { Effect } from '../../../src/core/effects.ts'
import { hourMs, minuteMs } from '../../../src/core/time.ts'
import { createEngineHarness, ofKind } from '../../support/engineHarness.ts'
import { callIn, origins, phases } from './callWorld.ts'

const day = { from: 0, until: 24 * hourMs }
const campaignId = 'spring'

t.test('a cap is reached at its last attempt, by calls of any origin that leaves', async t => {
  for (const origin of origins) {
    const use = new DayUse()
    use.begin({ caps: {}, day, totals: [{ campaignId, attempts: 1, talkMs: 0 }] })
    const reached = (attemptsMax: number) => use.reached({ campaignId, dayCaps: { attemptsMax } }, [], 1)
    const call = callIn(origin, phases.ringing)
    t.equal(reached(2), undefined)
    use.originated(call)
    const after = { of: 'campaign', what: 'attempts', max: 2, until: day.until } as const
    t.strictSame(reached(2), origin === 'inbound' ? undefined : after, origin)
    t.equal(reached(3), undefined)
    use.takenBack(call)
    t.equal(reached(2), undefined, 'a call that did not leave gives its place back')
    use.originated({ ...call, recovered: true })
    t.equal(reached(2), undefined, 'one of before a restart is in the totals already')
  }
})

t.test('minutes count from the answer to the end, while a call lasts and after it, in this day alone', async t => {
  const reachedAt = (now: number, live: Parameters<DayUse['reached']>[1], use: DayUse) =>
    use.reached({ campaignId, dayCaps: { minutesMax: 10 } }, live, now)?.what
  for (const origin of origins) {
    const use = new DayUse()
    use.begin({ caps: {}, day, totals: [] })
    const call = callIn(origin, { ...phases.connected, answeredAt: minuteMs } as typeof phases.connected)
    const expected = origin === 'inbound' ? undefined : 'minutes'
    t.equal(reachedAt(11 * minuteMs - 1, [call], use), undefined, origin)
    t.equal(reachedAt(11 * minuteMs, [call], use), expected, origin)
    use.ended(call, 11 * minuteMs - 1)
    t.equal(reachedAt(12 * minuteMs, [], use), undefined)
    use.ended({ ...call, phase: phases.ringing }, 13 * minuteMs)
    t.equal(reachedAt(13 * minuteMs, [], use), undefined, 'nobody answered: nothing was talked')
    use.ended({ ...call, recovered: true, originatedAt: 0 }, 1)
    t.equal(reachedAt(13 * minuteMs, [], use), expected, 'since it was originated, where nobody knows the answer')
  }
  const use = new DayUse()
  use.begin({ caps: {}, day: { from: 20 * minuteMs, until: day.until }, totals: [] })
  const call = callIn('campaign', { ...phases.connected, answeredAt: 1 } as typeof phases.connected)
  t.equal(reachedAt(30 * minuteMs - 1, [call], use), undefined)
  t.equal(reachedAt(30 * minuteMs, [call], use), 'minutes', 'what was talked before midnight was yesterday’s')
})

t.test('the installation’s cap is of all campaigns together, the campaign’s its own', async t => {
  const use = new DayUse()
  const totals = [
    { campaignId, attempts: 3, talkMs: 0 },
    { campaignId: 'other', attempts: 4, talkMs: 5 * minuteMs },
  ]
  const asked = (caps: { attemptsMax?: number; minutesMax?: number }, own = {}) => {
    use.begin({ caps, day, totals })
    const reached = use.reached({ campaignId, dayCaps: own }, [], 1)
    return reached && `${reached.of} ${reached.what}`
  }
  t.equal(asked({ attemptsMax: 8 }), undefined)
  t.equal(asked({ attemptsMax: 7 }), 'installation attempts')
  t.equal(asked({ minutesMax: 5 }), 'installation minutes')
  t.equal(asked({ minutesMax: 6 }), undefined)
  t.equal(asked({}, { attemptsMax: 4, minutesMax: 1 }), undefined)
  t.equal(asked({}, { attemptsMax: 3 }), 'campaign attempts')
})

function world(campaign: Partial<CampaignSettings>, caps = {}) {
  const harness = createEngineHarness({ agents: 5, campaign })
  const began = (from: number) =>
    ({ kind: 'day-began', caps, day: { from, until: from + 24 * hourMs }, totals: [] }) as const
  harness.feed(began(0), 0)
  const start = () => harness.feed({ kind: 'campaign-start', campaignId }, 0)
  return { harness, start, began }
}

const originates = (effects: readonly Effect[]) => ofKind(effects, 'originate').length
const told = (effects: readonly Effect[]) =>
  ofKind(effects, 'notify').flatMap(({ event }) => (event.kind === 'day-cap-reached' ? [event] : []))

t.test(
  'dialing stops in the middle of a burst, says so once, leaves live calls alone, and opens with the next day',
  async t => {
    for (const [name, campaign, caps] of [
      ['campaign', { dayCaps: { attemptsMax: 3 } }, {}],
      ['installation', {}, { attemptsMax: 3 }],
    ] as const) {
      const { harness, start, began } = world(campaign, caps)
      const first = start()
      t.equal(originates(first), 3, 'five agents are free')
      t.match(told(first), [{ campaignId, of: name, what: 'attempts', max: 3, until: 24 * hourMs }])
      const [call] = harness.state.calls.keys()
      if (call === undefined) throw new TypeError('three calls expected')
      harness.feed({ kind: 'call-ringing', callId: call, at: 1_000 }, 1_000)
      const answered = harness.feed({ kind: 'call-answered', callId: call, at: 2_000 }, 2_000)
      t.equal(ofKind(answered, 'connect').length, 1, 'who answers gets an agent')
      const later = harness.passUntil(24 * hourMs - 1)
      t.equal(originates(later), 0)
      t.same(ofKind(later, 'refill-hopper'), [])
      t.same(told(later), [], 'it has been told')
      t.ok(ofKind(later, 'decision').some(({ decision }) => decision.reason === 'day-cap'))
      t.equal(originates(harness.feed(began(24 * hourMs), 24 * hourMs)), 3, 'the next day has three more')
    }
  },
)

t.test('a gate that says no gives the attempt back, at once and to the same day alone', async t => {
  const { harness, start, began } = world({ dayCaps: { attemptsMax: 3 } })
  start()
  const [one, two] = harness.state.calls.keys()
  const refused = harness.feed({ kind: 'originate-refused', callId: one ?? '', reason: 'do-not-call' }, 5)
  t.equal(originates(refused), 1)
  t.same(told(refused), [], 'no news')
  harness.feed({ ...began(10), totals: [{ campaignId, attempts: 3, talkMs: 0 }] }, 10)
  t.equal(originates(harness.feed({ kind: 'originate-refused', callId: two ?? '', reason: 'do-not-call' }, 11)), 0)
})

t.test('minutes stop the dialing while calls talk, and a higher cap opens it', async t => {
  const { harness, start } = world({ dayCaps: { minutesMax: 10 } })
  start()
  const calls = [...harness.state.calls.keys()]
  t.equal(calls.length, 5)
  for (const callId of calls) {
    const [connect] = ofKind(harness.feed({ kind: 'call-answered', callId, at: 1_000 }, 1_000), 'connect')
    if (connect === undefined) throw new TypeError('every call has an agent')
    harness.feed({ kind: 'call-connected', callId, agentId: connect.order.agentId, at: 1_001 }, 1_001)
  }
  const ready = (index: number, at: number) => {
    const end = { kind: 'call-ended', callId: calls[index] ?? '', cause: 'hung-up-by-peer', at } as const
    return [...harness.feed(end, at), ...harness.passUntil(at + 20_000)]
  }
  // Five calls talk: after nearly two minutes one agent is free a moment before the cap, and is given a call that nobody answers.
  const dueAt = 1_000 + 2 * minuteMs
  const before = ready(0, dueAt - 30_000)
  t.equal(originates(before), 1)
  t.same(told(before), [])
  const after = ready(1, dueAt + 30_000)
  t.equal(originates(after), 0, 'four calls have talked for two minutes and a half')
  t.match(told(after), [{ what: 'minutes', max: 10 }])
  const settings = harness.state.campaigns.get(campaignId)?.settings
  if (settings === undefined) throw new TypeError('the campaign is there')
  const raised = { ...settings, dayCaps: { minutesMax: 1_000 } }
  t.ok(originates(harness.feed({ kind: 'campaign-apply', settings: raised }, harness.now())) > 0)
})
