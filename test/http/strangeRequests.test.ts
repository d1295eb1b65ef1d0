// Requests that never come to a route: every one of them is answered, and with the error that all others have.
import t, { type Test } from 'tap'
import { openRaw } from './rawConnection.ts'
import { startRig, token } from './rig.ts'

const bearer = `Authorization: Bearer ${token}`

async function ask(t: Test, url: string, request: string, wanted: readonly [status: number, code: string]) {
  const connection = await openRaw(url)
  connection.send(request)
  const answer = await connection.answer()
  const [status, code] = wanted
  const shown = JSON.stringify(request.slice(0, 60))
  t.equal(answer?.status, status, `${shown}: ${answer?.body}`)
  const body: unknown = JSON.parse(answer?.body ?? 'null')
  t.match(body, { error: { code, message: /^[^\n]{10,}$/ } }, shown)
  t.same(Object.keys(Object(body)), ['error'], shown)
  t.match(answer?.headers['content-type'], /^application\/json/, shown)
  connection.socket.destroy()
}

t.test('a path, a method or a header that cannot be read is an error like every other', async t => {
  const { url } = await startRig(t)
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n${bearer}\r\n\r\n`
  const withMethod = (method: string) => `${method} /v1/status HTTP/1.1\r\nHost: x\r\n${bearer}\r\n\r\n`
  const withHeaders = (lines: string) => `GET /v1/status HTTP/1.1\r\n${lines}${bearer}\r\n\r\n`
  const cases: readonly (readonly [request: string, status: number, code: string])[] = [
    [get('/v1/campaigns/%zz'), 400, 'bad-path'],
    [get('/v1/campaigns/%'), 400, 'bad-path'],
    [get('/v1/campaigns/%ff%fe'), 400, 'bad-path'],
    [get('/%c0%ae/v1/status'), 400, 'bad-path'],
    [get(`/v1/campaigns/${'a'.repeat(201)}`), 414, 'path-too-long'],
    [get('//v1/status'), 404, 'unknown-route'],
    [get('/v1//status'), 404, 'unknown-route'],
    [get('/v1/status/'), 404, 'unknown-route'],
    [get('/V1/STATUS'), 404, 'unknown-route'],
    [get('/v1/campaigns//start'), 404, 'unknown-route'],
    [get('/v1/../etc/passwd'), 404, 'unknown-route'],
    [get('/v1/campaigns/%00'), 400, 'invalid-request'],
    [get('/'), 404, 'unknown-route'],
    [get('*'), 404, 'unknown-route'],
    [withMethod('POST'), 404, 'unknown-route'],
    [withMethod('DELETE'), 404, 'unknown-route'],
    [withMethod('OPTIONS'), 404, 'unknown-route'],
    [withMethod('TRACE'), 404, 'unknown-route'],
    [withMethod('PROPFIND'), 404, 'unknown-route'],
    [withMethod('QUERY'), 400, 'bad-request'],
    [withMethod('BREW'), 400, 'bad-http'],
    [withMethod('get'), 400, 'bad-http'],
    [`CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n`, 404, 'unknown-route'],
    [`GET ${'/'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431, 'headers-too-large'],
    [withHeaders(`Host: x\r\nX-Long: ${'y'.repeat(20_000)}\r\n`), 431, 'headers-too-large'],
    [withHeaders('Host: x\r\nno colon\r\n'), 400, 'bad-http'],
    [withHeaders('Host: x\r\nExpect: miracles\r\n'), 417, 'unknown-expectation'],
    [withHeaders(''), 400, 'bad-http'],
    [withHeaders('Host: x\r\nHost: y\r\n'), 400, 'bad-http'],
    [withHeaders('Host: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n'), 400, 'bad-http'],
    [withHeaders('Host: x\r\nContent-Length: -3\r\n'), 400, 'bad-http'],
    ['GET /v1/status HTTP/9.9\r\nHost: x\r\n\r\n', 400, 'bad-http'],
    ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400, 'bad-http'],
  ]
  for (const [request, status, code] of cases) await ask(t, url, request, [status, code])
})

t.test('a chunk that is none ends an upload with an error, and never the middle of an answer', async t => {
  const { url, call } = await startRig(t)
  await call('PUT', '/v1/campaigns/spring', { id: 'spring', message: 'sorry' })
  const upload = `POST /v1/campaigns/spring/leads/import HTTP/1.1\r\nHost: x\r\n${bearer}\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n+1,x\n\r\n`
  await ask(t, url, `${upload}zz\r\n`, [400, 'bad-http'])
  t.match(await call('GET', '/v1/campaigns/spring'), { body: { leads: { total: 0 } } })

  const listener = await openRaw(url)
  let heard = ''
  listener.socket.on('data', data => {
    heard += data
  })
  listener.send(`GET /v1/events HTTP/1.1\r\nHost: x\r\n${bearer}\r\n\r\n`)
  while (!heard.includes('connected')) await new Promise(resolve => listener.socket.once('data', resolve))
  listener.send('BREW /coffee HTTP/1.1\r\n\r\n')
  await listener.closed()
  t.notMatch(heard, /bad-http/)
  listener.socket.destroy()
})

t.test('a HEAD is answered like its GET, without a body and without an end that never comes', async t => {
  const { url } = await startRig(t)
  const connection = await openRaw(url)
  for (const [path, status] of [
    ['/v1/status', 200],
    ['/v1/health', 200],
    ['/v1/events', 404],
    ['/v1/calls/export', 404],
    ['/v1/calls/nobody', 404],
    ['/v1/nothing', 404],
  ] as const) {
    connection.send(`HEAD ${path} HTTP/1.1\r\nHost: x\r\n${bearer}\r\n\r\n`)
    t.equal((await connection.answer({ bodyless: true }))?.status, status, path)
  }
  connection.socket.destroy()
})
