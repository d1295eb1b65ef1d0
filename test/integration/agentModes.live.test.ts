// Agents who dial by themselves, through the product's own daemon and a live Asterisk: what the carrier saw is held against the record.
import { join } from 'node:path'
import t from 'tap'
import {
  asteriskCommand,
  createApi,
  sandboxAgents,
  startCarrier,
  startDaemon,
  startSoftphones,
} from '../../scripts/lib/index.js'
import type { AgentShowView } from '../../src/api/agents/agents.ts'
import type { CallView, Status } from '../../src/api/views.ts'
import { temporaryFolder, until } from '../support/sandbox.ts'

/** Last digits to which the carrier's people behave so. */
const talksShortly = ['2015550122', '2025550122']
const typed = '2035550122'
const ringsFirst = '2125550119'

const folder = temporaryFolder()
const carrier = await startCarrier({ folder: join(folder.path, 'carrier'), timeScale: 0.5 })
const agents = sandboxAgents(1)
const [ann = ''] = agents
const phones = await startSoftphones({ folder: join(folder.path, 'phones'), agents })
const daemon = await startDaemon({ folder: join(folder.path, 'daemon'), agents })
const api = createApi(daemon)

t.teardown(async () => {
  await daemon.kill('SIGKILL')
  await asteriskCommand('channel request hangup all')
  await phones.stop()
  await carrier.stop()
  folder.remove()
})

const status = () => api.get<Status>('/v1/status')
const show = () => api.get<AgentShowView>(`/v1/agents/${ann}`)
const stateOf = async () => (await show()).agent.state
const calls = async () => (await api.get<{ calls: CallView[] }>('/v1/calls?limit=100')).calls
const callTo = async (digits: string) => (await calls()).find(({ number }) => number === `+1${digits}`)
const rung = async () => (await carrier.statistics()).calls.length

async function campaign(mode: 'preview' | 'manual'): Promise<void> {
  await api.put('/v1/campaigns/c', {
    ...{ id: 'c', pacing: { mode }, preview: { decide: '2m' }, message: 'dialwright/demo-message' },
    ...{ ringTimeout: 20, setupTimeout: 5, hours: '00:00-24:00', wrapUp: { timeout: 60, codes: { 1: 'sale' } } },
    weekdays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
  })
}

await campaign('preview')
await api.upload(
  '/v1/campaigns/c/leads/import?source=test&withoutOrigin=true',
  `phone\n${talksShortly.map(digits => `+1${digits}`).join('\n')}\n`,
  'text/csv',
)
await until('the PBX', async () => (await status()).nodes.every(({ link }) => link === 'up'))
await api.post(`/v1/agents/${ann}/login`, { campaign: 'c' })
await until('the agent', async () => (await stateOf()) === 'available')
await api.post('/v1/campaigns/c/start')

/** Ann is with them from the answer on, writes it up, and is free again. */
async function talkTo(digits: string): Promise<CallView | undefined> {
  await until('they talk', async () => (await stateOf()) === 'on-call')
  await until('they have hung up', async () => (await stateOf()) === 'wrap-up', 20_000)
  const { agent } = await show()
  await api.post(`/v1/calls/${agent.callId}/wrap-up`, { wrapUpCode: 'sale' })
  await until('it is on record', async () => (await callTo(digits))?.wrapUpCode === 'sale')
  return callTo(digits)
}

t.test('preview: nothing rings before Call, and who pressed it talks with the person', async t => {
  await until('somebody is shown', async () => (await show()).agent.offer !== undefined)
  t.equal(await rung(), 0)
  const { agent } = await show()
  await api.post(`/v1/agents/${ann}/offer/call`, { leadId: agent.offer?.leadId })
  t.match(await talkTo(talksShortly[0] ?? ''), { origin: 'manual', disposition: 'connected', agentId: ann })
  await until('the next one is shown', async () => (await show()).agent.offer !== undefined)
  t.equal(await rung(), 1)
})

t.test('manual: from a running preview, a typed number with its origin', async t => {
  await campaign('manual')
  t.equal((await show()).agent.offer, undefined, 'nobody is shown any more')
  const known = { purpose: 'sales', origin: 'their own call', legalBasis: 'consent' }
  await api.post(`/v1/agents/${ann}/dial`, { number: `+1${typed}`, ...known })
  t.match(await talkTo(typed), { origin: 'manual', disposition: 'connected', agentId: ann })
  t.equal(await rung(), 2)
})

t.test('whoever answers while their agent has gone hears the message, and is counted', async t => {
  const known = { purpose: 'sales', origin: 'their own call', legalBasis: 'consent' }
  await api.post(`/v1/agents/${ann}/dial`, { number: `+1${ringsFirst}`, ...known })
  await until('it rings', async () => (await show()).call?.state === 'ringing')
  const { endpoint } = (await show()).agent
  const channels = (await asteriskCommand('core show channels concise')).split('\n')
  const line = channels.find(channel => channel.startsWith(`${endpoint}-`))
  await asteriskCommand(`channel request hangup ${line?.split('!')[0]}`)
  await until('it is over', async () => (await callTo(ringsFirst))?.disposition !== undefined, 30_000)
  t.match(await callTo(ringsFirst), { origin: 'manual', disposition: 'abandoned', detail: 'no-agent', agentId: ann })
  t.match(await status(), { campaigns: [{ counters: { answered: 1, abandoned: 1, connected: 0 } }] })
})
