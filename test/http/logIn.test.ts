// Logging in: links, passwords, sessions, one-time codes, and what slows a guesser down.
import t, { type Test } from 'tap'
import { openAccess } from '../../src/app/access/access.ts'
import { logIn, TooManyTries } from '../../src/app/access/logIn.ts'
import { addUser } from '../../src/app/access/users.ts'
import { codeAt, recoveryHash } from '../../src/credentials/oneTimeCodes.ts'
import { createPasswords } from '../../src/credentials/passwords.ts'
import { createServer } from '../../src/http/server.ts'
import { createMemoryStore } from '../../src/store/memory/memoryStore.ts'
import { type Answer, startRig } from './rig.ts'
import { logInAs } from './users.ts'

const quick = createPasswords({ N: 16, r: 1, p: 1 })
const password = 'four words are enough'
const minuteMs = 60_000

async function houseWithAnn(t: Test) {
  const rig = await startRig(t, { passwords: quick })
  const { body } = await rig.call('POST', '/v1/users', { name: 'ann', role: 'admin' })
  const link = String(body.path).split('#')[1] ?? ''
  const send = async (method: string, path: string, more: { headers?: Record<string, string>; body?: object } = {}) => {
    const type = more.body === undefined ? {} : { 'content-type': 'application/json' }
    const sent = more.body === undefined ? {} : { body: JSON.stringify(more.body) }
    const response = await fetch(`${rig.url}${path}`, { method, headers: { ...type, ...more.headers }, ...sent })
    return { status: response.status, body: (await response.json()) as Answer, headers: response.headers }
  }
  const logInNow = (body: object = { name: 'ann', password }) => send('POST', '/v1/session', { body })
  return { rig, link, send, logInNow }
}

t.test('a link sets a password once, and within a day', async t => {
  const { rig, link, send, logInNow } = await houseWithAnn(t)
  t.match(await logInNow(), { status: 401, body: { error: { code: 'wrong-password' } } }, 'nobody has set one')
  for (const weak of ['short', 'aaaaaaaaaaaaaaaa', 'annpassword1', 'dialwright12'])
    t.match(
      await send('POST', '/v1/setup', { body: { link, password: weak } }),
      { status: 422, body: { error: { code: 'weak-password' } } },
      weak,
    )
  t.match(await send('POST', '/v1/setup', { body: { link, password } }), { status: 200, body: { name: 'ann' } })
  const spent = { status: 401, body: { error: { code: 'link-spent' } } }
  t.match(await send('POST', '/v1/setup', { body: { link, password } }), spent)
  const answer = await logInNow()
  t.match(answer, { status: 200, body: { name: 'ann', role: 'admin', via: 'session' } })
  t.match(answer.headers.get('set-cookie'), /^dialwright=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/)
  const { body } = await rig.call('POST', '/v1/users/ann/invite')
  const later = String(body.path).split('#')[1] ?? ''
  await rig.clock.runUntil(rig.clock.now() + 24 * 60 * minuteMs)
  t.match(await send('POST', '/v1/setup', { body: { link: later, password } }), spent, 'its time is over')
})

t.test('a session ends unused, at its end, by its user, and with what its user was', async t => {
  const { rig, link, send } = await houseWithAnn(t)
  await send('POST', '/v1/setup', { body: { link, password } })
  await rig.call('POST', '/v1/users', { name: 'amy', role: 'admin' })
  const status = async (headers: Record<string, string>) => (await send('GET', '/v1/session', { headers })).status
  const again = () => logInAs(rig.url, { name: 'ann', password })
  const idle = await again()
  await rig.clock.runUntil(rig.clock.now() + 29 * minuteMs)
  t.equal(await status(idle.headers), 200)
  await rig.clock.runUntil(rig.clock.now() + 29 * minuteMs)
  t.equal(await status(idle.headers), 200, 'used, it lasts')
  await rig.clock.runUntil(rig.clock.now() + 31 * minuteMs)
  t.equal(await status(idle.headers), 401)
  const long = await again()
  for (let minutes = 0; minutes < 12 * 60; minutes += 20) {
    t.equal(await status(long.headers), 200)
    await rig.clock.runUntil(rig.clock.now() + 20 * minuteMs)
  }
  t.equal(await status(long.headers), 401, 'twelve hours are the end')
  const out = await again()
  t.match(await send('DELETE', '/v1/session', { headers: out.headers }), { status: 200 })
  t.equal(await status(out.headers), 401)
  for (const [what, path, body] of [
    ['PATCH', '/v1/users/ann', { role: 'auditor' }],
    ['PATCH', '/v1/users/ann', { disabled: true }],
    ['PATCH', '/v1/users/ann', { disabled: false }],
    ['PUT', '/v1/users/ann/password', { password }],
    ['DELETE', '/v1/users/ann', undefined],
  ] as const) {
    const browser = body !== undefined && 'disabled' in body && !body.disabled ? undefined : await again()
    t.match(await rig.call(what, path, body), { status: 200 })
    if (browser !== undefined) t.equal(await status(browser.headers), 401, `${what} ${path}`)
  }
})

