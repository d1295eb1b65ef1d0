// What another program beside us does to our legs on a live Asterisk: bridges destroyed, channels taken out of them or sent elsewhere.
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { asteriskCommand } from '../../scripts/lib/index.js'
import { callChannelId } from '../../src/asterisk/legs/names.ts'
import type { TelephonyEvent } from '../../src/core/inputs.ts'
import { numberOf } from '../contract/telephony.ts'
import { sandbox } from '../support/sandbox.ts'
import { createLiveHarness } from './support/liveHarness.ts'

const harness = await createLiveHarness()
const { telephony, events, until, order } = harness
const { second: agent } = harness.agents
const { agentId } = agent
const idleBridge = 'dw-idle-live'

t.teardown(() => harness.close())

/** The other program. */
async function ari(method: string, path: string): Promise<Response> {
  const { ari: url, user, secret } = sandbox()
  const authorization = `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`
  return await fetch(`${url}${path}`, { method, headers: { authorization } })
}

async function channelsIn(bridgeId: string): Promise<readonly string[]> {
  const response = await ari('GET', `/bridges/${bridgeId}`)
  const body: unknown = await response.json()
  return typeof body === 'object' && body !== null && 'channels' in body ? (body.channels as string[]) : []
}

/** The bridge in which the agent talks, or would: the one with somebody in it, else the newest. */
async function talkBridge(): Promise<string> {
  const response = await ari('GET', '/bridges')
  const all = (await response.json()) as { id: string; channels: string[] }[]
  const theirs = all.filter(({ id }) => id.startsWith(`dw-bridge-${agentId}`)).sort((a, b) => (a.id < b.id ? 1 : -1))
  return (theirs.find(({ channels }) => channels.length > 0) ?? theirs[0])?.id ?? 'none'
}

type Kind = TelephonyEvent['kind']
const of = (kind: Kind, id: string) =>
  events.filter(
    event =>
      event.kind === kind &&
      (('callId' in event && event.callId === id) || ('agentId' in event && event.agentId === id)),
  )
const untilOf = (kind: Kind, id: string) => until(`${kind} of ${id}`, () => of(kind, id).length > 0)

async function answeredCall(): Promise<string> {
  const made = order(numberOf.answersAtOnce)
  await telephony.originate(made)
  await untilOf('call-answered', made.attempt.callId)
  return made.attempt.callId
}

async function joinedCall(): Promise<string> {
  const callId = await answeredCall()
  await telephony.connect({ callId, agentId, nodeId: 'live', maxCallMs: 60_000 })
  await untilOf('call-connected', callId)
  return callId
}

async function onTheLine(): Promise<string> {
  const before = of('agent-leg-up', agentId).length
  await telephony.callAgent({ agentId, endpoint: agent.endpoint })
  await until('the agent', () => of('agent-leg-up', agentId).length > before)
  return untilIdle()
}

/** The agent's channel, once they hear music; other tests may have left lines of others. */
async function untilIdle(): Promise<string> {
  let own: string | undefined
  for (let tries = 0; tries < 100 && own === undefined; tries += 1) {
    own = (await channelsIn(idleBridge)).find(channelId => channelId.startsWith(`dw-agent-${agentId}-`))
    await delay(20)
  }
  return own ?? 'none'
}

async function untilTalking(callId: string, line: string): Promise<boolean> {
  for (let tries = 0; tries < 100; tries += 1) {
    const inside = await channelsIn(await talkBridge())
    if (inside.includes(callChannelId(callId)) && inside.includes(line)) return true
    await delay(20)
  }
  return false
}

async function over(callId: string): Promise<void> {
  await telephony.hangUp(callId)
  await untilOf('call-ended', callId)
  await untilIdle()
}

await until('the node', () => events.some(({ kind }) => kind === 'node-up'))
const line = await onTheLine()

