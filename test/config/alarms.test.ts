import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadConfig } from '../../src/config.ts'
import { defaultThresholds } from '../../src/core/alarms/alarm.ts'
import { minuteMs } from '../../src/core/time.ts'

const base = `nodes: [{ id: p, ami: { user: u, secret: x }, ari: { user: u, secret: x } }]
trunks: [{ id: main, dialString: 'PJSIP/{number}@x', channels: 1, callsPerSecond: 1 }]
`
const secret = `whsec_${'A'.repeat(43)}=`

t.test('alarms have their defaults, and what the file says of them', async t => {
  const folder = t.testdir({ 'alarms.secret': `${secret}\n` })
  const file = join(folder, 'dialwright.yaml')
  const load = (alarms: string) => {
    writeFileSync(file, `${base}${alarms}\n`)
    return loadConfig(file, { env: { KEY: secret } }).alarms
  }
  t.same(load(''), { thresholds: defaultThresholds })
  const written = 'noAgentsAfter: 5m, listLeft: 1h, budgetUsedRatio: 0.9, diskFreeMinMb: 10, certificateMinDays: 30'
  t.match(load(`alarms: { ${written} }`).thresholds, {
    ...{ noAgentsAfterMs: 5 * minuteMs, listLeftMs: 60 * minuteMs, budgetUsedRatio: 0.9 },
    ...{ diskFreeMinBytes: 10_485_760, certificateMinDays: 30 },
  })
  const url = 'https://example.org/hook'
  t.same(load(`alarms: { webhook: { url: '${url}', secretFile: alarms.secret } }`).webhook, { url, secret })
  t.same(load(`alarms: { webhook: { url: 'http://127.0.0.1:9/x', secret: '\${KEY}' } }`).webhook?.secret, secret)

  for (const [alarms, said] of [
    ['webhook: { url: nowhere, secret: x }', /alarms.webhook.url is no address: write one like/],
    ["webhook: { url: 'http://example.org/x', secret: x }", /goes over the network in the clear: use https/],
    ["webhook: { url: 'https://me:pw@example.org/x', secret: x }", /has a user in it/],
    ["webhook: { url: 'https://example.org/x' }", /alarms.webhook has no secret: add secret: or secretFile:/],
    ["webhook: { url: 'https://example.org/x', secret: hunter2 }", /is not whsec_ .*openssl rand -base64 32/],
    ['budgetUsedRatio: 80', /budgetUsedRatio must be a ratio from 0.5 to 1/],
    ['noAgents: 2m', /noAgents is an unknown key/],
  ] as const)
    t.throws(() => load(`alarms: { ${alarms} }`), { message: said }, alarms)
  t.throws(() => load(`alarms: { webhook: { url: 'https://example.org/x', secret: hunter2 } }`), {
    message: /^(?!.*hunter2)/,
  })
})
