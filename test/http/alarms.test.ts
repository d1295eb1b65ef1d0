// Alarms over HTTP and from the command line, on a real server before the real engine.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { type Condition, defaultThresholds } from '../../src/core/alarms/alarm.ts'
import type { AlarmBook } from '../../src/core/alarms/book.ts'
import { hourMs } from '../../src/core/time.ts'
import { createAlarmPost } from '../../src/crm/alarmPost.ts'
import type { AlarmOptions } from '../../src/ports/alarms.ts'
import { runLine, tempFolder, writeConfig } from '../cli/support.ts'
import { startRig, token } from './rig.ts'

const low: Condition = { code: 'disk-low', says: '12 MiB are free\u001b[2J' }
const ledger: Condition = { code: 'ledger-broken', says: 'entry 7 was rewritten' }

async function alarmedRig(t: Test, more: Partial<AlarmOptions> = {}) {
  const found: Condition[] = []
  const saved: AlarmBook[] = []
  const alarms: AlarmOptions = {
    thresholds: defaultThresholds,
    keeper: { load: () => undefined, save: book => void saved.push(book), settled: async () => {} },
    watched: () => ({ conditions: found, unknown: [] }),
    ...more,
  }
  const rig = await startRig(t, { alarms })
  // The PBX of the rig is not up.
  const at = rig.clock.now()
  rig.pbx.tell({ kind: 'node-up', nodeId: 'pbx1', inventory: { calls: [], agents: [], unattended: [] }, at })
  const pass = (ms: number) => rig.clock.runUntil(rig.clock.now() + ms)
  const config = writeConfig(tempFolder(t), { port: Number(new URL(rig.url).port), token })
  const line = (...args: readonly string[]) => runLine(['--config', config, 'alarms', ...args])
  return { ...rig, found, saved, pass, line }
}

t.test('alarms are listed with what to do, silenced and sent again; the exit code is for what is critical', async t => {
  const { call, found, pass, line, saved } = await alarmedRig(t)
  t.match(await line(), { code: 0, out: /^no alarm is on\nnobody is sent alarms: alarms.webhook/ })
  found.push(low)
  await pass(3_000)
  t.match(await line(), {
    code: 0,
    out: /warning {3}disk-low {2}since [\d: -]+\n +12 MiB are free\\u001b\[2J\n +-> free some space/,
  })
  t.match(await call('GET', '/v1/health'), {
    body: { status: 'degraded', alarms: [{ what: 'store', code: 'disk-low' }] },
  })
  found.push(ledger)
  await pass(3_000)
  t.match(await line(), { code: 1, out: /critical {2}ledger-broken/ })
  t.match((await call('GET', '/v1/status')).body, { alarms: [{ code: 'ledger-broken' }, { code: 'disk-low' }] })

  const why = ['--for', '2h', '--by', 'Ann', '--reason', 'it is known']
  t.match(await line('silence', 'ledger-broken', ...why), { code: 0, out: /^ledger-broken is silenced until / })
  t.match(await line(), { code: 0, out: /ledger-broken[\s\S]*silenced until .* by Ann: it is known\n/ })
  t.match(saved.at(-1)?.silences, [{ code: 'ledger-broken', by: 'Ann' }])
  t.match((await call('GET', '/v1/alarms')).body, { silences: [{ code: 'ledger-broken', reason: 'it is known' }] })
  t.match(await line('silence', 'no-agents', '--subject', 'spring', ...why), { code: 0 })
  t.match(await line(), { out: /\nsilenced: no-agents of spring until / }, 'one that is not on is told too')
  t.match(await line('unsilence', 'ledger-broken'), { code: 0, out: 'ledger-broken is not silenced any more\n' })
  t.match(await line('unsilence', 'no-agents'), { code: 1, err: /not-silenced|is not silenced .*name its subject/ })
  t.match(await line('--json'), { code: 1, out: /^\{"alarms":\[\{"code":"ledger-broken"/ })
})

t.test('what is asked wrongly is one line that says what to write, and changes nothing', async t => {
  const { call, line } = await alarmedRig(t)
  const body = { code: 'no-agents', for: '2h', by: 'Ann', reason: 'x' }
  const put = async (change: object) => (await call('PUT', '/v1/alarms/silences', { ...body, ...change })).body
  t.match(await put({ code: 'no-agent' }), {
    error: { message: /code in the body must be the code of an alarm, like no-agents/ },
  })
  t.match(await put({ for: '31d' }), { error: { code: 'invalid-request', message: /at most 30d/ } })
  t.match(await put({ for: '0s' }), { error: { code: 'invalid-request' } })
  t.match(await put({ by: '  ' }), { error: { code: 'invalid-request' } })
  t.match(await put({ hours: 2 }), { error: { message: /hours in the body is an unknown key/ } })
  t.match(await line('silence', 'no-agents', '--for', '2h', '--by', 'Ann'), { code: 2, err: /--reason/ })
  t.match((await call('GET', '/v1/alarms')).body, { silences: [] })
  t.match(await line('test'), { code: 1, err: /set alarms.webhook in dialwright.yaml/ })
})

t.test('a test goes to a real receiver, and its refusal is told; the event stream has what is raised', async t => {
  let status = 204
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => response.writeHead(status).end())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  // Listening on a port, the address is an object.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  const {
    line,
    found,
    pass,
    url: api,
  } = await alarmedRig(t, {
    post: createAlarmPost({ url, secret: `whsec_${'a'.repeat(40)}` }),
  })
  t.match(await line('test'), { code: 0, out: /^http:\/\/127.0.0.1:\d+ has taken the test\n/ })
  status = 401
  t.match(await line('test'), { code: 1, err: /did not take the test: it answers 401/ })

  const gone = new AbortController()
  const stream = await fetch(`${api}/v1/events`, { headers: { authorization: `Bearer ${token}` }, signal: gone.signal })
  found.push(low)
  await pass(3_000)
  let text = ''
  for await (const chunk of stream.body ?? []) {
    text += new TextDecoder().decode(chunk)
    if (text.includes('alarm-raised')) break
  }
  gone.abort()
  t.match(
    text,
    /event: alarm-raised\ndata: \{"kind":"alarm-raised","code":"disk-low","what":"store","severity":"warning"/,
  )
  await pass(hourMs)
})
