import t from 'tap'
import type { Effect } from '../../../src/core/effects.ts'
import { hourMs } from '../../../src/core/time.ts'
import { createEngineHarness, type EngineHarness, ofKind } from '../../support/engineHarness.ts'

const codes = { '1': 'sale', '3': 'callback', '4': 'refused' }

/** One agent in wrap-up at 100 000, after a conversation. */
function inWrapUp(): { harness: EngineHarness; callId: string; press: (keys: string, at: number) => Effect[] } {
  const harness = createEngineHarness({ agents: 1, campaign: { wrapUpCodes: codes } })
  const dialed = [...harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000), ...harness.passUntil(3_000)]
  const callId = ofKind(dialed, 'originate')[0]?.order.attempt.callId ?? ''
  harness.feed({ kind: 'call-ringing', callId, at: 4_000 }, 4_000)
  harness.feed({ kind: 'call-answered', callId, at: 6_000 }, 6_000)
  harness.feed({ kind: 'call-connected', callId, agentId: 'a1', at: 6_010 }, 6_010)
  harness.feed({ kind: 'campaign-pause', campaignId: 'spring' }, 50_000)
  harness.feed({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at: 100_000 }, 100_000)
  const press = (keys: string, at: number) =>
    [...keys].flatMap((key, index) => [
      ...harness.feed({ kind: 'agent-key', agentId: 'a1', key, at: at + index }, at + index),
    ])
  return { harness, callId, press }
}

const saidIn = (effects: readonly Effect[]) => ofKind(effects, 'tell-agent').map(({ phrases }) => phrases.join(' '))
const wordsIn = (effects: readonly Effect[]) => ofKind(effects, 'wrapped-up').map(({ wrapUp }) => wrapUp)
const stateOf = ({ state }: EngineHarness) => state.agents.get('a1')?.phase.state

t.test('a code is taken and said so, with what keeps the agent waiting', async t => {
  const { harness, press } = inWrapUp()
  t.equal(stateOf(harness), 'wrap-up')
  const wrong = press('8', 101_000)
  t.same([saidIn(wrong), wordsIn(wrong)], [['no-such-key'], []])
  const taken = press('1', 102_000)
  t.same(saidIn(taken), ['saved not-dialing'])
  t.match(wordsIn(taken), [{ code: 'sale' }])
  t.equal(stateOf(harness), 'available')
})

for (const [keys, hours] of [
  ['3#', undefined],
  ['30#', undefined],
  ['300#', undefined],
  ['31#', 1],
  ['301#', 1],
  ['399#', 99],
  ['35#', 5],
  ['324#', 24],
  ['3245#', 24],
  ['30#7#', 7],
  ['309#', 9],
] as const)
  t.test(`the keys ${keys} ${hours === undefined ? 'ask for the hours' : `call back in ${hours} hours`}`, async t => {
    const { harness, press } = inWrapUp()
    const effects = press(keys, 101_000)
    t.equal(saidIn(effects)[0], 'ask-hours', 'the code alone is no time')
    if (hours === undefined) {
      t.same([wordsIn(effects), stateOf(harness)], [[], 'wrap-up'])
      return
    }
    const at = harness.now()
    t.match(wordsIn(effects), [{ code: 'callback', callbackAt: at + hours * hourMs, leadRetryAt: at + hours * hourMs }])
    t.equal(saidIn(effects).at(-1), `call-back-in ${[...String(hours)].join(' ')} hours not-dialing`)
    t.equal(stateOf(harness), 'available')
  })

t.test('a digit is taken when no other follows; without one another code may be pressed', async t => {
  const waits = inWrapUp()
  waits.press('36', 101_000)
  t.same(wordsIn(waits.harness.passUntil(104_000)), [])
  t.match(wordsIn(waits.harness.passUntil(106_000)), [{ code: 'callback', callbackAt: 105_001 + 6 * hourMs }])

  const two = inWrapUp()
  t.same(wordsIn(two.press('312', 101_000)), [], 'whoever goes on to press the hash hears no wrong key')
  t.match(wordsIn(two.harness.passUntil(106_000)), [{ code: 'callback', callbackAt: 105_002 + 12 * hourMs }])

  const least = inWrapUp()
  least.press('31', 101_000)
  t.match(wordsIn(least.harness.passUntil(106_000)), [{ code: 'callback', callbackAt: 105_001 + hourMs }])

  const none = inWrapUp()
  none.press('30', 101_000)
  const noHours = none.harness.passUntil(112_000)
  t.same([saidIn(noHours), wordsIn(noHours)], [['no-hours'], []])

  const changes = inWrapUp()
  changes.press('3', 101_000)
  t.same(saidIn(changes.harness.passUntil(112_000)), ['no-hours'])
  t.match(wordsIn(changes.press('1', 113_000)), [{ code: 'sale' }])

  const star = inWrapUp()
  t.same(saidIn(star.press('32*', 101_000)), ['ask-hours', 'no-hours'])
  t.match(wordsIn(star.press('1', 113_000)), [{ code: 'sale' }])
})

