// Every route x everybody who may come, over a real server and a real database, made from the table of routes.
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type Right, rightsOf, roles } from '../../src/core/access/rights.ts'
import { createPasswords } from '../../src/credentials/passwords.ts'
import { isAct, ruleOf } from '../../src/http/access/rules.ts'
import { operations, type Route } from '../../src/http/operations.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { type Rig, startRig } from './rig.ts'
import { type LoggedIn, logInAs } from './users.ts'

const routes = Object.keys(operations) as Route[]
/** These end what the test stands on, or answer with what is not JSON. */
const ending = new Set<Route>(['DELETE /v1/session', 'POST /v1/drain', 'GET /metrics', 'GET /v1/calls/export'])
const password = 'four words are enough'
/** Answers with things of all campaigns in them. */
const lists = [
  ...['/v1/campaigns', '/v1/status', '/v1/agents', '/v1/calls', '/v1/alarms', '/v1/do-not-call'],
  ...['/v1/do-not-call/proposals', '/v1/leads/explain?number=%2B12025550121', '/v1/rules/number/%2B12025550121'],
  ...['/v1/reports/abandonment', '/v1/reports/abandonment/calls'],
]

interface House {
  readonly rig: Rig
  readonly by: Readonly<Record<string, LoggedIn>>
  readonly tokens: Readonly<Record<'good' | 'expired' | 'revoked' | 'narrow', string>>
}

/** Two campaigns with a supervisor each, an agent, an auditor and an admin; a call of each campaign. */
async function startHouse(t: Test): Promise<House> {
  const store = await openSqliteStore({ file: join(t.testdir(), 'rights.db') })
  t.teardown(() => store.close())
  const rig = await startRig(t, { store, passwords: createPasswords({ N: 16, r: 1, p: 1 }) })
  for (const id of ['spring', 'autumn']) await rig.call('PUT', `/v1/campaigns/${id}`, { id, message: 'sorry' })
  await rig.call('POST', '/v1/agents', { id: '1001', campaign: 'spring' })
  await rig.call('POST', '/v1/agents', { id: '1002', campaign: 'autumn' })
  for (const [index, campaignId] of ['spring', 'autumn'].entries()) {
    const number = `+1202555012${index}`
    const row = { number, timeZones: ['America/New_York'], priority: 0, data: { phone2: '202 555 0177' } }
    await store.importLeads(campaignId, campaignId, [row])
    const counts = { source: 'x', rows: 1, imported: 1, duplicates: 0, invalid: 0, list: 'leads' }
    await store.activateImport(campaignId, { ...counts, refused: 0, refusalsUnread: 0, problems: [] } as never)
    const call = { callId: `call-${campaignId}`, campaignId, nodeId: 'pbx1', trunkId: 'main', callerId: '+12025550100' }
    const attempt = { ...call, origin: 'manual', agentId: index === 0 ? '1001' : '1002', number, originatedAt: 1 }
    await store.beginAttempt(attempt as never)
    const end = { ...attempt, disposition: 'connected', endedAt: 9, countsAsAttempt: true, leadRetryAt: null }
    await store.endAttempt(end as never)
  }
  const add = (name: string, role: string, more: object = {}) => rig.call('POST', '/v1/users', { name, role, ...more })
  await add('amy', 'admin')
  await add('sam', 'supervisor', { campaigns: ['spring'] })
  await add('sue', 'supervisor', { campaigns: ['autumn'] })
  await add('ann', 'agent', { agentId: '1001' })
  await add('aud', 'auditor')
  await add('zoe', 'auditor')
  const tokens = await makeTokens(rig)
  const by: Record<string, LoggedIn> = {}
  for (const name of ['amy', 'sam', 'sue', 'ann', 'aud']) {
    await rig.call('PUT', `/v1/users/${name}/password`, { password })
    by[name] = await logInAs(rig.url, { name, password })
  }
  return { rig, by, tokens }
}

async function makeTokens({ call, clock }: Rig): Promise<House['tokens']> {
  const make = async (name: string, rights: readonly Right[], campaigns?: readonly string[]) => {
    const answer = await call('POST', '/v1/tokens', { name, rights, days: 1, ...(campaigns && { campaigns }) })
    return String(answer.body.token)
  }
  const expired = await make('old', ['see-calls'])
  await clock.runUntil(clock.now() + 25 * 3_600_000)
  const [good, revoked] = [await make('good', ['see-calls']), await make('gone', ['see-calls'])]
  const narrow = await make('narrow', ['see-calls', 'see-status'], ['spring'])
  await call('DELETE', '/v1/tokens/gone')
  return { good, expired, revoked, narrow }
}

/** One for all tests: none needs it as it was. */
const shared = startHouse(t)

