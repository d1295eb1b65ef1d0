// Preview and manual through a whole daemon on the simulated PBX, the database on disk; the audit goes over what it has written.
import t from 'tap'
import type { AgentShowView } from '../../src/api/agents/agents.ts'
import type { CallView, Status } from '../../src/api/views.ts'
import { audit } from '../../src/audit/audit.ts'
import type { PlainRules } from '../../src/audit/types.ts'
import { startSimulatedDaemon } from '../support/simulatedDaemon.ts'

// On a busy machine.
t.setTimeout(120_000)

t.test('agents call by themselves while the campaign changes its mode, and the ledger stands the audit', async t => {
  const act = { kind: 'answers', by: 'person', afterMs: 100, detectionMs: 0, talkMs: 60 } as const
  const plan = () => ({ ringingAfterMs: 20, act })
  const { ask, until, store } = await startSimulatedDaemon(t, { agents: 1, trunkIds: ['main'], plan })
  const campaign = (mode: string) =>
    ask('PUT', '/v1/campaigns/spring', {
      ...{ id: 'spring', message: 'sorry', ringTimeout: 15, trunks: ['main'], pacing: { mode } },
      ...{ hours: '00:00-24:00', weekdays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] },
    })
  const show = async () => (await ask('GET', '/v1/agents/1001')) as AgentShowView
  const records = async () => ((await ask('GET', '/v1/calls?limit=100')) as { calls: CallView[] }).calls
  const wrappedUp = async () => (await records()).filter(({ wrapUpCode }) => wrapUpCode === 'done').length || undefined
  const offered = () => until(async () => (await show()).agent.offer)
  const talk = async (count: number) => {
    const callId = await until(async () => {
      const { agent } = await show()
      return agent.state === 'wrap-up' ? agent.callId : undefined
    })
    await ask('POST', `/v1/calls/${callId}/wrap-up`, { wrapUpCode: 'done' })
    await until(async () => ((await wrappedUp()) === count ? true : undefined))
  }

  await campaign('preview')
  await ask('POST', '/v1/campaigns/spring/leads/import?withoutOrigin=true', 'phone\n+12025550111\n+12025550112\n')
  await until(async () => ((await ask('GET', '/v1/status')) as Status).nodes[0]?.link === 'up' || undefined)
  await ask('POST', '/v1/agents/1001/login', { campaign: 'spring' })
  await ask('POST', '/v1/campaigns/spring/start')
  const { leadId } = await offered()
  await ask('POST', '/v1/agents/1001/offer/call', { leadId })
  await talk(1)
  await offered()

  await campaign('manual')
  t.equal((await show()).agent.offer, undefined)
  const number = '+12025550117'
  await ask('POST', '/v1/agents/1001/dial', { number, purpose: 'sales', origin: 'a fair', legalBasis: 'consent' })
  await talk(2)

  await campaign('progressive')
  await talk(3)
  await ask('POST', '/v1/campaigns/spring/stop')
  t.same((await records()).map(({ origin }) => origin).sort(), ['campaign', 'manual', 'manual'])

  const entries = await store.ledgerEntries(0, 1_000)
  const plain = entries.map(({ seq, at, kind, entry }) => ({ seq, at, kind, entry: JSON.parse(entry) }))
  const clearances = plain.flatMap(({ kind, entry }) => (kind === 'originate' ? [entry.clearance] : []))
  t.match(clearances, [{ mode: 'preview', automation: ['selection'] }, { mode: 'manual', automation: [] }, {}])
  t.notOk('mode' in Object(clearances[2]))
  // Leads without a law: the engine of this test knows no rules.
  const none: PlainRules = { jurisdictions: [] }
  t.same(audit(plain, none), [])
})
