// What pages live on: events that can be taken up again, and topics as a snapshot with patches.

import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { promisify } from 'node:util'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import type { AppContext } from '../../src/app/context.ts'
import { type Json, mergePatch } from '../../src/app/live/mergePatch.ts'
import { allEyes } from '../../src/app/live/topics.ts'
import type { EngineEvent } from '../../src/core/effects.ts'
import { createEventStreams } from '../../src/http/stream.ts'
import { createLog } from '../../src/log.ts'
import { connectCall, dialingRig, type Rig, token } from './rig.ts'

interface Message {
  readonly id?: string
  readonly event?: string
  readonly data?: Record<string, unknown>
}

/** Reads a stream message by message, as a browser does. */
async function follow(t: Test, rig: Rig, query: string, headers: Record<string, string> = {}) {
  const gone = new AbortController()
  t.teardown(() => gone.abort())
  const response = await fetch(`${rig.url}/v1/events${query}`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: gone.signal,
  })
  t.equal(response.status, 200)
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const next = async (): Promise<Message> => {
    while (!text.includes('\n\n')) text += (await reader?.read())?.value ?? t.fail('ended')
    const end = text.indexOf('\n\n')
    const fields = text
      .slice(0, end)
      .split('\n')
      .map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const)
    text = text.slice(end + 2)
    const { data, ...rest } = Object.fromEntries(fields)
    return { ...rest, ...(data === undefined ? {} : { data: JSON.parse(data) }) }
  }
  const until = async (wanted: (message: Message) => boolean): Promise<Message[]> => {
    const heard: Message[] = []
    do heard.push(await next())
    while (!wanted(heard.at(-1) as Message))
    return heard
  }
  return { next, until, leave: () => gone.abort() }
}

/** RFC 7396, section 2, as it stands there. */
function apply(target: Json, patch: Json): Json {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const isObject = typeof target === 'object' && target !== null && !Array.isArray(target)
  const result = new Map<string, Json>(Object.entries(isObject ? target : {}))
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result.delete(key)
    else result.set(key, apply(result.get(key) ?? null, value))
  }
  return Object.fromEntries(result)
}

const { json } = fc.letrec<{ json: Json }>(tie => ({
  json: fc.oneof(
    { maxDepth: 4 },
    fc.integer({ min: 0, max: 3 }),
    fc.constantFrom('a', 'b'),
    fc.boolean(),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), tie('json'), { maxKeys: 3 }),
  ),
}))

t.test('a patch makes what is now of what was', async () => {
  fc.assert(
    fc.property(json, json, (before, after) => {
      const patch = mergePatch(before, after)
      if (patch === undefined) return JSON.stringify(before) === JSON.stringify(after) || sameKeys(before, after)
      return sameKeys(apply(before, patch), after)
    }),
    { numRuns: 2_000 },
  )
})

/** Equal but for the order of keys. */
function sameKeys(one: Json, other: Json): boolean {
  const sorted = (_key: string, value: Json): Json =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value
  return JSON.stringify(one, sorted) === JSON.stringify(other, sorted)
}

t.test('every event of a call is told, and who was away hears what they have missed', async t => {
  const rig = await dialingRig(t)
  const first = await follow(t, rig, '')
  const begun = await first.next()
  t.match(begun.id, /^[0-9a-f]{8}-\d+$/, 'there is an id to come back with before anything happens')
  const callId = await connectCall(rig)
  const connected = (await first.until(({ event }) => event === 'call-connected')).at(-1)
  first.leave()

  await rig.call('POST', `/v1/calls/${callId}/wrap-up`, { wrapUpCode: 'done' })
  rig.pbx.tell({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at: rig.clock.now() })
  await rig.clock.runUntil(rig.clock.now() + 1000)

  const second = await follow(t, rig, '', { 'last-event-id': String(connected?.id) })
  t.equal((await second.next()).id, connected?.id, 'a break before they have heard it costs nothing')
  const missed = await second.until(({ event }) => event === 'call-ended')
  t.equal(
    missed.find(({ event }) => event === 'call-connected'),
    undefined,
    'what was heard is not told again',
  )
  t.match(missed.at(-1)?.data, {
    callId,
    campaignId: 'spring',
    agentId: '1001',
    disposition: 'connected',
    origin: 'campaign',
  })
  t.match(missed.find(({ event }) => event === 'call-wrapped-up')?.data, {
    callId,
    agentId: '1001',
    wrapUpCode: 'done',
    refusal: false,
  })
  second.leave()

  const third = await follow(t, rig, `?after=${begun.id}`)
  const all = await third.until(({ event }) => event === 'call-ended')
  t.equal(all.filter(({ event }) => event === 'call-connected').length, 1)
  t.equal(all[0]?.event, undefined, 'nothing else comes before')
  third.leave()
})

t.test('whoever comes back with an id that nobody knows is told to begin anew', async t => {
  const rig = await dialingRig(t)
  for (const id of ['00000000-3', 'x', '', '00000000-', `${'9'.repeat(50)}`]) {
    const stream = await follow(t, rig, `?after=${encodeURIComponent(id)}`)
    await stream.next()
    t.match(await stream.next(), { event: 'reset', data: { since: id } })
    stream.leave()
  }
  const begun = await (await follow(t, rig, '')).next()
  const [run] = String(begun.id).split('-')
  const ahead = await follow(t, rig, `?after=${run}-999999`)
  await ahead.next()
  t.match(await ahead.next(), { event: 'reset' }, 'an id from the future is none of ours')
})

