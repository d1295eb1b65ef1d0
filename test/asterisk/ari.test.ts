// The REST interface and its event socket as they misbehave, each against a small server that does it.
import t from 'tap'
import { connectAri } from '../../src/asterisk/ari/connect.ts'
import { type AriEvent, readEvent } from '../../src/asterisk/ari/shapes.ts'
import { createAriSocket } from '../../src/asterisk/ari/socket.ts'
import { codeOfAriStatus } from '../../src/asterisk/errors.ts'
import { createLatencyTallies } from '../../src/asterisk/link/latency.ts'
import { defaultTiming, type Timing } from '../../src/asterisk/link/timing.ts'
import { createSystemClock } from '../../src/dialer/clock.ts'
import { createLog } from '../../src/log.ts'
import { until } from '../support/sandbox.ts'
import { type FakeAriBehaviour, openFakeAri, type ReceivedRequest } from './support/fakeAri.ts'

const clock = createSystemClock()
const log = createLog({ level: 'silent' })
const quick: Timing = {
  ...defaultTiming,
  reconnectMinMs: 1,
  reconnectMaxMs: 10,
  pingEveryMs: 30,
  pingTimeoutMs: 60,
  requestTimeoutMs: 200,
  connectTimeoutMs: 1_000,
}
const limits = { requestTimeoutMs: quick.requestTimeoutMs, connectTimeoutMs: quick.connectTimeoutMs }
const options = (url: string, secret = 'secret') => ({ url, user: 'dialwright', secret, app: 'dialwright' })

async function connected(behaviour: FakeAriBehaviour = {}) {
  const server = await openFakeAri(behaviour)
  const latency = createLatencyTallies()
  const { operations, close } = await connectAri(options(server.url, behaviour.secret), limits, latency.ari)
  const answersTimed = () => latency.ari.copy().counts.reduce((sum, count) => sum + count)
  return {
    server,
    operations,
    answersTimed,
    close: () => {
      close()
      return server.close()
    },
  }
}

const at =
  (path: string, act: (request: ReceivedRequest) => void) =>
  (request: ReceivedRequest): boolean => {
    if (!request.path.startsWith(path)) return false
    act(request)
    return true
  }

t.test('a wrong password is one clear error', async t => {
  const server = await openFakeAri()
  await t.rejects(connectAri(options(server.url, 'wrong'), limits), {
    code: 'unauthorized',
    message: /refuses user "dialwright".*ari\.conf/,
  })
  await server.close()
})

t.test('a PBX that is not there is one clear error', async t => {
  const server = await openFakeAri()
  await server.close()
  await t.rejects(connectAri(options(server.url), limits), { code: 'unreachable', message: /is it running/ })
})

t.test('something else that listens there is one clear error', async t => {
  const { server, close } = await connected()
  const other = await openFakeAri({ handle: at('/asterisk/ping', ({ answer }) => answer(404)) })
  await t.rejects(connectAri(options(other.url), limits), { code: 'rejected', message: /No usable ARI/ })
  t.ok(server.requests.length > 0)
  await other.close()
  await close()
})

t.test('variables go in the body and everything else in the address', async t => {
  const { server, operations, close } = await connected()
  await operations.originate({
    channelId: 'dw-call-1',
    endpoint: 'PJSIP/+12125550110@trunk-main',
    context: 'dialwright-answered',
    timeoutSec: 30,
    variables: { DIALWRIGHT_CALL: '1 & 2' },
  })
  const request = server.requests.at(-1)
  t.match(request, { method: 'POST', body: '{"variables":{"DIALWRIGHT_CALL":"1 & 2"}}' })
  t.match(
    request?.path,
    /^\/channels\?endpoint=PJSIP%2F%2B12125550110%40trunk-main&extension=s&context=dialwright-answered&priority=1&channelId=dw-call-1&timeout=30$/,
  )
  const before = server.requests.length
  const order = { channelId: 'dw-call-2', endpoint: 'PJSIP/1', context: 'x', timeoutSec: 30, variables: {} }
  for (const bad of ['a\r\nX-Evil: 1', 'a\u001b[2J', 'a\0b', '\u0085', '\u2028']) {
    await t.rejects(operations.originate({ ...order, callerId: bad }), { code: 'rejected', message: /callerId/ })
    await t.rejects(operations.originate({ ...order, endpoint: `PJSIP/${bad}` }), { code: 'rejected' })
    await t.rejects(operations.originate({ ...order, variables: { NAME: bad } }), { code: 'rejected', message: /NAME/ })
    await t.rejects(operations.setVariable('dw-call-1', 'CALLERID(name)', bad), { code: 'rejected' })
  }
  t.equal(server.requests.length, before, 'nothing that could bring a header of its own reaches the PBX')
  await operations.filterEvents(['StasisStart'])
  t.equal(server.requests.at(-1)?.body, '{"allowed":[{"type":"StasisStart"}]}')
  await close()
})

