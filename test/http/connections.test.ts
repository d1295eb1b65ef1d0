// What becomes of the connection: a refused request, however it is refused, stands in nobody's way.
import t, { type Test } from 'tap'
import { createImporter } from '../../src/import/importer.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { temporaryFolder } from '../support/sandbox.ts'
import { openRaw, type RawAnswer } from './rawConnection.ts'
import { type Rig, startRig, token } from './rig.ts'

const bearer = `Authorization: Bearer ${token}`
const leadImport = '/v1/campaigns/spring/leads/import'

async function springRig(t: Test): Promise<Rig> {
  const rig = await startRig(t)
  await rig.call('PUT', '/v1/campaigns/spring', { id: 'spring', message: 'sorry' })
  return rig
}

interface Refused {
  readonly what: string
  readonly request: string
  readonly headers?: readonly string[]
  readonly status: number
  readonly code: string
}

const refusedUploads: readonly Refused[] = [
  {
    what: 'a wrong token',
    request: `POST ${leadImport}`,
    headers: ['Authorization: Bearer not-the-token', 'Content-Type: text/csv'],
    status: 401,
    code: 'unauthorized',
  },
  { what: 'no token', request: `POST ${leadImport}`, headers: [], status: 401, code: 'unauthorized' },
  {
    what: 'a wrong content type',
    request: `POST ${leadImport}`,
    headers: [bearer, 'Content-Type: text/html'],
    status: 415,
    code: 'unknown-content-type',
  },
  {
    what: 'a content type that is none',
    request: `POST ${leadImport}`,
    headers: [bearer, 'Content-Type: csv'],
    status: 415,
    code: 'unknown-content-type',
  },
  {
    what: 'an unknown campaign',
    request: 'POST /v1/campaigns/none/leads/import',
    status: 404,
    code: 'unknown-campaign',
  },
  {
    what: 'a content encoding that is not read',
    request: `POST ${leadImport}`,
    headers: [bearer, 'Content-Type: text/csv', 'Content-Encoding: br'],
    status: 415,
    code: 'unknown-content-encoding',
  },
  {
    what: 'a packed body that is none of a file',
    request: 'PUT /v1/campaigns/spring',
    headers: [bearer, 'Content-Type: application/json', 'Content-Encoding: gzip'],
    status: 415,
    code: 'unknown-content-encoding',
  },
  { what: 'a wrong query', request: `POST ${leadImport}?colour=red`, status: 400, code: 'invalid-request' },
  { what: 'a reserved list', request: 'POST /v1/do-not-call/import?list=company', status: 422, code: 'list-reserved' },
  { what: 'an unknown path', request: 'POST /v1/nothing', status: 404, code: 'unknown-route' },
  { what: 'a malformed path', request: 'POST /v1/%zz', status: 400, code: 'bad-path' },
  {
    what: 'a body that is too large',
    request: 'PUT /v1/campaigns/spring',
    headers: [bearer, 'Content-Type: application/json'],
    status: 413,
    code: 'body-too-large',
  },
]

function head(request: string, headers: readonly string[]): string {
  return `${request} HTTP/1.1\r\n${['Host: x', ...headers].join('\r\n')}\r\n`
}

function isRefusal(t: Test, answer: RawAnswer | undefined, { what, status, code }: Refused): void {
  t.equal(answer?.status, status, `${what}: ${answer?.body}`)
  t.match(JSON.parse(answer?.body ?? 'null'), { error: { code, message: /.{10}/ } }, what)
}

