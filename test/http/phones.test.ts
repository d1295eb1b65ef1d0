// Phones that stand in no file: who gets a password, for how long, and what the PBX is told.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { WebSocket, WebSocketServer } from 'ws'
import { openPhoneBook, type PhoneBook } from '../../src/app/phones/book.ts'
import { createPasswords } from '../../src/credentials/passwords.ts'
import { keepPhonesIn } from '../../src/daemon/phoneFile.ts'
import { createLog } from '../../src/log.ts'
import { createSimulatedPhones, type SimulatedPhones } from '../../src/sim/world/provision.ts'
import { type Rig, startRig } from './rig.ts'
import { type LoggedIn, logInAs } from './users.ts'

const password = 'four words are enough'
const log = createLog({ level: 'silent' })

interface House {
  readonly rig: Rig
  readonly pbx: SimulatedPhones
  readonly file: string
  readonly ann: LoggedIn
  readonly sam: LoggedIn
  cut(isCut: boolean): void
  as(who: LoggedIn, method: string, path: string): Promise<{ status: number; body: Record<string, unknown> }>
}

const ways = { stun: ['stun:stun.example:3478'], turn: { url: 'turn:turn.example:3478', secret: 'a secret' } }

/** Twelve hours after the rig's start, and what openssl makes of it: `printf %s NAME | openssl dgst -sha1 -hmac 'a secret' -binary | base64`. */
const relay = { username: '1768359600:1001', credential: 'HVPI8FB8WJ3z3uaLk74SqUC78Zo=' }

function bookOn(file: string, provision: SimulatedPhones, socketUrl = 'ws://127.0.0.1:1/ws'): PhoneBook {
  const place = { nodeId: 'pbx1', provision, host: '192.0.2.20', port: 5060, socketUrl }
  return openPhoneBook({ keeper: keepPhonesIn(file, log), places: [place], ways, log })
}

