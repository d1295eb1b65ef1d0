import type { Test } from 'tap'
import type { AttemptEnd, AttemptStart } from '../../src/core/calls/call.ts'
import { Defect } from '../../src/errors.ts'
import type { Store } from '../../src/ports/store.ts'
import { importSome, someCampaign, someLeads, someNumber } from './store.ts'

const noon = Date.UTC(2026, 5, 17, 16, 0)
const way = { campaignId: 'origins', nodeId: 'pbx', trunkId: 'trunk', callerId: '+12015559999' }
const talked = { disposition: 'connected', answeredAt: noon + 5_000, connectedAt: noon + 5_100 } as const

/** What every store must do with calls that no campaign has made. */
export async function originContract(t: Test, store: Store): Promise<void> {
  await store.saveCampaign(someCampaign('origins'))
  const [lead, other] = await importSome(store, 'origins', someLeads([1, 1]))
  if (lead === undefined || other === undefined) throw new Defect('the leads were not imported')
  const called = { leadId: lead.leadId, number: lead.number }
  const calling = { leadId: other.leadId, number: other.number }
  const starts: readonly AttemptStart[] = [
    { origin: 'manual', callId: 'origin-1', ...way, agentId: 'a1', number: someNumber(), originatedAt: noon },
    { origin: 'manual', callId: 'origin-2', ...way, agentId: 'a1', ...called, originatedAt: noon + 1 },
    { origin: 'inbound', callId: 'origin-3', ...way, originatedAt: noon + 2 },
    { origin: 'inbound', callId: 'origin-4', ...way, ...calling, originatedAt: noon + 3 },
  ]
  const endOf = ({ callId, campaignId, origin, leadId, number }: AttemptStart): AttemptEnd => ({
    ...{ callId, campaignId, origin },
    ...(leadId === undefined ? {} : { leadId }),
    ...(number === undefined ? {} : { number }),
    ...talked,
    agentId: 'a1',
    endedAt: noon + 9_000,
    ...(origin === 'manual' && leadId !== undefined ? { leadRetryAt: null } : {}),
    countsAsAttempt: origin === 'manual',
  })

  t.test('are open as they were begun, with no lead and no number where there is none', async t => {
    for (const start of starts) await store.beginAttempt(start)
    const open = (await store.openAttempts()).filter(({ campaignId }) => campaignId === 'origins')
    t.strictSame(open, starts)
    for (const start of starts) t.strictSame(await store.call(start.callId), start)
  })

  t.test('end as they ended, and are counted for nobody', async t => {
    for (const start of starts) {
      const end = endOf(start)
      await store.endAttempt(end)
      t.strictSame(await store.call(start.callId), { ...start, end })
    }
    await store.recordWrapUp({ callId: 'origin-1', code: 'machine', refusal: false, at: noon + 10_000 })
    const campaign = (await store.campaigns()).find(({ settings }) => settings.campaignId === 'origins')
    t.same(
      Object.values(campaign?.counters ?? {}).filter(count => count !== 0),
      [],
      'a rate is of those whom pacing has called',
    )
    t.same(await store.abandonmentSpans({ campaignId: 'origins', hoursSince: 0 }), [])
  })

  t.test('use up the day where an agent has called, not where somebody has called us', async t => {
    const day = { from: noon - 3_600_000, until: noon + 3_600_000 }
    const totals = (await store.dayTotals(day)).filter(({ campaignId }) => campaignId === 'origins')
    t.strictSame(totals, [{ campaignId: 'origins', attempts: 2, talkMs: 2 * 4_000 }])
  })

  t.test('move the lead that an agent has called, not the one who calls', async t => {
    t.match(await store.lead(lead.leadId), { state: 'finished', attempts: 1 })
    t.match(await store.lead(other.leadId), { state: 'new', attempts: 0 })
    await store.recordWrapUp({ callId: 'origin-4', code: 'later', refusal: false, leadRetryAt: noon + 60_000 })
    t.match(await store.lead(other.leadId), { state: 'retry', dialableAt: noon + 60_000 }, 'but for the agent’s word')
  })

  t.test('stand in the ledger as what they were', async t => {
    const entries = (await store.ledgerEntries(0, 1_000_000)).filter(({ entry }) => entry.includes('"origin-'))
    const begun = entries.filter(({ kind }) => kind === 'originate' || kind === 'incoming')
    t.match(
      begun.map(({ kind, entry }) => ({ kind, ...JSON.parse(entry) })),
      [
        { kind: 'originate', callId: 'origin-1', origin: 'manual', agentId: 'a1', subject: String },
        { kind: 'originate', callId: 'origin-2', origin: 'manual' },
        { kind: 'incoming', callId: 'origin-3', subject: undefined },
        { kind: 'incoming', callId: 'origin-4', subject: String },
      ],
    )
    t.equal(entries.filter(({ kind }) => kind === 'outcome').length, starts.length)
  })
}