t.test('two nodes are each called with their own password', async t => {
  const first = await connected({ secret: 'one' })
  const second = await connected({ secret: 'two' })
  await Promise.all([first.operations.channels(), second.operations.channels(), first.operations.bridges()])
  const secretsOf = (requests: readonly ReceivedRequest[]) => [
    ...new Set(requests.map(({ authorization }) => Buffer.from(authorization?.slice(6) ?? '', 'base64').toString())),
  ]
  // The one without is ari-client's own look whether anybody listens.
  t.strictSame(secretsOf(first.server.requests).filter(Boolean), ['dialwright:one'])
  t.strictSame(secretsOf(second.server.requests).filter(Boolean), ['dialwright:two'])
  await first.close()
  await second.close()
})

t.test('a request that is not answered fails in time', async t => {
  const { operations, answersTimed, close } = await connected({ handle: at('/channels', () => {}) })
  const before = answersTimed()
  await t.rejects(operations.channels(), { code: 'timeout' })
  await operations.ping()
  t.equal(answersTimed(), before + 2)
  await close()
})

t.test('a connection that breaks fails its request at once', async t => {
  const broken = at('/channels', ({ response }) => response.destroy())
  const { operations, answersTimed, close } = await connected({ handle: broken })
  const before = answersTimed()
  await t.rejects(operations.channels(), { code: 'unreachable' })
  t.equal(answersTimed(), before, 'it says nothing of how long the PBX takes')
  await close()
  await t.rejects(operations.ping(), { code: 'unreachable' })
})

t.test(
  'a kept connection that the PBX closes as a request leaves is no failure, but an originate is never sent twice',
  async t => {
    let closes = 0
    const { server, operations, close } = await connected({
      handle: ({ path, response }) => {
        if (closes === 0 || path.startsWith('/asterisk')) return false
        closes -= 1
        response.destroy()
        return true
      },
    })
    const arrived = (what: string) => server.requests.filter(({ path }) => path.startsWith(what)).length
    // More than there are connections, so that the next one has answered before.
    for (let times = 0; times < 40; times += 1) await operations.setVariable('a', 'A', '1')
    closes = 1
    await operations.setVariable('a', 'A', '2')
    t.equal(arrived('/channels/a/variable'), 42)
    const order = { endpoint: 'PJSIP/x', context: 'c', timeoutSec: 1, variables: { A: '1' } }
    await operations.originate({ ...order, channelId: 'first' })
    closes = 1
    await t.rejects(operations.originate({ ...order, channelId: 'second' }), { code: 'unreachable' })
    t.equal(arrived('/channels?'), 2)
    await close()
  },
)

t.test('what waited for a connection longer than anybody waits for it does not leave any more', async t => {
  const held: ReceivedRequest[] = []
  const { server, operations, close } = await connected({ handle: at('/channels?', request => held.push(request)) })
  const order = { endpoint: 'PJSIP/x', context: 'c', timeoutSec: 1, variables: { A: '1' } }
  const originates = Array.from({ length: 30 }, (_, index) =>
    operations.originate({ ...order, channelId: `${index}` }).catch((error: { code?: string }) => error.code),
  )
  t.strictSame([...new Set(await Promise.all(originates))], ['timeout'])
  for (const { answer } of held) answer(200, {})
  await operations.channels()
  // One or two may still leave in the instant in which those before them give up.
  t.ok(server.requests.filter(({ path }) => path.startsWith('/channels?')).length < 20)
  await close()
})

t.test('statuses become our codes with the words of the PBX, and a hang-up of what is gone is done', async t => {
  const { operations, close } = await connected({
    handle: at('/channels/gone', ({ answer }) => answer(404, { message: 'Channel not found' })),
  })
  await t.rejects(operations.setVariable('gone', 'A', '1'), { code: 'channel-gone', message: /404: Channel not found/ })
  await operations.hangUp('gone')
  await close()
  for (const [status, message, code] of [
    [400, 'Invalid parameter', 'rejected'],
    [400, 'Channel not found', 'channel-gone'],
    [401, '', 'unauthorized'],
    [403, '', 'unauthorized'],
    [404, '', 'channel-gone'],
    [409, '', 'channel-gone'],
    [412, '', 'channel-gone'],
    [422, '', 'channel-gone'],
    [500, 'Allocation failed', 'rejected'],
    [503, '', 'unreachable'],
  ] as const)
    t.equal(codeOfAriStatus(status, message), code, `${status} ${message}`)
})

t.test('a bridge that exists already is as good as made', async t => {
  const { operations, close } = await connected({ handle: at('/bridges/b', ({ answer }) => answer(409)) })
  await t.resolves(operations.ensureBridge('b', 'mixing'))
  await close()
})

