import t from 'tap'
import type { CampaignSettings } from '../../../src/core/campaigns/campaign.ts'
import type { Effect } from '../../../src/core/effects.ts'
import type { TelephonyEvent } from '../../../src/core/inputs.ts'
import { createEngineHarness, type EngineHarness, ofKind, testCampaign } from '../../support/engineHarness.ts'

const shown = '+12125550100'
const number = '+12125550150'
const prompt = (name: string, language = 'en') => `dialwright/respect/${language}/${name}`

interface Line {
  readonly harness: EngineHarness
  /** A call comes in, and what follows in that step. */
  comesIn(callId: string, more?: Partial<Extract<TelephonyEvent, { kind: 'call-incoming' }>>): readonly Effect[]
  traced(called: 'yes' | 'no' | 'unsure', campaignId?: string): readonly Effect[]
  key(key: string, now?: number): readonly Effect[]
  /** What was said last has been played. */
  played(now: number): readonly Effect[]
}

function lineWith(
  campaigns: readonly Partial<CampaignSettings>[] = [],
  options: Partial<Parameters<typeof createEngineHarness>[0]> = {},
): Line {
  const harness = createEngineHarness({ agents: 1, ...options })
  for (const more of campaigns) harness.feed({ kind: 'campaign-apply', settings: { ...testCampaign, ...more } }, 0)
  return {
    harness,
    comesIn: (callId, more = {}) =>
      harness.feed(
        { kind: 'call-incoming', callId, nodeId: 'pbx', trunkId: 'main', number, called: shown, at: 100, ...more },
        100,
      ),
    traced: (called, campaignId) =>
      harness.feed(
        { kind: 'caller-traced', callId: 'in-1', called, ...(campaignId === undefined ? {} : { campaignId }) },
        110,
      ),
    key: (key, now = 2_000) => harness.feed({ kind: 'call-key', callId: 'in-1', key, at: now }, now),
    played: now => {
      const phase = harness.state.calls.get('in-1')?.phase
      const said = phase?.state === 'informing' ? phase.said : 0
      return harness.feed({ kind: 'prompt-ended', callId: 'in-1', said, at: now }, now)
    },
  }
}

const said = (effects: readonly Effect[]) => ofKind(effects, 'say').flatMap(({ order }) => order.sounds)
const refused = (effects: readonly Effect[]) => ofKind(effects, 'opt-out').map(one => one.number)

t.test('whoever has been called is told by whom and where the number came from, and no agent is asked', async t => {
  const { harness, comesIn, traced } = lineWith()
  t.match(comesIn('in-1'), [{ kind: 'trace-caller', callId: 'in-1', number, called: shown }])
  const effects = traced('yes', 'spring')
  t.match(ofKind(effects, 'incoming-begun'), [
    { attempt: { origin: 'inbound', callId: 'in-1', campaignId: 'spring', number, callerId: shown, trunkId: 'main' } },
  ])
  t.same(said(effects), [prompt('who'), prompt('source'), prompt('keys')])
  t.same(ofKind(effects, 'connect'), [])
  t.equal(harness.state.agents.get('a1')?.phase.state, 'available')
  const ended = harness.feed({ kind: 'call-ended', callId: 'in-1', cause: 'hung-up-by-peer', at: 900 }, 900)
  t.match(ofKind(ended, 'attempt-ended'), [
    { end: { origin: 'inbound', disposition: 'informed', countsAsAttempt: false, number } },
  ])
  t.match(harness.state.campaigns.get('spring')?.progress.counters, { attempts: 0, answered: 0, abandoned: 0 })
})

t.test('the prompts are the campaign’s own, in its language, where it has some', async t => {
  const own = { respectLine: { language: 'es', whoSound: 'acme/who', sourceSound: 'acme/from' } } as const
  const line = lineWith([own])
  line.comesIn('in-1')
  t.same(said(line.traced('yes', 'spring')), ['acme/who', 'acme/from', prompt('keys', 'es')])
  t.same(said(line.key('2')), [prompt('refused', 'es')])
})

