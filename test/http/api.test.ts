import { connect } from 'node:net'
import t from 'tap'
import { createLawFinder } from '../../src/core/compliance/law.ts'
import { noRules, type RuleBook } from '../../src/core/compliance/rules.ts'
import { StoreError } from '../../src/errors.ts'
import { signedFor } from '../support/compliance.ts'
import { connectCall, dialingRig, startAt, startRig, token } from './rig.ts'

/** No law but the lines about refusals, all of them signed: nothing else is in the way of a call. */
const perSeller: RuleBook = {
  ...noRules,
  jurisdictions: signedFor().jurisdictions.map(one => ({
    ...one,
    rules: one.rules.filter(({ kind }) => kind === 'refusal' || kind === 'hours'),
  })),
}

const headers = { authorization: `Bearer ${token}` }

t.test('only a bearer of the token gets in, health and bad routes apart', async t => {
  const { url } = await startRig(t)
  const status = async (path: string, given?: string): Promise<number> => {
    const response = await fetch(`${url}${path}`, given === undefined ? {} : { headers: { authorization: given } })
    await response.body?.cancel()
    return response.status
  }
  t.equal(await status('/v1/health'), 200)
  t.equal(await status('/v1/status'), 401)
  t.equal(await status('/v1/openapi.json'), 401)
  t.equal(await status('/v1/status', 'Bearer wrong-token-wrong-token'), 401)
  t.equal(await status('/v1/status', `Basic ${token}`), 401)
  t.equal(await status('/v1/status', `bearer ${token}`), 200)
  t.equal(await status('/v1/nothing', `Bearer ${token}`), 404)
  t.match(await (await fetch(`${url}/v1/status`)).json(), {
    error: { code: 'unauthorized', message: /token is missing/ },
  })
})

t.test('without a token the API keeps to this machine and to programs', async t => {
  const { url } = await startRig(t, { token: null })
  t.equal((await fetch(`${url}/v1/status`)).status, 200)
  t.equal((await fetch(`${url}/v1/status`, { headers: { origin: 'https://evil.example' } })).status, 403)
  t.match(await rawStatus(url, 'GET /v1/status HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n'), / 403 /)
})

function rawStatus(url: string, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(request))
    let received = ''
    socket.on('data', data => {
      received += data.toString()
    })
    socket.on('close', () => resolve(received.split('\r\n')[0] ?? ''))
    socket.on('error', reject)
  })
}

