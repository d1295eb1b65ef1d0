// What only a live Asterisk can show: restarts, cut and frozen links, dead phones, its own timers and records.
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { asteriskCommand, dialIn, restartAsterisk, startSoftphones } from '../../scripts/lib/index.js'
import { diagnose } from '../../src/asterisk/diagnosis/diagnose.ts'
import { thoroughPbxChecks } from '../../src/cli/commands/doctor/pbxThorough.ts'
import type { PbxInventory, TelephonyEvent } from '../../src/core/inputs.ts'
import { numberOf } from '../contract/telephony.ts'
import { sandbox } from '../support/sandbox.ts'
import { createLiveHarness, liveAgent, liveClock, liveOptions, liveTelephony } from './support/liveHarness.ts'
import { layWire } from './support/proxy.ts'

const portOf = (address: string) => Number(address.split(':').at(-1))
const amiWire = await layWire(portOf(sandbox().ami))
const ariWire = await layWire(Number(new URL(sandbox().ari).port))
const timing = {
  reconnectMinMs: 20,
  reconnectMaxMs: 200,
  pingEveryMs: 300,
  pingTimeoutMs: 700,
  requestTimeoutMs: 1_500,
}
const telephony = liveTelephony({
  ...liveOptions({ ami: amiWire.port, ari: ariWire.port }),
  timing: { ...timing, mediaPollEveryMs: 400, recordKeptMs: 200 },
})
const harness = await createLiveHarness(telephony)
const { events, until, order } = harness
const { first, second } = harness.agents

t.teardown(async () => {
  await harness.close()
  await amiWire.close()
  await ariWire.close()
})

type Kind = TelephonyEvent['kind']
const all = <K extends Kind>(kind: K) =>
  events.filter((event): event is Extract<TelephonyEvent, { kind: K }> => event.kind === kind)
const of = <K extends Kind>(kind: K, id: string) =>
  all(kind).filter(event => ('callId' in event && event.callId === id) || ('agentId' in event && event.agentId === id))
const untilOf = (kind: Kind, id: string, times = 1) => until(`${kind} of ${id}`, () => of(kind, id).length >= times)

async function answeredCall(number: string = numberOf.answersAtOnce): Promise<string> {
  const made = order(number)
  await telephony.originate(made)
  await untilOf('call-answered', made.attempt.callId)
  return made.attempt.callId
}

async function joinedCall(agentId: string, maxCallMs = 60_000): Promise<string> {
  const callId = await answeredCall()
  await telephony.connect({ callId, agentId, nodeId: 'live', maxCallMs })
  await untilOf('call-connected', callId)
  return callId
}

async function onTheLine(agent = second): Promise<void> {
  const before = of('agent-leg-up', agent.agentId).length
  await telephony.callAgent({ agentId: agent.agentId, endpoint: agent.endpoint })
  await untilOf('agent-leg-up', agent.agentId, before + 1)
}

/** Does something that breaks the link, and gives the inventory that comes afterwards. */
async function inventoryAfter(act: () => unknown, during?: () => Promise<unknown>): Promise<PbxInventory> {
  const [downs, ups] = [all('node-down').length, all('node-up').length]
  await act()
  await until('node-down', () => all('node-down').length === downs + 1)
  await during?.()
  await until('node-up', () => all('node-up').length > ups)
  const last = all('node-up').at(-1)
  return last?.inventory ?? { calls: [], agents: [], unattended: [] }
}

async function record(callId: string): Promise<string> {
  return asteriskCommand(`database get dialwright-unattended ${callId}`)
}

t.before(() => until('node-up', () => all('node-up').length > 0))

t.test('health shows what a doctor wants to know', async t => {
  const health = await telephony.health()
  t.match(health.version, /^2[2-9]\./)
  t.ok(Object.values(health.modules).every(Boolean), JSON.stringify(health.modules))
  t.ok(Object.values(health.contexts).every(Boolean), JSON.stringify(health.contexts))
  t.match(health.endpoints[second.agentId], { registered: true, deviceState: 'Not in use' })
  t.match(health.endpoints[first.agentId], { registered: false })
})

t.test('a doctor without a link is told which password is wrong', async t => {
  const options = liveOptions()
  const wrongAmi = liveTelephony({ ...options, ami: { ...options.ami, secret: 'wrong' } })
  await t.rejects(wrongAmi.health(), { code: 'unauthorized', message: /AMI/ })
  const wrongAri = liveTelephony({ ...options, ari: { ...options.ari, secret: 'wrong' } })
  await t.rejects(wrongAri.health(), { code: 'unauthorized', message: /ARI/ })
  const right = liveTelephony(options)
  t.match((await right.health()).version, /^2[2-9]\./)
  t.equal(all('node-down').length, 0, 'and the daemon beside it notices nothing')
})