async function openHouse(t: Test, socketUrl?: string): Promise<House> {
  let isUp = true
  const pbx = createSimulatedPhones(() => isUp)
  const file = join(t.testdir(), 'phones')
  const phones = bookOn(file, pbx, socketUrl)
  const rig = await startRig(t, { phones, passwords: createPasswords({ N: 16, r: 1, p: 1 }) })
  await rig.call('PUT', '/v1/campaigns/spring', { id: 'spring', message: 'sorry' })
  await rig.call('POST', '/v1/users', { name: 'ann', role: 'agent', agentId: '1001' })
  await rig.call('POST', '/v1/users', { name: 'sam', role: 'supervisor', campaigns: ['spring'] })
  for (const name of ['ann', 'sam']) await rig.call('PUT', `/v1/users/${name}/password`, { password })
  const as: House['as'] = async ({ headers }, method, path) => {
    const response = await fetch(`${rig.url}${path}`, { method, headers })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  const [ann, sam] = await Promise.all(['ann', 'sam'].map(name => logInAs(rig.url, { name, password })))
  if (ann === undefined || sam === undefined) throw new RangeError('nobody is logged in')
  const cut = (isCut: boolean): void => {
    isUp = !isCut
  }
  return { rig, pbx, file, ann, sam, as, cut }
}

const digestOf = (login: string): string => createHash('md5').update(login).digest('hex')

t.test(
  'a page has the line while its session lasts; then the desk phone has it again, with the password it had',
  async t => {
    const { rig, pbx, ann, as } = await openHouse(t)
    const desk = await rig.call('POST', '/v1/agents/1001/phone')
    t.match(desk.body, { server: '192.0.2.20', port: 5060, user: '1001', logInNumber: '*700' })
    const deskPhone = { name: '1001', kind: 'desk', digest: digestOf(`1001:dialwright:${desk.body.password}`) }
    t.same(pbx.known().get('1001'), deskPhone)

    const page = await as(ann, 'POST', '/v1/session/phone')
    t.match(page.body, {
      uri: 'sip:1001@192.0.2.20',
      user: '1001',
      iceServers: [{ urls: 'stun:stun.example:3478' }, { urls: 'turn:turn.example:3478', ...relay }],
      socketUrl: '/v1/session/phone/socket',
    })
    const digest = digestOf(`1001:dialwright:${page.body.password}`)
    t.same(pbx.known().get('1001'), { name: '1001', kind: 'browser', digest })
    const shown = await rig.call('GET', '/v1/agents/1001/phone')
    t.match(shown.body, { in: 'browser', madeBy: 'local' })
    t.notMatch(JSON.stringify(shown.body), String(desk.body.password))
    t.notMatch(JSON.stringify(page.body), ways.turn.secret)
    pbx.restart()
    t.equal(pbx.known().get('1001')?.digest, digest, 'put again')

    await as(ann, 'DELETE', '/v1/session')
    await until(() => pbx.known().get('1001')?.kind === 'desk')
    t.same(pbx.known().get('1001'), deskPhone)
  },
)

t.test('what was made outlives the daemon, and nobody finds a password in it', async t => {
  const { rig, pbx, ann, as, file } = await openHouse(t)
  const { body } = await as(ann, 'POST', '/v1/session/phone')
  t.notMatch(readFileSync(file, 'utf8'), String(body.password))
  t.equal(statSync(file).mode & 0o077, 0)
  const next = createSimulatedPhones(() => true)
  bookOn(file, next)
  t.same(next.known(), pbx.known())
  await rig.call('DELETE', '/v1/agents/1001')
  await until(() => !readFileSync(file, 'utf8').includes('1001'))
  t.equal(pbx.known().size, 0)
  const after = createSimulatedPhones(() => true)
  bookOn(file, after)
  t.equal(after.known().size, 0, 'an agent who was removed has none')
})

t.test('who may not, and what cannot be, is said and changes nothing', async t => {
  const { rig, pbx, ann, sam, as, cut } = await openHouse(t)
  t.match(await as(sam, 'POST', '/v1/session/phone'), { status: 403, body: { error: { code: 'no-line' } } })
  t.match(await as(sam, 'POST', '/v1/agents/1001/phone'), { status: 403 })
  t.match(await as(ann, 'POST', '/v1/agents/1002/phone'), { status: 404 })
  t.match(await as(ann, 'GET', '/v1/session/phone/socket'), {
    status: 409,
    body: { error: { code: 'no-browser-phone' } },
  })
  cut(true)
  t.match(await as(ann, 'POST', '/v1/session/phone'), { status: 503, body: { error: { code: 'unreachable' } } })
  cut(false)
  t.match((await rig.call('GET', '/v1/agents/1001/phone')).body, { in: 'none' })
  pbx.writeFile('1001')
  t.match(await as(ann, 'POST', '/v1/agents/1001/phone'), { status: 409, body: { error: { code: 'phone-in-file' } } })
  await rig.call('POST', '/v1/agents', { id: '1003', endpoint: 'PJSIP/trunk/sip:x' })
  t.match(await rig.call('POST', '/v1/agents/1003/phone'), { status: 409, body: { error: { code: 'no-phone-name' } } })
  t.equal(pbx.known().size, 0)
  await as(ann, 'POST', '/v1/session/phone')
  t.match(await as(ann, 'GET', '/v1/session/phone/socket'), { status: 409 })
})

t.test("a page's messages go to the PBX and back, past the same guard as everything", async t => {
  const pbx = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'sip' })
  t.teardown(() => void pbx.close())
  pbx.on('connection', socket => socket.on('message', data => socket.send(`heard ${data}`)))
  await once(pbx, 'listening')
  const { port } = pbx.address() as { port: number } // it listens on TCP
  const { rig, ann, as } = await openHouse(t, `ws://127.0.0.1:${port}/ws`)
  const address = `${rig.url.replace('http', 'ws')}/v1/session/phone/socket`
  const open = (headers: Record<string, string>): Promise<WebSocket | number | undefined> =>
    new Promise(resolve => {
      const socket = new WebSocket(address, 'sip', { headers })
      socket.once('open', () => resolve(socket))
      socket.once('unexpected-response', (_, { statusCode }) => resolve(statusCode))
      socket.on('error', () => {})
    })
  t.equal(await open({}), 401)
  t.equal(await open({ cookie: ann.cookie }), 409, 'no phone yet')
  t.equal((await as(ann, 'POST', '/v1/session/phone')).status, 200)
  t.equal(await open({ cookie: ann.cookie, origin: 'https://evil.example' }), 403)
  t.equal((await as(ann, 'GET', '/v1/session/phone/socket')).status, 426, 'it is no page')
  const socket = await open({ cookie: ann.cookie })
  if (!(socket instanceof WebSocket)) throw new TypeError(`answered ${socket}`)
  t.equal(socket.protocol, 'sip')
  socket.send('OPTIONS')
  t.equal(String(await new Promise(resolve => socket.once('message', resolve))), 'heard OPTIONS')
  const gone = new Promise<void>(resolve => [...pbx.clients][0]?.once('close', () => resolve()))
  socket.close()
  await gone
})

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(resolve => setTimeout(resolve, 5))
}
