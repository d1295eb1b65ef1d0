// Every fault that doctor knows, before fakes that speak the protocols: its line, and the next step that it names.
import { createSocket } from 'node:dgram'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { neededContexts } from '../../src/asterisk/link/health.ts'
import { ownerOn, writeOwner } from '../../src/asterisk/link/owner.ts'
import type { Check } from '../../src/cli/commands/doctor/checks.ts'
import { openFakeAmi, type ReceivedAction } from '../asterisk/support/fakeAmi.ts'
import { openFakeAri, type ReceivedRequest } from '../asterisk/support/fakeAri.ts'
import { deadPort, runLine, tempFolder } from './support.ts'

/** What is wrong with a PBX, or with what the configuration says of it. */
interface Faults {
  readonly amiSecret?: string
  readonly amiPort?: number
  readonly ariSecret?: string
  readonly ariUrl?: string
  readonly modulesMissing?: readonly string[]
  readonly contextsMissing?: readonly string[]
  readonly soundsMissing?: RegExp
  readonly sendsCopies?: boolean
  readonly copiesHost?: string
  /** The global DIALWRIGHT_OWNER, with a heart-beat of this moment. */
  readonly owner?: string
  readonly beatAgeMs?: number
  readonly endpoints?: readonly (readonly [name: string, state: string])[]
  readonly agents?: readonly string[]
}

const refusal = ['Response: Error', 'Message: no such thing']
const sounds = [
  ...['beep', 'nobody-free', 'optout-confirmed', 'engine-away', 'respect/away'],
  ...['en', 'es', 'zh'].flatMap(language => ['keys', 'refused', 'goodbye'].map(name => `respect/${language}/${name}`)),
].map(name => `dialwright/${name}`)

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4')
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve))
  const { port } = socket.address()
  await new Promise<void>(resolve => socket.close(resolve))
  return port
}

function sendCopy(port: number): void {
  const socket = createSocket('udp4')
  socket.send('HEP3 and more', port, '127.0.0.1', () => socket.close())
}

/** AMI's side of the PBX. */
function manager(faults: Faults, hepPort: number) {
  const { modulesMissing = [], contextsMissing = [], sendsCopies = true } = faults
  return ({ headers, answer }: ReceivedAction): boolean => {
    const refuse = (): boolean => {
      answer(...refusal)
      return true
    }
    switch (headers.action?.toLowerCase()) {
      case 'login':
        if (headers.secret === 'right') return false
        answer('Response: Error', 'Message: Authentication failed')
        return true
      case 'coresettings':
        answer('Response: Success', 'AsteriskVersion: 22.10.0')
        return true
      case 'modulecheck':
        return modulesMissing.some(name => headers.module === `${name}.so`) && refuse()
      case 'showdialplan':
        return contextsMissing.includes(headers.context ?? '') && refuse()
      case 'pjsipqualify':
        if (sendsCopies) sendCopy(hepPort)
        return false
      default:
        return false
    }
  }
}

/** ARI's side of the PBX. */
function rest({
  soundsMissing,
  owner = '',
  beatAgeMs = 0,
  endpoints = [
    ['trunk-main', 'online'],
    ['dw-1001', 'online'],
  ],
}: Faults) {
  const values: Readonly<Record<string, string>> = {
    DIALWRIGHT_OWNER: owner,
    DIALWRIGHT_ALIVE: owner === '' ? '' : String(Math.floor((Date.now() - beatAgeMs) / 1000)),
  }
  return (request: ReceivedRequest): boolean => {
    const path = request.path.split('?')[0] ?? ''
    if (path === '/endpoints/PJSIP')
      request.answer(
        200,
        endpoints.map(([resource, state]) => ({ resource, state })),
      )
    else if (path === '/sounds')
      request.answer(
        200,
        [...sounds, 'custom/sorry'].filter(name => !soundsMissing?.test(name)).map(id => ({ id, formats: [] })),
      )
    else if (path === '/asterisk/variable')
      request.answer(200, { value: values[request.path.split('variable=')[1] ?? ''] ?? '' })
    else if (path.startsWith('/playbacks/')) request.answer(404, { message: 'Playback not found' })
    else return false
    return true
  }
}

const known = { agents: ['1001'], amiSecret: 'right', ariSecret: 'secret', copiesHost: '127.0.0.1' }