t.test('a burst of originates does not delay what a person waits for', async t => {
  const held: ReceivedRequest[] = []
  const { operations, close } = await connected({ handle: at('/channels?', request => held.push(request)) })
  const order = { endpoint: 'PJSIP/x', context: 'c', timeoutSec: 1, variables: { A: '1' } }
  const originates = Array.from({ length: 100 }, (_, index) =>
    operations.originate({ ...order, channelId: `${index}` }),
  )
  await until('the burst', () => held.length > 0)
  await operations.addToBridge('b', ['x'])
  t.ok(held.length < 100, 'most of the burst still waits its turn')
  await close()
  await Promise.allSettled(originates)
})

interface Opened {
  readonly socket: ReturnType<typeof createAriSocket>
  readonly told: string[]
  readonly events: AriEvent[]
}

function openSocket(url: string, secret?: string): Opened {
  const told: string[] = []
  const events: AriEvent[] = []
  const socket = createAriSocket(options(url, secret), {
    clock,
    log,
    timing: quick,
    onUp: () => told.push('up'),
    onDown: () => told.push('down'),
    onEvent: event => events.push(event),
  })
  socket.start()
  return { socket, told, events }
}

const ups = (told: readonly string[]) => told.filter(word => word === 'up').length

t.test('the password is in a header and never in the address', async t => {
  const server = await openFakeAri()
  const { socket, told } = openSocket(server.url)
  await until('the socket', () => told.includes('up'))
  t.equal(server.upgrades[0]?.url, '/ari/events?app=dialwright')
  t.match(server.upgrades[0]?.headers.authorization, /^Basic /)
  socket.close()
  await server.close()
})

t.test('a socket that is refused says why and tries for ever', async t => {
  const server = await openFakeAri()
  const { socket, told } = openSocket(server.url, 'wrong')
  await until('many tries', () => server.upgrades.length > 20)
  t.match(socket.failure, { code: 'unauthorized' })
  t.strictSame(told, [])
  socket.close()
  await server.close()
})

t.test('unknown events, fragments and things that are no JSON end nothing', async t => {
  const server = await openFakeAri()
  const { socket, told, events } = openSocket(server.url)
  await until('the socket', () => told.includes('up'))
  for (const text of [
    '{"type":"BrandNewEvent","channel":7}',
    'no json',
    '',
    'null',
    '[]',
    '{"type":"StasisEnd"}',
    '{}',
  ])
    server.sockets[0]?.send(text)
  server.sockets[0]?.send('{"type":"StasisEnd","channel":{"id":"last"}}')
  await until('the last', () => events.some(event => 'channel' in event && event.channel.id === 'last'))
  t.strictSame(
    events.map(({ type }) => type),
    ['StasisEnd', 'StasisEnd'],
  )
  socket.close()
  await server.close()
})

t.test('a socket that is cut comes back by itself', async t => {
  const server = await openFakeAri()
  const { socket, told } = openSocket(server.url)
  for (let times = 1; times <= 3; times++) {
    await until('the socket', () => ups(told) === times && server.sockets.length === times)
    server.sockets.at(-1)?.terminate()
  }
  await until('the socket', () => ups(told) === 4)
  t.strictSame(told, ['up', 'down', 'up', 'down', 'up', 'down', 'up'])
  socket.close()
  await server.close()
})

t.test('a socket that is open but dead is found by asking', async t => {
  const server = await openFakeAri({ isDeaf: true })
  const { socket, told } = openSocket(server.url)
  await until('it is given up and tried again', () => ups(told) >= 2)
  t.strictSame(told.slice(0, 3), ['up', 'down', 'up'])
  socket.close()
  await server.close()
})

t.test('another program under our name means that we are deaf', async t => {
  const server = await openFakeAri()
  const { socket, told } = openSocket(server.url)
  await until('the socket', () => told.includes('up') && server.sockets.length === 1)
  server.sockets[0]?.send('{"type":"ApplicationReplaced","application":"dialwright"}')
  await until('its loss', () => told.includes('down'))
  t.type(socket.replacedAt, 'number', 'for the alarm')
  socket.close()
  await server.close()
  t.strictSame(told.slice(0, 2), ['up', 'down'])
})

t.test('an event as the PBX wrote it is read', async t => {
  const written =
    '{"cause":17,"cause_txt":"User busy","tech_cause":486,"type":"ChannelDestroyed","timestamp":"2026-01-02T03:04:05.678+0000",' +
    '"channel":{"id":"dw-call-a","name":"PJSIP/trunk-main-00000000","state":"Down","protocol_id":"b8709c85",' +
    '"dialplan":{"context":"dialwright-inbound","exten":"s","priority":1,"app_name":"AppDial2","app_data":""}}}'
  t.strictSame(readEvent(written), {
    type: 'ChannelDestroyed',
    cause: 17,
    sipCode: 486,
    pbxAt: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    channel: {
      id: 'dw-call-a',
      name: 'PJSIP/trunk-main-00000000',
      state: 'Down',
      sipCallId: 'b8709c85',
      application: 'AppDial2',
      context: 'dialwright-inbound',
      exten: 's',
    },
  })
})