function addressOf(route: Route, id: string): readonly [method: string, path: string] {
  const [method = '', path = ''] = route.split(' ')
  const ids: Readonly<Record<string, string>> = { ':number': '%2B12025550120', ':list': 'x', ':name': 'zoe' }
  const whose = path.includes('/calls/')
    ? `call-${id}`
    : path.includes('/agents/')
      ? { spring: '1001', autumn: '1002' }[id]
      : id
  return [method, path.replace(/:\w+/g, part => ids[part] ?? whose ?? id)]
}

async function ask(
  url: string,
  [method, path]: readonly [string, string],
  headers: Record<string, string>,
  body?: string,
) {
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  const end = new AbortController()
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...headers, ...type },
    signal: end.signal,
    ...(body !== undefined && { body }),
  })
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
  const text = isStream ? '' : await response.text()
  end.abort()
  const answer = text.startsWith('{') ? JSON.parse(text) : {}
  return { status: response.status, code: answer.error?.code as string | undefined, text }
}

/** What a route answers that it should not; one line each. */
async function wrongOf(route: Route, { rig: { url }, by }: House): Promise<readonly string[]> {
  const address = addressOf(route, 'spring')
  const [method] = address
  const { right, of } = ruleOf(method, route.split(' ')[1]) ?? never(route)
  const isWrite = method !== 'GET'
  const wrong: string[] = []
  const expect = async (
    what: string,
    headers: Record<string, string>,
    said: readonly [status: number, code?: string],
  ) => {
    const { status, code, text } = await ask(url, address, headers)
    if (status !== said[0] || (said[1] ?? code) !== code) wrong.push(`${route}: ${what}: ${status} ${text}`)
  }
  if (right === 'open') {
    await expect('a page of another site', { 'sec-fetch-site': 'cross-site' }, [
      isWrite ? 403 : route.endsWith('/ready') ? 503 : 200,
    ])
    return wrong
  }
  await expect('nobody', {}, [401, 'unauthorized'])
  await expect('a cookie of nobody', { cookie: `dialwright=${'x'.repeat(43)}` }, [401, 'session-over'])
  await expect('a page of another site', { ...by.amy?.headers, origin: 'https://evil.example' }, [403, 'forbidden'])
  if (isWrite) {
    const cookie = by.amy?.cookie ?? ''
    await expect('no CSRF token', { cookie }, [403, 'csrf-missing'])
    await expect("another's CSRF token", { cookie, 'x-csrf-token': by.sam?.csrf ?? '' }, [403, 'csrf-missing'])
  }
  for (const role of roles) {
    const isBound = role === 'supervisor' || role === 'agent'
    const has = right === 'known' || right === 'own' || rightsOf(role).has(right)
    const may = has && !(isBound && of === 'all') && !(role === 'agent' && of === 'named')
    const name = { admin: 'amy', supervisor: 'sam', agent: 'ann', auditor: 'aud' }[role]
    // A body that no route takes: whoever may, is told so.
    const { status, code } = await ask(url, address, by[name]?.headers ?? {}, isWrite ? '{"zzz":1}' : undefined)
    const isRefused = status === 401 || (status === 403 && code === 'forbidden')
    if (isRefused === may) wrong.push(`${route}: ${role} ${may ? 'may' : 'may not'}: ${status} ${code}`)
  }
  return wrong
}

function never(route: string): never {
  throw new RangeError(`there is no rule of ${route}`)
}

/** What tells that there is another campaign; one line each. */
async function leaksOf(route: Route, { rig: { url }, by }: House): Promise<readonly string[]> {
  const body = route.startsWith('GET') ? undefined : '{}'
  const answerTo = (id: string) => ask(url, addressOf(route, id), by.sam?.headers ?? {}, body)
  const [foreign, absent] = [await answerTo('autumn'), await answerTo('none')]
  const told = foreign.text.replaceAll(/autumn|1002/g, 'none')
  return foreign.status === 404 && told === absent.text ? [] : [`${route}: ${foreign.text} ${absent.text}`]
}

