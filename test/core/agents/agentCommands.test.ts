import t from 'tap'
import type { Effect } from '../../../src/core/effects.ts'
import { createEngineHarness, type EngineHarness, ofKind, testCampaign } from '../../support/engineHarness.ts'
import { phases, worldWith } from '../calls/callWorld.ts'

const settings = { agentId: 'a1', name: 'Ann', endpoint: 'PJSIP/ann', nodeId: 'pbx' }
const refusedIn = (effects: readonly Effect[]) => ofKind(effects, 'rejected').map(({ code }) => code)
const a1 = ({ state }: EngineHarness) => state.agents.get('a1')

function withAutumn(): EngineHarness {
  const harness = createEngineHarness({ agents: 1 })
  harness.feed({ kind: 'campaign-apply', settings: { ...testCampaign, campaignId: 'autumn' } }, 100)
  return harness
}

function offTheLine(harness: EngineHarness, now: number): void {
  harness.feed({ kind: 'agent-leg-down', agentId: 'a1', cause: 'hung-up-by-peer', at: now }, now)
}

t.test('changed settings move who is off the line, and nobody out of their session', async t => {
  for (const [what, isOff, campaignId, then] of [
    ['at work, to another campaign', false, 'autumn', 'spring'],
    ['at work, to none', false, undefined, 'spring'],
    ['off the line, to another campaign', true, 'autumn', 'autumn'],
    ['off the line, to none: they stay where they were', true, undefined, 'spring'],
  ] as const) {
    const harness = withAutumn()
    if (isOff) offTheLine(harness, 200)
    const { phase, times, view } = a1(harness) ?? {}
    const next = campaignId === undefined ? settings : { ...settings, campaignId }
    harness.feed({ kind: 'agent-add', settings: next }, 300)
    t.match(a1(harness), { name: 'Ann', endpoint: 'PJSIP/ann', campaignId: then }, what)
    t.strictSame([a1(harness)?.phase, a1(harness)?.times, a1(harness)?.view], [phase, times, view], what)
  }
})

t.test('what is known of an agent outlives their new settings', async t => {
  const harness = withAutumn()
  harness.feed({ kind: 'agent-media', agentId: 'a1', flowing: false, at: 200 }, 200)
  harness.feed({ kind: 'agent-registration', agentId: 'a1', registered: false, at: 200 }, 200)
  const agent = a1(harness)
  if (agent === undefined) throw new TypeError('an agent expected')
  agent.failedJoins = 2
  agent.unreached = { cause: 'busy', at: 200 }
  const { name: _name, endpoint: _endpoint, ...before } = { ...agent }
  harness.feed({ kind: 'agent-add', settings }, 300)
  const { name: _, endpoint: __, ...after } = { ...a1(harness) }
  t.strictSame(after, before)
})

t.test('a new agent has no session, and is not set aside for what nobody knows', async t => {
  const harness = withAutumn()
  harness.feed({ kind: 'agent-add', settings: { ...settings, agentId: 'z' } }, 300)
  t.match(harness.state.agents.get('z'), {
    ...{ campaignId: undefined, phase: { state: 'offline', since: 300 }, mediaFlowing: true, failedJoins: 0 },
    times: { availableMs: 0, onCallMs: 0, wrapUpMs: 0, pausedMs: 0, breatherMs: 0, calls: 0, breathers: 0 },
  })
})

t.test('who was to go, and is configured again, stays', async t => {
  const harness = createEngineHarness({ agents: 1 })
  const [callId = ''] = ofKind(harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000), 'originate').map(
    ({ order }) => order.attempt.callId,
  )
  harness.feed({ kind: 'agent-remove', agentId: 'a1' }, 2_000)
  t.match(a1(harness), { removed: true, pending: { kind: 'logout' } })
  harness.feed({ kind: 'agent-add', settings }, 3_000)
  t.match(a1(harness), { removed: undefined, pending: undefined, phase: { state: 'available' } })
  harness.feed({ kind: 'call-ended', callId, cause: 'busy', at: 4_000 }, 4_000)
  t.not(a1(harness)?.phase.state, 'offline')
})

t.test('a log-in says what stands in its way, and changes nothing then', async t => {
  const cases: readonly (readonly [what: string, prepare: (harness: EngineHarness) => void, code: string])[] = [
    ['logged in already', () => {}, 'illegal-transition'],
    [
      'the PBX is gone',
      harness => {
        harness.feed({ kind: 'node-down', nodeId: 'pbx', at: 200 }, 200)
        offTheLine(harness, 250)
        const agent = a1(harness)
        if (agent !== undefined) agent.phase = { state: 'offline', since: 250 }
      },
      'node-down',
    ],
    [
      'the softphone is off',
      harness => {
        offTheLine(harness, 200)
        harness.feed({ kind: 'agent-registration', agentId: 'a1', registered: false, at: 250 }, 250)
      },
      'agent-not-registered',
    ],
  ]
  for (const [what, prepare, code] of cases) {
    const harness = withAutumn()
    prepare(harness)
    const { phase } = a1(harness) ?? {}
    const told = harness.feed({ kind: 'agent-login', agentId: 'a1', campaignId: 'autumn' }, 300)
    t.same(refusedIn(told), [code], what)
    t.match(a1(harness), { campaignId: 'spring', phase }, what)
  }
  const unknown = withAutumn()
  offTheLine(unknown, 200)
  t.same(refusedIn(unknown.feed({ kind: 'agent-login', agentId: 'a1', campaignId: 'never' }, 300)), [
    'unknown-campaign',
  ])
  t.same(refusedIn(unknown.feed({ kind: 'agent-login', agentId: 'nobody' }, 300)), ['unknown-agent'])
})