t.test('bad requests are one error with a code and what to do', async t => {
  const { call, url } = await startRig(t)
  const cases: readonly (readonly [
    method: string,
    path: string,
    body: unknown,
    status: number,
    code: string,
    message: RegExp,
  ])[] = [
    [
      'PUT',
      '/v1/campaigns/a',
      { id: 'a', mesage: 'x' },
      422,
      'invalid-request',
      /mesage in the body is an unknown key: did you mean "message"/,
    ],
    ['PUT', '/v1/campaigns/a', { id: 'b', message: 'x' }, 422, 'id-differs', /make them the same/],
    [
      'PUT',
      '/v1/campaigns/a',
      { id: 'a', message: 'x', ringTimeout: '5s' },
      422,
      'campaign-wrong',
      /ringTimeout must be at least 15s/,
    ],
    ['PUT', '/v1/campaigns/a%20b', { id: 'a b', message: 'x' }, 400, 'invalid-request', /id in the path must be an id/],
    ['GET', '/v1/campaigns/none', undefined, 404, 'unknown-campaign', /no campaign none: there is none yet/],
    ['POST', '/v1/campaigns/none/start', undefined, 404, 'unknown-campaign', /none/],
    ['PUT', '/v1/campaigns/a', undefined, 422, 'invalid-request', /id in the body is missing: write an id/],
    [
      'GET',
      '/v1/calls?limit=0',
      undefined,
      400,
      'invalid-request',
      /limit in the query must be a whole number from 1 to 1000, not 0/,
    ],
    [
      'GET',
      '/v1/calls?since=yesterday',
      undefined,
      400,
      'invalid-request',
      /since in the query must be an instant like/,
    ],
    ['GET', '/v1/calls/x1', undefined, 404, 'unknown-call', /no call x1/],
    ['POST', '/v1/calls/x1/wrap-up', { code: 'done' }, 404, 'unknown-call', /waits for a wrap-up/],
    ['POST', '/v1/agents/none/login', undefined, 404, 'unknown-agent', /none/],
    [
      'POST',
      '/v1/agents',
      { id: 'x', node: 'pbx9' },
      422,
      'agent-wrong',
      /node pbx9 is not configured: use one of pbx1/,
    ],
    ['PUT', '/v1/do-not-call/12', undefined, 422, 'invalid-number', /"12" is not a number/],
    ['DELETE', '/v1/do-not-call/+12025550111?by=Ann', undefined, 404, 'not-listed', /on no do-not-call list/],
    ['POST', '/v1/campaigns/a/leads/import', { x: 1 }, 415, 'unknown-content-type', /./],
    ['GET', '/v1/zzz', undefined, 404, 'unknown-route', /there is no GET \/v1\/zzz/],
    ['PUT', '/v1/campaigns/a', { id: 'a', message: 'x'.repeat(300_000) }, 413, 'body-too-large', /./],
  ]
  for (const [method, path, body, status, code, message] of cases) {
    const answer = await call(method, path, body)
    t.equal(answer.status, status, `${method} ${path}`)
    t.match(answer.body, { error: { code, message } }, `${method} ${path}: ${JSON.stringify(answer.body)}`)
  }
  const notJson = await fetch(`${url}/v1/campaigns/a`, {
    method: 'PUT',
    headers: { ...headers, 'content-type': 'application/json' },
    body: '{',
  })
  t.equal(notJson.status, 400)
  t.match(await rawStatus(url, `GET /v1/status HTTP/1.1\r\nHost: x\r\nX-Long: ${'y'.repeat(20_000)}\r\n\r\n`), / 431 /)
})

t.test('a campaign is applied, shown, changed while it dials, and explained', async t => {
  const { call, dialer } = await dialingRig(t)
  t.match(await call('GET', '/v1/campaigns/spring'), {
    status: 200,
    body: {
      campaign: {
        id: 'spring',
        trunks: ['main'],
        callerIds: ['+12025550100'],
        ringTimeout: '25s',
        hours: '09:00-20:00',
      },
      status: {
        state: 'running',
        mode: 'progressive',
        agents: { available: 1 },
        calls: { originating: 1 },
        dialLevel: 1,
      },
      leads: { total: 2 },
    },
  })
  t.match(await call('GET', '/v1/campaigns'), {
    body: { campaigns: [{ campaignId: 'spring', counters: { attempts: 1 } }] },
  })
  t.match(await call('PATCH', '/v1/campaigns/spring/pacing', { mode: 'ratio', ratio: 3 }), {
    body: { mode: 'ratio', ratio: 3, abandonmentTarget: 0.027 },
  })
  t.equal(dialer.gateway.campaign('spring')?.settings.pacing.ratio, 3)
  t.match(await call('PATCH', '/v1/campaigns/spring/pacing', { abandonmentTarget: 0.05 }), {
    status: 422,
    body: { error: { code: 'campaign-wrong' } },
  })
  t.match(await call('GET', '/v1/campaigns/spring/pacing'), { body: { mode: 'ratio', abandonmentTarget: 0.027 } })
  t.match(await call('GET', '/v1/campaigns/spring/pacing/decisions?limit=50'), {
    body: { decisions: [{ says: /originated/ }, { at: /^2026-01-13T15:00/ }] },
  })
  t.match(await call('GET', '/v1/status'), {
    body: {
      nodes: [{ nodeId: 'pbx1', link: 'up' }],
      trunks: [{ trunkId: 'main', channelsMax: 10 }],
      campaigns: [{ campaignId: 'spring' }],
    },
  })
  t.match(await call('GET', '/v1/health'), { body: { status: 'ok', version: '1.2.3', nodesUp: 1, nodes: 1 } })
  t.match(await call('GET', '/v1/nodes'), { body: { nodes: [{ nodeId: 'pbx1', version: '22.10.0' }] } })
  t.match(await call('POST', '/v1/campaigns/spring/pause'), { status: 200, body: { done: true } })
  t.match(await call('POST', '/v1/campaigns/spring/stop', { force: true }), { status: 200 })
  t.match(await call('POST', '/v1/campaigns/spring/pause'), {
    status: 409,
    body: { error: { code: 'illegal-transition' } },
  })
})

