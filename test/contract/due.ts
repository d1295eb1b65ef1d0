import type { Test } from 'tap'
import { Defect } from '../../src/errors.ts'
import { type MoveInStore, packMoved } from '../../src/ports/importing/packedMoved.ts'
import type { LeadRecord } from '../../src/ports/leads.ts'
import type { Store } from '../../src/ports/store.ts'
import { attemptOf, endOf, importSome, someCampaign, someLeads, someNumber } from './store.ts'

const noon = Date.UTC(2026, 5, 17, 16, 0)

/** Borders of a store: exactly now, a page that is just full, a call without an end, an erasure without anything to keep. */
export function borderContract(t: Test, store: Store & MoveInStore): void {
  t.test('leads at the border of now and of a page', async t => dueContract(t, store))
  t.test('calls that came from another dialer', async t => movedContract(t, store))
  t.test('an erasure tells what it has kept, and nothing else', async t => erasureContract(t, store))
}

async function dueContract(t: Test, store: Store): Promise<void> {
  const ids = (leads: readonly (LeadRecord | undefined)[]) => leads.map(lead => lead?.leadId ?? 0)
  const ask = async (campaignId: string, limit: number, now = noon, exclude: readonly number[] = []) => {
    const { leads, ...rest } = await store.dialableLeads({ campaignId, limit, exclude, now })
    return { ids: leads.map(({ leadId }) => leadId), ...rest }
  }

  t.test('what is due exactly now is due, a millisecond later it is told as what comes next', async t => {
    const [a, b] = await importSome(store, 'due-now', someLeads([1, 1]))
    await store.deferLead(a?.leadId ?? 0, noon, 'resting')
    await store.deferLead(b?.leadId ?? 0, noon + 1, 'resting')
    t.strictSame(await ask('due-now', 5), { ids: ids([a]), moreAt: noon + 1 })
    t.strictSame(await ask('due-now', 5, noon - 1), { ids: [], moreAt: noon })
    t.strictSame(await ask('due-now', 5, noon + 1), { ids: ids([a, b]) })
    t.strictSame(await ask('due-now', 1), { ids: ids([a]) }, 'a full page says nothing of what comes next')
    t.strictSame(await ask('due-now', 5, noon, ids([b])), { ids: ids([a]) }, 'who is excluded does not come next')
  })

  t.test('a page that fills up within a stretch takes its best, from all imports', async t => {
    const campaignId = 'due-page'
    const first = await importSome(store, campaignId, someLeads([2, 1, 1, 1]))
    const second = await importSome(store, campaignId, someLeads([2, 1, 1]))
    const dueAt = async (lead: LeadRecord | undefined, at: number) => store.deferLead(lead?.leadId ?? 0, at, 'resting')
    // In the last stretch those of the second import are due before those of the first, but for one.
    await dueAt(first[1], noon - 10)
    await dueAt(first[2], noon - 30)
    await dueAt(first[3], noon - 5)
    await dueAt(second[1], noon - 40)
    await dueAt(second[2], noon - 20)
    const order = ids([first[0], second[0], second[1], first[2], second[2], first[1], first[3]])
    for (let limit = 1; limit <= order.length + 1; limit += 1)
      t.strictSame((await ask(campaignId, limit)).ids, order.slice(0, limit), `${limit}`)
    const [best = 0, next = 0, ...rest] = order
    t.strictSame((await ask(campaignId, 3, noon, [best, next])).ids, rest.slice(0, 3))
    t.strictSame((await ask(campaignId, 4, noon, rest.slice(0, 2))).ids, [best, next, ...rest.slice(2, 4)])
  })

  t.test('equal times go by id, whatever the import', async t => {
    const first = await importSome(store, 'due-equal', someLeads([1, 1]))
    const second = await importSome(store, 'due-equal', someLeads([1]))
    for (const lead of [...first, ...second]) await store.deferLead(lead.leadId, noon, 'resting')
    const order = ids([...first, ...second])
    for (const limit of [1, 2, 3]) t.strictSame((await ask('due-equal', limit)).ids, order.slice(0, limit))
  })

  t.test('a lead that is being called is not given out again', async t => {
    const [a, b] = await importSome(store, 'due-held', someLeads([2, 1]))
    if (a === undefined) throw new Defect('not imported')
    const attempt = attemptOf(a, 'due-held-1')
    await store.beginAttempt(attempt)
    t.strictSame((await ask('due-held', 1)).ids, ids([b]))
    await store.endAttempt(endOf(attempt, { leadRetryAt: noon }))
    t.strictSame((await ask('due-held', 1)).ids, ids([a]), 'due at the very instant')
  })
}