t.test(
  'the time of the wrap-up does not cut the question off, nor does the question lengthen it without end',
  async t => {
    const late = inWrapUp()
    late.press('3', 119_000)
    t.same(wordsIn(late.harness.passUntil(122_000)), [], 'the wrap-up would be over at 120 s')
    t.match(wordsIn(late.press('8#', 123_000)), [{ code: 'callback' }])

    const gone = inWrapUp()
    gone.press('3', 119_000)
    t.match(wordsIn(gone.harness.passUntil(130_000)), [{ code: 'timeout' }])
    t.equal(stateOf(gone.harness), 'available')
  },
)

t.test('a word from elsewhere ends the question', async t => {
  const { harness, callId, press } = inWrapUp()
  press('3', 101_000)
  harness.feed({ kind: 'wrap-up', callId, code: 'sale', refusal: false }, 102_000)
  t.equal(harness.state.agents.get('a1')?.asked, undefined)
  t.same(wordsIn(press('5#', 103_000)), [])
  t.same(wordsIn(harness.passUntil(150_000)), [])
})

for (const [state, keys, written] of [
  ['on-call', '4', 1],
  ['on-call', '44', 1],
  ['on-call', '*4', 1],
  ['reserved', '4', 0],
] as const)
  t.test(`the key of a refusal, ${keys}, by an agent who is ${state} is written ${written} times`, async t => {
    const harness = createEngineHarness({ agents: 1, campaign: { wrapUpCodes: codes } })
    const dialed = [
      ...harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000),
      ...harness.passUntil(3_000),
    ]
    const callId = ofKind(dialed, 'originate')[0]?.order.attempt.callId ?? ''
    harness.feed({ kind: 'call-answered', callId, at: 6_000 }, 6_000)
    if (state === 'on-call') harness.feed({ kind: 'call-connected', callId, agentId: 'a1', at: 6_010 }, 6_010)
    t.equal(stateOf(harness), state)
    const effects = [...keys].flatMap((key, index) =>
      harness.feed({ kind: 'agent-key', agentId: 'a1', key, at: 7_000 + index }, 7_000 + index),
    )
    t.same(
      wordsIn(effects).map(({ code }) => code),
      Array.from({ length: written }, () => 'refused'),
    )
    t.same(ofKind(effects, 'rejected'), [])
  })

t.test('a call-back without a time, or without anybody to call, is refused', async t => {
  const { harness, callId } = inWrapUp()
  const without = harness.feed({ kind: 'wrap-up', callId, code: 'callback', refusal: false }, 101_000)
  t.match(ofKind(without, 'rejected'), [{ code: 'callback-without-time' }])
  t.equal(stateOf(harness), 'wrap-up', 'nothing is taken of it')
  const timed = { kind: 'wrap-up', callId, code: 'callback', refusal: false, callbackAt: 900_000 } as const
  t.match(wordsIn(harness.feed(timed, 102_000)), [{ code: 'callback', callbackAt: 900_000, leadRetryAt: 900_000 }])
})

t.test('the star pauses and resumes, and is answered', async t => {
  const { harness, press } = inWrapUp()
  press('1', 101_000)
  t.same(saidIn(press('*', 102_000)), ['paused'])
  t.same(saidIn(press('5', 103_000)), ['no-such-key'])
  t.same(saidIn(press('*', 104_000)), ['working not-dialing'])
  t.equal(stateOf(harness), 'available')
})

t.test('with a call ringing that counts on them, they hear that the pause comes later', async t => {
  const harness = createEngineHarness({ agents: 1 })
  const dialed = [...harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000), ...harness.passUntil(3_000)]
  t.equal(ofKind(dialed, 'originate').length, 1)
  const asked = harness.feed({ kind: 'agent-key', agentId: 'a1', key: '*', at: 4_000 }, 4_000)
  t.same(saidIn(asked), ['pausing'])
  t.same(saidIn(harness.passUntil(30_000)), ['paused'])
})