t.test('an agent sees their call with its lead and wraps it up', async t => {
  const rig = await dialingRig(t)
  const { call, pbx, clock, store, dialer } = rig
  t.match(pbx.asked, ['call-agent 1001', 'tell 1001 dialwright/agent/en/logged-in', /^originate \+1202555011/])
  const callId = await connectCall(rig)
  t.match(await call('GET', '/v1/agents/1001'), {
    body: {
      agent: { agentId: '1001', name: 'Ann', state: 'on-call', callId },
      call: { callId, number: '+12025550111', lead: { name: 'Bob' }, state: 'connected', wrapUpCodes: { '1': 'done' } },
    },
  })
  pbx.tell({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at: clock.now() })
  t.match(await call('GET', '/v1/agents?campaign=spring'), {
    body: { agents: [{ state: 'wrap-up', wrapUpUntil: /2026/ }] },
  })
  t.match(await call('GET', '/v1/agents/1001'), { body: { call: { state: 'ended', lead: { name: 'Bob' } } } })

  t.match(await call('POST', `/v1/calls/${callId}/wrap-up`, { code: 'sold' }), {
    status: 422,
    body: {
      error: { code: 'unknown-wrap-up-code', message: /use one of done, not-interested, callback, machine, refused/ },
    },
  })
  t.match(await call('POST', `/v1/calls/${callId}/wrap-up`, { code: 'done', callbackAt: '2020-01-01T00:00:00Z' }), {
    status: 422,
    body: { error: { code: 'callback-in-the-past' } },
  })
  const wrapUp = { code: 'callback', note: 'after lunch', callbackAt: '2026-01-14T20:00:00Z' }
  t.match(await call('POST', `/v1/calls/${callId}/wrap-up`, wrapUp), { status: 200, body: { done: true } })
  t.match(await call('POST', `/v1/calls/${callId}/wrap-up`, wrapUp), {
    status: 409,
    body: { error: { code: 'already-wrapped-up' } },
  })
  t.match(await call('GET', `/v1/calls/${callId}`), {
    body: {
      disposition: 'connected',
      wrapUpCode: 'callback',
      note: 'after lunch',
      callbackAt: '2026-01-14T20:00:00.000Z',
    },
  })
  t.equal(await store.doNotCallEntry('+12025550111'), undefined)
  t.equal(dialer.gateway.agent('1001')?.phase.state, 'available')
})

t.test('a stranger and a death are on lists of their own, and a call-back with them is a contradiction', async t => {
  for (const [code, list] of [
    ['wrong-person', 'wrong-person'],
    ['deceased', 'deceased'],
    ['refused', 'company'],
  ] as const) {
    const rig = await dialingRig(t)
    const callId = await connectCall(rig)
    const { number = '' } = rig.dialer.gateway.call(callId) ?? {}
    const wrapUp = (more = {}) => rig.call('POST', `/v1/calls/${callId}/wrap-up`, { code, ...more })
    t.match(await wrapUp({ callbackAt: '2026-01-14T15:00:00Z' }), {
      status: 422,
      body: { error: { code: 'contradiction' } },
    })
    t.match(await rig.store.doNotCallHits(number), [{ list }], 'what ends calls counts all the same')
    t.match(await wrapUp(), { status: 200 })
    t.match(await rig.store.leadsByNumber(number), [{ state: 'finished', reason: 'do-not-call' }])
    t.equal((await rig.store.doNotCallHits(number)).length, 1)
  }
})