async function movedContract(t: Test, store: Store & MoveInStore): Promise<void> {
  const campaignId = 'moved-borders'
  await store.saveCampaign(someCampaign(campaignId))
  const counters = async () =>
    (await store.campaigns()).find(({ settings }) => settings.campaignId === campaignId)?.counters
  const number = someNumber()
  const moved = (callId: string, disposition: 'abandoned' | 'connected' | 'no-answer') => {
    const answers = disposition === 'no-answer' ? {} : { answeredAt: noon }
    const of = { callId, number, originatedAt: noon, endedAt: noon + 5_000, disposition, ...answers }
    return { ...of, wrapUpCode: 'X', refusal: false, countsAsAttempt: true } as const
  }
  const calls = [moved('moved-b-1', 'abandoned'), moved('moved-b-2', 'connected'), moved('moved-b-3', 'no-answer')]
  const bring = () => store.moveIn(campaignId, packMoved({ kind: 'calls', calls }))
  const before = await counters()
  t.strictSame(await bring(), { duplicates: [] })
  const after = { attempts: 3, answered: 2, answeredByPerson: 2, abandoned: 1 }
  t.match(await counters(), after)
  t.strictSame(await bring(), { duplicates: [0, 1, 2] }, 'the same again is known')
  t.match(await counters(), after, 'and not counted again')
  const [{ callId }] = [{ callId: 'moved-b-open' }]
  const [lead] = await importSome(store, campaignId, someLeads([1]))
  if (lead === undefined) throw new Defect('not imported')
  const open = attemptOf(lead, callId)
  await store.beginAttempt(open)
  const begun = await counters()
  await store.takeBackCalls(campaignId, [callId, 'moved-b-unknown'])
  t.equal(await store.call(callId), undefined, 'a call without an end goes too')
  t.strictSame(await counters(), begun, 'and takes nothing from the counts that it has not brought')
  await store.takeBackCalls(
    campaignId,
    calls.map(one => one.callId),
  )
  t.match(await counters(), before ?? {})
  t.strictSame(await bring(), { duplicates: [] }, 'they can come once more')
}

async function erasureContract(t: Test, store: Store): Promise<void> {
  const campaignId = 'erasure-borders'
  await store.saveCampaign(someCampaign(campaignId))
  const erased = async (number: string) => {
    const { kept, ...report } = await store.erasePerson({ number, at: noon, by: 'R. Miller' })
    return { ...report, kept: kept.map(line => line.split(/[ :]/)[0]).filter(word => word !== 'ledger') }
  }
  const nobody = await erased(someNumber())
  t.strictSame(nobody, { numbers: 1, leads: 0, calls: 0, permissions: 0, kept: [] }, 'nothing there, nothing kept')

  const rows = someLeads([1, 1, 1])
  const [plain, called, refused] = await importSome(store, campaignId, rows)
  if (plain === undefined || called === undefined || refused === undefined) throw new Defect('not imported')
  t.match(await erased(plain.number), { leads: 1, calls: 0, kept: [] }, 'a lead is not kept')
  const attempt = attemptOf(called, 'erasure-b-1')
  await store.beginAttempt(attempt)
  await store.endAttempt(endOf(attempt))
  t.match(await erased(called.number), { leads: 1, calls: 1, kept: ['calls'] })
  await store.addDoNotCall({ number: refused.number, list: 'company', source: 'agent', at: noon })
  t.match(await erased(refused.number), { leads: 1, calls: 0, kept: ['the'] }, 'the refusal alone')
}