t.test('a number unknown to us is told so, not where it came from, and is listed all the same', async t => {
  const line = lineWith()
  line.comesIn('in-1')
  t.same(said(line.traced('no')), [prompt('who'), prompt('unknown'), prompt('keys')])
  t.same(refused(line.key('2')), [number])
  const unsure = lineWith()
  unsure.comesIn('in-1')
  t.same(said(unsure.traced('unsure')), [prompt('who'), prompt('source'), prompt('keys')], 'nothing is claimed')
})

t.test(
  'whoever withholds their number hears that it cannot be listed, and nothing is looked up or written',
  async t => {
    const line = lineWith()
    const { number: _, ...withheld } = {
      number,
      callId: 'in-1',
      nodeId: 'pbx',
      trunkId: 'main',
      called: shown,
      at: 100,
    }
    const effects = line.harness.feed({ kind: 'call-incoming', ...withheld }, 100)
    t.same(ofKind(effects, 'trace-caller'), [])
    t.same(said(effects), [prompt('who'), prompt('source'), prompt('withheld')])
    const pressed = line.key('2')
    t.same([refused(pressed), said(pressed)], [[], [prompt('withheld')]])
    t.match(line.played(5_000), [{ kind: 'hang-up', callId: 'in-1' }])
  },
)

t.test('a number that no campaign shows is not ours', async t => {
  const { harness, comesIn } = lineWith()
  t.match(comesIn('in-1', { called: '+12125550999' }), [{ kind: 'turn-away', callId: 'in-1', why: 'not-ours' }])
  t.equal(harness.state.calls.size, 0)
})

t.test('a number that a campaign names for ending its calls is answered like a shown one', async t => {
  const line = lineWith([{ voice: 'recorded', optOutNumber: '+18005550100' }])
  line.comesIn('in-1', { called: '+18005550100' })
  t.same(said(line.traced('no')), [prompt('who'), prompt('unknown'), prompt('keys')])
})

t.test('several campaigns show the number: the one that called last speaks, else a general prompt', async t => {
  const others: readonly Partial<CampaignSettings>[] = [
    { campaignId: 'autumn', respectLine: { language: 'es', whoSound: 'autumn/who' } },
    { campaignId: 'winter', respectLine: { language: 'zh' } },
  ]
  const line = lineWith(others)
  line.comesIn('in-1')
  const effects = line.traced('yes', 'autumn')
  t.same(said(effects), ['autumn/who', prompt('source', 'es'), prompt('keys', 'es')])
  t.match(ofKind(effects, 'incoming-begun'), [{ attempt: { campaignId: 'autumn' } }])
  const general = lineWith(others)
  general.comesIn('in-1')
  const all = ['es', 'en', 'zh'].flatMap(language => ['several', 'unknown', 'keys'].map(name => prompt(name, language)))
  t.same(said(general.traced('no')), all, 'in all their languages, and none of them speaks for the others')
  t.same(
    said(general.key('2')),
    ['es', 'en', 'zh'].map(language => prompt('refused', language)),
  )
})

t.test('a campaign that is gone, or is none, does not speak', async t => {
  const line = lineWith()
  line.comesIn('in-1')
  t.same(said(line.traced('yes', 'gone')), [prompt('who'), prompt('source'), prompt('keys')])
})

t.test('2 counts at once, in whatever the person hears, once; and then we hang up', async t => {
  const hears: Readonly<Record<string, (line: Line) => void>> = {
    message: () => {},
    nothing: line => void line.played(1_500),
    'message again': line => void line.key('3', 1_500),
  }
  for (const [what, before] of Object.entries(hears)) {
    const line = lineWith()
    line.comesIn('in-1')
    line.traced('yes', 'spring')
    before(line)
    const effects = line.key('2')
    t.match(ofKind(effects, 'opt-out'), [{ number, by: 'opt-out-key', callId: 'in-1' }], what)
    t.match(ofKind(effects, 'say'), [{ order: { sounds: [prompt('refused')] }, afterWrites: true }], what)
    t.same(refused(line.key('2', 2_100)), [], 'the last words are not interrupted')
    t.same(said(line.key('3', 2_200)), [])
    t.match(line.played(4_000), [{ kind: 'hang-up', callId: 'in-1' }], what)
  }
})