t.test('a new password ends the other sessions and not this one, and streams with them', async t => {
  const { rig, link, send } = await houseWithAnn(t)
  await send('POST', '/v1/setup', { body: { link, password } })
  const [here, there] = [
    await logInAs(rig.url, { name: 'ann', password }),
    await logInAs(rig.url, { name: 'ann', password }),
  ]
  const stream = await fetch(`${rig.url}/v1/events`, { headers: there.headers })
  const heard = stream.text()
  const body = { password, newPassword: 'five words are more than four' }
  t.match(await send('PUT', '/v1/session/password', { headers: here.headers, body: { ...body, password: 'wrong' } }), {
    status: 403,
  })
  t.match(await send('PUT', '/v1/session/password', { headers: here.headers, body }), { status: 200 })
  t.match(await heard, /connected/, 'the stream has ended')
  t.equal((await send('GET', '/v1/session', { headers: there.headers })).status, 401)
  t.match(await send('GET', '/v1/sessions', { headers: here.headers }), {
    body: { sessions: [{ user: 'ann', own: true }] },
  })
})

t.test('who ends the session of somebody else stands in the ledger; who ends their own does not', async t => {
  const { rig, link, send } = await houseWithAnn(t)
  await send('POST', '/v1/setup', { body: { link, password } })
  const ended = async () =>
    (await rig.store.ledgerEntries(0, 1_000)).filter(({ entry }) => JSON.parse(entry).event === 'session-ended')
  for (const byAdmin of [false, true]) {
    const { headers } = await logInAs(rig.url, { name: 'ann', password })
    const listed = await send('GET', '/v1/sessions', { headers })
    const { sessions } = listed.body as { sessions: { sessionId: string }[] }
    const path = `/v1/sessions/${sessions[0]?.sessionId}`
    if (byAdmin) t.equal((await rig.call('DELETE', path)).status, 200)
    else t.equal((await send('DELETE', path, { headers })).status, 200)
    t.equal((await send('GET', '/v1/session', { headers })).status, 401)
    t.equal((await ended()).length, Number(byAdmin))
  }
  t.match(JSON.parse((await ended())[0]?.entry ?? '{}'), { user: 'ann', by: 'local' })
})

t.test('sessions outlive the daemon, and a page of another site has none of it', async t => {
  const { rig, link, send } = await houseWithAnn(t)
  await send('POST', '/v1/setup', { body: { link, password } })
  const { headers } = await logInAs(rig.url, { name: 'ann', password })
  const next = await createServer({
    ...{
      gateway: rig.dialer.gateway,
      store: rig.store,
      log: (await import('../../src/log.ts')).createLog({ level: 'silent' }),
    },
    ...{
      importer: {} as never,
      health: async () => [],
      nodeIds: [],
      trunks: [],
      defaultCountry: 'US',
      version: '1',
      wordsOf: () => '',
      token: 'a-token-of-some-length',
    },
  })
  t.teardown(() => next.close())
  const url = await next.listen({ host: '127.0.0.1', port: 0 })
  t.equal((await fetch(`${url}/v1/session`, { headers })).status, 200)
  for (const foreign of [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'null' },
    { origin: 'https://evil.example' },
  ])
    t.equal((await fetch(`${url}/v1/session`, { headers: { ...headers, ...foreign } })).status, 403)
  t.equal(
    (await fetch(`${url}/v1/session`, { headers: { ...headers, origin: url, 'sec-fetch-site': 'same-origin' } }))
      .status,
    200,
  )
})