for (const length of [1_000, 300_000, 5_000_000]) {
  t.test(`a refused body of ${length} bytes is read away, or the connection ends behind the answer`, async t => {
    const { url } = await springRig(t)
    for (const refused of refusedUploads) {
      for (const chunked of [false, true]) {
        if (refused.code === 'body-too-large' && length < 300_000) continue
        const connection = await openRaw(url)
        const size = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`
        const headers = refused.headers ?? [bearer, 'Content-Type: text/csv']
        connection.send(`${head(refused.request, headers)}${size}\r\n\r\n`)
        const body = Buffer.alloc(length, '+12025550111,x\n')
        connection.send(chunked ? `${length.toString(16)}\r\n` : '')
        connection.send(body)
        connection.send(chunked ? '\r\n0\r\n\r\n' : '')
        const answer = await connection.answer()
        isRefusal(t, answer, refused)
        connection.send(`${head('GET /v1/health', [])}\r\n`)
        const next = await connection.answer()
        const closes = answer?.headers.connection === 'close'
        t.equal(next?.status, closes ? undefined : 200, `${refused.what}, chunked: ${chunked}`)
        if (length > 300_000) t.ok(closes, `${refused.what}: nobody reads five megabytes for nothing`)
        connection.socket.destroy()
      }
    }
  })
}

t.test('an upload that says itself to be too large is refused before it is read', async t => {
  const { url } = await springRig(t)
  const connection = await openRaw(url)
  const headers = [bearer, 'Content-Type: text/csv', `Content-Length: ${9 * 1024 ** 3}`]
  connection.send(`${head(`POST ${leadImport}`, headers)}\r\n+12025550111,x\n`)
  const answer = await connection.answer()
  t.match(answer, { status: 413, body: /body-too-large/, headers: { connection: 'close' } })
  await connection.closed()
  connection.socket.destroy()
})

t.test('who never reads what they are told is not listened to for ever', async t => {
  const { url } = await springRig(t)
  const connection = await openRaw(url)
  connection.send(`${head('POST /v1/nothing', [bearer, 'Content-Type: text/csv', 'Transfer-Encoding: chunked'])}\r\n`)
  const megabyte = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(2 ** 20, 'x'), Buffer.from('\r\n')])
  const broken = new Promise<true>(resolve => connection.socket.on('error', () => resolve(true)))
  const sendOn = async (): Promise<boolean> => {
    for (let sent = 0; sent < 200; sent += 1) {
      await new Promise<void>(resolve => connection.socket.write(megabyte, () => resolve()))
    }
    return false
  }
  t.ok(await Promise.race([broken, sendOn()]), 'broken off before two hundred megabytes were taken')
  connection.socket.destroy()
})

t.test('a request behind the last answer of a connection is not obeyed', async t => {
  const { url, call } = await springRig(t)
  const connection = await openRaw(url)
  const body = Buffer.alloc(300_000, 'x')
  connection.send(
    Buffer.concat([
      Buffer.from(`${head('POST /v1/nothing', [bearer, 'Content-Type: text/csv', 'Content-Length: 300000'])}\r\n`),
      body,
      Buffer.from(`${head('PUT /v1/do-not-call/+12025550111', [bearer])}\r\n`),
    ]),
  )
  t.match(await connection.answer(), { status: 404, headers: { connection: 'close' } })
  t.equal(await connection.answer(), undefined)
  t.match(await call('GET', '/v1/do-not-call/+12025550111'), { body: { listed: false } })
  connection.socket.destroy()
})

t.test('a file that the importer refuses at its first line is answered, whatever of it is still to come', async t => {
  // The rig empties the folder that tap gives to this test.
  const folder = temporaryFolder()
  t.teardown(() => folder.remove())
  const store = await openSqliteStore({ file: `${folder.path}/store.db` })
  t.teardown(() => store.close())
  const rig = await startRig(t, { importer: createImporter(store) })
  await rig.call('PUT', '/v1/campaigns/spring', { id: 'spring', message: 'sorry' })
  const settings = rig.dialer.gateway.campaign('spring')?.settings
  if (settings !== undefined) await store.saveCampaign(settings)
  for (const length of [100_000, 5_000_000]) {
    for (const wait of [false, true]) {
      const connection = await openRaw(rig.url)
      const headers = [bearer, 'Content-Type: text/csv', `Content-Length: ${length}`]
      connection.send(`${head(`POST ${leadImport}?numberColumn=phone`, headers)}\r\n`)
      const first = Buffer.from(`name,colour\n${'Ann,red\n'.repeat(20)}`)
      connection.send(first)
      const rest = Buffer.alloc(length - first.length, 'Ann,red\n')
      if (!wait) connection.send(rest)
      const answer = await connection.answer()
      t.match(answer, { status: 422, body: /phone/ }, `${length}, ${wait}`)
      if (wait) connection.send(rest)
      connection.send(`${head('GET /v1/health', [])}\r\n`)
      const next = await connection.answer()
      t.equal(next?.status, answer?.headers.connection === 'close' ? undefined : 200, `${length}, ${wait}`)
      connection.socket.destroy()
    }
  }
})
