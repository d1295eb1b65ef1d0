// Every route x everybody who may come x what is wrong with the request: what is answered, as a table (in the output of this test).
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createPasswords } from '../../src/credentials/passwords.ts'
import { ruleOf } from '../../src/http/access/rules.ts'
import { operations, type Route } from '../../src/http/operations.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { startRig } from './rig.ts'
import { logInAs } from './users.ts'

const password = 'four words are enough'
/** They end what the test stands on. */
const ending = new Set<Route>(['DELETE /v1/session', 'POST /v1/drain'])
/** Its no is an answer of its own, and a daemon of a test is never ready. */
const unready: Route = 'GET /v1/ready'
const routes = (Object.keys(operations) as Route[]).filter(route => !ending.has(route))
const injection = "x' OR 1=1; DROP TABLE lead; --\r\nAction: Originate\u001b[2J"

/** What is wrong, by name: what takes the place of an id, of the query, of the body. */
const faults: Readonly<Record<string, { readonly id?: string; readonly query?: string; readonly body?: string }>> = {
  'unknown key': { body: '{"zzz":1}' },
  'no JSON': { body: '{' },
  'a list': { body: '[]' },
  prototype: { body: '{"__proto__":{"admin":true},"constructor":1}' },
  'id injected': { id: injection },
  'query injected': { query: `?campaign=${encodeURIComponent(injection)}&number=${encodeURIComponent(injection)}` },
  'body injected': { body: JSON.stringify({ id: injection, name: injection, number: injection, note: injection }) },
  'id too long': { id: 'y'.repeat(201) },
  'body too long': { body: JSON.stringify({ name: 'x'.repeat(300_000) }) },
}

/** An agent, an auditor, an admin and a supervisor, and those who are none of them. */
async function startHouse(t: Test) {
  const store = await openSqliteStore({ file: join(t.testdir(), 'every.db') })
  t.teardown(() => store.close())
  const rig = await startRig(t, { store, passwords: createPasswords({ N: 16, r: 1, p: 1 }) })
  await rig.call('PUT', '/v1/campaigns/spring', { id: 'spring', message: 'sorry' })
  await rig.call('POST', '/v1/agents', { id: '1001', campaign: 'spring' })
  // Wrong tokens are slowed down: a cookie that opens nothing is not.
  const who: Record<string, Readonly<Record<string, string>>> = {
    nobody: {},
    'wrong session': { cookie: `dialwright=${'x'.repeat(43)}` },
  }
  const bound = { supervisor: { campaigns: ['spring'] }, agent: { agentId: '1001' }, auditor: {}, admin: {} }
  for (const [role, more] of Object.entries(bound)) {
    await rig.call('POST', '/v1/users', { name: role, role, ...more })
    await rig.call('PUT', `/v1/users/${role}/password`, { password })
    who[role] = (await logInAs(rig.url, { name: role, password })).headers
  }
  return { rig, store, who }
}

function addressOf(route: Route, fault: (typeof faults)[string]): readonly [method: string, path: string] {
  const [method = '', path = ''] = route.split(' ')
  return [method, path.replace(/:\w+/g, () => encodeURIComponent(fault.id ?? 'none')) + (fault.query ?? '')]
}

async function ask(url: string, headers: Readonly<Record<string, string>>, body: string | undefined) {
  const end = new AbortController()
  const sent = { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
  const response = await fetch(url.split(' ')[1] ?? '', {
    method: url.split(' ')[0] ?? '',
    headers: sent,
    signal: end.signal,
    ...(body === undefined ? {} : { body }),
  })
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
  const text = isStream ? '' : await response.text()
  end.abort()
  return { status: response.status, text }
}

/** What is wrong with an answer, in a word; undefined: nothing. */
function faultOf(answer: { readonly status: number; readonly text: string }, isLetIn: boolean): string | undefined {
  const { status, text } = answer
  if (!isLetIn && status < 400) return 'let in'
  if (status >= 500) return 'a fault of ours'
  if (status < 400) return undefined
  if (!/^\{"error":\{"code":"[a-z][a-z-]+","message":"[^"]/.test(text)) return 'another shape'
  return /SQLITE|node_modules|\bat .*\.ts:\d/.test(text) || text.includes('\u001b') ? 'tells of our inside' : undefined
}

t.test('every route answers whoever comes, with whatever is wrong', { timeout: 170_000 }, async t => {
  const { rig, store, who } = await startHouse(t)
  const wrong: string[] = []
  const table = new Map<string, Map<string, number>>()
  for (const route of routes) {
    const { right } = ruleOf(route.split(' ')[0] ?? '', route.split(' ')[1]) ?? { right: 'open' }
    for (const [name, headers] of Object.entries(who)) {
      const isKnown = name in { supervisor: 1, agent: 1, auditor: 1, admin: 1 }
      // Whoever is nobody is turned away before anything is read.
      const tried = Object.entries(faults).filter(([what]) => isKnown || what.startsWith('id') || what === 'no JSON')
      for (const [what, fault] of tried) {
        const [method, path] = addressOf(route, fault)
        const body = method === 'GET' ? undefined : fault.body
        const answer = await ask(`${method} ${rig.url}${path}`, headers, body)
        const is = faultOf(answer, isKnown || right === 'open')
        if (is !== undefined && route !== unready)
          wrong.push(`${route}: ${name}: ${what}: ${is}: ${answer.status} ${answer.text.slice(0, 120)}`)
        const row = table.get(`${name} | ${what}`) ?? new Map<string, number>()
        row.set(String(answer.status), (row.get(String(answer.status)) ?? 0) + 1)
        table.set(`${name} | ${what}`, row)
      }
    }
  }
  t.comment(`${routes.length} routes | who | what is wrong | answers`)
  for (const [row, counts] of table)
    t.comment(
      `${row} | ${[...counts]
        .sort()
        .map(([status, count]) => `${status} x${count}`)
        .join(', ')}`,
    )
  t.same(wrong, [])
  const users = (await rig.call('GET', '/v1/users')).body as { users: { name: string; role: string }[] }
  t.same(users.users.map(({ name, role }) => `${name} ${role}`).sort(), [
    ...['admin admin', 'agent agent', 'auditor auditor', 'supervisor supervisor'],
  ])
  t.match(
    (await store.campaigns()).map(({ settings }) => settings.campaignId),
    ['spring'],
  )
})

t.test('no token that is none opens a route, however many are sent', { timeout: 60_000 }, async t => {
  const { url } = await startRig(t)
  const closed = routes.filter(route => ruleOf(route.split(' ')[0] ?? '', route.split(' ')[1])?.right !== 'open')
  const statuses = closed.map(async route => {
    const [method, path] = addressOf(route, {})
    return (await ask(`${method} ${url}${path}`, { authorization: 'Bearer wrong' }, undefined)).status
  })
  const answers = await Promise.all(statuses)
  const opened = closed.filter((_, index) => ![401, 429].includes(answers[index] ?? 0))
  t.same(opened, [])
  t.comment(
    `${closed.length} routes, a wrong token: ${new Set(answers).size} kinds of answer, ${[...new Set(answers)]}`,
  )
})
