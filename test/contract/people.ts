import type { Test } from 'tap'
import { hasWithdrawn, isValid } from '../../src/core/compliance/consent.ts'
import { Defect } from '../../src/errors.ts'
import type { NewPermission } from '../../src/ports/people.ts'
import type { Store } from '../../src/ports/store.ts'
import { historyMax } from '../../src/store/decisions/facts.ts'
import { attemptOf, endOf, importSome, someCampaign, someLeads, someLine, someNumber } from './store.ts'

const noon = Date.UTC(2026, 5, 17, 16, 0)
const midnight = Date.UTC(2026, 5, 17)
const spring = { topic: 'spring', channel: 'call' }
const autumn = { topic: 'autumn', channel: 'call' }

function given(number: string, more: Partial<NewPermission> = {}): NewPermission {
  const what = { basis: 'express', topics: ['spring'], channels: ['call'], how: 'box ticked on example.com' } as const
  return { number, ...what, givenAt: noon, recordedAt: noon, ...more }
}

/** What every store promises of people: permissions, own hours, access, erasure. */
export function peopleContract(t: Test, open: () => Store): void {
  t.test('a permission comes back as it was recorded', async t => {
    const store = open()
    const number = someNumber()
    const id = await store.addPermission(given(number, { expiresAt: noon + 5 }))
    t.strictSame(await store.permissionsOf(number), [{ ...given(number, { expiresAt: noon + 5 }), permissionId: id }])
    t.strictSame(await store.permissionsOf(someNumber()), [])
  })

  t.test('a withdrawal ends what it is about and nothing else', async t => {
    const store = open()
    const number = someNumber()
    await store.addPermission(given(number, { topics: ['spring', 'autumn'] }))
    await store.addPermission(given(number, { topics: ['summer'] }))
    const how = 'by mail'
    t.equal(await store.withdrawPermission({ number, topic: 'spring', at: noon + 1, how }), 1)
    const permissions = await store.permissionsOf(number)
    const valid = (about: typeof spring) => permissions.some(one => isValid(one, about, noon + 2))
    t.ok(hasWithdrawn(permissions, spring, noon + 2) && !valid(spring))
    t.ok(
      !hasWithdrawn(permissions, autumn, noon + 2) && valid(autumn),
      'the other topic of the same permission goes on',
    )
    t.ok(valid({ topic: 'summer', channel: 'call' }))
    t.match(
      permissions.find(({ withdrawnAt }) => withdrawnAt !== undefined),
      { topics: ['spring'], withdrawnAt: noon + 1, withdrawnHow: how, how: given(number).how, givenAt: noon },
    )
    t.equal(await store.withdrawPermission({ number, at: noon + 3, how }), 2, 'without a topic, everything')
    t.ok(hasWithdrawn(await store.permissionsOf(number), autumn, noon + 4))
  })

  t.test('a withdrawal stands where nothing had been given, and beside a permission for everything', async t => {
    const store = open()
    const [nobody, everything] = [someNumber(), someNumber()]
    t.equal(await store.withdrawPermission({ number: nobody, topic: 'spring', at: noon, how: 'on the phone' }), 0)
    t.ok(hasWithdrawn(await store.permissionsOf(nobody), spring, noon))
    t.notOk(hasWithdrawn(await store.permissionsOf(nobody), autumn, noon))
    await store.addPermission(given(everything, { topics: [] }))
    t.equal(await store.withdrawPermission({ number: everything, topic: 'spring', at: noon + 1, how: 'x' }), 1)
    const permissions = await store.permissionsOf(everything)
    t.ok(hasWithdrawn(permissions, spring, noon + 1))
    t.notOk(hasWithdrawn(permissions, autumn, noon + 1))
    await store.addPermission(given(everything, { givenAt: noon + 9 }))
    t.notOk(hasWithdrawn(await store.permissionsOf(everything), spring, noon + 9), 'a later permission lifts it')
  })

  t.test('who takes back more than they gave is called about none of it', async t => {
    const store = open()
    const [everything, byMessage] = [someNumber(), someNumber()]
    await store.addPermission(given(everything))
    t.equal(await store.withdrawPermission({ number: everything, at: noon + 1, how: 'x' }), 1)
    const permissions = await store.permissionsOf(everything)
    t.ok(hasWithdrawn(permissions, spring, noon + 1))
    t.ok(hasWithdrawn(permissions, autumn, noon + 1), 'also about what they had never permitted')
    await store.addPermission(given(byMessage, { channels: ['sms'] }))
    t.equal(await store.withdrawPermission({ number: byMessage, topic: 'spring', at: noon + 1, how: 'x' }), 1)
    t.ok(hasWithdrawn(await store.permissionsOf(byMessage), spring, noon + 1), 'and not by another channel')
  })

  t.test("all numbers of a person count, in permissions, withdrawals and the verdict's facts", async t => {
    const store = open()
    const campaignId = 'people-several'
    await store.saveCampaign(someCampaign(campaignId))
    const [first, second] = await importSome(store, campaignId, someLeads([1, 2], { personId: 'person-several' }))
    if (first === undefined || second === undefined) throw new Defect('not imported')
    await store.addPermission(given(first.number))
    t.match(await store.permissionsOf(second.number), [{ number: first.number }])
    await store.withdrawPermission({ number: second.number, topic: 'spring', at: noon + 1, how: 'x' })
    t.match(await store.permissionsOf(first.number), [{ number: first.number, withdrawnAt: noon + 1 }])
    const days = [[], [{ startMinute: 600, endMinute: 720 }], [], [], [], [], []]
    await store.setPersonHours({ number: second.number, days, how: 'x', recordedAt: noon })
    t.match(await store.personHoursOf(first.number), { number: second.number, days })
    const facts = await store.facts({ campaignId, leadId: first.leadId, now: noon })
    t.match(facts, { permissions: [{ withdrawnAt: noon + 1 }], ownHours: days })
    await store.setPersonHours({ number: second.number, days: null })
    t.equal(await store.personHoursOf(first.number), undefined)
  })

  t.test('what other lists know of a person counts for the lead that does not say whose it is', async t => {
    const store = open()
    for (const id of ['people-known', 'people-bare']) await store.saveCampaign(someCampaign(id))
    const [first, second] = await importSome(store, 'people-known', someLeads([1, 2], { personId: 'person-lists' }))
    if (first === undefined || second === undefined) throw new Defect('not imported')
    const [bare] = await importSome(store, 'people-bare', someLeads([1], { number: first.number }))
    if (bare === undefined) throw new Defect('not imported')
    await store.withdrawPermission({ number: second.number, at: noon, how: 'on the phone' })
    const attempt = attemptOf(second, 'lists-1')
    await store.beginAttempt(attempt)
    await store.endAttempt(endOf(attempt))
    const facts = await store.facts({ campaignId: 'people-bare', leadId: bare.leadId, now: noon + 60_000 })
    t.match(facts.permissions, [{ withdrawnAt: noon }])
    t.match(facts.history, [{ sameNumber: false, campaignId: 'people-known', disposition: 'busy' }])
  })

  t.test('attempts that cost nothing hide none that do', async t => {
    const store = open()
    const campaignId = 'people-faults'
    await store.saveCampaign(someCampaign(campaignId))
    const [lead] = await importSome(store, campaignId, someLeads([1]))
    if (lead === undefined) throw new Defect('not imported')
    const rang = attemptOf(lead, 'rang')
    await store.beginAttempt(rang)
    await store.endAttempt(endOf(rang))
    for (let index = 1; index <= historyMax; index += 1) {
      const fault = attemptOf(lead, `fault-${index}`, noon + index * 900_000)
      await store.beginAttempt(fault)
      await store.endAttempt(endOf(fault, { disposition: 'congestion', sipCode: 503, countsAsAttempt: false }))
    }
    const { history } = await store.facts({ campaignId, leadId: lead.leadId, now: noon + 200 * 900_000 })
    t.match(history, [{ originatedAt: noon, counts: true }])
  })

  t.test('an import of permissions is seen whole or not at all, and brings nothing twice', async t => {
    const store = open()
    const numbers = Array.from({ length: 250 }, someNumber)
    const rows = numbers.map(number => given(number))
    const [first = ''] = numbers
    t.strictSame(await store.importPermissions('people-1', rows), { duplicates: [] })
    t.strictSame(await store.permissionsOf(first), [], 'not before it is activated')
    await store.discardPermissions('people-1')
    t.strictSame(await store.importPermissions('people-2', rows), { duplicates: [] }, 'a broken one hinders nothing')
    await store.activatePermissions('people-2', { source: 'x.csv', imported: 250, at: noon })
    t.match(await store.permissionsOf(first), [given(first)])
    const again = [...rows.slice(0, 2), { ...given(first), withdrawnAt: noon + 1, withdrawnHow: 'stated' }]
    t.strictSame(await store.importPermissions('people-3', again), { duplicates: [0, 1] })
    await store.activatePermissions('people-3', { source: 'x.csv', imported: 1, at: noon })
    t.ok(hasWithdrawn(await store.permissionsOf(first), spring, noon + 1), 'the file may say that it was taken back')
    await t.rejects(store.activatePermissions('people-4', { source: 'x', imported: 0, at: noon }), {
      code: 'unknown-import',
    })
  })

  t.test('access gives everything, erasure leaves what the law has kept and nothing that tells who', async t => {
    const store = open()
    const campaignId = 'people-erase'
    await store.saveCampaign(someCampaign(campaignId))
    const provenance = { origin: 'fair', legalBasis: 'consent' } as const
    const rows = [
      ...someLeads([1, 2], { personId: 'person-erase', provenance, data: { name: 'Ann Example' } }),
      ...someLeads([3]),
    ]
    const [first, second, other] = await importSome(store, campaignId, rows)
    if (first === undefined || second === undefined || other === undefined) throw new Defect('not imported')
    const attempts = [attemptOf(first, 'erase-1'), attemptOf(second, 'erase-2'), attemptOf(other, 'erase-3')]
    for (const attempt of attempts) {
      await store.beginAttempt(attempt)
      await store.endAttempt(endOf(attempt, { sipCallId: 'sip-1' }))
    }
    await store.recordWrapUp({ callId: 'erase-1', code: 'refused', note: 'Ann was angry', refusal: true })
    await store.recordLine('erase-1', someLine)
    await store.addPermission(given(first.number))
    await store.addPermission(given(second.number, { topics: ['autumn'], how: 'Ann said so' }))
    await store.withdrawPermission({ number: second.number, topic: 'autumn', at: noon + 1, how: 'Ann wrote' })
    await store.addDoNotCall({ number: first.number, list: 'company', source: 'agent', at: noon, note: 'call erase-1' })

    const data = await store.personData(second.number)
    t.match(data, {
      numbers: [second.number, first.number],
      personIds: ['person-erase'],
      leads: [{ data: { name: 'Ann Example' }, provenance }, { provenance }],
      calls: [{ callId: 'erase-2' }, { callId: 'erase-1', wrapUp: { note: 'Ann was angry' } }],
      doNotCall: [{ number: first.number, note: 'call erase-1' }],
    })
    t.equal(data.permissions.length, 2)
    t.ok((data.ledger?.length ?? 0) >= 4, 'what the ledger says of the numbers')
    const before = await store.leadCounts(campaignId)

    const report = await store.erasePerson({ number: second.number, at: noon + 2, by: 'R. Miller' })
    t.match(report, { numbers: 2, leads: 2, calls: 2, permissions: 1 })
    t.match(report.kept, [/^calls: /, /do-not-call list.*64\.1200\(d\)\(6\)/, /^withdrawals/, /^ledger/])
    for (const { number } of [first, second]) {
      t.match(await store.personData(number), { numbers: [number], personIds: [], leads: [], calls: [], ledger: [] })
      t.strictSame(await store.leadsByNumber(number), [])
    }
    t.match(await store.doNotCallEntry(first.number), { list: 'company', source: 'agent', at: midnight })
    t.equal(
      (await store.doNotCallEntry(first.number))?.note,
      undefined,
      'the note named the call, and so would the instant',
    )
    const kept = await store.permissionsOf(second.number)
    t.match(kept, [
      { topics: ['autumn'], withdrawnAt: noon - (noon % 86_400_000), how: 'erased', withdrawnHow: 'erased' },
    ])
    t.ok(hasWithdrawn(kept, autumn, noon + 2), 'the refusal is still honoured')
    t.strictSame(await store.permissionsOf(first.number), [])
    const call = await store.call('erase-1')
    t.match(call, { callId: 'erase-1', number: /^erased-\d+$/, originatedAt: noon, end: { disposition: 'busy' } })
    t.notOk(call?.wrapUp?.note ?? call?.end?.sipCallId, 'neither the note nor the Call-ID')
    t.notOk(call?.line, 'nor how the line was')
    t.notOk(await store.recordLine('erase-1', someLine), 'nor told again')
    const second2 = await store.call('erase-2')
    t.not(second2?.number, call?.number, 'two numbers stay two')
    t.strictSame(await store.leadCounts(campaignId), { ...before, total: 1, finished: 0, dialable: 1 })
    t.match(await store.call('erase-3'), { number: other.number }, 'others stay')
    const page = await store.calls({ campaignId, limit: 10 })
    t.equal(page.length, 3, 'all calls are still counted')

    const again = await store.erasePerson({ number: second.number, at: noon + 3, by: 'R. Miller' })
    t.match(again, { numbers: 1, leads: 0, calls: 0, permissions: 0 }, 'there is nothing more')
  })

  t.test('nobody is erased while they are being called', async t => {
    const store = open()
    const campaignId = 'people-flight'
    await store.saveCampaign(someCampaign(campaignId))
    const [lead] = await importSome(store, campaignId, someLeads([1]))
    if (lead === undefined) throw new Defect('not imported')
    const attempt = attemptOf(lead, 'flight-1')
    await store.beginAttempt(attempt)
    const erasure = { number: lead.number, at: noon, by: 'R. Miller' }
    await t.rejects(store.erasePerson(erasure), { code: 'call-in-flight' })
    t.equal((await store.leadsByNumber(lead.number)).length, 1, 'nothing was half done')
    await store.endAttempt(endOf(attempt))
    t.match(await store.erasePerson(erasure), { leads: 1, calls: 1 })
  })
}