t.test('a doctor who looks at all finds the shipped PBX as the documents want it', async t => {
  const { nodeId, ami, ari } = liveOptions()
  const sipCapture = { host: '127.0.0.1', port: 9061 }
  const order = {
    nodeId,
    ami,
    ari,
    sipCapture,
    sounds: ['dialwright/beep'],
    trunkEndpoints: ['trunk-main', 'nobody'],
    makesPhones: true,
  }
  const found = await diagnose({ ...order, thorough: { agentEndpoints: [second.agentId] } }, { clock: liveClock })
  t.equal(found.phonesMapped, true, 'phones need stand in no file')
  t.same([...(found.all?.settings.keys() ?? [])].sort(), [second.agentId, 'trunk-main'])
  const trunk = { trunkId: 'main', nodeId, dialString: 'PJSIP/{number}@trunk-main', stripPlus: false, callerIds: [] }
  const trunks = [{ ...trunk, channelsMax: 1, callsPerSecondMax: 1, maxCallMs: 1_000 }]
  const checks = thoroughPbxChecks(found, { trunks, phones: [second.agentId] })
  t.same(
    checks.map(({ what, code }) => code ?? what),
    ['PBX live rights', 'PBX live doors', 'trunk main', 'agents on live'],
  )
  t.ok(found.all?.actions.has('getconfig'), 'what SECURITY says that the right system opens')
})

t.test('orders without a link are refused with the reason', async t => {
  const { ari } = liveOptions()
  const lonely = liveTelephony({ ...liveOptions(), ari: { ...ari, url: 'http://127.0.0.1:1/ari' } })
  await t.rejects(lonely.originate(order(numberOf.busy)), { code: 'unreachable' })
  await t.rejects(lonely.hangUp('x'), { code: 'unreachable' })
  await lonely.close()
})

t.test('registrations are told when the link comes up and when they change', async t => {
  t.match(of('agent-registration', second.agentId).at(-1), { registered: true })
  t.match(of('agent-registration', first.agentId).at(-1), { registered: false })
  const phone = await startSoftphones({ folder: harness.folder('late'), agents: ['1005'], port: 5150 })
  telephony.watchAgents([liveAgent('1005')])
  await untilOf('agent-registration', '1005')
  t.match(of('agent-registration', '1005').at(-1), { registered: true })
  await phone.stop()
})

t.test("a key on the agent's phone is told once, idle and in a conversation", async t => {
  const digits = [
    { afterMs: 500, digit: '5' },
    { afterMs: 2_500, digit: '7' },
  ]
  await dialIn({ folder: harness.folder('keys'), agents: ['1006'], port: 5151, digits, ...watched('1006') })
  await untilOf('agent-leg-up', '1006')
  await until('the first key', () => of('agent-key', '1006').length > 0)
  const callId = await joinedCall('1006')
  await until('the second key', () => of('agent-key', '1006').length > 1)
  t.strictSame(
    of('agent-key', '1006').map(({ key }) => key),
    ['5', '7'],
  )
  await telephony.hangUp(callId)
  await telephony.releaseAgent('1006')
  await untilOf('agent-leg-down', '1006')
})

function watched(agentId: string): object {
  telephony.watchAgents([liveAgent(agentId)])
  return {}
}

t.test('a stranger who dials the log-in is put off the line', async t => {
  const dialed = await dialIn({ folder: harness.folder('stranger'), agents: ['1099'], port: 5152 })
  t.equal(await dialed.exited, 0, 'the PBX ended the call')
  t.strictSame(of('agent-leg-up', '1099'), [])
})

t.test('a phone that stops sending is told as silent; a person already given to it is given back', async t => {
  watched('1007')
  await dialIn({ folder: harness.folder('mute'), agents: ['1007'], port: 5153, rtpStopsAfterMs: 2_500 })
  await untilOf('agent-leg-up', '1007')
  await until('audio', () => of('agent-media', '1007').some(({ flowing }) => flowing))
  await until('silence', () => of('agent-media', '1007').some(({ flowing }) => !flowing))
  const callId = await answeredCall()
  await telephony.connect({ callId, agentId: '1007', nodeId: 'live', maxCallMs: 60_000 })
  await untilOf('connect-failed', callId)
  t.match(of('connect-failed', callId), [{ broken: 'agent-leg' }])
  await telephony.hangUp(callId)
  await telephony.releaseAgent('1007')
})

