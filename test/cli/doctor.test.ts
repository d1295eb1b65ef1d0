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
import { findings } from '../../src/cli/commands/doctor/findings.ts'
import { agentPhrases } from '../../src/core/vocabulary.ts'
import { openFakeAmi, type ReceivedAction } from '../asterisk/support/fakeAmi.ts'
import { openFakeAri, type ReceivedRequest } from '../asterisk/support/fakeAri.ts'
import { deadPort, runLine, tempFolder, writeConfig } from './support.ts'

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
  /** With --all: what the user may, which files it may read, and what the endpoints are set to. */
  readonly actions?: readonly string[]
  readonly files?: Readonly<Record<string, readonly string[]>>
  readonly settings?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

const refusal = ['Response: Error', 'Message: no such thing']
const sounds = [
  ...['beep', 'nobody-free', 'optout-confirmed', 'engine-away', 'respect/away'],
  ...['en', 'es', 'zh'].flatMap(language =>
    ['who', 'source', 'keys', 'unknown', 'withheld', 'several', 'refused', 'goodbye'].map(
      name => `respect/${language}/${name}`,
    ),
  ),
  ...agentPhrases.map(phrase => `agent/en/${phrase}`),
].map(name => `dialwright/${name}`)

/** As a PBX of asterisk-conf answers. */
const ownActions = ['DBGet', 'GetConfig', 'ListCommands', 'PJSIPShowEndpoint']
const files: Readonly<Record<string, readonly string[]>> = {
  'manager.conf/general': ['enabled=yes', 'bindaddr=127.0.0.1'],
  'http.conf/general': ['bindaddr=127.0.0.1', 'sessionlimit=1000'],
  'asterisk.conf/options': ['nocolor=yes'],
}
const calls = { Timers: 'yes', TimersSessExpires: '180', DirectMedia: 'false', DtmfMode: 'auto', Allow: '(alaw|ulaw)' }
const settings: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'trunk-main': { ...calls, Context: 'dialwright-inbound', RtpTimeout: '60', RtpTimeoutHold: '300', FromUser: '' },
  'dw-1001': { ...calls, Context: 'dialwright-agents', RtpTimeout: '10', RtpTimeoutHold: '60' },
}

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
      case 'listcommands':
        answer(
          'Response: Success',
          ...(faults.actions ?? ownActions).map(name => `${name}: what it does  (Priv: some)`),
        )
        return true
      case 'getconfig': {
        const lines = { ...files, ...faults.files }[`${headers.filename}/${headers.category}`]
        if (lines === undefined) return refuse()
        answer('Response: Success', ...lines.map((line, at) => `Line-000000-${String(at).padStart(6, '0')}: ${line}`))
        return true
      }
      case 'pjsipshowendpoint': {
        const name = headers.endpoint ?? ''
        const known = settings[name]
        if (known === undefined) return refuse()
        const lines = Object.entries({ ...known, ...faults.settings?.[name] }).map(([key, value]) => `${key}: ${value}`)
        answer('Response: Success', 'EventList: start')
        answer('Event: EndpointDetail', `ObjectName: ${name}`, ...lines)
        answer('Event: EndpointDetailComplete', 'EventList: Complete', 'ListItems: 1')
        return true
      }
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
async function doctor(t: Test, faults: Faults = {}, ...more: readonly string[]): Promise<readonly Check[]> {
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
  const ran = await runLine(['--config', file, '--json', 'doctor', ...more])
  const { ok, checks }: { ok: boolean; checks: readonly Check[] } = JSON.parse(ran.out)
  t.equal(ran.code, ok ? 0 : 1)
  for (const { what, result, todo = '' } of checks)
    t.equal(todo.length > 10, result !== 'ok', `${what}: each line that is not ok names the next step, and no other`)
  for (const { what, result, code } of checks)
    t.equal(code === undefined ? 'ok' : findings[code].result, result, `${what}: a code, of the same weight`)
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
      code: 'ami-refused',
      what: 'PBX pbx1 AMI',
      says: /refuses user "dialwright" at .*: wrong secret/,
      todo: /manager\.conf.*manager reload/,
    },
  ],
  [
    "AMI's port is closed",
    { amiPort: 1 },
    {
      code: 'ami-unreachable',
      what: 'PBX pbx1 AMI',
      says: /127.0.0.1:1 \(ECONNREFUSED\): nothing listens there/,
      todo: /manager\.conf.*enabled/,
    },
  ],
  [
    'ARI refuses the password',
    { ariSecret: 'wrong' },
    {
      code: 'ari-refused',
      what: 'PBX pbx1 ARI',
      says: /refuses user "dialwright" at .*: wrong password/,
      todo: /ari\.conf.*reload res_ari/,
    },
  ],
  [
    "ARI's port is closed, and AMI answers",
    { ariUrl: `http://127.0.0.1:${deadPort}/ari` },
    {
      code: 'ari-unreachable',
      what: 'PBX pbx1 ARI',
      says: /\(ECONNREFUSED\): Asterisk runs, but no web server listens there/,
      todo: /http\.conf.*enabled/,
    },
  ],
  [
    'PJSIP did not load',
    { modulesMissing: ['chan_pjsip'] },
    { code: 'pjsip-missing', what: 'PBX pbx1 PJSIP', says: /no trunks and no phones/, todo: /module load chan_pjsip/ },
  ],
  [
    'other modules did not load',
    { modulesMissing: ['app_stack', 'func_db'] },
    { code: 'modules-missing', what: 'PBX pbx1 modules', says: 'missing: app_stack, func_db', todo: /modules\.conf/ },
  ],
  [
    'the dialplan is not included',
    { contextsMissing: [...neededContexts] },
    {
      code: 'contexts-missing',
      what: 'PBX pbx1 contexts',
      says: /missing: dialwright-answered, .*dialwright-inbound/,
      todo: /#include .*dialplan reload/,
    },
  ],
  [
    'no copies of SIP messages come',
    { sendsCopies: false },
    {
      code: 'copies-missing',
      what: 'SIP copies',
      says: /none come from pbx1 to 127/,
      todo: /hep\.conf.*enabled = yes and capture_address = 127.*restart/,
    },
  ],
  [
    'copies go to an address that is not ours',
    { copiesHost: '192.0.2.1' },
    {
      code: 'copies-no-address',
      what: 'SIP copies',
      says: /192\.0\.2\.1:\d+ is no address of this machine/,
      todo: /hep\.host/,
    },
  ],
  [
    "another database's daemon drives it",
    { owner: writeOwner({ ...ownerOn({ databaseId: 'other', file: '/x' }), host: 'else', state: 'here' }) },
    {
      code: 'pbx-owned',
      what: 'PBX pbx1 owner',
      says: /another Dialwright daemon drives it, on else/,
      todo: /stop that daemon first/,
    },
  ],
  [
    "a campaign's sound is missing",
    { soundsMissing: /custom/ },
    {
      code: 'campaign-sound-missing',
      what: 'sounds of pbx1',
      says: /campaign spring plays custom\/sorry, which pbx1 does not have/,
      todo: /folder of Asterisk's sounds/,
    },
  ],
  [
    'the shipped sounds are missing',
    { soundsMissing: /dialwright/ },
    {
      code: 'sounds-missing',
      what: 'sounds of pbx1',
      says: /missing: dialwright\/beep, .* and 45 more/,
      todo: /copy asterisk-conf\/sounds/,
    },
  ],
  [
    'there are no agents',
    { agents: [] },
    { code: 'agents-none', what: 'agents', result: 'warn', says: /there are none/, todo: /agents add/ },
  ],
  [
    "an agent's phone is not defined",
    { agents: ['1001', '1002'] },
    { code: 'phones-undefined', what: 'agents on pbx1', says: 'no endpoint dw-1002 on pbx1', todo: /pjsip\.conf/ },
  ],
  [
    'the trunk is not defined',
    { endpoints: [['dw-1001', 'online']] },
    { code: 'trunk-undefined', what: 'trunk main', says: 'pbx1 has no endpoint trunk-main', todo: /dialString/ },
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
    {
      code: 'ari-off',
      what: 'PBX pbx1 ARI',
      result: 'fail',
      says: /ARI is off there/,
      todo: /ari\.conf needs enabled = yes/,
    },
  ])
  const other = await stranger(t, 200, '<html>')
  const foreign = await faultsOf(t, { ariUrl: other })
  t.match(foreign, [
    { code: 'ari-stranger', what: 'PBX pbx1 ARI', result: 'fail', says: /is not Asterisk's ARI/, todo: /8088\/ari/ },
  ])
  const web = await faultsOf(t, { amiPort: Number(new URL(other).port) })
  t.match(web, [
    {
      code: 'ami-stranger',
      what: 'PBX pbx1 AMI',
      result: 'fail',
      says: /Asterisk's manager interface/,
      todo: /usually 5038/,
    },
  ])
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

/** What every PBX of these tests is told of, and what it is about this machine. */
const aboutThePbx = /^(ami|ari|pbx|trunk|phone|direct|codecs)-/

async function pbxCodes(t: Test, faults: Faults, ...more: readonly string[]): Promise<readonly string[]> {
  const found = await doctor(t, faults, ...more)
  return found.flatMap(({ code = '', says }) => (aboutThePbx.test(code) ? [`${code}: ${says}`] : []))
}

const doubtful: Faults = {
  actions: [...ownActions, 'Originate', 'Command', 'MixMonitor'],
  files: {
    'manager.conf/general': ['enabled=yes'],
    'http.conf/general': ['bindaddr=0.0.0.0:8088'],
    'asterisk.conf/options': ['live_dangerously=yes'],
  },
  settings: {
    'trunk-main': {
      ...{ Timers: 'no', RtpTimeoutHold: '0', DtmfMode: 'none', Context: 'from-trunk', DirectMedia: 'true' },
      ...{ FromUser: 'acme', SendPai: 'false', SendRpid: 'no' },
    },
    'dw-1001': { DirectMedia: 'yes', Timers: 'no', RtpTimeout: '0', Context: 'internal', Allow: '(opus)' },
  },
}

t.test('--all tells rights, open doors, and settings of trunks and phones; doctor alone does not', async t => {
  t.match(await pbxCodes(t, doubtful, '--all'), [
    /^ami-rights: .*may also originate, command,/,
    /^ami-runs-programs: .*any program/,
    /^ami-listens-openly: .*every address/,
    /^ari-listens-openly: .*0\.0\.0\.0:8088/,
    /^ari-few-sessions: .*takes 100 connections/,
    /^pbx-lives-dangerously: /,
    /^trunk-timers: .*no session timer/,
    /^trunk-rtp-timeout: .*hold is 0/,
    /^trunk-dtmf: /,
    /^trunk-context: .*from-trunk/,
    /^trunk-from-user: /,
    /^direct-media: direct_media is on$/,
    ...['direct-media', 'phone-timers', 'phone-rtp-timeout', 'phone-context', 'codecs-apart'].map(
      code => new RegExp(`^${code}: .*: dw-1001$`),
    ),
  ])
  t.same(await pbxCodes(t, doubtful), [])
})

t.test('a PBX as it is shipped passes all; a slow timer does not, and what it does not tell is not judged', async t => {
  t.same(await pbxCodes(t, {}, '--all'), [])
  const slow = { settings: { 'trunk-main': { TimersSessExpires: '1800', FromUser: 'acme', SendPai: 'yes' } } }
  t.match(await pbxCodes(t, slow, '--all'), [/^trunk-timers: its session timer is 1800 s/])
  const closed = { actions: ['ListCommands'], files: doubtful.files ?? {} }
  t.same(await pbxCodes(t, closed, '--all'), [])
})

t.test('ports that fetch refuses are asked like others', async t => {
  t.match(await faultsOf(t, { ariUrl: 'http://127.0.0.1:5061/ari' }), [
    { code: 'ari-unreachable', says: /cannot be reached at .*:5061.* \(ECONNREFUSED\)/ },
  ])
  const folder = tempFolder(t)
  const ran = await runLine(['--config', writeConfig(folder, { port: 5061 }), '--json', 'doctor'])
  const { checks }: { checks: readonly Check[] } = JSON.parse(ran.out)
  t.match(checks.find(({ code }) => code === 'daemon-unclear')?.says, /broke \(bad port\)/)
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