t.test(
  'a refusal goes to the seller of the call where that is signed for, and to everybody where it is said',
  async t => {
    for (const [more, list] of [
      [{}, 'seller:default'],
      [{ everybody: false }, 'seller:default'],
      [{ everybody: true }, 'company'],
    ] as const) {
      const rig = await dialingRig(t, { laws: createLawFinder(perSeller) })
      const callId = await connectCall(rig)
      const { number = '' } = rig.dialer.gateway.call(callId) ?? {}
      const wrapUp = (word: object) => rig.call('POST', `/v1/calls/${callId}/wrap-up`, word)
      t.match(await wrapUp({ code: 'callback', everybody: true }), {
        status: 422,
        body: { error: { code: 'contradiction' } },
      })
      t.same(await rig.store.doNotCallHits(number), [])
      t.match(await wrapUp({ code: 'refused', ...more }), { status: 200 })
      const hits = await rig.store.doNotCallHits(number)
      t.same(
        hits.map(hit => hit.list),
        [list],
      )
    }
  },
)

t.test('to whom a permission was given is asked where campaigns call for several sellers', async t => {
  const { call, store } = await startRig(t)
  const permission = { number: '+12025550111', basis: 'purchase', topics: [], how: 'order 7' }
  const add = (more = {}) => call('POST', '/v1/permissions', { ...permission, ...more })
  t.match(await add(), { status: 200 })
  for (const id of ['acme', 'fern'])
    await call('PUT', `/v1/campaigns/${id}`, { id, message: 'sorry', seller: { id, place: 'US' } })
  t.match(await add(), { status: 422, body: { error: { code: 'seller-not-stated', message: /acme, fern/ } } })
  t.match(await add({ seller: 'acne' }), {
    status: 422,
    body: { error: { code: 'unknown-seller', message: /acme, fern/ } },
  })
  t.match(await add({ seller: 'fern' }), { status: 200 })
  t.match(await call('GET', '/v1/permissions/+12025550111'), {
    body: { permissions: [{ seller: 'acme' }, { seller: 'fern' }] },
  })
  t.equal((await store.permissionsOf('+12025550111')).length, 2)
})

t.test('a refusal is on the list before it is acknowledged, whatever else becomes of the wrap-up', async t => {
  const rig = await dialingRig(t)
  const { call, store, pbx, clock } = rig
  const callId = await connectCall(rig)
  const add = store.addDoNotCall
  const wrapUp = (): Promise<unknown> => call('POST', `/v1/calls/${callId}/wrap-up`, { code: 'done', refusal: true })

  Object.assign(store, {
    addDoNotCall: () => Promise.reject(new StoreError('disk-full', 'the disk is full: make room')),
  })
  const full = { status: 503, body: { error: { code: 'disk-full', message: /make room/ } } }
  t.match(await wrapUp(), full)
  t.match(await call('PUT', '/v1/do-not-call/+12025550112'), full, 'not on disk: not acknowledged')

  let written = (): void => {}
  const onDisk = new Promise<void>(resolve => {
    written = resolve
  })
  const asked: string[] = []
  Object.assign(store, {
    addDoNotCall: async (entry: Parameters<typeof add>[0]) => {
      asked.push(entry.number)
      await onDisk
      await add(entry)
    },
  })
  let acknowledged = false
  const answer = wrapUp().then(answered => {
    acknowledged = true
    return answered
  })
  while (asked.length === 0) await rig.call('GET', '/v1/health')
  await rig.call('GET', '/v1/health')
  t.notOk(acknowledged, 'while it is not on disk')
  written()
  t.match(await answer, { status: 200 })
  t.match(await store.doNotCallEntry('+12025550111'), { list: 'company', source: 'agent', note: `call ${callId}` })
  pbx.tell({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at: clock.now() })
})

