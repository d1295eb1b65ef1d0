import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { campaignDocument, campaignSettings } from '../src/config/campaignFile.ts'
import { durationMs, formatDuration } from '../src/config/durations.ts'
import { colourEnvironment, findConfigFile, loadApiAccess, loadCampaignFile, loadConfig } from '../src/config.ts'
import { ConfigError } from '../src/errors.ts'

const folder = mkdtempSync(join(tmpdir(), 'dialwright-config-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))

const token = 'a-token-of-some-length'
const minimal = `nodes:
  - id: pbx1
    ami: { user: dialwright, secret: '\${AMI_SECRET}' }
    ari: { user: dialwright, secretFile: ari.secret }
trunks:
  - id: main
    dialString: PJSIP/{number}@trunk-main
    channels: 30
    callsPerSecond: 5
    callerIds: ['+12025550100']
agents:
  - { id: '1001', name: Ann }
api:
  tokenFile: api.token
`

writeFileSync(join(folder, 'ari.secret'), 'ari-secret\n', { mode: 0o600 })
writeFileSync(join(folder, 'api.token'), `${token}\n`, { mode: 0o600 })

function write(text: string, name = 'dialwright.yaml'): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

const env = { AMI_SECRET: 'ami-secret' }

function problemOf(text: string, load: (file: string) => unknown = file => loadConfig(file, { env })): string {
  try {
    load(write(text))
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replace(folder, 'DIR')
    throw error
  }
  return 'no problem'
}

t.test('a minimal file gives a whole, frozen configuration', async t => {
  const config = loadConfig(write(minimal), { env })
  t.match(config, {
    nodes: [
      {
        nodeId: 'pbx1',
        ami: { host: '127.0.0.1', port: 5038, user: 'dialwright', secret: 'ami-secret' },
        ari: { url: 'http://127.0.0.1:8088/ari', secret: 'ari-secret' },
      },
    ],
    trunks: [{ trunkId: 'main', nodeId: 'pbx1', channelsMax: 30, callsPerSecondMax: 5, stripPlus: false }],
    agents: [{ agentId: '1001', name: 'Ann', endpoint: 'PJSIP/1001', nodeId: 'pbx1' }],
    campaigns: [],
    api: { host: '127.0.0.1', port: 7420, token },
    store: { path: join(folder, 'dialwright.db') },
    defaultCountry: 'US',
    debugInvariants: false,
    warnings: [],
  })
  t.ok(Object.isFrozen(config.nodes[0]?.ami), 'frozen to the bottom')
})

t.test('what is wrong is named by file, line and place, with what to write', async t => {
  const cases: readonly (readonly [change: readonly [string, string], said: string])[] = [
    [
      ['channels: 30', 'chanels: 30'],
      'DIR/dialwright.yaml:8: trunks[0].chanels is an unknown key: did you mean "channels"?',
    ],
    [
      ['channels: 30', 'channels: many'],
      'DIR/dialwright.yaml:8: trunks[0].channels must be a whole number from 1 to 10000, not "many"',
    ],
    [
      ["id: '1001'", 'id: 1001'],
      'DIR/dialwright.yaml:12: agents[0].id must be an id of at most 40 letters, digits, _ and -, not 1001 (put it in quotes to make it text)',
    ],
    [
      ["['+12025550100']", '[+12025550100]'],
      "trunks[0].callerIds[0] must be a number with its country code in quotes, like '+12025550100', not 12025550100",
    ],
    [
      ['PJSIP/{number}@trunk-main', 'PJSIP/trunk-main'],
      'trunks[0].dialString must be a PBX endpoint with {number} in it',
    ],
    [
      ['agents:', 'xyzzy: 1\nagents:'],
      'DIR/dialwright.yaml:11: xyzzy is an unknown key: remove it, or use one of nodes, trunks, agents',
    ],
    [['name: Ann', 'name: Ann, node: pbx9'], 'agents[0].node names pbx9, which is not under nodes: use one of pbx1'],
    [
      ['user: dialwright, secretFile: ari.secret', 'user: dialwright'],
      'nodes[0].ari has no secret: add secret: or secretFile:',
    ],
    [['secretFile: ari.secret', 'secretFile: no.secret'], 'which cannot be read (ENOENT)'],
    [
      ['AMI_SECRET', 'NO_SUCH_THING'],
      'DIR/dialwright.yaml:3: nodes[0].ami.secret needs the environment variable NO_SUCH_THING',
    ],
    [['tokenFile: api.token', 'host: 0.0.0.0'], 'api.host is 0.0.0.0, beyond the loopback, and there is no token'],
    [
      ['tokenFile: api.token', 'tokenFile: api.token\n  host: 0.0.0.0'],
      'api.host is 0.0.0.0, beyond the loopback, and passwords would go there unencrypted: add tls:',
    ],
    [
      ['tokenFile: api.token', 'plain: true\n  tls: { certificateFile: a, keyFile: b }'],
      'api.plain is true, and there is tls: keep one of them',
    ],
    [
      ['tokenFile: api.token', 'url: http://x.example\n  tls: { certificateFile: a, keyFile: b }'],
      'api.url is http://x.example, and there is tls: write https://',
    ],
    [['tokenFile: api.token', 'url: x.example'], 'api.url must be an address like https://dialer.example.org'],
    [['tokenFile: api.token', 'sessions: { idle: 13h }'], 'api.sessions.idle is longer than longest'],
    [['tokenFile: api.token', 'sessions: { idle: 1m }'], 'api.sessions must be from 5m to 31d'],
    [
      ['tokenFile: api.token', 'token: short'],
      'api.token must be a token of at least 16 characters, not what is there',
    ],
    [["- { id: '1001', name: Ann }", '- { id: a }\n  - { id: a }'], 'agents[1].id is a for the second time'],
    [['nodes:', 'nodes: ['], 'not valid YAML'],
    [['channels: 30', 'channels: 0\n    zap: 1'], 'trunks[0].zap is an unknown key'],
    [['channels: 30', 'channels: 30\n    maxCall: 299s'], 'trunks[0].maxCall must be from 5m to 24h'],
    [['channels: 30', 'channels: 30\n    maxCall: 25h'], 'trunks[0].maxCall must be from 5m to 24h'],
    [['agents:', 'dayCaps: { attempts: 0 }\nagents:'], 'dayCaps.attempts must be a whole number of attempts a day'],
    [['agents:', 'dayCaps: { minutes: 1.5 }\nagents:'], 'dayCaps.minutes must be a whole number of minutes a day'],
    [['agents:', 'dayCaps: { zone: EST }\nagents:'], 'dayCaps.zone is EST, which is no time zone'],
  ]
  for (const [[from, to], said] of cases) {
    const problem = problemOf(minimal.replace(from, to))
    t.ok(problem.includes(said), `${said}\n   got: ${problem}`)
    t.notOk(problem.includes('\n'), 'one line')
  }
  t.match(problemOf(minimal.replace('channels: 30', 'channels: 0\n    zap: 1')), /\(and 1 more problem\)/)
  t.match(problemOf('api: {}'), /yaml: nodes is missing: write a list of at least 1 \(and 1 more problem\)/)
})

t.test('a trunk has a longest call, and the installation may cap a day and say whose day it is', async t => {
  const of = (more: string, channels = 'channels: 30') =>
    loadConfig(write(minimal.replace('channels: 30', channels).replace('agents:', `${more}\nagents:`)), { env })
  const silent = of('')
  t.equal(silent.trunks[0]?.maxCallMs, 4 * 3_600_000, 'on by default')
  t.same(silent.dayCaps, {}, 'nobody knows how much is too much')
  t.ok(silent.dayZones.includes('America/New_York') && silent.dayZones.includes('Pacific/Honolulu'))
  t.same(of('seller: { id: acme, place: FR }').dayZones, ['Europe/Paris'])
  const capped = of('dayCaps: { attempts: 5, minutes: 7, zone: europe/paris }', 'channels: 30\n    maxCall: 5m')
  t.match(capped, { dayCaps: { attemptsMax: 5, minutesMax: 7 }, dayZones: ['Europe/Paris'] })
  t.equal(capped.trunks[0]?.maxCallMs, 300_000)
  t.equal(of('', 'channels: 30\n    maxCall: 24h').trunks[0]?.maxCallMs, 24 * 3_600_000)
})

t.test('agents may give people to whom the file names, and each has an id of their own', async t => {
  const withTargets = (lines: string) => `${minimal}transfers:\n${lines}`
  const desk = '  - { id: desk, endpoint: PJSIP/2001 }\n'
  t.strictSame(loadConfig(write(minimal), { env }).transfers, [])
  const legal = '  - { id: legal, name: Legal, endpoint: PJSIP/12125550199@trunk-main, campaigns: [spring] }\n'
  t.strictSame(loadConfig(write(withTargets(desk + legal)), { env }).transfers, [
    { targetId: 'desk', name: 'desk', endpoint: 'PJSIP/2001' },
    { targetId: 'legal', name: 'Legal', endpoint: 'PJSIP/12125550199@trunk-main', campaigns: ['spring'] },
  ])
  t.match(problemOf(withTargets(desk + desk)), 'transfers[1].id is desk for the second time')
  t.match(problemOf(withTargets('  - { id: desk, endpoint: 2001 }\n')), /transfers\[0\]\.endpoint .*PJSIP\/2001/)
  t.match(problemOf(withTargets('  - { id: desk, endpoint: "PJSIP/1&PJSIP/2" }\n')), /transfers\[0\]\.endpoint/)
})

t.test('a secret that everybody can read is warned of, and the environment is not needed to reach the API', async t => {
  chmodSync(join(folder, 'ari.secret'), 0o644)
  const file = write(minimal)
  t.match(loadConfig(file, { env }).warnings, [/ari\.secret holds a secret and everybody can read it: chmod 600/])
  chmodSync(join(folder, 'ari.secret'), 0o600)
  t.same(loadApiAccess(file, { env: {} }), { host: '127.0.0.1', port: 7420, token, defaultCountry: 'US' })
  chmodSync(file, 0o644)
  const inFile = write(minimal.replace(/\$\{AMI_SECRET\}/, 'plain'), 'open.yaml')
  chmodSync(inFile, 0o644)
  t.match(loadConfig(inFile, { env: {} }).warnings, [/open\.yaml holds secrets/])
})

t.test('a file that is not there says how to get one', async t => {
  t.throws(() => loadConfig(join(folder, 'none.yaml')), { code: 'config-unreadable', message: /dialwright init/ })
  t.throws(() => loadConfig(folder), { message: /it is a directory/ })
  t.equal(findConfigFile('x.yaml'), 'x.yaml')
})

const campaign = `id: spring
message: dialwright/nobody-free
ringTimeout: 20s
hours: '10:00-18:30'
weekdays: [mon, sat]
pacing: { mode: ratio, ratio: 2 }
dayCaps: { attempts: 900, minutes: 30 }
wrapUp: { timeout: 1m30s, codes: { 1: sale, 9: refused } }
retry: { attempts: 3, busy: 10m, machine: never }
webhook: https://crm.example.com/hook
`
const defaults = {
  trunks: [
    { trunkId: 'main', callerIds: ['+12025550100'] },
    { trunkId: 'spare', callerIds: [] },
  ],
}

t.test('a campaign file becomes settings, and settings become the same document again', async t => {
  const settings = campaignSettings(loadCampaignFile(write(campaign, 'spring.yaml')), defaults)
  t.match(settings, {
    campaignId: 'spring',
    name: 'spring',
    pacing: { mode: 'ratio', ratio: 2, abandonmentTarget: 0.027, abandonmentRateMax: 0.03 },
    trunkIds: ['main', 'spare'],
    callerIds: ['+12025550100'],
    ringTimeoutMs: 20_000,
    waitMaxMs: 1700,
    dayCaps: { attemptsMax: 900, minutesMax: 30 },
    wrapUpTimeoutMs: 90_000,
    wrapUpCodes: { '1': 'sale', '9': 'refused' },
    callingHours: { startMinute: 600, endMinute: 1110, weekdays: [1, 6] },
    retry: {
      attemptsMax: 3,
      byDisposition: { busy: { afterMs: 600_000 }, machine: {}, 'no-answer': { afterMs: 14_400_000 } },
    },
    webhookUrl: 'https://crm.example.com/hook',
  })
  const document = campaignDocument(settings)
  t.match(document, {
    ringTimeout: '20s',
    hours: '10:00-18:30',
    weekdays: ['mon', 'sat'],
    dayCaps: { attempts: 900, minutes: 30 },
    retry: { machine: 'never', busy: '10m' },
  })
  t.same(campaignSettings(document, defaults), {
    ...settings,
    retry: campaignSettings(document, defaults).retry,
  })
  t.same(campaignDocument(campaignSettings(document, defaults)), document, 'stable')
})

t.test('a campaign that breaks the law or itself is refused with the reason', async t => {
  const cases: readonly (readonly [added: string, said: RegExp])[] = [
    ['ringTimeout: 10s', /spring: ringTimeout must be at least 15s: the law/],
    ['ringTimeout: 90s', /at most 60s/],
    ['hours: "20:00-09:00"', /hours must end after they start/],
    ['pacing: { abandonmentTarget: 0.05 }', /abandonmentTarget must not be above abandonmentRateMax \(0.03\)/],
    ['trunks: [nowhere]', /trunks names nowhere, which is not configured: use main/],
    ['trunks: [spare]', /callerIds is missing: add it to the campaign or to its trunks/],
    [
      'pacing: { abandonmentTarget: 2.7 }',
      /pacing.abandonmentTarget must be a ratio from 0 to 0.1, like 0.027 for 2.7 %, not 2.7/,
    ],
    ['ringTimeout: 20 seconds', /ringTimeout must be a duration like 20s, 1m or 4h, not "20 seconds"/],
    ['weekdays: [monday]', /weekdays\[0\] must be one of sun, mon/],
    [
      'pacing: { mode: fast }',
      /pacing.mode must be one of progressive, ratio, predictive, preview, manual, not "fast"/,
    ],
    ['wrapUp: { codes: { 12: sale } }', /wrapUp.codes/],
    // Whose law is nobody's law would hold for nothing.
    ['seller: { id: brit, place: UK }', /seller.place is UK, which is no place: use a country like US or GB/],
    ['respectLine: { language: fr }', /respectLine.language must be en, es or zh, not "fr"/],
    [
      'respectLine: { who: "../x;y" }',
      /respectLine.who must be the name of the sound \(without its ending\) that says who calls/,
    ],
    ['respectLine: { source: a.wav }', /respectLine.source must be the name of the sound/],
    ['respectLine: { callers: x }', /respectLine.callers is an unknown key/],
    ['lists: [{ list: a, share: 1 }, { list: a, share: 2 }]', /lists names a twice/],
    ["filter: state = 'FL", /filter cannot be read at character /],
  ]
  for (const [added, said] of cases) {
    const text = `id: spring\nmessage: x\n${added}\n`
    const load = (file: string): unknown => campaignSettings(loadCampaignFile(file), defaults)
    t.match(problemOf(text, load), said, added)
    const inFile = `${minimal}campaigns:\n  - { id: other, message: x }\n  - ${text.replaceAll('\n', '\n    ')}`
    if (!added.includes('spare'))
      t.match(problemOf(inFile), /dialwright.yaml:1\d: /, 'the whole configuration names file and line')
  }
  t.match(problemOf('id: spring', loadCampaignFile), /message is missing: write the name of the sound/)
})

t.test('who names no seller calls for somebody in the default country, Puerto Rico included', async t => {
  const document = { id: 'spring', message: 'x' }
  const placeIn = (defaultCountry: string) => campaignSettings(document, { ...defaults, defaultCountry }).seller.place
  t.equal(placeIn('GB'), 'GB')
  t.equal(placeIn('PR'), 'US-PR')
})

t.test('durations are read and written', async t => {
  for (const [text, ms] of [
    ['20s', 20_000],
    ['1h30m', 5_400_000],
    ['500ms', 500],
    ['1.5s', 1500],
    ['3d', 259_200_000],
  ] as const) {
    t.equal(durationMs(text), ms)
    t.equal(durationMs(formatDuration(ms)), ms)
  }
  t.equal(durationMs(20), 20_000, 'a bare number is seconds')
  t.equal(formatDuration(0), '0s')
})

t.test('colours follow the environment', async t => {
  t.same(colourEnvironment({ NO_COLOR: '1', FORCE_COLOR: '1' }), { refused: true, forced: false })
  t.same(colourEnvironment({ TERM: 'dumb' }), { refused: true, forced: false })
  t.same(colourEnvironment({ FORCE_COLOR: '1' }), { refused: false, forced: true })
  t.same(colourEnvironment({}), { refused: false, forced: false })
})

t.test('a section with nothing under it but comments is left out, also when its lines lose their marks', t => {
  const [head = ''] = minimal.split('agents:')
  const rest = 'api:\n  tokenFile: api.token\n'
  const load = (agents: string) => loadConfig(write(`${head}${agents}${rest}`, 'sections.yaml'), { env })
  t.match(load('agents:   # nobody yet\n# - id: a\ncampaigns:\nrules:\n'), { agents: [], campaigns: [] })
  t.match(load("agents:   # nobody yet\n- id: '1001'\n  name: Ann\n"), { agents: [{ agentId: '1001' }] })
  t.throws(() => load('defaultCountry:\n'), { message: /sections\.yaml:\d+: defaultCountry/ })
  t.throws(() => loadConfig(write('nodes:\n', 'bare.yaml'), { env }), { message: /bare\.yaml.*nodes/ })
  t.end()
})