t.test('before anything is said a key means nothing, and after the end neither', async t => {
  const line = lineWith()
  line.comesIn('in-1')
  t.same(refused(line.key('2', 105)), [])
  line.traced('yes', 'spring')
  line.harness.feed({ kind: 'call-ended', callId: 'in-1', cause: 'hung-up-by-peer', at: 900 }, 900)
  t.match(line.key('2'), [{ kind: 'rejected', code: 'unknown-call' }])
})

t.test('what is said is counted', async t => {
  const line = lineWith()
  line.comesIn('in-1')
  const effects = [
    ...line.traced('yes', 'spring'),
    ...line.key('3', 2_200),
    ...line.key('3', 2_400),
    ...line.key('2', 2_600),
  ]
  t.same(
    ofKind(effects, 'say').map(({ order }) => order.said),
    [1, 2, 3, 4],
  )
})

t.test('the end of what was interrupted is not the end of what is said now', async t => {
  const line = lineWith()
  line.comesIn('in-1')
  line.traced('yes', 'spring')
  line.key('2')
  const late = line.harness.feed({ kind: 'prompt-ended', callId: 'in-1', said: 1, at: 2_001 }, 2_001)
  t.same(ofKind(late, 'hang-up'), [])
})

t.test('silence has the message said once more, then a goodbye; other keys are silence', async t => {
  const line = lineWith()
  line.comesIn('in-1')
  const first = said(line.traced('yes', 'spring'))
  line.played(5_000)
  t.same(said(line.key('7', 6_000)), [])
  t.same(said(line.harness.passUntil(14_999)), [])
  t.same(said(line.harness.passUntil(15_000)), first)
  line.played(20_000)
  t.same(said(line.harness.passUntil(30_000)), [prompt('goodbye')])
  t.match(line.played(31_000), [{ kind: 'hang-up', callId: 'in-1' }])
})

t.test('3 says it again, five times in all', async t => {
  const line = lineWith()
  line.comesIn('in-1')
  const first = said(line.traced('yes', 'spring'))
  for (let round = 2; round <= 5; round += 1) t.same(said(line.key('3', 1_000 * round)), first, `${round}`)
  t.same(said(line.key('3', 9_000)), [prompt('goodbye')])
})

t.test('a PBX that never tells the end of a message does not hold the call for ever', async t => {
  const line = lineWith()
  line.comesIn('in-1')
  line.traced('yes', 'spring')
  const effects = line.harness.passUntil(400_000)
  t.equal(ofKind(effects, 'hang-up').length, 1)
  t.match(ofKind(effects, 'attempt-ended'), [{ end: { disposition: 'informed' } }])
})

t.test('whoever hangs up before we know who called them is on record too, begun and ended', async t => {
  const { harness, comesIn, traced } = lineWith()
  comesIn('in-1')
  const effects = harness.feed({ kind: 'call-ended', callId: 'in-1', cause: 'hung-up-by-peer', at: 105 }, 105)
  const kinds = effects.map(({ kind }) => kind).filter(kind => kind === 'incoming-begun' || kind === 'attempt-ended')
  t.same(kinds, ['incoming-begun', 'attempt-ended'])
  t.same(said(traced('yes', 'spring')), [], 'nobody is there to be told')
})

t.test('a flood of callers gets a busy signal, and leaves dialing its channels', async t => {
  const line = lineWith([], { channels: 20 })
  const busy = (effects: readonly Effect[]) => ofKind(effects, 'turn-away').map(({ why }) => why)
  for (let call = 1; call <= 5; call += 1) t.same(busy(line.comesIn(`in-${call}`)), [], `call ${call} of a quarter`)
  t.same(busy(line.comesIn('in-6')), ['busy'])
  t.same(busy(line.comesIn('in-7', { trunkId: 'another' })), [], 'another way in has its own')
  line.harness.feed({ kind: 'respect-line', callsMax: 6 }, 200)
  t.same(busy(line.comesIn('in-8', { trunkId: 'another' })), ['busy'], 'in all no more than the configuration says')
  line.harness.feed({ kind: 'call-ended', callId: 'in-3', cause: 'hung-up-by-peer', at: 300 }, 300)
  t.same(busy(line.comesIn('in-9')), [])
  t.equal(line.harness.state.trunks.get('main')?.channelsInUse, 5)
})