/** What doctor says before such a PBX, in a folder of its own. */
async function doctor(t: Test, faults: Faults = {}): Promise<readonly Check[]> {
  const hepPort = await freeUdpPort()
  const ami = await openFakeAmi(manager(faults, hepPort))
  const ari = await openFakeAri({ handle: rest(faults) })
  t.teardown(() => Promise.all([ami.close(), ari.close()]))
  const { agents, amiSecret, ariSecret, copiesHost } = { ...known, ...faults }
  const file = join(tempFolder(t), 'dialwright.yaml')
  const { amiPort = ami.port, ariUrl = ari.url } = faults
  writeFileSync(
    file,
    `nodes:
  - id: pbx1
    ami: { port: ${amiPort}, user: dialwright, secret: ${amiSecret} }
    ari: { url: '${ariUrl}', user: dialwright, secret: ${ariSecret} }
    hep: { host: ${copiesHost}, port: ${hepPort} }
trunks: [{ id: main, dialString: 'PJSIP/{number}@trunk-main', channels: 10, callsPerSecond: 10, callerIds: ['+12025550100'] }]
agents: [${agents.map(id => `{ id: '${id}', endpoint: PJSIP/dw-${id}, node: pbx1 }`).join(', ')}]
campaigns: [{ id: spring, message: custom/sorry, purpose: service }]
api: { port: ${deadPort} }
`,
    { mode: 0o600 },
  )
  const ran = await runLine(['--config', file, '--json', 'doctor'])
  const { ok, checks }: { ok: boolean; checks: readonly Check[] } = JSON.parse(ran.out)
  t.equal(ran.code, ok ? 0 : 1)
  for (const { what, result, todo = '' } of checks)
    t.equal(todo.length > 10, result !== 'ok', `${what}: each line that is not ok names the next step, and no other`)
  return checks
}

/** The lines that are not well. */
async function faultsOf(t: Test, faults: Faults): Promise<readonly Check[]> {
  return (await doctor(t, faults)).filter(
    ({ what, result }) => result === 'fail' || (/agents|copies|trunk/.test(what) && result !== 'ok'),
  )
}

t.test('a PBX without faults has none', async t => {
  t.same(await faultsOf(t, {}), [])
})

/** The fault, the one line that it gives, and its next step. */
const table: readonly (readonly [what: string, Faults, Partial<Record<keyof Check, RegExp | string>>])[] = [
  [
    'AMI refuses the password',
    { amiSecret: 'wrong' },
    {
      what: 'PBX pbx1 AMI',
      says: /refuses user "dialwright" at .*: wrong secret/,
      todo: /manager\.conf.*manager reload/,
    },
  ],
  [
    "AMI's port is closed",
    { amiPort: 1 },
    {
      what: 'PBX pbx1 AMI',
      says: /127.0.0.1:1 \(ECONNREFUSED\): nothing listens there/,
      todo: /manager\.conf.*enabled/,
    },
  ],
  [
    'ARI refuses the password',
    { ariSecret: 'wrong' },
    {
      what: 'PBX pbx1 ARI',
      says: /refuses user "dialwright" at .*: wrong password/,
      todo: /ari\.conf.*reload res_ari/,
    },
  ],
  [
    "ARI's port is closed, and AMI answers",
    { ariUrl: `http://127.0.0.1:${deadPort}/ari` },
    {
      what: 'PBX pbx1 ARI',
      says: /\(ECONNREFUSED\): Asterisk runs, but no web server listens there/,
      todo: /http\.conf.*enabled/,
    },
  ],
  [
    'PJSIP did not load',
    { modulesMissing: ['chan_pjsip'] },
    { what: 'PBX pbx1 PJSIP', says: /no trunks and no phones/, todo: /module load chan_pjsip/ },
  ],
  [
    'other modules did not load',
    { modulesMissing: ['app_stack', 'func_db'] },
    { what: 'PBX pbx1 modules', says: 'missing: app_stack, func_db', todo: /modules\.conf/ },
  ],
  [
    'the dialplan is not included',
    { contextsMissing: [...neededContexts] },
    {
      what: 'PBX pbx1 contexts',
      says: /missing: dialwright-answered, .*dialwright-inbound/,
      todo: /#include .*dialplan reload/,
    },
  ],
  [
    'no copies of SIP messages come',
    { sendsCopies: false },
    {
      what: 'SIP copies',
      says: /none come from pbx1 to 127/,
      todo: /hep\.conf.*enabled = yes and capture_address = 127.*restart/,
    },
  ],
  [
    'copies go to an address that is not ours',
    { copiesHost: '192.0.2.1' },
    { what: 'SIP copies', says: /192\.0\.2\.1:\d+ is no address of this machine/, todo: /hep\.host/ },
  ],
  [
    "another database's daemon drives it",
    { owner: writeOwner({ ...ownerOn({ databaseId: 'other', file: '/x' }), host: 'else', state: 'here' }) },
    { what: 'PBX pbx1 owner', says: /another Dialwright daemon drives it, on else/, todo: /stop that daemon first/ },
  ],
  [
    "a campaign's sound is missing",
    { soundsMissing: /custom/ },
    {
      what: 'sounds of pbx1',
      says: /campaign spring plays custom\/sorry, which pbx1 does not have/,
      todo: /folder of Asterisk's sounds/,
    },
  ],
  [
    'the shipped sounds are missing',
    { soundsMissing: /dialwright/ },
    { what: 'sounds of pbx1', says: /missing: dialwright\/beep, .* and 4 more/, todo: /copy asterisk-conf\/sounds/ },
  ],
  [
    'there are no agents',
    { agents: [] },
    { what: 'agents', result: 'warn', says: /there are none/, todo: /agents add/ },
  ],
  [
    "an agent's phone is not defined",
    { agents: ['1001', '1002'] },
    { what: 'agents on pbx1', says: 'no endpoint dw-1002 on pbx1', todo: /pjsip\.conf/ },
  ],
  [
    'the trunk is not defined',
    { endpoints: [['dw-1001', 'online']] },
    { what: 'trunk main', says: 'pbx1 has no endpoint trunk-main', todo: /dialString/ },
  ],
]