t.test('a phone that died a moment ago is noticed right after the connect, in time for another agent', async t => {
  watched('1008')
  await onTheLine()
  const phone = await dialIn({ folder: harness.folder('dying'), agents: ['1008'], port: 5154 })
  await untilOf('agent-leg-up', '1008')
  await until('audio', () => of('agent-media', '1008').some(({ flowing }) => flowing))
  const made = order(numberOf.answersAtOnce)
  await phone.stop()
  await telephony.originate(made)
  const { callId } = made.attempt
  await untilOf('call-answered', callId)
  await telephony.connect({ callId, agentId: '1008', nodeId: 'live', maxCallMs: 60_000 })
  await untilOf('connect-failed', callId)
  const [answer, failed] = [of('call-answered', callId)[0], of('connect-failed', callId)[0]]
  t.match(failed, { broken: 'agent-leg', agentId: '1008' })
  t.ok((failed?.at ?? 0) - (answer?.at ?? 0) < 1_700, 'inside the two seconds')
  t.match(await record(callId), /app-late/, 'were we to die now, the next run would know of the person')
  await telephony.connect({ callId, agentId: second.agentId, nodeId: 'live', maxCallMs: 60_000 })
  await until('the other agent', () => of('call-connected', callId).some(({ agentId }) => agentId === second.agentId))
  await delay(2_500)
  t.strictSame([of('call-taken-over', callId), of('call-ended', callId)], [[], []], 'and there they stay')
  t.notMatch(await record(callId), /app-late/)
  await telephony.hangUp(callId)
  await untilOf('call-ended', callId)
  await telephony.releaseAgent('1008')
})

t.test('a person given back and then taken by nobody hears the message from the PBX', async t => {
  watched('1009')
  const phone = await dialIn({ folder: harness.folder('dying-too'), agents: ['1009'], port: 5155 })
  await untilOf('agent-leg-up', '1009')
  await until('audio', () => of('agent-media', '1009').some(({ flowing }) => flowing))
  await phone.stop()
  const callId = await answeredCall()
  await telephony.connect({ callId, agentId: '1009', nodeId: 'live', maxCallMs: 60_000 })
  await untilOf('connect-failed', callId)
  await untilOf('call-taken-over', callId)
  const waited = (of('call-taken-over', callId)[0]?.at ?? 0) - (of('call-answered', callId)[0]?.at ?? 0)
  t.ok(waited < 2_000, `taken over ${waited} ms after the answer`)
  await telephony.hangUp(callId)
  await telephony.releaseAgent('1009')
})

t.test('the longest call ends by the PBX and is no take-over', async t => {
  const callId = await joinedCall(second.agentId, 4_000)
  await untilOf('call-ended', callId)
  t.match(of('call-ended', callId), [{ cause: 'hung-up-by-us' }])
  t.strictSame(of('call-taken-over', callId), [])
})

t.test('a second line of the same agent replaces the first, and nobody is told of a change', async t => {
  const [ups, downs] = [of('agent-leg-up', second.agentId).length, of('agent-leg-down', second.agentId).length]
  await harness.agentDialsIn(second)
  await delay(1_000)
  const channels = await asteriskCommand('core show channels concise')
  t.equal(channels.split('\n').filter(line => line.startsWith(`PJSIP/${second.agentId}-`)).length, 1)
  t.equal(of('agent-leg-up', second.agentId).length, ups)
  t.equal(of('agent-leg-down', second.agentId).length, downs)
  const callId = await joinedCall(second.agentId)
  await telephony.hangUp(callId)
  await untilOf('call-ended', callId)
})

t.test('an opt-out pressed during the message is told, and its record goes when the end is written', async t => {
  const callId = await answeredCall('+12125550123')
  await telephony.playMessage(callId)
  await untilOf('call-opted-out', callId)
  await untilOf('call-ended', callId)
  await delay(700)
  t.match(await record(callId), /app-decided/, 'over is not on disk')
  telephony.callWritten({ callId })
  await delay(700)
  t.notMatch(await record(callId), /app-decided/)
})

