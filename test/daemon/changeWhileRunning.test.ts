// A daemon whose configuration is changed, whose log is turned up and that is drained, as an operator does it.
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import t, { type Test } from 'tap'
import { agentListView } from '../../src/api/agents/agents.ts'
import { campaignView } from '../../src/api/campaigns.ts'
import { statusView } from '../../src/api/views.ts'
import { createApiClient } from '../../src/cli/client.ts'
import { run } from '../../src/cli/main.ts'
import { createFakeTerminal, runLine, tempFolder, writeConfig } from '../cli/support.ts'

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise<void>(resolve => server.close(() => resolve()))
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** A daemon without a PBX, the text of its configuration, and its commands. */
async function startServing(t: Test, more: string, options: readonly string[] = []) {
  const port = await freePort()
  const file = writeConfig(tempFolder(t), { port })
  const base = readFileSync(file, 'utf8')
  writeFileSync(file, `${base}${more}`)
  const terminal = createFakeTerminal()
  const serving = run(['--config', file, 'serve', '--grace', '1s', ...options], terminal)
  await terminal.shows(/is ready/)
  const api = createApiClient({ host: '127.0.0.1', port })
  const command = (...args: readonly string[]) => runLine(['--config', file, ...args])
  return { terminal, serving, api, command, write: (text: string) => writeFileSync(file, text), base }
}

const start = `log: { level: fatal }
agents: [{ id: '1001' }, { id: '1002' }]
respectLine: { maxCalls: 5 }
campaigns: [{ id: spring, message: sorry, webhook: 'https://crm.example/secret-one' }]
`
const changed = `log: { level: silly }
`
const next = `log: { level: error }
agents: [{ id: '1002', name: Bob }, { id: '1003' }]
respectLine: { maxCalls: 6 }
campaigns: [{ id: spring, message: bye, webhook: 'https://crm.example/secret-two' }]
debugInvariants: true
`

t.test('a reload shows the difference, applies what is live, and names what needs a restart', async t => {
  const { terminal, serving, api, command, write, base } = await startServing(t, start)
  const seen = async () => {
    const { trunks } = await api.get(statusView, '/v1/status')
    const { agents } = await api.get(agentListView, '/v1/agents')
    const { campaign } = await api.get(campaignView, '/v1/campaigns/spring')
    return {
      pace: trunks[0]?.callsPerSecondMax,
      agents: agents.map(({ agentId, name }) => `${agentId} ${name}`).sort(),
      message: campaign.message,
    }
  }
  const before = await seen()
  t.match(before, { pace: 10, agents: ['1001 1001', '1002 1002'] })

  write(`${base}${changed}`)
  t.match(await command('reload'), { code: 1, err: /dialwright\.yaml:4.*log\.level/ }, 'a mistake changes nothing')
  const faster = base.replace('callsPerSecond: 10', 'callsPerSecond: 25')
  write(`${faster}${next}`)
  const shown = await command('reload', '--dry-run')
  t.match(shown, {
    code: 3,
    out: /key +before +now +counts\ntrunks\.main\.callsPerSecond +10 +25 +with a reload\n/,
  })
  t.match(shown.out, /debugInvariants +true +after a restart/)
  t.match(shown.out, /campaigns\.spring\.message +sorry +bye/)
  t.notMatch(shown.out, /secret-/, 'an address with a secret in it is told to nobody')
  t.same(await seen(), before, 'nothing was applied')

  const applied = await command('reload')
  t.match(applied, { code: 3, out: /callsPerSecond +10 +25 +from now on/ }, applied.err)
  t.match(applied.out, /1 key counts only after a restart/)
  const later = await command('reload', '--restart-later')
  t.match(later, { code: 0, out: /debugInvariants .*after a restart/ }, 'a supervisor is not told that it failed')
  t.match(await seen(), { pace: 25, agents: ['1002 Bob', '1003 1003'], message: 'bye' })
  t.match(await command('log-level'), { code: 0, out: 'error, as configured\n' })
  const again = await command('--json', 'reload')
  t.match(JSON.parse(again.out), { changes: [{ key: 'debugInvariants' }], needsRestart: true }, 'it still waits')

  write(`${base}${next}`)
  terminal.signal('SIGHUP')
  for (let looks = 0; (await seen()).pace !== 10 && looks < 200; looks += 1)
    await new Promise(resolve => setTimeout(resolve, 50))
  t.match(await seen(), { pace: 10 }, 'a signal does the same')
  terminal.signal('SIGTERM')
  t.equal(await serving, 0)
})

t.test('agents and campaigns wait with the PBX or seller that they rest on', async t => {
  const { serving, api, command, write, base } = await startServing(t, start)
  write(`${base}${next}seller: { id: other, place: US-FL }\n`)
  const report = JSON.parse((await command('--json', 'reload')).out)
  const effects = Object.fromEntries(
    report.changes.map(({ key, effect }: { key: string; effect: string }) => [key, effect]),
  )
  t.match(effects, { 'seller.id': 'restart', 'campaigns.spring.message': 'restart', 'agents.1003.id': 'live' })
  t.match(await api.get(campaignView, '/v1/campaigns/spring'), { campaign: { message: 'sorry' } })
  t.match(await command('log-level', 'debug', '--for', '10m'), { code: 0, out: /^debug until .*, then error/ })
  t.match(await command('log-level', 'loud'), { code: 2 })
  t.match(await command('log-level', 'debug', '--for', '10ms'), { code: 1, err: /1s to 7d/ })
  t.match(await command('log-level', 'fatal', '--for', '1s'), { code: 0 })
  const level = async () => (await command('log-level')).out
  for (let looks = 0; (await level()) !== 'error, as configured\n' && looks < 100; looks += 1)
    await new Promise(resolve => setTimeout(resolve, 50))
  t.equal(await level(), 'error, as configured\n', 'it falls back by itself')

  t.match(await command('drain', '--stay', '--cancel'), { code: 2, err: /exclude one another/ })
  t.match(await command('drain', '--stay'), { code: 0, out: /drained: nobody was cut off/ })
  t.match(await command('monitor', '--count', '1', '--json'), { code: 0, out: /"drain":\{"state":"drained"/ })
  t.match(await command('drain', '--cancel'), { code: 0, out: /dial as they are set/ })
  t.match(await command('drain', '--deadline', '10m'), { code: 0, out: 'drained: nobody was cut off\n' })
  t.equal(await serving, 0, 'the daemon has ended')
})

t.test('a signal hands over where it was started so', async t => {
  const { terminal, serving, command } = await startServing(t, 'log: { level: fatal }\n', ['--hand-over'])
  t.match(await command('drain', '--stay', '--deadline', '1h'), { code: 0 })
  terminal.signal('SIGTERM')
  t.equal(await serving, 0)
  t.match(terminal.written.err, /SIGTERM: calls are left to the PBX for the next start/)
})