t.test('one-time codes are asked for once they are confirmed, and serve once each', async t => {
  const { rig, link, send, logInNow } = await houseWithAnn(t)
  await send('POST', '/v1/setup', { body: { link, password } })
  const { headers } = await logInAs(rig.url, { name: 'ann', password })
  const path = '/v1/session/one-time-codes'
  const begun = await send('POST', path, { headers, body: { password } })
  const secret = String(begun.body.secret)
  t.match(begun.body.url, new RegExp(`^otpauth://totp/Dialwright%3Aann\\?secret=${secret}&`))
  t.match(await logInNow(), { status: 200 }, 'not yet')
  const code = () => codeAt(secret, Math.floor(rig.clock.now() / 30_000))
  t.match(await send('PUT', path, { headers, body: { code: '000000' } }), { status: 403 })
  const on = await send('PUT', path, { headers, body: { code: code() } })
  const recovery = on.body.recoveryCodes as string[]
  t.equal(recovery.length, 10)
  t.match(await logInNow(), { status: 401, body: { error: { code: 'code-needed' } } })
  const used = { status: 401, body: { error: { code: 'wrong-code' } } }
  t.match(await logInNow({ name: 'ann', password, code: code() }), used, 'it has confirmed already')
  await rig.clock.runUntil(rig.clock.now() + 30_000)
  t.match(await logInNow({ name: 'ann', password, code: code() }), { status: 200 })
  t.match(await logInNow({ name: 'ann', password, code: code() }), used)
  t.match(await logInNow({ name: 'ann', password, code: recovery[0] }), { status: 200 })
  t.match(await logInNow({ name: 'ann', password, code: recovery[0] }), used)
  t.match(await rig.call('DELETE', '/v1/users/ann/one-time-codes'), { status: 200 })
  t.match(await logInNow(), { status: 200 }, 'an admin has turned them off')
})

t.test('who guesses waits longer and longer, the owner at home does not, and nothing tells who exists', async t => {
  let now = 1_000_000_000
  let hashed = 0
  const verify: typeof quick.verify = (...args) => {
    hashed += 1
    return quick.verify(...args)
  }
  const passwords = { ...quick, verify }
  const access = await openAccess({ store: createMemoryStore(), now: () => now, hasToken: true, passwords })
  const hash = await quick.hash(password)
  await access.book.save({
    user: { name: 'ann', role: 'admin', campaigns: [], addedAt: 1, password: hash },
    event: 'added',
    by: 'test',
  })
  const at = (address: string) => ({ address, program: 'x' })
  await logIn(access, { name: 'Ann', password }, at('192.0.2.1'))
  const fails = async (name: string, from: string) => {
    const before = hashed
    const error: unknown = await logIn(access, { name, password: 'wrong' }, at(from)).catch((error: unknown) => error)
    if (error instanceof TooManyTries) return error.retryAfterSec
    t.match(error, {
      status: 401,
      code: 'wrong-password',
      message: 'name or password is wrong, or the user is disabled',
    })
    t.equal(hashed, before + 1, 'it took as long')
    return 0
  }
  for (const name of ['ann', 'nobody']) {
    const waits: number[] = []
    for (let index = 0; index < 12; index += 1) {
      const wait = await fails(name, `198.51.100.${index}`)
      waits.push(wait)
      now += wait * 1000
    }
    t.same(waits, [0, 0, 0, 0, 0, 1, 0, 2, 0, 4, 0, 8], name)
  }
  await fails('ann', '203.0.113.8')
  await t.rejects(
    logIn(access, { name: 'ann', password }, at('203.0.113.9')),
    { code: 'too-many-tries' },
    'right or wrong',
  )
  await logIn(access, { name: 'ann', password }, at('192.0.2.1'))
  now += 15 * minuteMs
  t.equal(await fails('ann', '203.0.113.9'), 0, 'forgotten')
  for (let index = 0; index < 20; index += 1) await fails(`name${index}`, '198.51.100.99')
  t.ok((await fails('another', '198.51.100.99')) > 0, 'an address that tries many names waits, too')
})

