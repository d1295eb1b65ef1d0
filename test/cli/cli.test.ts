import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { run } from '../../src/cli/main.ts'
import { loadCampaignFile, loadConfig } from '../../src/config.ts'
import { connectCall, dialingRig, type Rig, token } from '../http/rig.ts'
import { createFakeTerminal, type Ran, runLine, tempFolder, writeConfig } from './support.ts'

const portOf = (rig: Rig): number => Number(new URL(rig.url).port)

/** A daemon with a campaign at work, and a command line that reaches it. */
async function steered(t: Test) {
  const rig = await dialingRig(t)
  const folder = tempFolder(t)
  const config = writeConfig(folder, { port: portOf(rig), token })
  const dw = (line: string | readonly string[], options?: { tty?: boolean; input?: string }): Promise<Ran> =>
    runLine(['--config', config, ...(typeof line === 'string' ? line.split(' ') : line)], options)
  return { rig, folder, config, dw }
}

t.test('init writes a configuration that is right, once, and says what comes next', async t => {
  const folder = tempFolder(t)
  const first = await runLine(['init', folder])
  t.equal(first.code, 0)
  t.match(first.err, /1\. Give the PBX.*\n.*2\. .*doctor.*\n.*3\. .*serve/)
  for (const secret of ['dialwright.token', 'pbx.secret'])
    t.equal(statSync(join(folder, secret)).mode & 0o777, 0o600, secret)
  const config = loadConfig(join(folder, 'dialwright.yaml'), { env: {} })
  t.match(config, { nodes: [{ ami: { secret: /^.{24}$/ } }], api: { token: /^.{32}$/ }, warnings: [] })
  t.match(loadCampaignFile(join(folder, 'campaign.yaml')), { id: 'spring' })
  t.match(first.err, `doctor --config ${join(folder, 'dialwright.yaml')}`, 'which no command finds by itself')
  const here = process.cwd()
  process.chdir(tempFolder(t))
  t.match((await runLine(['init'])).err, /dialwright doctor\n/, 'which every command finds by itself')
  process.chdir(here)
  const template = readFileSync(join(folder, 'dialwright.yaml'), 'utf8')
  writeFileSync(join(folder, 'dialwright.yaml'), template.replace(/^# (- id: | {2}(?:name|endpoint): )/gm, '$1'))
  t.match(loadConfig(join(folder, 'dialwright.yaml'), { env: {} }), {
    agents: [{ agentId: '1001', name: 'Ann Example', endpoint: 'PJSIP/dw-1001' }],
  })

  const again = await runLine(['init', folder])
  t.match(again, {
    code: 1,
    out: '',
    err: /dialwright.yaml and .*campaign.yaml exist already: nothing written; use --force/,
  })
  const secret = readFileSync(join(folder, 'pbx.secret'), 'utf8')
  writeFileSync(join(folder, 'dialwright.yaml'), 'changed')
  t.match(await runLine(['init', folder, '--force', '--json']), { code: 0, out: /"written":\[/, err: '' })
  t.not(readFileSync(join(folder, 'dialwright.yaml'), 'utf8'), 'changed')
  t.equal(readFileSync(join(folder, 'pbx.secret'), 'utf8'), secret, 'a secret that is in use stays')
  t.match(await runLine(['init', join(folder, 'pbx.secret', 'x')]), {
    code: 1,
    err: /cannot write .*choose another folder/,
  })
})

t.test('init writes where the database is to lie', async t => {
  const folder = tempFolder(t)
  for (const store of ['/data/dialwright.db', '/srv/it\'s #1: $& "new".db']) {
    t.match(await runLine(['init', folder, '--force', '--store', store]), { code: 0 })
    t.equal(loadConfig(join(folder, 'dialwright.yaml'), { env: {} }).store.path, store)
  }
})

t.test('a wrong command line is exit code 2 and one line, help is 0 and has examples', async t => {
  for (const [line, said] of [
    [['campaing', 'list'], /unknown command 'campaing' \(Did you mean campaign\?\)/],
    [['leads', 'import', 'x.csv'], /required option '--campaign <id>' not specified/],
    [['calls', 'list', '--limit', 'many'], /write a whole number/],
    [['calls', 'list', '--since', 'soon'], /write a date such as/],
    [['pacing', 'set', 'spring', '--abandonment-target', '2.7'], /write a ratio from 0 to 1, such as 0.027/],
    [['pacing', 'set', 'spring'], /nothing to set/],
    [['pacing', 'set', 'spring', '--mode', 'fast'], /Allowed choices are progressive, ratio, predictive/],
  ] as const) {
    const ran = await runLine(line)
    t.equal(ran.code, 2, line.join(' '))
    t.match(ran.err, said)
    t.equal(ran.err.trimEnd().split('\n').length, 1, ran.err)
  }
  for (const line of [
    '',
    'campaign apply',
    'leads import',
    'dnc add',
    'pacing set',
    'agents login',
    'calls export',
    'monitor',
    'serve',
    'doctor',
    'init',
  ]) {
    const ran = await runLine([...line.split(' '), '--help'].filter(word => word !== ''))
    t.equal(ran.code, 0)
    t.match(ran.out, /Examples:\n {2}\$ dialwright/, line)
  }
})

t.test('a daemon that is not there, a wrong token, a foreign server: one line with the next step', async t => {
  const folder = tempFolder(t)
  const probe = createServer((_request, response) => response.writeHead(404).end('hm'))
  const port = await new Promise<number>(resolve => {
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
  t.match(await runLine(['--config', writeConfig(folder, { port }), 'campaign', 'list']), {
    code: 1,
    err: /answered 404, and not as dialwright does/,
  })
  const closed = new Promise(resolve => probe.close(resolve))
  probe.closeAllConnections()
  await closed
  t.match(await runLine(['--config', writeConfig(folder, { port }), 'campaign', 'list']), {
    code: 1,
    out: '',
    err: `error: the daemon is not running at http://127.0.0.1:${port}: start it with \`dialwright serve\`\n`,
  })
  t.match(await runLine(['--config', join(folder, 'none.yaml'), 'calls', 'list']), {
    code: 1,
    err: /cannot read .*none.yaml: there is no such file/,
  })
  const { rig } = await steered(t)
  const wrong = writeConfig(folder, { port: portOf(rig), token: 'another-token-of-some-length' })
  t.match(await runLine(['--config', wrong, 'calls', 'list']), { code: 1, err: /the token is wrong/ })
})

t.test('campaigns and pacing are steered and shown', async t => {
  const { dw, folder, rig } = await steered(t)
  const list = await dw('campaign list')
  t.match(list.out, /^campaign +name +state +mode.*\nspring +spring +running +progressive +1 +1 +1\.00/)
  t.match(JSON.parse((await dw('campaign list --json')).out), { campaigns: [{ campaignId: 'spring' }] })
  t.match(
    (await dw('campaign show spring')).out,
    /abandonment +0\.0 % \(0 of 0\), target 2\.7 %, limit 3\.0 %[\s\S]*\nid: spring\n[\s\S]*ringTimeout: 25s/,
  )

  const file = join(folder, 'autumn.yaml')
  writeFileSync(file, 'id: autumn\nmessage: sorry\nringTimeout: 20s\n')
  t.match(await dw(['campaign', 'apply', file]), {
    code: 0,
    out: 'campaign autumn applied: predictive, stopped, 0 leads\n',
    err: /leads import FILE --campaign autumn/,
  })
  const broken = join(folder, 'broken.yaml')
  writeFileSync(broken, 'id: winter\nmesage: sorry\n')
  t.match(await dw(['campaign', 'apply', file, broken]), {
    code: 1,
    out: '',
    err: /broken.yaml:2: mesage is an unknown key: did you mean "message"/,
  })
  t.match(await dw('campaign start none'), { code: 1, err: /no campaign none/ })
  t.match(await dw('pacing set spring --mode ratio --ratio 2.5 --json'), { code: 0, out: /"mode":"ratio","ratio":2.5/ })
  t.equal(rig.dialer.gateway.campaign('spring')?.settings.pacing.ratio, 2.5)
  t.match((await dw('pacing show spring')).out, /mode +ratio\nratio +2\.5\n/)
  t.match(
    (await dw('pacing explain spring --limit 3')).out,
    /^2026-01-13 [\d:]+ {2}[a-z-]+ {2}originated .*\n {21}agents 1, /,
  )
  t.match(await dw('campaign pause spring'), { code: 0, out: 'campaign spring: paused\n' })
  t.match(await dw('campaign stop spring --force'), { code: 0 })
})

t.test('leads and do-not-call lists are imported, listed and explained', async t => {
  const { dw, folder } = await steered(t)
  const file = join(folder, 'more.csv')
  writeFileSync(file, '+12025550113,Dave\n+12025550114,Eve\n')
  const imported = await dw(['leads', 'import', file, '--campaign', 'spring'], { tty: true })
  t.match(imported, { code: 0, out: /^2 leads of 2 rows imported in .*: 0 duplicates, 0 bad rows\n$/ })
  t.match(imported.err, /more\.csv {2}█+ 100 %/, 'a bar while it is sent')
  t.notMatch((await dw(['leads', 'import', file, '--campaign', 'spring'])).err, /█/, 'and none in a pipe')
  t.match(await dw('leads import - --campaign spring --json', { input: '+12025550115,Fay\n' }), {
    code: 0,
    out: /"source":"standard input"/,
  })
  t.match(await dw('leads import none.csv --campaign spring'), {
    code: 1,
    err: /cannot read none.csv: there is no such file/,
  })
  t.match(await dw(['leads', 'import', file, '--campaign', 'none']), {
    code: 1,
    err: /no campaign none: there is spring/,
  })
  t.match(await dw('leads list --campaign spring --limit 2'), {
    out: /lead +list +number +state.*\n +1 +leads +\+12025550111 +new.*not stated +name=Bob/,
    err: 'more: --after 2\n',
  })

  t.match(await dw(['dnc', 'add', '(202) 555-0114', '--note', 'letter']), {
    code: 0,
    out: /\+12025550114 is on the do-not-call list company \(operator, .*, letter\)/,
  })
  t.match(await dw('dnc check +12025550114'), { code: 1, out: /is on the do-not-call list/ })
  t.match((await dw('leads explain +12025550114')).out, /do-not-call +no: is on a do-not-call list/)
  t.match(await dw('dnc remove +12025550114 --by Ann'), { code: 0 })
  t.match(await dw('dnc check +12025550114'), { code: 0, out: '+12025550114 is on no do-not-call list\n' })
  t.match(await dw('dnc remove +12025550114 --by Ann'), { code: 1, err: /on no do-not-call list/ })
  writeFileSync(file, '+12025550190\n')
  t.match(await dw(['dnc', 'import', file, '--list', 'national']), { code: 0, out: /1 number of 1 row imported/ })
  t.match((await dw('dnc lists')).out, /national +other +1 /)
})

t.test('agents and calls are shown and moved', async t => {
  const { dw, rig, folder } = await steered(t)
  t.match((await dw('agents list')).out, /agent +name.*\n +1001 +Ann +spring +available/)
  t.match(await dw('agents add 1002 --name Ben --campaign spring'), {
    code: 0,
    out: 'agent 1002 (PJSIP/1002 on pbx1) is offline\n',
  })
  t.match(await dw('agents login 1002 --no-wait'), { code: 0, out: 'agent 1002: the phone rings\n' })
  rig.pbx.tell({ kind: 'agent-leg-down', agentId: '1002', cause: 'no-answer', at: rig.clock.now() })
  t.match(await dw('agents login 1001'), { code: 1, err: /is logged in already/ })
  const callId = await connectCall(rig)
  t.match(
    (await dw('agents show 1001')).out,
    /state +on-call.*[\s\S]*call +t1-1 \(connected\)\nnumber +\+12025550111\n.*\nname +Bob/,
  )
  t.match(await dw('agents pause 1001 --reason lunch'), { code: 0 })
  t.match((await dw('agents list')).out, /on-call, then pause/)
  t.match(await dw('agents resume 1001'), { code: 0 })
  rig.pbx.tell({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at: rig.clock.now() })
  await rig.call('GET', '/v1/health')
  t.match(
    (await dw('calls list --campaign spring')).out,
    /originated at +call +campaign +number +disposition.*\n.*t1-1 +spring +\+12025550111 +connected/,
  )
  const output = join(folder, 'calls.csv')
  t.match(await dw(['calls', 'export', '--output', output]), { code: 0, out: '', err: /written to/ })
  t.match(readFileSync(output, 'utf8'), /^callId,campaignId.*\r\nt1-1,spring,1,\+12025550111,/)
  t.match(JSON.parse((await dw('calls export --json')).out), { callId: 't1-1', disposition: 'connected' })
  t.match(await dw(['calls', 'export', '--output', join(folder, 'no', 'where.csv')]), {
    code: 1,
    err: /cannot write .*choose another place/,
  })
  t.match(await dw('agents logout 1001 --force'), { code: 0 })
})

t.test('a log-in waits for what becomes of the phone', async t => {
  const { dw, rig } = await steered(t)
  await dw('agents add 1002 --campaign spring')
  const rung = async (times: number) => {
    while (rig.pbx.asked.filter(what => what === 'call-agent 1002').length < times)
      await new Promise(resolve => setTimeout(resolve, 5))
  }
  const answered = dw('agents login 1002')
  await rung(1)
  rig.pbx.tell({ kind: 'agent-leg-up', agentId: '1002', nodeId: 'pbx1', by: 'engine', at: rig.clock.now() })
  t.match(await answered, { code: 0, out: 'agent 1002 is on the line, in spring: available\n' })
  rig.pbx.tell({ kind: 'agent-leg-down', agentId: '1002', cause: 'hung-up-by-peer', at: rig.clock.now() })
  let count = 1
  for (const [cause, says] of [
    ['busy', /not logged in: the phone PJSIP\/1002 is busy/],
    ['no-answer', /nobody took the call/],
    ['rejected', /declined the call/],
    ['failed', /could not be called \(failed\): see `dialwright doctor`/],
  ] as const) {
    const login = dw('agents login 1002')
    count += 1
    await rung(count)
    rig.pbx.tell({ kind: 'agent-leg-down', agentId: '1002', cause, at: rig.clock.now() })
    t.match(await login, { code: 1, err: says })
  }
})

t.test('an agent is changed in what is said of them, and removed', async t => {
  const { dw, rig } = await steered(t)
  await dw(['agents', 'add', '1002', '--name', 'Ben Okri'])
  t.match(await dw('agents add 1002 --campaign spring'), { code: 0 })
  t.match((await dw('agents list')).out, /1002 +Ben Okri +spring/, 'what was not said stays')
  t.match(await dw('agents add 1001 --endpoint PJSIP/desk'), {
    code: 1,
    err: /1001 is on the line \(available\), so their endpoint cannot change.*logout 1001/,
  })
  t.match(await dw('agents remove 1002'), { code: 0, out: 'agent 1002 is removed\n' })
  t.match(await dw('agents remove 1002'), { code: 1, err: /no agent 1002/ })
  const callId = await connectCall(rig)
  t.match(await dw('agents remove 1001'), { code: 0, out: 'agent 1001 is removed when they are off the line\n' })
  t.match((await dw('agents list')).out, /on-call, then removed/)
  t.match(await dw(['calls', 'hangup', callId]), { code: 0, out: `call ${callId}: it ends\n` })
  t.ok(rig.pbx.asked.includes(`hang-up ${callId}`))
})

t.test('a campaign that is applied says what that has changed', async t => {
  const { dw, folder } = await steered(t)
  const file = join(folder, 'spring.yaml')
  const { campaign } = JSON.parse((await dw('campaign show spring --json')).out)
  writeFileSync(file, JSON.stringify(campaign))
  t.match((await dw(['campaign', 'apply', file])).out, /nothing has changed/)
  const pacing = { ...campaign.pacing, dialLevelMax: 2 }
  writeFileSync(file, JSON.stringify({ ...campaign, pacing, ringTimeout: '31s' }))
  t.match(
    (await dw(['campaign', 'apply', file])).out,
    /\n {2}pacing\.dialLevelMax: \d -> 2\n {2}ringTimeout: .* -> 31s\n/,
  )
  writeFileSync(file, JSON.stringify({ ...campaign, id: 'autumn' }))
  t.match((await dw(['campaign', 'apply', file])).out, /campaign autumn applied.*\n {2}new\n/)
  const started = await dw('campaign start autumn')
  t.match(started, { code: 0, out: 'campaign autumn: started\n' })
  t.match(started.err, /does not dial yet: no agent is on the line: `dialwright agents login ID --campaign autumn`/)
  t.match(started.err, /does not dial yet: it has no leads: `dialwright leads import FILE --campaign autumn`/)
})

t.test('the monitor redraws in place, follows the window and ends with q; a pipe gets plain lines', async t => {
  const { config, dw, rig } = await steered(t)
  const terminal = createFakeTerminal({ tty: true })
  const running = run(['--config', config, 'monitor', '--interval', '10ms'], terminal)
  await terminal.shows(/Agents[\s\S]*1 available[\s\S]*q quits/)
  const esc = String.fromCharCode(27)
  t.ok(terminal.written.out.startsWith(`${esc}[?1049h`), 'on a screen of its own')
  terminal.written.out = ''
  terminal.resize(50, 8)
  const [frame = ''] = terminal.written.out.split(`${esc}[J`)
  const lines = frame.replaceAll(`${esc}[H`, '').replaceAll(`${esc}[K`, '').split('\r\n')
  t.ok(lines.length <= 8 && lines.every(line => line.length <= 50), 'at once, and inside the window')
  await rig.server.close()
  await terminal.shows(/the daemon is not running/)
  terminal.press('q')
  t.equal(await running, 0)
  t.ok(terminal.written.out.endsWith(`${esc}[?25h${esc}[?1049l`), 'and the screen as it was')
  t.match(await dw('monitor'), { code: 1, err: /the daemon is not running/ })
})

t.test('the monitor in a pipe: one line a look, JSON if asked for', async t => {
  const { dw } = await steered(t)
  const plain = await dw('monitor --count 2 --interval 1ms')
  t.match(plain.out, /^\d\d:\d\d:\d\d \| spring \| running \| agents 0 on-call.*\n.* \| spring .*\n$/)
  const json = await dw('monitor --count 2 --interval 1ms --json')
  t.match(
    json.out
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line)),
    [{ campaigns: [{}] }, { campaigns: [{}] }],
  )
})

t.test('doctor works without daemon and PBX, names what to do and fails', async t => {
  const folder = tempFolder(t)
  const config = writeConfig(folder, { port: 9, token })
  const ran = await runLine(['--config', config, 'doctor'])
  t.equal(ran.code, 1)
  t.match(ran.out, /^ok {4}config .*1 PBX, 1 trunk, 0 agents, 0 campaigns\n/)
  t.match(ran.out, /ok {4}store .* will be made at the first start/)
  t.match(ran.out, /fail {2}PBX pbx1 .*cannot be reached at 127.0.0.1:9.*\n +-> see nodes/)
  writeFileSync(config, 'nodes: 3\n')
  t.match(JSON.parse((await runLine(['--config', config, 'doctor', '--json'])).out), {
    ok: false,
    checks: [{ what: 'config', result: 'fail', says: /trunks is missing: write a list/ }],
  })
})
