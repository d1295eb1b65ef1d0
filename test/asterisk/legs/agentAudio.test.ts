// Whether phones send, by their packet counters: one look where it is enough, a second one where there is doubt.
import t from 'tap'
import type { NodeContext } from '../../../src/asterisk/context.ts'
import { AgentAudio } from '../../../src/asterisk/legs/agentAudio.ts'
import type { AgentLeg } from '../../../src/asterisk/legs/agentLeg.ts'
import type { Agents } from '../../../src/asterisk/legs/agents.ts'
import { defaultTiming } from '../../../src/asterisk/link/timing.ts'
import type { TelephonyEvent } from '../../../src/core/inputs.ts'
import { createManualClock } from '../support/manualClock.ts'

/** Phones with a packet each 20 ms until they fall silent; the music sends as much. */
function phones(count: number) {
  const clock = createManualClock(10_000)
  const silentFrom = new Map<string, number>()
  const asked: string[] = []
  const told: TelephonyEvent[] = []
  const legs = Array.from({ length: count }, (_, index) => leg(`a${index}`))
  const packets = async (channelId: string) => {
    asked.push(channelId)
    const until = Math.min(clock.now(), silentFrom.get(channelId) ?? Number.POSITIVE_INFINITY)
    return { received: Math.floor(until / 20), sent: Math.floor(clock.now() / 20) }
  }
  // Only what the audio's watch reads of them.
  const context = {
    ...{ clock, timing: defaultTiming, ari: () => ({ packets }) },
    ...{ emit: (event: TelephonyEvent) => told.push(event), log: { debug: () => {} } },
  } as unknown as NodeContext
  const agents = {
    legs: () => legs,
    get: (agentId: string) => legs.find(each => each.agentId === agentId),
    startMusic: async () => {},
  } as unknown as Agents
  const audio = new AgentAudio(context, agents)
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 50) {
      clock.advance(50)
      await new Promise(resolve => setImmediate(resolve))
    }
  }
  const connect = (to: AgentLeg) => {
    let died = false
    to.callId = `call-${clock.now()}`
    asked.length = 0
    audio.checkAfterConnect(to, () => {
      died = true
    })
    return { died: () => died }
  }
  return { audio, legs, asked, told, silentFrom, pass, connect, clock }
}

function leg(agentId: string): AgentLeg {
  return {
    ...{ agentId, channelId: agentId, by: 'agent', state: 'up', callId: undefined, hearsMusic: true },
    ...{ packets: undefined, pace: undefined, isFlowing: undefined },
    ...{ bridgeId: `dw-bridge-${agentId}`, endedByUs: false, lastKeyAt: undefined },
  }
}

t.test('a phone whose pace is known is looked at once after a connect', async t => {
  const { audio, legs, asked, told, pass, connect } = phones(1)
  audio.start()
  await pass(5_000)
  t.match(told, [{ kind: 'agent-media', agentId: 'a0', flowing: true }])
  const [agent] = legs as [AgentLeg]
  const { died } = connect(agent)
  await pass(1_000)
  t.strictSame([asked, died(), told.length], [['a0'], false, 1])
})

t.test('one of which too little is known is looked at twice', async t => {
  const { audio, legs, asked, pass, connect } = phones(1)
  audio.start()
  await pass(100)
  const { died } = connect((legs as [AgentLeg])[0])
  await pass(1_000)
  t.strictSame([asked, died()], [['a0', 'a0'], false])
})

t.test('a phone that dies is found within half a second of the connect, whenever it died', async t => {
  for (const beforeMs of [1_900, 1_000, 300, 100, 0]) {
    const { audio, legs, told, silentFrom, pass, connect, clock } = phones(1)
    audio.start()
    await pass(6_050)
    silentFrom.set('a0', clock.now() + 1_900 - beforeMs)
    await pass(1_900)
    const { died } = connect((legs as [AgentLeg])[0])
    await pass(500)
    t.ok(died(), `${beforeMs} ms before`)
    t.match(told.at(-1), { kind: 'agent-media', flowing: false })
  }
})

t.test('whoever goes to the next call, or leaves, is not taken for dead by the look that was due', async t => {
  const { audio, legs, silentFrom, pass, connect, clock } = phones(2)
  audio.start()
  await pass(6_000)
  const [first, second] = legs as [AgentLeg, AgentLeg]
  silentFrom.set('a0', clock.now()).set('a1', clock.now())
  const [before, left] = [connect(first), connect(second)]
  await pass(250)
  const after = connect(first)
  second.state = 'ending'
  await pass(1_000)
  t.strictSame([before.died(), after.died(), left.died()], [false, true, false])
})

t.test('many idle phones are asked a few at a time, each every two seconds', async t => {
  const { audio, asked, pass } = phones(300)
  audio.start()
  await pass(1_900)
  t.strictSame(asked, [], 'a phone is given time for its first packets')
  await pass(1_300)
  t.equal(new Set(asked).size, 300, 'then all of them')
  asked.length = 0
  await pass(10_000)
  t.ok(asked.length >= 300 * 4 && asked.length <= 300 * 6, `${asked.length} questions`)
  audio.stop()
  asked.length = 0
  await pass(4_000)
  t.strictSame(asked, [])
})
