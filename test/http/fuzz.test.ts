// Whatever is sent is answered: no request hangs, none finds a fault of the daemon's, and every refusal has one shape.
import { fail } from 'node:assert'
import fc from 'fast-check'
import t from 'tap'
import { openRaw, type RawAnswer } from './rawConnection.ts'
import { connectCall, dialingRig, type Rig, token } from './rig.ts'

const seed = 20_260_113
const runs = 600
/** An answer that takes longer never comes. */
const patienceMs = 10_000

interface Sent {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: readonly string[]
  readonly body: string
  readonly chunked: boolean
}

const odd = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '%',
    '%zz',
    '%00',
    '%ff',
    '..',
    '/',
    '//',
    '*',
    '+',
    '-1',
    '0',
    '1e999',
    '99999999999999999999',
  ),
  fc.constantFrom('null', 'true', 'NaN', '__proto__', 'constructor', "' OR 1=1", 'x'.repeat(199), 'x'.repeat(201)),
  fc.constantFrom(
    '2026-13-45T00:00:00Z',
    '2026-06-30T23:59:60Z',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '2026-02-30',
  ),
  fc.constantFrom(
    '+12025550111',
    '+1900*',
    '*',
    '+*',
    '(202) 555-0112',
    '+0',
    '+99999999999999999999',
    'spring',
    '1001',
    't1-1',
  ),
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
)

const written = fc.oneof({ weight: 3, arbitrary: odd.map(encodeURIComponent) }, { weight: 1, arbitrary: odd })

/** Bytes that end no request line. */
function oneLine(text: string): string {
  const escaped = (letter: string) =>
    [...Buffer.from(letter)].map(byte => `%${byte.toString(16).padStart(2, '0')}`).join('')
  return text.replaceAll(/[^\x21-\x7e]/gu, escaped)
}

/** Bodies that are right: with one key made odd they come further than any other. */
const samples: Readonly<Record<string, object>> = {
  '/v1/permissions': {
    ...{ number: '+12025550111', basis: 'purchase', topics: ['news'], how: 'order 7' },
    ...{ givenAt: '2026-01-01T00:00:00Z', expiresAt: '2027-01-01T00:00:00Z' },
  },
  '/v1/permissions/withdraw': { number: '+12025550111', topic: 'news', how: 'by letter' },
  '/v1/calls/{id}/wrap-up': { code: 'callback', note: 'later', callbackAt: '2026-02-01T00:00:00Z', callbackOwn: true },
  '/v1/persons/{number}/hours': { days: { mon: ['09:00-12:00'] }, how: 'by telephone' },
  '/v1/agents': { id: '1002', name: 'Ben', endpoint: 'PJSIP/1002', node: 'pbx1', campaign: 'spring' },
  '/v1/campaigns/{id}/leads/recycle': {
    list: 'leads',
    last: ['no-answer'],
    resetAttempts: true,
    dryRun: false,
    after: 0,
  },
  '/v1/campaigns/{id}/pacing': { mode: 'ratio', ratio: 2, ringTimeout: '25s' },
  '/v1/campaigns/{id}': { id: 'spring', message: 'sorry', hours: '09:00-20:00', ringTimeout: '25s' },
  '/v1/do-not-call/proposals/accept': { numbers: ['+12025550111'] },
  '/v1/do-not-call/{number}': { note: 'called in' },
}

interface Operation {
  readonly method: string
  readonly path: string
  readonly queries: readonly string[]
  readonly keys: readonly string[]
  readonly upload: boolean
}

/** The operations as they are described. */
function operationsOf(description: object): readonly Operation[] {
  const { paths } = description as { paths: Record<string, Record<string, Record<string, never>>> }
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => {
      const parameters = (operation.parameters ?? []) as readonly { in: string; name: string }[]
      const { content = {} } = (operation.requestBody ?? {}) as {
        content?: Record<string, { schema?: { properties?: object } }>
      }
      return {
        ...{ method: method.toUpperCase(), path, upload: 'text/csv' in content },
        queries: parameters.filter(one => one.in === 'query').map(({ name }) => name),
        keys: Object.keys(content['application/json']?.schema?.properties ?? {}),
      }
    }),
  )
}

const values = fc.oneof(
  odd,
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom([], {}, null, true, 0, -1, 1e308, ['no-answer']),
)

