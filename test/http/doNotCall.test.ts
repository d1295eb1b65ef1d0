import { gzipSync } from 'node:zlib'
import t from 'tap'
import { moveIn } from '../../src/app/imports.ts'
import { createLawFinder } from '../../src/core/compliance/law.ts'
import { StoreError } from '../../src/errors.ts'
import type { Refusal } from '../../src/ports/refusals.ts'
import { signedFor } from '../support/compliance.ts'
import { engineStateOf } from '../support/engineState.ts'
import { dialingRig, startRig, token } from './rig.ts'

async function upload(
  url: string,
  query: string,
  body: string | Uint8Array<ArrayBuffer>,
  more: Record<string, string> = {},
) {
  const response = await fetch(`${url}/v1/do-not-call/import?${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv', ...more },
    body,
  })
  return { status: response.status, body: await response.json() }
}

t.test('a packed list comes in with a content encoding or without, and what its bytes were is told', async t => {
  const { url } = await startRig(t)
  const packed = new Uint8Array(gzipSync('2025550150\n2025550151\n'))
  for (const more of [{}, { 'content-encoding': 'gzip' }, { 'content-encoding': 'identity' }])
    t.match(await upload(url, 'list=packed', packed, more), { status: 200, body: { imported: 2, warnings: [] } })
  const wide = new Uint8Array(Buffer.from('\ufeff2025550150\r\n2025550151\r\n', 'utf16le'))
  t.match(await upload(url, 'list=packed', wide), { status: 200, body: { imported: 2, warnings: [/UTF-16/] } })
  t.match(await upload(url, 'list=packed', new Uint8Array(gzipSync(packed))), {
    status: 422,
    body: { error: { code: 'packed' } },
  })
})

t.test('lists are imported, changed, shown, read whole and dropped', async t => {
  const { url, call, store } = await startRig(t)
  const query = 'list=florida&kind=state&place=US-FL&asOf=2026-01-01&version=January'
  t.match(await upload(url, query, '202,5550150\n202,5550151\n+1900*\n'.replace('+1900*\n', '')), {
    status: 200,
    body: {
      ...{ rows: 2, imported: 2, invalid: 0, prefixes: 0 },
      list: {
        name: 'florida',
        kind: 'state',
        place: 'US-FL',
        numbers: 2,
        version: 'January',
        asOf: '2026-01-01T00:00:00.000Z',
      },
      warnings: [/days old/],
    },
  })
  t.match(await upload(url, 'list=florida&delta=changes', '-2025550150\n+2025550152\n'), {
    body: { changes: { added: 1, removed: 1, kept: 0 }, list: { numbers: 2, kind: 'state' } },
  })
  t.match(await upload(url, 'list=spring&kind=campaign&campaign=spring', '+12025550152\n'), { status: 200 })
  t.match(await call('GET', '/v1/do-not-call'), {
    body: {
      lists: [
        { name: 'florida', kind: 'state', place: 'US-FL', numbers: 2 },
        { name: 'spring', kind: 'campaign', campaign: 'spring', numbers: 1 },
      ],
      prefixes: [],
    },
  })
  t.match(await call('GET', '/v1/do-not-call/+12025550152'), {
    body: {
      listed: true,
      list: 'florida',
      hits: [
        { list: 'florida', place: 'US-FL' },
        { list: 'spring', campaign: 'spring' },
      ],
    },
  })
  t.match(await call('GET', '/v1/do-not-call/+12025550150'), { body: { listed: false, hits: [] } })
  t.match(await call('POST', '/v1/do-not-call/lists/florida/verify'), { status: 200, body: { done: true } })
  t.match(await call('DELETE', '/v1/do-not-call/lists/florida'), { status: 200, body: { done: true } })
  for (const [method, path] of [
    ['DELETE', '/v1/do-not-call/lists/florida'],
    ['POST', '/v1/do-not-call/lists/florida/verify'],
  ] as const) {
    const message = 'there is no imported list "florida": there is spring'
    t.match(await call(method, path), { status: 404, body: { error: { code: 'unknown-list', message } } })
  }
  t.equal((await store.doNotCallLists()).length, 1)
})

t.test('an import that cannot be right is refused in one line', async t => {
  const { url, store } = await startRig(t)
  const cases: readonly (readonly [query: string, body: string, code: string])[] = [
    ['list=x', '+12025550150\nabc\n', 'too-much-rubbish'],
    ['list=x&rubbishMax=2', 'abc\n', 'bad-request'],
    ['list=x&delta=add', '+12025550150\n', 'unknown-list'],
    ['list=x&kind=national', '+12025550150\n', 'bad-place'],
    ['list=x&kind=company', '+12025550150\n', 'bad-request'],
    ['list=x&asOf=2026-02-30', '+12025550150\n', 'bad-date'],
    ['list=x&asOf=yesterday', '+12025550150\n', 'bad-request'],
    ['list=x', '', 'empty-file'],
    ['list=retired', '+12025550150\n', 'reserved-name'],
    ['list=x&what=1', '+12025550150\n', 'bad-request'],
  ]
  for (const [query, body, code] of cases) {
    const answer = await upload(url, query, body)
    t.ok(answer.status >= 400 && answer.status < 500, `${query}: ${answer.status}`)
    t.match(
      answer.body,
      { error: { code: code === 'bad-request' ? String : code } },
      `${query}: ${JSON.stringify(answer.body)}`,
    )
  }
  t.same(await store.doNotCallLists(), [])
})

t.test('a wildcard blocks numbers at once, those in flight too, and is removed as it was written', async t => {
  const { call, clock, pbx } = await dialingRig(t)
  await clock.runUntil(clock.now() + 1_000)
  t.match(await call('PUT', '/v1/do-not-call/1202555*', { note: 'test range' }), {
    status: 200,
    body: { prefix: '+1202555*', source: 'operator', note: 'test range' },
  })
  t.match(await call('GET', '/v1/do-not-call/+12025550112'), {
    body: {
      listed: true,
      list: 'company',
      note: /begins with \+1202555/,
      hits: [{ list: 'company', kind: 'company' }],
    },
  })
  const asked = pbx.asked.filter(order => order.startsWith('originate')).length
  await clock.runUntil(clock.now() + 60_000)
  t.equal(pbx.asked.filter(order => order.startsWith('originate')).length, asked, 'nothing is originated any more')
  t.match(await call('DELETE', '/v1/do-not-call/+12025550112?by=Ann'), {
    status: 409,
    body: { error: { code: 'prefix-listed' } },
  })
  t.match(await call('GET', '/v1/do-not-call'), { body: { prefixes: [{ prefix: '+1202555*' }] } })
  t.match(await call('DELETE', '/v1/do-not-call/+1202555*?by=Ann'), { status: 200 })
  t.match(await call('DELETE', '/v1/do-not-call/+1202555*?by=Ann'), {
    status: 404,
    body: { error: { code: 'not-listed' } },
  })
  t.match(await call('PUT', '/v1/do-not-call/*'), { status: 422, body: { error: { code: 'bad-prefix' } } })
})

t.test('an import ends what rings and empties the hopper where its list binds always', async t => {
  const { url, clock, pbx, dialer } = await dialingRig(t)
  const [callId = ''] = [...engineStateOf(dialer).calls.keys()]
  const waiting = () => engineStateOf(dialer).campaigns.get('spring')?.hopper.leads.length
  pbx.tell({ kind: 'call-ringing', callId, at: clock.now() })
  const both = '+12025550111\n+12025550112\n'
  t.match(await upload(url, 'list=nation&kind=national&place=US', both), { status: 200 })
  await clock.runUntil(clock.now() + 5_000)
  t.equal(waiting(), 1, 'a national list is weighed by the gate')
  t.match(await upload(url, 'list=bought', both), { status: 200, body: { list: { kind: 'other' } } })
  t.equal(waiting(), 0)
  t.notOk(pbx.asked.includes(`hang-up ${callId}`), 'it has not rung for 15 s yet')
  await clock.runUntil(clock.now() + 11_000)
  t.ok(pbx.asked.includes(`hang-up ${callId}`))
})

t.test('refusals that a broken move-in leaves behind go through the door, and a dry run leaves none', async t => {
  const { dialer } = await dialingRig(t)
  const ways: string[] = []
  const context = {
    gateway: { ...dialer.gateway, refuse: async ({ way }: Refusal) => void ways.push(way) },
    importer: { moveIn: () => Promise.reject(new StoreError('disk-full', 'no space is left')) },
    runImport: (run: () => Promise<unknown>) => run(),
    defaultCountry: 'US',
  }
  for (const dryRun of [true, false]) {
    const query = { timeZone: 'UTC', origin: 'our customers', basis: 'contract', dryRun }
    await t.rejects(moveIn(context as never, 'spring', { query, stream: [] } as never), { code: 'disk-full' })
    t.strictSame(ways, dryRun ? [] : ['move-in'])
  }
})

t.test('a refusal for one seller is put on and taken off by name, where that is signed for', async t => {
  const { call, store } = await startRig(t, { laws: createLawFinder(signedFor('US-FTC/refusal', 'US-FCC/refusal')) })
  for (const id of ['acme', 'fern'])
    await call('PUT', `/v1/campaigns/${id}`, { id, message: 'sorry', seller: { id, place: 'US' } })
  const path = '/v1/do-not-call/+12025550150'
  t.match(await call('PUT', path, { seller: 'fern', note: 'by letter' }), {
    status: 200,
    body: { listed: true, list: 'seller:fern', hits: [{ list: 'seller:fern', kind: 'seller', seller: 'fern' }] },
  })
  t.match(await call('PUT', path, { seller: 'fren' }), {
    status: 422,
    body: { error: { code: 'unknown-seller', message: 'no campaign calls for "fren": name one of acme, fern' } },
  })
  t.match(await call('PUT', '/v1/do-not-call/1202556*', { seller: 'fern' }), {
    status: 422,
    body: { error: { code: 'contradiction' } },
  })
  t.match(await call('PUT', path), { status: 200, body: { list: 'company' } })
  const remove = (seller?: string) => call('DELETE', `${path}?by=Ann${seller === undefined ? '' : `&seller=${seller}`}`)
  t.match(await remove('acme'), { status: 404, body: { error: { code: 'not-listed', message: /seller acme/ } } })
  t.match(await remove('fern'), { status: 200, body: { done: true, list: 'seller:fern' } })
  t.match(await remove(), { status: 200, body: { done: true, list: 'company' } })
  t.same(await store.doNotCallHits('+12025550150'), [])
  const unsigned = await startRig(t)
  t.match(await unsigned.call('PUT', path, { seller: 'acme' }), {
    status: 422,
    body: { error: { code: 'not-signed' } },
  })
  t.same(await unsigned.store.doNotCallHits('+12025550150'), [])
})