t.test('a cut link comes back with the calls and agents that live on the PBX', async t => {
  const callId = await joinedCall(second.agentId)
  const inventory = await inventoryAfter(() => ariWire.cut())
  t.match(inventory, { calls: [{ callId, state: 'connected', agentId: second.agentId }], agents: [second.agentId] })
  t.strictSame(of('call-ended', callId), [])
  await telephony.hangUp(callId)
  await untilOf('call-ended', callId)
  t.match(of('call-ended', callId), [{ cause: 'hung-up-by-us' }], 'told once, by the link that came back')
})

t.test('without AMI people are joined and ended as ever, what they press is heard, and its return is told', async t => {
  const downs = all('node-down').length
  const links = () => all('manager-link').map(({ up }) => up)
  const before = links().length
  amiWire.freeze()
  amiWire.cut()
  await until('the loss', () => links().length > before)
  const callId = await joinedCall(second.agentId)
  await telephony.hangUp(callId)
  await untilOf('call-ended', callId)
  const ringing = order(numberOf.neverAnswers)
  await telephony.originate(ringing)
  await untilOf('call-ringing', ringing.attempt.callId)
  await telephony.hangUp(ringing.attempt.callId)
  await untilOf('call-ended', ringing.attempt.callId)
  t.match(of('call-ended', ringing.attempt.callId), [{ cause: 'hung-up-by-us' }])
  amiWire.thaw()
  await until('the return', () => links().length > before + 1)
  t.strictSame(links().slice(before), [false, true])
  t.equal(all('node-down').length, downs, 'the node was there all the time')
})

t.test(
  'a link that falls silent is noticed, and answers meanwhile are counted from the records of the PBX',
  async t => {
    const made = order(numberOf.answersAfterASecond)
    const { callId } = made.attempt
    await telephony.originate(made)
    await untilOf('call-ringing', callId)
    const freeze = () => {
      ariWire.freeze()
      amiWire.freeze()
    }
    const inventory = await inventoryAfter(freeze, async () => {
      await delay(3_500)
      ariWire.thaw()
      amiWire.thaw()
    })
    // Other tests on this Asterisk may have left records of their own calls.
    const unattended = inventory.unattended.filter(one => one.callId === callId)
    t.match(unattended, [{ callId, optedOut: false, sipCallId: /./ }])
    t.equal(unattended.length, 1)
    await telephony.acknowledgeUnattended([callId])
    t.notMatch(await record(callId), /app-/)
    await telephony.acknowledgeUnattended([callId])
    await telephony.hangUp(callId)
  },
)

t.test('an agent whose call ended while the link was down hears music again', async t => {
  const callId = await joinedCall(second.agentId)
  // What makes the call ours follows the join.
  await delay(300)
  const inventory = await inventoryAfter(
    () => {
      ariWire.freeze()
      return asteriskCommand('channel request hangup all').then(() => ariWire.cut())
    },
    async () => ariWire.thaw(),
  )
  t.strictSame(inventory.calls, [])
  t.strictSame(of('call-ended', callId), [])
  const [connected] = of('call-connected', callId)
  const [answered] = of('call-answered', callId)
  const kept = inventory.kept?.find(one => one.callId === callId)
  t.match(kept, {
    ...{ answeredAt: answered?.at, talk: { agentId: second.agentId, connectedAt: connected?.at } },
    ...{ end: { byPeer: false }, sipCallId: /./ },
  })
  const endedAt = kept?.end?.endedAt ?? Number.NaN
  t.ok(
    endedAt >= (connected?.at ?? Number.NaN) - 100 && endedAt <= liveClock.now() + 100,
    'inside, give or take the clocks',
  )
  await telephony.acknowledgeUnattended([callId])
})

t.test('a restart of the PBX ends everything, and everything begins anew', async t => {
  const made = order(numberOf.neverAnswers)
  await telephony.originate(made)
  await untilOf('call-ringing', made.attempt.callId)
  const inventory = await inventoryAfter(() => restartAsterisk())
  t.strictSame([inventory.calls, inventory.agents], [[], []])
  await onTheLine()
  const callId = await joinedCall(second.agentId)
  await telephony.hangUp(callId)
  await untilOf('call-ended', callId)
  t.match(of('call-ended', callId), [{ cause: 'hung-up-by-us' }])
})

t.test('a second daemon with our name makes us deaf, and we say so', async t => {
  const rival = liveTelephony(liveOptions())
  const rivalEvents: TelephonyEvent[] = []
  const downs = all('node-down').length
  rival.start(event => rivalEvents.push(event))
  await until('our node-down', () => all('node-down').length > downs)
  await rival.close()
  await until('our link again', () => events.at(-1)?.kind !== 'node-down')
  t.ok(all('node-up').length > 0)
})