t.test('a listed number is not dialed, and explain says so', async t => {
  const { call, clock, pbx } = await dialingRig(t)
  t.match(await call('PUT', '/v1/do-not-call/(202)%20555-0112', { note: 'called in' }), {
    body: { number: '+12025550112', listed: true, list: 'company', source: 'operator', note: 'called in' },
  })
  t.match(await call('GET', '/v1/do-not-call/+12025550112'), { body: { listed: true } })
  t.match(await call('GET', '/v1/leads/explain?number=%2B12025550112'), {
    body: {
      doNotCall: { listed: true },
      leads: [
        {
          lead: { data: { name: 'Carol' } },
          dialable: false,
          checks: [
            { check: 'number', passed: true },
            {
              check: 'do-not-call',
              passed: false,
              reason: 'do-not-call',
              says: /no: is on a do-not-call list \(list company\)/,
            },
          ],
        },
      ],
    },
  })
  await clock.runUntil(clock.now() + 60_000)
  t.notOk(pbx.asked.includes('originate +12025550112'))
  t.match(await call('DELETE', '/v1/do-not-call/+12025550112?by=Ann'), { body: { done: true } })
  t.match(await call('GET', '/v1/do-not-call/+12025550112'), { body: { listed: false } })
})

t.test('uploads stream, whatever their size; a broken one imports nothing', async t => {
  const { url, call, store, nextImport } = await startRig(t)
  await call('PUT', '/v1/campaigns/spring', { id: 'spring', message: 'sorry' })
  const post = async (path: string, body: ReadableStream | string) => {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'text/csv' },
      body,
      duplex: 'half',
    })
    return { status: response.status, body: await response.json() }
  }
  let chunks = 0
  const large = new ReadableStream({
    pull(controller) {
      if (chunks === 64) controller.close()
      else
        controller.enqueue(
          new TextEncoder().encode(`+1202555${String(chunks).padStart(4, '0')},x`.padEnd(65_535, ' ').concat('\n')),
        )
      chunks += 1
    },
  })
  t.match(await post('/v1/campaigns/spring/leads/import?source=big.csv', large), {
    status: 200,
    body: { source: 'big.csv', durationMs: 64 * 65_536 },
  })
  t.match(await post('/v1/campaigns/none/leads/import', 'x'), {
    status: 404,
    body: { error: { code: 'unknown-campaign' } },
  })
  t.match(await post('/v1/do-not-call/import?list=national', '+12025550150\n'), { status: 200, body: { imported: 1 } })
  t.match(await post('/v1/do-not-call/import?list=company', '+12025550150\n'), {
    status: 422,
    body: { error: { code: 'list-reserved' } },
  })
  t.match(await call('GET', '/v1/do-not-call'), { body: { lists: [{ name: 'national', numbers: 1 }] } })
  t.match(await call('DELETE', '/v1/do-not-call/+12025550150?by=Ann'), {
    status: 409,
    body: { error: { code: 'list-imported' } },
  })
  t.match(await call('GET', '/v1/campaigns/spring/leads?limit=1'), {
    body: { leads: [{ number: '+12025550000', state: 'new' }] },
  })

  const before = (await store.leadCounts('spring')).total
  const request = `POST /v1/campaigns/spring/leads/import HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: text/csv\r\nContent-Length: 1000\r\n\r\n+12025550199,x\n`
  const broken = nextImport('failed')
  await new Promise<void>(resolve => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(request, () => socket.destroy()))
    socket.on('close', () => resolve())
  })
  await broken
  t.equal((await store.leadCounts('spring')).total, before)
})