t.test('callers on a trunk that is full of our calls are taken, and break no promise about it', async t => {
  const line = lineWith([], { channels: 1 })
  line.harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 50)
  t.equal(line.harness.state.calls.size, 1, 'the only channel is ours')
  t.match(line.comesIn('in-1'), [{ kind: 'trace-caller' }])
  t.equal(line.harness.state.trunks.get('main')?.channelsInUse, 2)
})

t.test('2 takes the ringing call to that number back as soon as the law lets it', async t => {
  const line = lineWith()
  line.harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 50)
  const [ringing] = [...line.harness.state.calls.values()]
  if (ringing?.number === undefined) throw new TypeError('a call expected')
  line.harness.feed({ kind: 'call-ringing', callId: ringing.callId, at: 60 }, 60)
  line.comesIn('in-1', { number: ringing.number })
  line.traced('yes', 'spring')
  line.key('2', 3_000)
  const ends = (effects: readonly Effect[]) => ofKind(effects, 'hang-up').map(({ callId }) => callId)
  t.notOk(ends(line.harness.passUntil(15_059)).includes(ringing.callId), 'a phone rings 15 s')
  t.ok(ends(line.harness.passUntil(15_060)).includes(ringing.callId))
})

t.test('a link that was broken has the message begin again: the key may have been lost', async t => {
  const line = lineWith()
  line.comesIn('in-1')
  const first = said(line.traced('yes', 'spring'))
  const leg = { trunkId: 'main', number, called: shown }
  const up = (calls: Extract<TelephonyEvent, { kind: 'node-up' }>['inventory']['calls'], now: number) => {
    line.harness.feed({ kind: 'node-down', nodeId: 'pbx', at: now - 10 }, now - 10)
    const inventory = { calls, agents: [], unattended: [] }
    return line.harness.feed({ kind: 'node-up', nodeId: 'pbx', inventory, at: now }, now)
  }
  const here = { callId: 'in-1', state: 'waiting', incoming: leg } as const
  t.same(said(up([here], 1_000)), first)
  const again = up([here, { callId: 'in-2', state: 'ringing', incoming: leg }], 2_000)
  t.same(said(again), first)
  t.match(ofKind(again, 'trace-caller'), [{ callId: 'in-2' }], 'who came meanwhile is taken')
  t.equal(line.comesIn('in-2').filter(({ kind }) => kind !== 'wake-at').length, 0, 'told twice, taken once')
  line.key('2', 2_500)
  t.same(
    ofKind(up([here], 3_000), 'hang-up').map(({ callId }) => callId),
    ['in-1'],
    'the last words were said',
  )
})

t.test('key 4 is said of everybody, key 2 of the one seller whose number was called', async t => {
  const two = { ...testCampaign.seller, sellerId: 'fern' }
  const lines = {
    'one seller': () => lineWith(),
    'two campaigns of one seller': () => lineWith([{ campaignId: 'autumn' }]),
    'two sellers': () => lineWith([{ campaignId: 'autumn', seller: two }]),
  }
  const said = (line: Line, key: string, campaignId?: string) => {
    line.comesIn('in-1')
    line.traced('unsure', campaignId)
    return ofKind(line.key(key), 'opt-out').map(({ everybody }) => everybody)
  }
  t.same(said(lines['one seller'](), '2'), [undefined])
  t.same(said(lines['one seller'](), '4'), [true])
  t.same(said(lines['two campaigns of one seller'](), '2'), [undefined])
  t.same(said(lines['two sellers'](), '2'), [true], 'nobody can tell of whom')
  t.same(said(lines['two sellers'](), '2', 'autumn'), [undefined], 'it is known who has called')
  t.same(said(lines['two sellers'](), '4', 'autumn'), [true])
})