t.test("an idle agent's bridge is destroyed: it is made anew before anybody needs it", async t => {
  await ari('DELETE', `/bridges/${await talkBridge()}`)
  for (let tries = 0; tries < 50 && (await talkBridge()) === 'none'; tries += 1) await delay(20)
  t.not(await talkBridge(), 'none')
})

t.test('a bridge is destroyed in the very moment: the person is joined with them', async t => {
  const callId = await answeredCall()
  await ari('DELETE', `/bridges/${await talkBridge()}`)
  await telephony.connect({ callId, agentId, nodeId: 'live', maxCallMs: 60_000 })
  await untilOf('call-connected', callId)
  t.strictSame(of('connect-failed', callId), [])
  t.ok(await untilTalking(callId, line))
  await over(callId)
})

const deeds: Record<string, (callId: string) => Promise<unknown>> = {
  'the bridge of a conversation is destroyed': async () => ari('DELETE', `/bridges/${await talkBridge()}`),
  'the person is taken out of the bridge': async callId =>
    ari('POST', `/bridges/${await talkBridge()}/removeChannel?channel=${callChannelId(callId)}`),
  'the agent is taken out of the bridge': async () =>
    ari('POST', `/bridges/${await talkBridge()}/removeChannel?channel=${line}`),
}

for (const [what, deed] of Object.entries(deeds)) {
  t.test(`${what}: they are joined again, and it is one conversation`, async t => {
    const callId = await joinedCall()
    t.ok(await untilTalking(callId, line))
    await deed(callId)
    await delay(20)
    t.ok(await untilTalking(callId, line))
    t.strictSame([of('call-parted', callId), of('call-ended', callId), of('agent-leg-down', agentId)], [[], [], []])
    await over(callId)
  })
}

for (const who of ['person', 'agent'] as const) {
  t.test(`the ${who} is kicked: they are joined again, or the leg has ended and that is told`, async t => {
    const callId = await joinedCall()
    await untilTalking(callId, line)
    const channels = await asteriskCommand('core show channels concise')
    const mark = who === 'agent' ? `PJSIP/${agentId}-` : 'PJSIP/trunk-main-'
    const name = channels
      .split('\n')
      .find(text => text.startsWith(mark))
      ?.split('!')[0]
    await asteriskCommand(`bridge kick ${await talkBridge()} ${name}`)
    await delay(50)
    const isTold = () =>
      of(who === 'agent' ? 'agent-leg-down' : 'call-ended', who === 'agent' ? agentId : callId).length > 0
    t.comment(`told: ${isTold()}`)
    if (!isTold()) t.ok(await untilTalking(callId, line))
    else t.pass('told')
    await over(callId)
  })
}

t.test('the bridge of the idle is destroyed: they are put back', async t => {
  await ari('DELETE', `/bridges/${idleBridge}`)
  await delay(20)
  t.equal(await untilIdle(), line)
  await ari('POST', `/bridges/${idleBridge}/removeChannel?channel=${line}`)
  await delay(20)
  t.equal(await untilIdle(), line, 'one who was taken out of it as well')
})

t.test(
  'a person is sent elsewhere in the dialplan: their conversation is over, and their channel left alone',
  async t => {
    const callId = await joinedCall()
    await delay(3_100)
    await ari('POST', `/channels/${callChannelId(callId)}/continue?context=dialwright-message&extension=s&priority=1`)
    await untilOf('call-ended', callId)
    t.equal((await ari('GET', `/channels/${callChannelId(callId)}`)).status, 200)
    await untilIdle()
    await ari('DELETE', `/channels/${callChannelId(callId)}`)
  },
)

t.test('an agent is sent elsewhere: they are off the line, and the person is there to be given to another', async t => {
  const callId = await joinedCall()
  await ari('POST', `/channels/${line}/continue?context=dialwright-message&extension=s&priority=1`)
  await untilOf('agent-leg-down', agentId)
  t.strictSame(of('call-ended', callId), [])
  await telephony.hangUp(callId)
  await untilOf('call-ended', callId)
})
