// Two daemons, each with a database of its own, on one live PBX: the second one must not touch what the first one does.
import { join } from 'node:path'
import t from 'tap'
import {
  asteriskCommand,
  createApi,
  type Daemon,
  SetupFailure,
  startCarrier,
  startDaemon,
  startSoftphones,
} from '../../scripts/lib/index.js'
import type { Status } from '../../src/api/views.ts'
import { temporaryFolder, until } from '../support/sandbox.ts'

const folder = temporaryFolder()
const agents = ['1001']
const secondApi = { port: 7421, token: 'the-token-of-the-second-daemon' }
const carrier = await startCarrier({
  ...{ folder: join(folder.path, 'carrier'), bySuffix: false, mix: { 'talks-until-hung-up': 1 }, timeScale: 0.2 },
})
const phones = await startSoftphones({ folder: join(folder.path, 'phones'), agents })
const running = new Set<Daemon>()

t.teardown(async () => {
  for (const daemon of running) await daemon.kill('SIGKILL')
  await asteriskCommand('channel request hangup all')
  await phones.stop()
  await carrier.stop()
  folder.remove()
})

async function started(daemon: Promise<Daemon>): Promise<Daemon> {
  const one = await daemon
  running.add(one)
  return one
}

const startFirst = () => started(startDaemon({ folder: join(folder.path, 'first'), agents }))
const startSecond = () =>
  started(startDaemon({ folder: join(folder.path, 'second'), agents, more: { api: secondApi } }))

async function ended(daemon: Daemon, signal: NodeJS.Signals): Promise<void> {
  await daemon.kill(signal)
  running.delete(daemon)
}

const status = (daemon: Daemon) => createApi(daemon).get<Status>('/v1/status')
const statusOfSecond = () =>
  createApi({ url: `http://127.0.0.1:${secondApi.port}`, token: secondApi.token }).get<Status>('/v1/status')
const isUp = async (read: Promise<Status>) => (await read).nodes.every(node => node.link === 'up')

async function conversations(): Promise<readonly string[]> {
  const channels = await asteriskCommand('core show channels concise')
  return channels.split('\n').filter(line => line.startsWith('PJSIP/trunk-main-'))
}

async function talk(daemon: Daemon): Promise<void> {
  const api = createApi(daemon)
  await until('the PBX is linked', () => isUp(status(daemon)))
  await api.put('/v1/campaigns/c', {
    id: 'c',
    pacing: { mode: 'progressive' },
    message: 'dialwright/demo-message',
    ...{ hours: '00:00-24:00', weekdays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] },
  })
  const importing = '/v1/campaigns/c/leads/import?source=test&withoutOrigin=true'
  await api.upload(importing, 'phone\n+12125550101\n', 'text/csv')
  await api.post('/v1/agents/1001/login', { campaign: 'c' })
  await api.post('/v1/campaigns/c/start')
  await until('they talk', async () => (await status(daemon)).calls.connected === 1, 30_000)
}

t.test('a second daemon touches nothing, while the first one lives and while its conversation goes on', async t => {
  const first = await startFirst()
  await talk(first)
  await t.rejects(startSecond(), /is driven by another Dialwright daemon, on sandbox with another database/)
  t.equal((await conversations()).length, 1)
  t.equal((await status(first)).calls.connected, 1, 'they still talk')
  t.ok(await isUp(status(first)), 'and the first daemon has not lost its PBX for a moment')

  await ended(first, 'SIGKILL')
  await t.rejects(startSecond(), /1 of its calls still go on/)
  t.equal((await conversations()).length, 1, 'without any daemon they still talk')

  const again = await startFirst()
  await until('the conversation is its own again', async () => (await status(again)).calls.connected === 1)
  const { calls } = await createApi(again).get<{ calls: { callId: string }[] }>('/v1/calls')
  await createApi(again).post(`/v1/calls/${calls[0]?.callId}/hang-up`)
  await until('they have said goodbye', async () => (await conversations()).length === 0)
  await ended(again, 'SIGTERM')
})

t.test('closed in order, or killed with nobody on the line, it leaves the PBX to the next one at once', async () => {
  const second = await startSecond()
  await until('the second one has it', () => isUp(statusOfSecond()))
  await ended(second, 'SIGKILL')
  const first = await startFirst()
  await until('the first one has it', () => isUp(status(first)))
})

t.test(
  'one that hangs is taken for dead after its last heart-beat, and steps back when it comes to itself',
  async t => {
    const [first] = [...running]
    if (first === undefined) throw new SetupFailure('nobody', 'the first daemon does not run', 1)
    await first.kill('SIGSTOP')
    // No leg of the first one's agents is on the line; whoever starts waits for the silence to be long enough.
    await startSecond()
    await until('the second one has it', () => isUp(statusOfSecond()))
    await first.kill('SIGCONT')
    await until('the first one sees it', async () => !(await isUp(status(first))), 20_000)
    await until('and says whose it is', async () => {
      const { nodes } = await createApi(first).get<{ nodes: { message?: string }[] }>('/v1/nodes')
      return /is driven by another Dialwright daemon/.test(nodes[0]?.message ?? '')
    })
    t.ok(await isUp(statusOfSecond()), 'and the second one does not notice')
  },
)

t.test("a dead daemon's records stay for it, and the refusal in one binds whoever has the PBX now", async t => {
  for (const daemon of [...running]) await ended(daemon, 'SIGKILL')
  const refused = '+12125550188'
  const at = Math.floor(Date.now() / 1000)
  const rows = [
    ['dialwright-unattended', 'run1-theirs01-1', `app-gone,${at},1,a@b,${refused}`],
    ['dialwright-unattended', 'run1-theirs01-2', `app-gone,${at},0,a@b,`],
    ['dialwright-call', 'run1-theirs01-1', `.${at}000.,${at}500,peer,a@b`],
  ] as const
  for (const [family, callId, value] of rows) await asteriskCommand(`database put ${family} ${callId} "${value}"`)
  await startSecond()
  await until('the second one has it', () => isUp(statusOfSecond()))
  const api = createApi({ url: `http://127.0.0.1:${secondApi.port}`, token: secondApi.token })
  await until('the refusal is on its list', async () => {
    const { listed } = await api.get<{ listed: boolean }>(`/v1/do-not-call/${encodeURIComponent(refused)}`)
    return listed
  })
  for (const [family, callId, value] of rows) {
    const shown = await asteriskCommand(`database get ${family} ${callId}`)
    t.equal(/^Value: (.*)$/m.exec(shown)?.[1], value, `${family} ${callId}`)
    await asteriskCommand(`database del ${family} ${callId}`)
  }
})
