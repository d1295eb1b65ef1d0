import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import type { EngineEvent } from '../../src/core/effects.ts'
import { createWebhookSender, webhookQueueMax } from '../../src/crm/webhook.ts'

interface Received {
  readonly path: string | undefined
  readonly body: unknown
}

type Answering = (path: string, tries: number) => number | 'never'

/** A receiver on a real port, with what it was sent and what was logged meanwhile. */
async function startReceiver(t: Test, answering: Answering) {
  const received: Received[] = []
  const server = createServer((request, response) => {
    void read(request).then(body => {
      received.push({ path: request.url, body })
      const tries = received.filter(({ path }) => path === request.url).length
      const answer = answering(request.url ?? '', tries)
      if (answer === 'never') return
      response.writeHead(answer, answer === 302 ? { location: '/elsewhere' } : {}).end()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  // Listening on a port, the address is an object.
  const { port } = server.address() as AddressInfo
  const lines: string[] = []
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  return { received, lines, log: pino({ level: 'debug' }, sink), url: `http://127.0.0.1:${port}` }
}

async function read(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return JSON.parse(text)
}

function connected(callId: string, campaignId: string): EngineEvent {
  const ids = { callId, campaignId, agentId: '1001', leadId: 7 }
  return { kind: 'call-connected', ...ids, number: '+12025550111', connectDelayMs: 12 }
}

const leadData = async () => ({ name: 'Bob' })
const fast = { leadData, timeLimitMs: 60_000, retryDelaysMs: [1, 1] }

t.test('a connected call is posted with its lead; other events and campaigns without a webhook are not', async t => {
  const { received, log, url } = await startReceiver(t, () => 204)
  const sender = createWebhookSender({ ...fast, log, urlOf: id => (id === 'spring' ? `${url}/hook` : undefined) })
  sender.notify(connected('c1', 'spring'), 0)
  sender.notify(connected('c2', 'other'), 0)
  sender.notify({ kind: 'agent-state', agentId: '1001', state: 'on-call' }, 0)
  await sender.idle()
  const body = {
    event: 'call-connected',
    at: '1970-01-01T00:00:00.000Z',
    callId: 'c1',
    campaignId: 'spring',
    agentId: '1001',
    leadId: 7,
  }
  t.same(received, [
    { path: '/hook', body: { ...body, number: '+12025550111', connectDelayMs: 12, lead: { name: 'Bob' } } },
  ])
  await sender.close()
})

t.test('a receiver that fails is tried again a few times, one that refuses or redirects is not', async t => {
  const answering: Answering = (path, tries) => {
    if (path.startsWith('/unreachable')) return 404
    if (path === '/recovers') return tries < 3 ? 503 : 200
    return { '/fails': 500, '/refuses': 404, '/redirects': 302, '/silent': 'never' as const }[path] ?? 200
  }
  const { received, lines, log, url } = await startReceiver(t, answering)
  const sender = createWebhookSender({ ...fast, log, urlOf: id => `${url}/${id}?key=secret-key` })
  const sender2 = createWebhookSender({ ...fast, log, urlOf: id => `${url}/${id}` })
  const impatient = createWebhookSender({ ...fast, timeLimitMs: 1, log, urlOf: id => `${url}/${id}` })
  for (const id of ['recovers', 'fails', 'refuses', 'redirects']) sender2.notify(connected(id, id), 0)
  sender.notify(connected('x', 'unreachable'), 0)
  impatient.notify(connected('silent', 'silent'), 0)
  await Promise.all([sender.idle(), sender2.idle(), impatient.idle()])
  const tries = (path: string): number => received.filter(got => got.path === path).length
  t.same(['/recovers', '/fails', '/refuses', '/redirects', '/elsewhere'].map(tries), [3, 3, 1, 1, 0])
  const given = lines.filter(line => line.includes('given up')).join('')
  for (const id of ['fails', 'refuses', 'redirects', 'silent']) t.match(given, new RegExp(`"callId":"${id}"`))
  t.notMatch(lines.join(''), /2025550111|Bob|secret-key/, 'the log holds no number, no lead, no key')
  t.match(given, /"callId":"silent".*"tries":3/)
  await Promise.all([sender.close(), sender2.close(), impatient.close()])
})

t.test('a receiver that hangs never holds up the engine, and the queue has an end', async t => {
  const { received, lines, log, url } = await startReceiver(t, () => 'never')
  const sender = createWebhookSender({ ...fast, log, urlOf: () => url })
  for (let index = 0; index < webhookQueueMax + 20; index += 1) sender.notify(connected(`c${index}`, 'spring'), 0)
  t.equal(lines.filter(line => line.includes('too many wait')).length, 12, 'eight under way, the oldest of the rest go')
  await sender.close()
  await sender.close()
  t.ok(received.length <= 8)
  sender.notify(connected('late', 'spring'), 0)
})