function requestOf({ method, path, queries, keys, upload }: Operation): fc.Arbitrary<Sent> {
  const parts = (path.match(/\{\w+\}/g) ?? []).length
  const body = upload
    ? fc.oneof(
        fc.constant('+12025550111,Bob\n'),
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.constant('x'.repeat(70_000)),
      )
    : fc.oneof(
        {
          weight: 4,
          arbitrary: fc
            .tuple(fc.constantFrom(...Object.keys(samples[path] ?? {}), 'force'), values)
            .map(([key, value]) => JSON.stringify({ ...samples[path], [key]: value })),
        },
        {
          weight: 4,
          arbitrary: fc
            .dictionary(fc.constantFrom(...keys, 'force', 'id', '__proto__'), values)
            .map(one => JSON.stringify(one)),
        },
        { weight: 1, arbitrary: fc.constantFrom('', '{', 'null', '[]', '"x"', '{"a":1e999}', 'x'.repeat(300_000)) },
      )
  return fc.record({
    method: fc.oneof(
      { weight: 6, arbitrary: fc.constant(method) },
      { weight: 1, arbitrary: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS') },
    ),
    path: fc
      .array(
        fc.oneof(
          { weight: 2, arbitrary: fc.constantFrom('spring', '1001', 't1-1', '%2B12025550111') },
          { weight: 1, arbitrary: written },
        ),
        { minLength: parts, maxLength: parts },
      )
      .map(given => given.reduce((filled, value) => filled.replace(/\{\w+\}/, () => value), path)),
    query: fc
      .array(fc.tuple(fc.constantFrom(...queries, 'after', 'limit', 'zzz'), written), { maxLength: 3 })
      .map(pairs => pairs.map(([name, value]) => `${name}=${value}`).join('&')),
    headers: fc.subarray([
      upload ? 'Content-Type: text/csv' : 'Content-Type: application/json',
      'Content-Type: text/html',
      'Accept: nothing/at-all',
      'Origin: https://evil.example',
    ]),
    body,
    chunked: fc.boolean(),
  })
}

function bytesOf({ method, path, query, headers, body, chunked }: Sent): Buffer {
  const target = oneLine(query === '' ? path : `${path}?${query}`)
  const bytes = Buffer.from(body)
  const size = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${bytes.length}`
  const head = [`${method} ${target} HTTP/1.1`, 'Host: x', `Authorization: Bearer ${token}`, ...headers, size]
  const sent = [Buffer.from(`${head.join('\r\n')}\r\n\r\n`)]
  if (!chunked) sent.push(bytes)
  else {
    if (bytes.length > 0) sent.push(Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n'))
    sent.push(Buffer.from('0\r\n\r\n'))
  }
  return Buffer.concat(sent)
}

async function inTime<Result>(answer: Promise<Result>): Promise<Result | 'hangs'> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'hangs'>(resolve => {
    timer = setTimeout(() => resolve('hangs'), patienceMs)
  })
  return Promise.race([answer, late]).finally(() => clearTimeout(timer))
}

/** What is wrong with an answer; undefined: nothing. */
function faultOf(answer: RawAnswer | undefined | 'hangs'): string | undefined {
  if (answer === 'hangs') return 'it hangs'
  if (answer === undefined) return 'the connection ended without an answer'
  const { status, body } = answer
  if (status >= 500) return `${status} ${body}`
  if (status < 400) return undefined
  const parsed: unknown = JSON.parse(body)
  const { error } = parsed as { error?: { code?: unknown; message?: unknown } }
  const shaped =
    typeof error?.code === 'string' && /^[a-z][a-z0-9-]+$/.test(error.code) && typeof error.message === 'string'
  if (!shaped || Object.keys(parsed as object).length !== 1 || /\n/.test(String(error?.message)))
    return `${status} ${body}`
  return undefined
}

async function tryOut({ url }: Rig, sent: Sent): Promise<void> {
  const connection = await openRaw(url)
  try {
    connection.send(bytesOf(sent))
    const first = await inTime(connection.answer())
    const fault = faultOf(first)
    if (fault !== undefined) fail(`${JSON.stringify(sent).slice(0, 600)}: ${fault}`)
    const closes = typeof first === 'object' && first.headers.connection === 'close'
    connection.send('GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n')
    const next = await inTime(connection.answer())
    const kept = typeof next === 'object' && next.status === 200
    if (closes ? next !== undefined : !kept)
      fail(`${JSON.stringify(sent).slice(0, 600)}: the next request ${JSON.stringify(next)}`)
  } finally {
    connection.socket.destroy()
  }
}

t.test(
  'any request to any route is answered in one shape, and leaves its connection usable or closed',
  { timeout: 120_000 },
  async t => {
    const rig = await dialingRig(t)
    await connectCall(rig)
    const operations = operationsOf((await rig.call('GET', '/v1/openapi.json')).body)
      // A stream that ends when its listener goes, and an answer that waits for a drain, which another request may have begun.
      .filter(({ path }) => path !== '/v1/events' && path !== '/v1/drain/end')
    const request = fc.constantFrom(...operations).chain(requestOf)
    await fc.assert(
      fc.asyncProperty(request, sent => tryOut(rig, sent)),
      { seed, numRuns: runs },
    )
    t.equal((await rig.call('GET', '/v1/health')).status, 200)
  },
)