t.test('what is of another campaign is not there, whoever asks how', async t => {
  const house = await shared
  const { rig, by, tokens } = house
  const { url } = rig
  const who = { sam: by.sam?.headers ?? {}, narrow: { authorization: `Bearer ${tokens.narrow}` } }
  for (const route of routes) {
    const { of, right } = ruleOf(route.split(' ')[0] ?? '', route.split(' ')[1]) ?? never(route)
    const isOne = ['campaign', 'agent', 'line', 'call'].includes(of)
    if (isOne && [...rightsOf('supervisor')].some(one => one === right)) t.same(await leaksOf(route, house), [])
  }
  for (const path of lists) {
    t.match(await ask(url, ['GET', path], who.sam), { status: 200 }, path)
    for (const headers of [who.sam, who.narrow])
      t.notMatch((await ask(url, ['GET', path], headers)).text, /autumn|1002/, path)
  }
  t.match((await ask(url, ['GET', '/v1/campaigns'], who.sam)).text, /spring/)
  t.match((await ask(url, ['GET', '/v1/calls'], who.narrow)).text, /call-spring/)
  for (const path of ['calls', 'calls/export', 'agents', 'events', 'reports/abandonment', 'do-not-call/proposals'])
    for (const name of ['campaignId', 'campaign']) {
      const answer = await ask(url, ['GET', `/v1/${path}?${name}=autumn`], who.sam)
      t.match(answer, { status: 404, code: 'unknown-campaign' }, path)
    }
  const own = await ask(url, ['GET', '/v1/calls/export'], who.sam)
  t.match(own.text, /call-spring/)
  t.notMatch(own.text, /call-autumn/, 'a stream is of the only campaign')
  for (const headers of [who.sam, by.ann?.headers ?? {}])
    t.match(await ask(url, ['POST', '/v1/agents/1001/login'], headers, '{"campaignId":"autumn"}'), { status: 404 })
})

t.test('an agent has their own line and calls, and no other', async t => {
  const { rig, by } = await shared
  const headers = by.ann?.headers ?? {}
  const status = async (method: string, path: string) => (await ask(rig.url, [method, path], headers)).status
  t.same(
    [
      await status('GET', '/v1/agents/1001'),
      await status('GET', '/v1/agents/1002'),
      await status('POST', '/v1/agents/1002/pause'),
    ],
    [200, 404, 404],
  )
  t.same([await status('GET', '/v1/calls/call-spring'), await status('GET', '/v1/calls/call-autumn')], [200, 404])
  t.match((await ask(rig.url, ['GET', '/v1/calls'], headers)).text, /"call-spring"/)
  t.notMatch((await ask(rig.url, ['GET', '/v1/calls'], headers)).text, /autumn/)
  t.equal((await ask(rig.url, ['GET', '/v1/agents'], headers)).text.match(/agentId/g)?.length, 1)
  t.equal(await status('GET', '/v1/calls/export'), 403)
})

t.test('numbers are masked for whoever has no right to see them', async t => {
  const { rig, by } = await shared
  const paths = [
    '/v1/calls',
    '/v1/campaigns/spring/leads',
    '/v1/leads/explain?number=%2B12025550120',
    '/v1/persons/%2B12025550120',
    '/v1/rules/number/%2B12025550120',
    '/v1/calls/call-spring',
  ]
  for (const path of paths) {
    const text = async (name: string) => (await ask(rig.url, ['GET', path], by[name]?.headers ?? {})).text
    t.match(await text('amy'), /\+12025550120/, path)
    const masked = await text('aud')
    t.match(masked, /\+1\*+20/, path)
    t.notMatch(masked, /2025550120|202 555 0177/, path)
    t.equal(masked.includes('callerId'), (await text('amy')).includes('callerId'))
  }
  for (const path of ['/v1/calls/export', '/v1/reports/abandonment/calls?numbers=true'])
    t.match(await ask(rig.url, ['GET', path], by.aud?.headers ?? {}), { status: 403, code: 'forbidden' }, path)
  await rig.call('PATCH', '/v1/users/zoe', { seesNumbers: true })
  await rig.call('PUT', '/v1/users/zoe/password', { password })
  const again = await logInAs(rig.url, { name: 'zoe', password })
  t.match((await ask(rig.url, ['GET', '/v1/calls'], again.headers)).text, /\+12025550120/)
})

t.test('who did what stands in the ledger, by the name that they logged in with', async t => {
  const { rig, by } = await shared
  const { headers = {} } = by.amy ?? {}
  const { seq } = await rig.store.ledgerHead()
  await rig.call('PUT', '/v1/do-not-call/%2B12025550120')
  const path = '/v1/do-not-call/%2B12025550120?by=somebody'
  t.match(await ask(rig.url, ['DELETE', path], headers), { status: 200 })
  await ask(rig.url, ['POST', '/v1/campaigns/spring/pause'], by.sam?.headers ?? {}, '{}')
  await ask(rig.url, ['POST', '/v1/campaigns/autumn/pause'], by.sam?.headers ?? {}, '{}')
  const all = await rig.store.ledgerEntries(0, 1_000)
  const plain = ({ kind, entry }: (typeof all)[number]) => ({ kind, ...JSON.parse(entry) })
  const entries = all.map(plain)
  t.match(
    entries.filter(({ kind }) => kind === 'opt-in'),
    [{ by: 'amy' }],
    'nobody signs with another name',
  )
  t.match(
    all
      .filter(one => one.seq > seq && one.kind === 'act')
      .map(plain)
      .filter(({ by }) => by !== 'local'),
    [
      { by: 'amy', via: 'session', what: 'removeDoNotCall', subject: /^[0-9a-f]{32}$/ },
      { by: 'sam', via: 'session', what: 'pauseCampaign', of: { campaign: 'spring' } },
    ],
    'and what was not allowed was not asked',
  )
  t.match(
    entries.filter(({ event }) => event === 'added').map(({ user, by }) => `${by} ${user}`),
    ['local amy', 'local sam', 'local sue', 'local ann', 'local aud'],
  )
  t.ok(entries.some(({ event, token }) => event === 'token-added' && token === 'good'))
  t.notMatch(JSON.stringify(entries), /scrypt|dw_|2025550120/, 'and no secret, and no number')
})

