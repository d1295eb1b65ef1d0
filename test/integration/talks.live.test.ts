// Conversations that end while the daemon is dead: their records afterwards, held against the carrier's own log.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import {
  asteriskCommand,
  createApi,
  type Daemon,
  sandboxAgents,
  startCarrier,
  startDaemon,
  startSoftphones,
  talksRecordedWrong,
} from '../../scripts/lib/index.js'
import type { AgentView } from '../../src/api/agents/agents.ts'
import type { CallView, LeadView, Status } from '../../src/api/views.ts'
import { temporaryFolder, until } from '../support/sandbox.ts'

const launcher = fileURLToPath(new URL('../../bin/dialwright.js', import.meta.url))
/** Last digits to which the carrier's people behave so; the area code makes a number of each. */
const talksShortly = ['2015550122', '2025550122', '2035550122']
const talksOn = ['2015550110', '2025550110']
const neverAnswers = ['2015550112']

const folder = temporaryFolder()
const carrier = await startCarrier({ folder: join(folder.path, 'carrier'), timeScale: 0.5 })
const agents = sandboxAgents(6)
const phones = await startSoftphones({ folder: join(folder.path, 'phones'), agents })
const serve = () => startDaemon({ folder: join(folder.path, 'daemon'), agents })
let daemon: Daemon = await serve()

t.teardown(async () => {
  await daemon.kill('SIGKILL')
  await asteriskCommand('channel request hangup all')
  await phones.stop()
  await carrier.stop()
  folder.remove()
})

const api = () => createApi(daemon)
const status = () => api().get<Status>('/v1/status')
const calls = async () => (await api().get<{ calls: CallView[] }>('/v1/calls?limit=1000')).calls
const agentViews = async () => (await api().get<{ agents: AgentView[] }>('/v1/agents')).agents
const seen = async () => (await carrier.statistics()).calls
const linked = () => until('the PBX', async () => (await status()).nodes.every(({ link }) => link === 'up'))

/** Who has which call. */
async function conversations(): Promise<ReadonlyMap<string, string>> {
  const views = (await agentViews()).filter(({ state }) => state === 'on-call')
  return new Map(views.flatMap(({ callId, agentId }) => (callId === undefined ? [] : [[callId, agentId]])))
}

async function begin(): Promise<void> {
  await api().put('/v1/campaigns/c', {
    ...{ id: 'c', pacing: { mode: 'progressive' }, message: 'dialwright/demo-message' },
    ...{ ringTimeout: 20, setupTimeout: 5, hours: '00:00-24:00', wrapUp: { timeout: 1, codes: { 1: 'sale' } } },
    weekdays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
  })
  const numbers = [...talksShortly, ...talksOn, ...neverAnswers].map(digits => `+1${digits}`)
  await api().upload(
    '/v1/campaigns/c/leads/import?source=test&withoutOrigin=true',
    `phone\n${numbers.join('\n')}\n`,
    'text/csv',
  )
  await linked()
  for (const agent of agents) await api().post(`/v1/agents/${agent}/login`, { campaign: 'c' })
  await until('the agents', async () => (await status()).agents.available === agents.length)
  await api().post('/v1/campaigns/c/start')
}

interface Outcome {
  readonly callId?: string
  readonly agentId?: string
  readonly disposition?: string
  readonly answeredAt?: number
}

const ended = (view: CallView | undefined) => view?.disposition !== undefined
const of = (all: readonly CallView[], digits: string) => all.find(({ number }) => number === `+1${digits}`)

await begin()
await until('five talk and one rings', async () => {
  const { calls: now } = await status()
  // Who is still being joined counts as connected, and is with nobody yet.
  const joined = (await conversations()).size
  return joined === talksShortly.length + talksOn.length && now.ringing === neverAnswers.length
})
const talked = await conversations()
await daemon.kill('SIGKILL')
await until('three have hung up', async () => (await seen()).filter(({ endedAt }) => endedAt).length === 3, 20_000)
const ringing = (await asteriskCommand('core show channels concise'))
  .split('\n')
  .find(line => line.includes('!Ringing!'))
await asteriskCommand(`channel request hangup ${ringing?.split('!')[0]}`)
await until('nobody is rung', async () => !(await asteriskCommand('core show channels concise')).includes('!Ringing!'))
daemon = await serve()
await linked()

t.test('who talked with whom, from when to when, is on record as it was', async t => {
  await until('they are settled', async () => (await calls()).filter(ended).length === 4)
  t.equal(talked.size, 5)
  const records = (await calls()).filter(ended)
  t.same(talksRecordedWrong(records, await seen(), talked), [])
  for (const digits of talksShortly) {
    const record = of(records, digits)
    t.match(record, { disposition: 'connected', agentId: /^10/ })
    t.notOk(record?.detail)
  }
  const { campaigns } = await status()
  t.match(campaigns, [{ counters: { answered: 5, connected: 5, abandoned: 0 } }])
})

t.test('those who talk on keep their agent, and their own times to the end', async t => {
  const now = await conversations()
  const open = (await calls()).filter(view => !ended(view))
  t.equal(open.length, talksOn.length)
  for (const { callId } of open) t.equal(now.get(callId), talked.get(callId))
  for (const { callId } of open) await api().post(`/v1/calls/${callId}/hang-up`)
  await until('they have ended', async () => (await calls()).every(ended))
  t.same(talksRecordedWrong(await calls(), await seen(), talked), [])
})

t.test('whose telephone only rang is tried again, not at once, and the ring counts', async t => {
  const [digits = ''] = neverAnswers
  t.match(of(await calls(), digits), { disposition: 'failed', detail: 'recovered' })
  const { leads } = await api().get<{ leads: { lead: LeadView }[] }>(
    `/v1/leads/explain?number=${encodeURIComponent(`+1${digits}`)}`,
  )
  t.match(leads, [{ lead: { state: 'retry', attempts: 1 } }])
})

t.test('the ledger says the same, and the PBX keeps nothing of what is on disk', async t => {
  const records = await calls()
  // Rows of other databases' calls stay, whoever ran on this PBX before.
  await until('the rows are gone', async () => {
    const rows = await asteriskCommand('database show dialwright-call')
    return records.every(({ callId }) => !rows.includes(callId))
  })
  await daemon.stop()
  const file = join(folder.path, 'ledger.jsonl')
  await promisify(execFile)(process.execPath, [launcher, '--config', daemon.config, 'ledger', 'export', '-o', file])
  const entries = readFileSync(file, 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as { kind: string; entry: Outcome })
  for (const { callId, agentId, disposition, answeredAt } of records) {
    const outcomes = entries.flatMap(({ kind, entry }) =>
      kind === 'outcome' && entry.callId === callId ? [entry] : [],
    )
    t.equal(outcomes.length, 1)
    t.same([outcomes[0]?.disposition, outcomes[0]?.agentId], [disposition, agentId])
    t.equal(outcomes[0]?.answeredAt, answeredAt === undefined ? undefined : Date.parse(answeredAt))
  }
})