t.test('calls are listed page by page and exported whole', async t => {
  const { call, url, store } = await startRig(t)
  for (let index = 0; index < 250; index += 1) {
    const attempt = {
      origin: 'campaign' as const,
      callId: `c-${index}`,
      campaignId: 'spring',
      leadId: index + 1,
      number: '+12025550111',
      nodeId: 'pbx1',
      trunkId: 'main',
      callerId: '+12025550100',
    }
    await store.beginAttempt({ ...attempt, originatedAt: startAt + index })
  }
  await store.recordWrapUp({ callId: 'c-3', code: 'done', note: '=cmd("x"), said', refusal: false })
  await store.recordWrapUp({ callId: 'c-4', code: 'done', note: 'well;=cmd()', refusal: false })
  const seen = new Set<unknown>()
  for (let path: string | undefined = '/v1/calls?limit=100'; path !== undefined; ) {
    const { body } = await call('GET', path)
    const { calls, next } = body as { calls: { callId: string }[]; next?: string }
    for (const { callId } of calls) seen.add(callId)
    path = next === undefined ? undefined : `/v1/calls?limit=100&after=${next}`
  }
  t.equal(seen.size, 250)
  const csv = await (await fetch(`${url}/v1/calls/export`, { headers })).text()
  const lines = csv.trimEnd().split('\r\n')
  t.equal(lines.length, 251)
  t.match(lines[0], /^callId,campaignId,leadId,number,/)
  t.ok(csv.includes(`"'=cmd(""x""), said"`), 'a note is no formula')
  t.ok(csv.includes('"well;=cmd()"'), 'nor a part of it where semicolons part cells')
  const jsonl = await (
    await fetch(`${url}/v1/calls/export?format=jsonl&since=2026-01-13T15:00:00.240Z`, { headers })
  ).text()
  t.equal(jsonl.trimEnd().split('\n').length, 10)
})

t.test('events stream to those who listen, and end with the server', async t => {
  const rig = await dialingRig(t)
  const listen = async (query: string) => {
    const response = await fetch(`${rig.url}/v1/events${query}`, { headers })
    t.match(response.headers.get('content-type'), /text\/event-stream/)
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    const until = async (wanted: RegExp): Promise<string> => {
      let text = ''
      while (!wanted.test(text)) {
        const { value, done } = (await reader?.read()) ?? { done: true, value: undefined }
        if (done) return `${text} (ended)`
        text += value
      }
      return text
    }
    await until(/connected\n\n/)
    return until
  }
  const ann = await listen('?agent=1001')
  const other = await listen('?agent=1002')
  const callId = await connectCall(rig)
  t.match(await ann(/event: call-connected\n.*\n\n/), new RegExp(`"callId":"${callId}"`))
  await rig.server.close()
  t.match(await other(/never/), /^ \(ended\)$/)
  await rig.server.close()
})

t.test('a request that does not end cannot keep the server from ending', async t => {
  const { url, call, server, nextImport } = await startRig(t)
  await call('PUT', '/v1/campaigns/spring', { id: 'spring', message: 'sorry' })
  const head = `POST /v1/campaigns/spring/leads/import HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: text/csv\r\nContent-Length: 1000\r\n\r\n+1`
  const begun = nextImport('begun')
  const broken = nextImport('failed')
  const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(head))
  socket.on('error', () => {})
  await begun
  await server.close(0)
  await broken
  await server.close()
})

t.test('the description names every route and keeps no secret', async t => {
  const { call } = await startRig(t)
  const { body } = await call('GET', '/v1/openapi.json')
  const paths = Object.keys(body.paths as object)
  for (const path of [
    '/v1/campaigns/{id}',
    '/v1/calls/{id}/wrap-up',
    '/v1/do-not-call/{number}',
    '/v1/events',
    '/v1/status',
  ])
    t.ok(paths.includes(path), path)
  t.match(body, { openapi: '3.1.0', info: { title: 'Dialwright', version: '1.2.3' } })
  t.notOk(JSON.stringify(body).includes(token))
})