// These two change and remove whatever they may.
/** The first snapshot of a topic, or why there is none. */
async function snapshotOf(url: string, topic: string, headers: Record<string, string>): Promise<string> {
  const end = new AbortController()
  const response = await fetch(`${url}/v1/events?topics=${topic}`, { headers, signal: end.signal })
  if (!response.ok) return `${response.status}`
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (!/event: snapshot\n.*\n\n/.test(text)) text += (await reader?.read())?.value ?? ''
  end.abort()
  return text.slice(text.indexOf('event: snapshot'))
}

t.test('what is followed shows what the routes show, and no more', async t => {
  const { rig, by } = await shared
  const see = (name: string, topic: string) => snapshotOf(rig.url, topic, by[name]?.headers ?? {})
  t.match(await see('sam', 'board'), /spring/)
  t.notMatch(await see('sam', 'board'), /autumn/)
  t.match(await see('sam', 'agents'), /"1001"/)
  t.notMatch(await see('sam', 'agents'), /1002|autumn/)
  t.match(await see('sam', 'agent:1001'), /"1001"/)
  t.match(await see('ann', 'agent:1001'), /"1001"/)
  t.notMatch(await see('ann', 'agents'), /1002/)
  t.match(await see('amy', 'board'), /autumn/)
  t.equal(await see('sam', 'agent:1002'), '404')
  t.equal(await see('ann', 'agent:1002'), '404')
  t.equal(await see('ann', 'board'), '403', 'an agent has no board')
  t.equal(await see('ann', 'agent:1001,board'), '403', 'nor beside what is theirs')
})

t.test('every route lets in whom the table names, and nobody else', { timeout: 120_000 }, async t => {
  const house = await shared
  const { url } = house.rig
  for (const route of routes.filter(one => !ending.has(one))) t.same(await wrongOf(route, house), [])
  const { expired, revoked, good } = house.tokens
  const unauthorized = { status: 401, code: 'unauthorized' }
  for (const wrong of [expired, revoked, 'wrong'])
    t.match(await ask(url, ['GET', '/v1/calls'], { authorization: `Bearer ${wrong}` }), unauthorized)
  t.match(await ask(url, ['GET', '/v1/calls'], { authorization: `Bearer ${good}` }), { status: 200 })
  t.match(await ask(url, ['GET', '/v1/status'], { authorization: `Bearer ${good}` }), { status: 403 })
})

t.test('wrong bodies and over-long input are refused in one shape, whoever sends them', async t => {
  const { rig, by } = await shared
  const headers = by.amy?.headers ?? {}
  const wrong: string[] = []
  const look = async (address: readonly [string, string], body: string) => {
    const { status, code = '', text } = await ask(rig.url, address, headers, body)
    const isShaped = status < 400 || /^[a-z][a-z-]+$/.test(code)
    if (status >= 500 || !isShaped) wrong.push(`${address.join(' ')} ${body.slice(0, 20)}: ${status} ${text}`)
  }
  for (const route of routes.filter(one => !ending.has(one) && !one.startsWith('GET'))) {
    const [method, path] = addressOf(route, 'spring')
    for (const body of ['{', '[]', '{"__proto__":1}', JSON.stringify({ name: 'x'.repeat(5_000) }), 'x'.repeat(300_000)])
      await look([method, path], body)
    await look([method, path.replace(/(spring|zoe|x|1001)$/, 'y'.repeat(201))], '{}')
  }
  t.same(wrong, [])
  t.match(await ask(rig.url, ['GET', '/v1/users'], headers), { status: 200 })
})

t.test('the table says which requests the ledger is told', async t => {
  t.ok(isAct('PUT', { right: 'change-campaigns', of: 'campaign' }, {}))
  t.ok(isAct('POST', { right: 'set-up-phones', of: 'agent' }, { agentId: '1001' }), 'a password opens a line')
  t.ok(isAct('POST', { right: 'steer-agents', of: 'call' }, {}), 'a supervisor at an agent’s line')
  t.notOk(
    isAct('POST', { right: 'steer-agents', of: 'call' }, { agentId: '1001' }),
    'their own is in the entries of the call',
  )
  t.notOk(isAct('GET', { right: 'see-calls', of: 'any' }, {}))
  t.equal(ruleOf('GET', '/v1/nothing'), undefined)
})
