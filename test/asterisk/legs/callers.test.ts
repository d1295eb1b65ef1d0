// Who calls us, as the PBX tells it and as we answer: sequences of literals, no PBX.
import t from 'tap'
import type { AriOperations } from '../../../src/asterisk/ari/operations.ts'
import type { AriChannel, AriEvent } from '../../../src/asterisk/ari/shapes.ts'
import type { NodeContext } from '../../../src/asterisk/context.ts'
import { telephonyError } from '../../../src/asterisk/errors.ts'
import { Callers } from '../../../src/asterisk/legs/callers.ts'
import type { TelephonyEvent } from '../../../src/core/inputs.ts'
import { createLog } from '../../../src/log.ts'
import { createManualClock } from '../support/manualClock.ts'

type LegEvent = Exclude<AriEvent, { type: 'ApplicationReplaced' }>

const channel: AriChannel = {
  ...{ id: '1764462720.12', name: 'PJSIP/trunk-main-00000001', state: 'Ring', sipCallId: 'sip-1' },
  ...{ application: 'Stasis', context: 'dialwright-inbound', exten: '12125550100', caller: '+12125550131' },
}

/** Callers of a node whose operations say what they were asked. `refuse`: what fails, and how. */
function createWorld(refuse: Readonly<Record<string, Error>> = {}) {
  const asked: string[] = []
  const events: TelephonyEvent[] = []
  // Any operation, with its arguments.
  const ari = new Proxy({} as AriOperations, {
    get:
      (_, name) =>
      async (...given: unknown[]) => {
        asked.push([name, ...given.filter(one => one !== undefined)].join(' '))
        const refusal = refuse[String(name)]
        if (refusal !== undefined) throw refusal
      },
  })
  const context = {
    ...{ nodeId: 'pbx', clock: createManualClock(), log: createLog({ level: 'silent' }), beep: '' },
    ...{ ari: () => ari, emit: (event: TelephonyEvent) => void events.push(event) },
  } as unknown as NodeContext
  const reading = {
    number: (written: string) => (written.startsWith('+') ? written : `+${written}`),
    trunkId: (endpoint: string) => (endpoint === 'trunk-main' ? 'main' : undefined),
  }
  const callers = new Callers(context, reading, () => ari)
  // Each literal has all that its type has but the channel and the time.
  const tell = (event: Partial<LegEvent> & { type: LegEvent['type'] }, at = 1) =>
    callers.handle({ channel, pbxAt: at, ...event } as Parameters<Callers['handle']>[0], at)
  const enter = (more: Partial<AriChannel> = {}) =>
    tell({ type: 'StasisStart', args: ['caller'], channel: { ...channel, ...more } })
  return {
    asked,
    events,
    callers,
    tell,
    enter,
    callId: () => (events[0] && 'callId' in events[0] ? events[0].callId : ''),
  }
}

t.test('a call is told once with who calls whom, however often it is heard of', async t => {
  const { events, callers, enter } = createWorld()
  enter()
  enter()
  t.match(events, [
    { kind: 'call-incoming', trunkId: 'main', number: '+12125550131', called: '+12125550100', sipCallId: 'sip-1' },
  ])
  t.equal(events.length, 1)
  const [found] = callers.reset([channel, { ...channel, id: 'dw-call-x', context: 'dialwright-answered' }])
  const told = events[0]
  t.match(found, {
    callId: told?.kind === 'call-incoming' ? told.callId : '',
    state: 'ringing',
    incoming: { trunkId: 'main' },
  })
  t.match(found?.callId, /^in-[0-9a-f]{32}$/)
  enter()
  t.equal(events.length, 1, 'nor after an inventory')
})

t.test('what strangers write is a number or nothing', async t => {
  for (const [caller, number] of [
    ['+12125550131', '+12125550131'],
    ['(212) 555-0131', '+2125550131'],
    ['anonymous', undefined],
    ['', undefined],
    ['12;DROP', undefined],
    ['$[1+1]', undefined],
    ['+1212555013112125550131', undefined],
    ['12', undefined],
  ] as const) {
    const { events, enter } = createWorld()
    enter({ caller })
    t.equal(events[0]?.kind === 'call-incoming' ? events[0].number : 'none', number, caller)
  }
  for (const exten of ['s', '1$[2]', '']) {
    const { events, asked, enter } = createWorld()
    enter({ exten })
    t.same([events, asked], [[], ['hangUp 1764462720.12 1']], `${exten} is nobody's number`)
  }
})