for (const [what, faults, line] of table)
  t.test(`doctor says: ${what}`, async t => {
    const found = await faultsOf(t, faults)
    t.equal(found.length, 1, JSON.stringify(found))
    t.match(found[0], { result: 'fail', ...line })
  })

/** A program at an address that is not what is looked for. */
async function stranger(t: Test, status: number, body: string): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(status)
    response.end(body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/ari`
}

t.test('doctor says: a web server without ARI, and something else', async t => {
  const off = await faultsOf(t, { ariUrl: await stranger(t, 404, 'Not Found') })
  t.match(off, [
    { what: 'PBX pbx1 ARI', result: 'fail', says: /ARI is off there/, todo: /ari\.conf needs enabled = yes/ },
  ])
  const other = await stranger(t, 200, '<html>')
  const foreign = await faultsOf(t, { ariUrl: other })
  t.match(foreign, [{ what: 'PBX pbx1 ARI', result: 'fail', says: /is not Asterisk's ARI/, todo: /8088\/ari/ }])
  const web = await faultsOf(t, { amiPort: Number(new URL(other).port) })
  t.match(web, [{ what: 'PBX pbx1 AMI', result: 'fail', says: /Asterisk's manager interface/, todo: /usually 5038/ }])
})

t.test('doctor says: faults that are there at once, each in its line', async t => {
  const found = await faultsOf(t, {
    amiSecret: 'wrong',
    soundsMissing: /custom/,
    agents: ['1009'],
    ...{ endpoints: [] },
  })
  const lines = found.map(({ what, says }) => `${what}: ${says}`)
  t.match(lines, [
    /^PBX pbx1 AMI: refuses/,
    /^sounds of pbx1: campaign spring/,
    /^trunk main: pbx1 has no endpoint/,
    /^agents on pbx1: no endpoint dw-1009/,
  ])
})

t.test('an owner that is ourselves, has left, or beats no more is no fault', async t => {
  const other = { ...ownerOn({ databaseId: 'other', file: '/x' }), host: 'else' }
  t.same(await faultsOf(t, { owner: writeOwner({ ...other, state: 'left' }) }), [])
  t.same(await faultsOf(t, { owner: writeOwner({ ...other, state: 'here' }), beatAgeMs: 60_000 }), [])
})

t.test('every mistake of a configuration is told at once', async t => {
  const file = join(tempFolder(t), 'dialwright.yaml')
  writeFileSync(
    file,
    `nodes: [{ id: pbx1, ami: { user: x, secret: y, port: 99999 }, ari: { url: 'here', user: x, secret: y } }]
trunks: [{ id: main, dialString: 'PJSIP/none', channels: 0, callsPerSecond: 10 }]
colour: red
`,
    { mode: 0o600 },
  )
  const ran = await runLine(['--config', file, '--json', 'doctor'])
  const { checks }: { checks: readonly Check[] } = JSON.parse(ran.out)
  t.equal(ran.code, 1)
  const says = checks.map(check => check.says).join('\n')
  for (const wanted of [/port/, /ari/, /dialString/, /channels/, /colour/]) t.match(says, wanted)
  t.ok(checks.length >= 5, says)
  for (const check of checks) t.match(check, { what: 'config', result: 'fail', todo: /correct it/ })
})
