import t from 'tap'
import type { AriChannel } from '../../../src/asterisk/ari/shapes.ts'
import {
  agentBridgeId,
  agentChannelId,
  agentIdOfBridge,
  agentIdOfChannel,
  callChannelId,
  callIdOfChannel,
  endpointResource,
  givenOnBridgeId,
  heldBridgeId,
  targetChannelId,
} from '../../../src/asterisk/legs/names.ts'
import { createPbxClock } from '../../../src/asterisk/link/pbxClock.ts'
import { inventoryOf, readLists } from '../../../src/asterisk/resync/lists.ts'

const agents = {
  agentIdOf: (channelId: string, who: string | undefined) =>
    agentIdOfChannel(channelId) ?? (who === '1001' ? 'ann' : undefined),
}

function channel(id: string, more: Partial<AriChannel> = {}): AriChannel {
  const name = 'PJSIP/trunk-main-00000000'
  return { id, name, state: 'Up', sipCallId: undefined, application: 'Stasis', context: 'dialwright-answered', ...more }
}

t.test('a person on hold is with the agent who has put them there', async t => {
  const line = agentChannelId('bob', '1x0')
  const { calls, lines, idle } = readLists(
    {
      channels: [channel(callChannelId('d')), channel(line, { name: 'PJSIP/1002-00000001' })],
      bridges: [
        { id: heldBridgeId('bob'), channels: [callChannelId('d')] },
        { id: agentBridgeId('bob'), channels: [line] },
        { id: heldBridgeId('ann'), channels: [] },
      ],
    },
    agents,
  )
  t.strictSame(calls, [{ callId: 'd', state: 'connected', agentId: 'bob', held: true }])
  t.match(lines, [{ agentId: 'bob', callId: 'd', bridgeId: agentBridgeId('bob') }])
  t.same(idle, [], 'they are not given the music of the idle')
})

t.test('whoever was given on is with a target, which is no line of an agent, or alone', async t => {
  const target = channel(targetChannelId('d', '1x0'), { name: 'PJSIP/1001-00000009', context: 'dialwright-target' })
  const bridge = (inside: readonly string[]) => [{ id: givenOnBridgeId('d'), channels: inside }]
  const both = [target.id, callChannelId('d')]
  const found = readLists({ channels: [channel(callChannelId('d')), target], bridges: bridge(both) }, agents)
  t.strictSame(found.calls, [{ callId: 'd', state: 'connected', transferred: true }])
  t.same(found.lines, [], 'the phone of ann is here as a target')
  const alone = readLists({ channels: [channel(callChannelId('d'))], bridges: bridge([callChannelId('d')]) }, agents)
  t.strictSame(alone.calls, [{ callId: 'd', state: 'waiting' }])
})

t.test('each channel of ours is found in its state, and others are left alone', async t => {
  const { calls, lines, idle } = readLists(
    {
      channels: [
        channel(callChannelId('a'), { state: 'Down', application: 'AppDial2' }),
        channel(callChannelId('b'), { state: 'Ringing', sipCallId: 'sip-b' }),
        channel(callChannelId('c')),
        channel(callChannelId('d')),
        channel(callChannelId('e'), { application: 'ControlPlayback', context: 'dialwright-message' }),
        channel(callChannelId('f'), { application: 'Set' }),
        channel(agentChannelId('bob', '1x0'), { name: 'PJSIP/1002-00000001' }),
        channel(agentChannelId('eve', '1x1'), { name: 'PJSIP/1004-00000001', state: 'Ringing' }),
        channel('17000.1', { name: 'PJSIP/1001-00000002' }),
        channel('17000.2', { name: 'PJSIP/9999-00000003' }),
        channel('17000.3', { name: 'PJSIP/1001-00000004', state: 'Ring', application: 'Answer' }),
      ],
      bridges: [
        { id: agentBridgeId('bob'), channels: [agentChannelId('bob', '1x0'), callChannelId('d')] },
        { id: 'somebody-elses', channels: [callChannelId('c')] },
      ],
    },
    agents,
  )
  t.strictSame(calls, [
    { callId: 'a', state: 'originating' },
    { callId: 'b', state: 'ringing', sipCallId: 'sip-b' },
    { callId: 'c', state: 'waiting' },
    { callId: 'd', state: 'connected', agentId: 'bob' },
    { callId: 'e', state: 'announcing' },
    { callId: 'f', state: 'waiting' },
  ])
  t.strictSame(lines, [
    {
      agentId: 'bob',
      channelId: agentChannelId('bob', '1x0'),
      state: 'up',
      callId: 'd',
      bridgeId: agentBridgeId('bob'),
    },
    { agentId: 'eve', channelId: agentChannelId('eve', '1x1'), state: 'calling', callId: undefined },
    { agentId: 'ann', channelId: '17000.1', state: 'up', callId: undefined },
  ])
  t.strictSame(
    idle.map(({ agentId }) => agentId),
    ['ann'],
  )
  t.strictSame(inventoryOf({ calls, lines, idle }, { unattended: [] }), {
    calls,
    agents: ['bob', 'ann'],
    unattended: [],
  })
})

t.test('names lead back to what they were made of', async t => {
  t.equal(callIdOfChannel(callChannelId('k3-1a')), 'k3-1a')
  t.equal(callIdOfChannel('17000.1'), undefined)
  t.equal(agentIdOfChannel(agentChannelId('ann-marie_2', 'abcx0')), 'ann-marie_2')
  t.equal(agentIdOfChannel('dw-agent-'), undefined)
  t.equal(agentIdOfBridge(agentBridgeId('ann')), 'ann')
  t.equal(agentIdOfBridge(agentBridgeId('ann', 'k3x0')), 'ann')
  t.equal(agentIdOfBridge('dw-idle-n1'), undefined)
})

t.test('of two bridges of one agent, the one that somebody is in is theirs', async t => {
  const line = channel(agentChannelId('bob', '1x0'), { name: 'PJSIP/1002-00000001' })
  const [old, anew] = [agentBridgeId('bob'), agentBridgeId('bob', '1x1')]
  for (const bridges of [
    [
      { id: old, channels: [] },
      { id: anew, channels: [line.id] },
    ],
    [
      { id: anew, channels: [line.id] },
      { id: old, channels: [] },
    ],
  ])
    t.match(readLists({ channels: [line], bridges }, agents).lines, [{ bridgeId: anew }])
  t.equal(endpointResource('PJSIP/1001'), '1001')
})

t.test("an event is dated on our clock, however wrong the PBX's is, and never in the future or long ago", async t => {
  const clock = createPbxClock()
  t.equal(clock.instantOf(1_000, 1_005), 1_000, 'one clock until told otherwise')
  clock.learn(10_000, 70_004, 10_010)
  t.equal(clock.instantOf(70_100, 10_200), 10_101)
  t.equal(clock.instantOf(90_000, 10_200), 10_200)
  t.equal(clock.instantOf(1, 10_200), 8_200)
  t.equal(clock.instantOf(Number.NaN, 10_200), 10_200)
  t.equal(clock.pbxInstantOf(10_101), 70_100)
  clock.learn(20_000, 79_999 + 3, 20_010)
  t.equal(clock.pbxInstantOf(0), 59_999, 'an answer that fits what is known changes nothing')
  clock.learn(20_000, Number.NaN, 20_010)
  t.equal(clock.pbxInstantOf(0), 59_999)
})