t.test('a log-in to another campaign is kept, and one to their own writes nothing', async t => {
  for (const [campaignId, saved] of [
    [undefined, []],
    ['spring', []],
    ['autumn', ['autumn']],
  ] as const) {
    const harness = withAutumn()
    offTheLine(harness, 200)
    const command = campaignId === undefined ? {} : { campaignId }
    const told = harness.feed({ kind: 'agent-login', agentId: 'a1', ...command }, 300)
    t.same(refusedIn(told), [])
    t.same(
      ofKind(told, 'agent-saved').map(one => one.settings.campaignId),
      saved,
    )
    t.match(a1(harness), { campaignId: campaignId ?? 'spring', phase: { state: 'calling' } })
  }
})

t.test('who is not on the line can neither pause nor leave nor come back', async t => {
  for (const [kind, more] of [
    ['agent-pause', { reason: 'lunch', force: false }],
    ['agent-logout', { force: false }],
    ['agent-resume', {}],
  ] as const) {
    const harness = createEngineHarness({ agents: 1 })
    offTheLine(harness, 200)
    const command = { kind, agentId: 'a1', ...more } as Parameters<EngineHarness['feed']>[0]
    t.same(refusedIn(harness.feed(command, 300)), ['illegal-transition'], kind)
    if (kind !== 'agent-pause') continue
    harness.feed({ kind: 'agent-login', agentId: 'a1' }, 400)
    t.same(refusedIn(harness.feed(command, 500)), ['illegal-transition'], 'while their phone rings')
  }
  const working = createEngineHarness({ agents: 1 })
  t.same(
    refusedIn(working.feed({ kind: 'agent-resume', agentId: 'a1' }, 300)),
    ['illegal-transition'],
    'no pause to end',
  )
  const paused = createEngineHarness({ agents: 1 })
  paused.feed({ kind: 'agent-pause', agentId: 'a1', reason: 'lunch', force: false }, 300)
  t.same(paused.feed({ kind: 'agent-pause', agentId: 'a1', reason: 'tea', force: false }, 400), [])
  t.match(a1(paused)?.phase, { state: 'paused', reason: 'lunch' }, 'a second pause changes nothing')
})

t.test('a pause that still waits is taken back, a log-out that waits is not', async t => {
  for (const [kind, codes] of [
    ['pause', []],
    ['logout', ['illegal-transition']],
  ] as const) {
    const harness = createEngineHarness({ agents: 1 })
    harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000)
    if (kind === 'pause') harness.feed({ kind: 'agent-pause', agentId: 'a1', reason: 'lunch', force: false }, 2_000)
    else harness.feed({ kind: 'agent-logout', agentId: 'a1', force: false }, 2_000)
    t.equal(a1(harness)?.pending?.kind, kind)
    t.same(refusedIn(harness.feed({ kind: 'agent-resume', agentId: 'a1' }, 3_000)), codes)
    t.equal(a1(harness)?.pending?.kind, codes.length === 0 ? undefined : kind)
  }
})

t.test('nobody is promised to be called back who is no lead, and nothing is taken of such a word', async t => {
  for (const [origin, code, callbackAt, codes] of [
    ['campaign', 'callback', 90_000, []],
    ['campaign', 'sale', undefined, []],
    ['campaign', 'callback', undefined, ['callback-without-time']],
    ['manual', 'callback', 90_000, ['callback-without-lead']],
    ['manual', 'sale', 90_000, ['callback-without-lead']],
    ['manual', 'sale', undefined, []],
    ['inbound', 'callback', 90_000, ['callback-without-lead']],
    ['inbound', 'sale', undefined, []],
  ] as const)
    for (const when of ['during the talk', 'afterwards'] as const) {
      const { harness } = worldWith(origin, phases.connected)
      if (when === 'afterwards')
        harness.feed({ kind: 'call-ended', callId: 'c', cause: 'hung-up-by-peer', at: 6_000 }, 6_000)
      const word = { kind: 'wrap-up', callId: 'c', code, refusal: false } as const
      const told = harness.feed(callbackAt === undefined ? word : { ...word, callbackAt }, 7_000)
      const what = `${origin} ${code} ${callbackAt} ${when}`
      t.same(refusedIn(told), codes, what)
      t.equal(ofKind(told, 'wrapped-up').length, codes.length === 0 ? 1 : 0, what)
      t.same(
        refusedIn(harness.feed({ ...word, code: 'sale' }, 8_000)),
        codes.length === 0 ? ['already-wrapped-up'] : [],
      )
    }
})

t.test('a refusal in the middle of a talk leaves time for a goodbye, another word does not end the talk', async t => {
  for (const [word, ends] of [
    [{ code: 'refused', refusal: false }, true],
    [{ code: 'sale', refusal: true }, true],
    [{ code: 'sale', refusal: false }, false],
  ] as const) {
    const { harness } = worldWith('campaign', phases.connected)
    harness.feed({ kind: 'wrap-up', callId: 'c', ...word }, 6_000)
    t.same(ofKind(harness.passUntil(10_999), 'hang-up'), [])
    t.equal(ofKind(harness.passUntil(11_000), 'hang-up').length, ends ? 1 : 0)
  }
})

t.test('only a call that was talked in waits for a word', async t => {
  const { harness } = worldWith('campaign', phases.ringing)
  const word = { kind: 'wrap-up', callId: 'c', code: 'sale', refusal: false } as const
  t.same(refusedIn(harness.feed(word, 6_000)), ['unknown-call'])
  t.same(refusedIn(harness.feed({ ...word, callId: 'never' }, 6_000)), ['unknown-call'])
})