t.test('without a token there are no users, and the last admin stays', async t => {
  const { url } = await startRig(t, { token: null, passwords: quick })
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ name: 'ann', role: 'admin' })
  const refused = await fetch(`${url}/v1/users`, { method: 'POST', headers, body })
  t.match(await refused.json(), { error: { code: 'token-needed', message: /set api.tokenFile/ } })
  const rig = await startRig(t, { passwords: quick })
  await rig.call('POST', '/v1/users', { name: 'ann', role: 'admin' })
  const last = { status: 409, body: { error: { code: 'last-admin' } } }
  t.match(await rig.call('PATCH', '/v1/users/ann', { disabled: true }), last)
  t.match(await rig.call('DELETE', '/v1/users/ann'), last)
  for (const wrong of [
    { name: 'sam', role: 'supervisor' },
    { name: 'sam', role: 'agent' },
    { name: 'sam', role: 'admin', campaigns: ['spring'] },
    { name: 'sam', role: 'admin', agentId: '1001' },
  ])
    t.match(await rig.call('POST', '/v1/users', wrong), { status: 422, body: { error: { code: 'contradiction' } } })
  t.match(await rig.call('POST', '/v1/users', { name: 'sam', role: 'agent', agentId: 'none' }), { status: 404 })
  t.match(await rig.call('POST', '/v1/users', { name: 'ann', role: 'admin' }), { status: 409 })
  t.match(await rig.call('POST', '/v1/users', { name: 'local', role: 'admin' }), { status: 409 })
  const token = { name: 'crm', rights: ['manage-users', 'see-calls'], days: 1 }
  t.match(await rig.call('POST', '/v1/tokens', token), { status: 422, body: { error: { code: 'contradiction' } } })
})

/** The doors themselves, on a store in memory: no server between those who come at once. */
async function doorsWithAnn() {
  const store = createMemoryStore()
  let now = 1_000_000
  const access = await openAccess({ store, now: () => now, hasToken: true, passwords: quick })
  const ann = { name: 'ann', role: 'admin' as const, campaigns: [], addedAt: 1, password: await quick.hash(password) }
  await access.book.save({ user: ann, event: 'added', by: 'test' })
  const enter = (body: object = {}, address = '203.0.113.7') =>
    logIn(access, { name: 'ann', password, ...body }, { address, program: 'test' }).then(
      () => 'in',
      error => String(error.code),
    )
  return { access, ann, enter, pass: (ms: number) => (now += ms) }
}

t.test('an office in which everybody has one-time codes is not taken for a guesser', async t => {
  const { access, ann, enter, pass } = await doorsWithAnn()
  const oneTime = { secret: 'JBSWY3DPEHPK3PXP', confirmed: true, recovery: [] }
  await access.book.save({ user: { ...ann, oneTime }, event: 'codes-on', by: 'ann' })
  for (let person = 0; person < 100; person += 1) {
    t.equal(await enter(), 'code-needed', 'the password was right')
    pass(10)
  }
  for (let guess = 0; guess < 5; guess += 1) t.equal(await enter({ code: '000000' }), 'wrong-code')
  t.equal(await enter({ code: '000000' }), 'too-many-tries', 'wrong codes are mistakes')
})

t.test('a recovery code serves once, however many come with it at once', async t => {
  const { access, ann, enter } = await doorsWithAnn()
  const codes = ['aaaa-bbbb-cccc', 'dddd-eeee-ffff']
  const oneTime = { secret: 'JBSWY3DPEHPK3PXP', confirmed: true, recovery: codes.map(recoveryHash) }
  await access.book.save({ user: { ...ann, oneTime }, event: 'codes-on', by: 'ann' })
  const [first = '', second = ''] = codes
  const answers = await Promise.all(
    [first, first, first, second].map((code, index) => enter({ code }, `192.0.2.${index}`)),
  )
  t.same(answers.sort(), ['in', 'in', 'wrong-code', 'wrong-code'])
  t.same(access.book.user('ann')?.oneTime?.recovery, [], 'none is given back')
})

t.test('who is disabled or gets a new password while theirs is looked at does not come in', async t => {
  for (const change of [{ disabled: true as const }, { password: await quick.hash('another four words') }]) {
    const { access, ann, enter } = await doorsWithAnn()
    const coming = enter()
    await access.book.save({ user: { ...ann, ...change }, event: 'changed', by: 'amy', endsSessions: {} })
    t.equal(await coming, 'wrong-password')
    t.same(access.book.sessions(), [])
    t.match(access.book.user('ann'), change, 'and stays what they were made')
  }
})

t.test('a name under which nobody can log in is taken from nobody', async t => {
  const { access } = await doorsWithAnn()
  for (const name of ['Ann', 'a', 'é', 'ann lee', '-x', 'a'.repeat(41)])
    await t.rejects(addUser(access, { name, role: 'admin' }, { by: 'test' }), { code: 'bad-name' }, name)
})