t.test('a topic is a snapshot and patches, and both together what its own route answers', async t => {
  const rig = await dialingRig(t)
  const stream = await follow(t, rig, '?topics=agent:1001,agents,board')
  const states = new Map<string, Json>()
  const take = ({ event, data }: Message): void => {
    const topic = String(data?.topic)
    if (event === 'snapshot') states.set(topic, data?.state as Json)
    if (event === 'patch') states.set(topic, apply(states.get(topic) ?? null, data?.patch as Json))
  }
  const settled = async (holds: () => boolean): Promise<void> => {
    while (!holds()) take(await stream.next())
  }
  await settled(() => states.size === 3)
  t.match(states.get('agent:1001'), { agent: { agentId: '1001', name: 'Ann' } })
  const callId = await connectCall(rig)
  await settled(() => JSON.stringify(states.get('agent:1001')).includes('"on-call"'))
  const { body } = await rig.call('GET', '/v1/agents/1001')
  t.ok(sameKeys(states.get('agent:1001') as Json, body as unknown as Json), JSON.stringify(states.get('agent:1001')))
  t.match(states.get('agent:1001'), { call: { callId, lead: { name: 'Bob' } } })
  await settled(() => JSON.stringify(states.get('agents')).includes('"on-call"'))
  await settled(() => JSON.stringify(states.get('board')).includes('"on-call":1'))
  t.match(states.get('board'), { campaigns: [{ campaignId: 'spring' }] })
})

t.test('who follows an agent who is removed is told', async t => {
  const rig = await dialingRig(t)
  await rig.call('POST', '/v1/agents', { agentId: '1002', name: 'Bo', endpoint: 'PJSIP/1002' })
  const stream = await follow(t, rig, '?topics=agent:1002')
  await stream.until(({ event }) => event === 'snapshot')
  await rig.call('DELETE', '/v1/agents/1002')
  const heard = await stream.until(({ event }) => event === 'patch')
  t.same(heard.at(-1)?.data, { topic: 'agent:1002', patch: null })
})

t.test('a topic that is none, or of nobody, is refused, and nothing is left open', async t => {
  const rig = await dialingRig(t)
  const eleven = Array.from({ length: 11 }, () => 'board').join(',')
  for (const [topics, status] of [
    ['calls', 400],
    ['agent:', 400],
    ['board,', 400],
    [eleven, 400],
    ['board,agent:nobody', 404],
  ] as const)
    t.equal((await rig.call('GET', `/v1/events?topics=${encodeURIComponent(topics)}`)).status, status, topics)
})

t.test('who does not read is cut off, and the others go on', async t => {
  let tell: (event: EngineEvent, at: number) => void = () => {}
  const gateway = {
    subscribe(listener: typeof tell) {
      const before = tell
      tell = (event, at) => {
        before(event, at)
        listener(event, at)
      }
      return () => {}
    },
  }
  // Nothing else of the engine is asked where no topic is followed.
  const streams = createEventStreams({ gateway } as unknown as AppContext, createLog({ level: 'silent' }))
  const answers: ServerResponse[] = []
  const server = createServer((_request, response) => {
    answers.push(response)
    streams.open(response, { wanted: () => true, topics: [], eyes: allEyes, after: undefined })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    streams.close()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const sockets = ['deaf', 'awake'].map(() => connect(port, '127.0.0.1'))
  for (const socket of sockets) socket.on('error', () => {}).write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  const [deaf, awake] = sockets as [Socket, Socket]
  await Promise.all(sockets.map(socket => once(socket, 'data')))
  deaf.pause()
  let heard = ''
  awake.on('data', bytes => (heard += bytes))
  const connections = promisify(server.getConnections.bind(server))
  let sent = 0
  for (; (await connections()) === 2 && sent < 2_000; sent += 1) {
    for (let burst = 0; burst < 100; burst += 1)
      tell({ kind: 'call-abandoned', callId: 'x'.repeat(300), campaignId: 'spring', why: 'no-agent' }, 0)
    tell({ kind: 'campaign-state', campaignId: `c${sent}`, state: 'paused' }, 0)
    while (!heard.includes(`"c${sent}"`)) await once(awake, 'data')
    heard = ''
  }
  t.ok(sent < 2_000, 'cut off')
  t.equal(await connections(), 1, 'the other is there')
  // One that was ended by others, and is still there because nobody reads it, is written to no more: that would end the process.
  awake.pause()
  for (let burst = 0; burst < 5_000; burst += 1)
    tell({ kind: 'call-abandoned', callId: 'x'.repeat(300), campaignId: 'spring', why: 'no-agent' }, 0)
  for (const answer of answers) answer.end()
  tell({ kind: 'campaign-state', campaignId: 'spring', state: 'paused' }, 0)
  await new Promise(resolve => setImmediate(resolve))
  deaf.destroy()
  awake.destroy()
})