t.test(
  'the first words answer, the next ones replace what is heard; the end of what was replaced is not told',
  async t => {
    const { asked, events, callers, tell, enter, callId } = createWorld()
    enter()
    const order = { callId: callId(), maxMs: 180_000 }
    await callers.say({ ...order, said: 1, sounds: ['a', 'b'] })
    const first = `dw-say-${callId()}-1`
    const limit = `setVariable 1764462720.12 ARRAY(TIMEOUT(absolute),DIALWRIGHT_TAKEN) 180,1`
    t.same(asked.splice(0), ['answer 1764462720.12', limit, `play 1764462720.12 sound:a,sound:b ${first}`])
    await callers.say({ ...order, said: 2, sounds: ['c'] })
    const second = `dw-say-${callId()}-2`
    t.same(asked.splice(0), [`stopPlayback ${first}`, limit, `play 1764462720.12 sound:c ${second}`])
    const finished = (playbackId: string, state = 'done') =>
      tell({ type: 'PlaybackFinished', playbackId, media: 'sound:x', state }, 9)
    finished(first)
    t.equal(events.length, 1)
    finished(second, 'failed')
    finished(second)
    t.match(events.slice(1), [{ kind: 'prompt-ended', said: 2, at: 9 }])
    t.equal(events.length, 2)
  },
)

t.test('two orders at once: only the last is heard', async t => {
  const { asked, callers, enter, callId } = createWorld()
  enter()
  const order = { callId: callId(), maxMs: 1_000 }
  await Promise.all([
    callers.say({ ...order, said: 1, sounds: ['a'] }),
    callers.say({ ...order, said: 2, sounds: ['b'] }),
  ])
  t.same(
    asked.filter(one => one.startsWith('play')),
    [`play 1764462720.12 sound:b dw-say-${callId()}-2`],
  )
})

t.test('what cannot be played is told as played, so that the line goes on; a leg that is gone is not', async t => {
  const broken = createWorld({ play: telephonyError('rejected', 'no') })
  broken.enter()
  const order = { maxMs: 1_000, said: 1, sounds: ['a'] }
  await t.rejects(broken.callers.say({ ...order, callId: broken.callId() }), { code: 'rejected' })
  t.match(broken.events[1], { kind: 'prompt-ended', said: 1 })
  const gone = createWorld({ play: telephonyError('channel-gone', 'gone') })
  gone.enter()
  await gone.callers.say({ ...order, callId: gone.callId() })
  t.equal(gone.events.length, 1)
})

t.test('a key is told once, though the PBX tells it twice; a second press is a second key', async t => {
  const { events, tell, enter } = createWorld()
  enter()
  for (const at of [5, 5, 6]) tell({ type: 'ChannelDtmfReceived', digit: '2' }, at)
  t.same(
    events.slice(1).map(({ kind }) => kind),
    ['call-key', 'call-key'],
  )
})

t.test('who ended it: the person, we, or the time of the PBX', async t => {
  const byPeer = createWorld()
  byPeer.enter()
  for (const type of ['ChannelHangupRequest', 'StasisEnd'] as const) byPeer.tell({ type })
  byPeer.tell({ type: 'ChannelDestroyed', cause: 16, sipCode: undefined })
  t.match(byPeer.events.slice(1), [{ kind: 'call-ended', cause: 'hung-up-by-peer' }])
  t.equal(byPeer.events.length, 2, 'once')
  const byUs = createWorld()
  byUs.enter()
  await byUs.callers.turnAway(byUs.callId(), 'busy')
  for (const type of ['ChannelHangupRequest', 'StasisEnd'] as const) byUs.tell({ type })
  t.same(byUs.asked, ['hangUp 1764462720.12 17'])
  t.match(byUs.events[1], { cause: 'hung-up-by-us' })
  const byTime = createWorld()
  byTime.enter()
  byTime.tell({ type: 'StasisEnd' })
  t.match(byTime.events[1], { cause: 'hung-up-by-us' })
})
