import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import type { Notice } from '../../src/core/alarms/book.ts'
import { createAlarmPost, signatureOf, signedMessage } from '../../src/crm/alarmPost.ts'

const secret = `whsec_${Buffer.from('a key of four and twenty bytes').toString('base64')}`
const notice: Notice = {
  id: 'alarm-raised-1-7',
  kind: 'alarm-raised',
  at: Date.UTC(2026, 10, 30, 10),
  alarm: {
    ...({ code: 'no-agents', what: 'campaign', subject: 'spring', severity: 'critical', stopsDialing: false } as const),
    ...{ says: 'nobody is logged in', todo: 'log somebody in', since: Date.UTC(2026, 10, 30, 9) },
    silenced: { code: 'no-agents', until: 1, by: 'Ann Example', reason: 'training' },
  },
}

interface Received {
  readonly path: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A receiver on a real port. */
async function startReceiver(t: Test, answer: (path: string, response: ServerResponse) => void) {
  const received: Received[] = []
  const server = createServer((request, response) => {
    void (async () => {
      let body = ''
      for await (const chunk of request) body += String(chunk)
      received.push({ path: request.url, headers: request.headers, body })
      answer(request.url ?? '', response)
    })()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  t.teardown(close)
  // Listening on a port, the address is an object.
  const { port } = server.address() as AddressInfo
  return { received, url: `http://127.0.0.1:${port}`, close }
}

t.test('the signature is that of the Standard Webhooks', async t => {
  // The example of the project's own libraries.
  const example = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: '1614265330', body: '{"test": 2432232314}' }
  t.equal(
    signatureOf(example, 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'),
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  )
})

t.test('a notice arrives signed, with what to do and nobody’s name; sent again it has the same id', async t => {
  const { received, url } = await startReceiver(t, (_, response) => response.writeHead(204).end())
  const post = createAlarmPost({ url: `${url}/hook?key=hidden`, secret })
  t.same(post.receiver, url)
  t.same(await post.send(notice), { taken: true })
  t.same(await post.send(notice), { taken: true })
  t.same(await post.send({ kind: 'alarm-test', id: 'alarm-test-1', at: notice.at }), { taken: true })
  const [first, again, test] = received
  t.match(first, { path: '/hook?key=hidden', headers: { 'content-type': 'application/json', 'webhook-id': notice.id } })
  t.match(again?.headers, { 'webhook-id': notice.id })
  const { body = '', headers } = first ?? {}
  const timestamp = String(headers?.['webhook-timestamp'])
  t.equal(headers?.['webhook-signature'], signatureOf({ id: notice.id, timestamp, body }, secret))
  t.same(JSON.parse(body), {
    type: 'alarm-raised',
    timestamp: '2026-11-30T10:00:00.000Z',
    data: {
      ...{ code: 'no-agents', what: 'campaign', subject: 'spring', severity: 'critical', stopsDialing: false },
      ...{ says: 'nobody is logged in', todo: 'log somebody in', since: '2026-11-30T09:00:00.000Z' },
    },
  })
  t.match(JSON.parse(test?.body ?? ''), { type: 'alarm-test', data: { says: /test/ } })
  t.equal(signedMessage(notice, secret, 1_999).headers['webhook-timestamp'], '1')
})

t.test('each answer means what it says: to be tried again, or final; a redirect is not followed', async t => {
  const { received, url } = await startReceiver(t, (path, response) => {
    const status = Number(path.slice(1))
    if (status === 0) return
    response.writeHead(status, status === 302 ? { location: '/204' } : {}).end('words')
  })
  const sent = (status: number) => createAlarmPost({ url: `${url}/${status}`, secret, timeLimitMs: 300 }).send(notice)
  for (const [status, again] of [
    [500, true],
    [503, true],
    [429, true],
    [408, true],
    [404, false],
    [410, false],
    [302, false],
  ] as const)
    t.match(await sent(status), { taken: false, again, reason: new RegExp(String(status)) })
  t.same(
    received.map(({ path }) => path),
    ['/500', '/503', '/429', '/408', '/404', '/410', '/302'],
  )
  t.match(await sent(0), { taken: false, again: true, reason: /no answer within 0.3 s/ })
})

t.test('one that is dead is tried again, and closing gives up what hangs', async t => {
  const { url, close } = await startReceiver(t, () => {})
  const post = createAlarmPost({ url, secret })
  const hanging = post.send(notice)
  post.close()
  t.match(await hanging, { taken: false })
  close()
  t.match(await createAlarmPost({ url, secret }).send(notice), { taken: false, again: true, reason: /ECONNREFUSED/ })
})
