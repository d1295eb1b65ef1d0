import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import type { AttemptEnd } from '../../src/core/calls/call.ts'
import { dayMs } from '../../src/core/time.ts'
import { Defect } from '../../src/errors.ts'
import type { WrapUpRecord } from '../../src/ports/attempts.ts'
import { type MovedCall, packMoved } from '../../src/ports/importing/packedMoved.ts'
import type { LeadRecord, NewLead } from '../../src/ports/leads.ts'
import { createArchiveCheck } from '../../src/store/archive/proof.ts'
import { readArchive } from '../../src/store/archive/readArchive.ts'
import { type ArchiveRow, openRow, type PlainCall } from '../../src/store/archive/rows.ts'
import { createLineFile } from '../../src/store/sqlite/archive/archiveFile.ts'
import { openArchiveKeys } from '../../src/store/sqlite/archive/archiveKeys.ts'
import { openSqliteStore, type SqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { attemptOf, endOf, importSome, someCampaign, someLeads } from '../contract/store.ts'
import { shippedRules } from '../support/compliance.ts'

const retentionMs = 1_827 * dayMs
/** When the archives are made: leads that come in now are old enough by then. */
const at = Date.now() + retentionMs + 365 * dayMs
const before = at - retentionMs

interface World {
  readonly store: SqliteStore
  readonly file: string
  readonly folder: string
}

async function world(t: Test): Promise<World> {
  const folder = t.testdir()
  const file = join(folder, 'x.db')
  const store = await openSqliteStore({ file })
  t.teardown(() => store.close())
  await store.recordRules(shippedRules, at)
  await store.saveCampaign(someCampaign('spring'))
  return { store, file, folder }
}

let calls = 0

async function call(
  store: SqliteStore,
  lead: LeadRecord,
  { agoMs, end = {}, word }: { agoMs: number; end?: Partial<AttemptEnd>; word?: Partial<WrapUpRecord> },
): Promise<string> {
  calls += 1
  const callId = `call-${calls}`
  const attempt = attemptOf(lead, callId, at - agoMs - 10_000)
  await store.beginAttempt(attempt)
  await store.endAttempt(endOf(attempt, { leadRetryAt: null, sipCallId: `${callId}@carrier`, ...end }))
  if (word !== undefined) await store.recordWrapUp({ callId, code: 'sale', refusal: false, at: at - agoMs, ...word })
  return callId
}

async function rowsOf(file: string): Promise<readonly ArchiveRow[]> {
  const rows: ArchiveRow[] = []
  for await (const line of readArchive(file)) if (line.kind === 'row') rows.push(line.row)
  return rows
}

function callIdsOf(rows: readonly ArchiveRow[]): readonly string[] {
  return rows.flatMap(row => ('attempt' in row ? [row.attempt.callId] : []))
}

const old = retentionMs + dayMs

t.test('what no rule asks for leaves, and nothing else', async t => {
  const { store, folder } = await world(t)
  const [one, other, third, fourth] = await importSome(store, 'spring', someLeads([1, 2, 3, 4]))
  const [named, sister] = await importSome(store, 'spring', someLeads([5, 6], { personId: 'jane' }))
  if (!one || !other || !third || !fourth || !named || !sister) return
  const leaves = [
    await call(store, one, { agoMs: retentionMs + 1 }),
    await call(store, one, { agoMs: old, word: { note: 'likes tea' } }),
    await call(store, named, { agoMs: old }),
  ]
  await call(store, other, { agoMs: retentionMs })
  await call(store, third, { agoMs: old, word: { refusal: true } })
  await call(store, third, { agoMs: old, word: { code: 'complaint' } })
  await call(store, third, { agoMs: old, end: { detail: 'opted-out' } })
  await call(store, third, { agoMs: old, word: { callbackAt: at } })
  await store.beginAttempt(attemptOf(fourth, 'open', at - old))
  const target = join(folder, 'old.jsonl.gz')
  const would = await store.files.archive({ target, dryRun: true, at })
  t.equal(existsSync(target), false)
  t.match(would, { attempts: 3, leads: 3, left: { attempts: 0, leads: 0 }, before })
  const report = await store.files.archive({ target, dryRun: false, at })
  t.match(report, { attempts: 3, leads: 3, left: { attempts: 3, leads: 3 }, before, resumed: [] })
  t.strictSame(report.campaigns, [{ campaignId: 'spring', attempts: 3, leads: 3 }])
  t.equal(report.newestAt, at - retentionMs - 10_001)
  t.strictSame(callIdsOf(await rowsOf(target)).toSorted(), leaves.toSorted())
  const left = (await store.calls({ limit: 100 })).map(({ callId }) => callId)
  t.notOk(leaves.some(callId => left.includes(callId)))
  t.equal(left.length, 6)
  t.equal(await store.lead(one.leadId), undefined)
  t.equal(await store.lead(named.leadId), undefined)
  t.strictSame(await store.numbersOfPerson(sister.number), [sister.number, named.number], 'they are still one person')
  t.strictSame(await store.leadCounts('spring'), { total: 3, dialable: 1, finished: 2 })
  t.match(await store.files.archive({ target: join(folder, 'again'), dryRun: false, at }), {
    attempts: 0,
    leads: 0,
    bytes: 0,
  })
  t.equal(existsSync(join(folder, 'again')), false, 'nothing makes no file')
})

t.test('only what the rules let go is asked for', async t => {
  const { store, folder } = await world(t)
  const target = join(folder, 'old.gz')
  await t.rejects(store.files.archive({ target, before: before + 1, dryRun: true, at }), { code: 'retention' })
  t.equal((await store.files.archive({ target, before, dryRun: true, at })).before, before)
  const slow = { ...someCampaign('slow'), fatigue: { ...someCampaign('slow').fatigue, halfLifeMs: 60 * dayMs } }
  await store.saveCampaign(slow)
  await t.rejects(store.files.archive({ target, before, dryRun: true, at }), /look back 3840 days/)
  await store.recordRules({ ...shippedRules, jurisdictions: [] }, at)
  await t.rejects(store.files.archive({ target, dryRun: true, at }), /say with --before/)
})

t.test('the file says nothing of a person without their key', async t => {
  const { store, file, folder } = await world(t)
  const data = { name: 'Jane Roe' }
  const [lead] = await importSome(store, 'spring', someLeads([1], { data, personId: 'customer-77' }))
  const [second] = await importSome(store, 'spring', someLeads([2], { data }))
  if (!lead || !second) return
  const callId = await call(store, lead, { agoMs: old, word: { note: 'likes tea' } })
  const kept = await store.call(callId)
  await call(store, second, { agoMs: old })
  const target = join(folder, 'old.gz')
  await store.files.archive({ target, dryRun: false, at })
  t.equal(statSync(target).mode & 0o777, 0o600)
  const text = gunzipSync(readFileSync(target)).toString()
  for (const secret of [lead.number, lead.number.slice(1), 'likes tea', 'Jane', 'customer-77', '@carrier', 'New_York'])
    t.notOk(text.includes(secret), secret)
  await t.rejects(store.files.archive({ target, dryRun: false, at }), { code: 'file-exists' })
  const keys = openArchiveKeys(file)
  t.teardown(() => keys.close())
  const rows = await rowsOf(target)
  const of = keys.ofNumber(lead.number)
  const own = rows.filter(({ subject }) => subject === of?.subject)
  if (of === undefined) throw new Defect('the number has no key')
  t.strictSame(
    own.map(row => openRow(row, of)),
    [kept, { ...lead, attempts: 1, state: 'finished', lastDisposition: 'busy', reason: 'lead-finished' }],
  )
  const [row] = own
  t.equal(row && openRow({ ...row, subject: 'x', sealed: rows.at(-1)?.sealed ?? '' }, of), undefined)
  await store.erasePerson({ number: lead.number, at, by: 'test' })
  t.equal(keys.ofNumber(lead.number), undefined)
  t.equal(keys.ofSubject(of.subject), undefined, 'an erasure reaches every archive, wherever it lies')
  t.ok(keys.ofNumber(second.number))
})

t.test('the ledger bears an archive out, and finds what was changed', async t => {
  const { store, folder } = await world(t)
  const [lead] = await importSome(store, 'spring', someLeads([1]))
  if (!lead) return
  await call(store, lead, { agoMs: old, word: { code: 'timeout' } })
  const target = join(folder, 'old.gz')
  const { sha256 = '' } = await store.files.archive({ target, dryRun: false, at })
  const entries = await store.ledgerEntries(0, 1_000)
  const attempts = (await rowsOf(target)).flatMap(row => ('attempt' in row ? [row.attempt] : []))
  const held = (of: { sha256: string; attempts: readonly PlainCall[] }) => {
    const check = createArchiveCheck([{ file: 'old.gz', ...of }])
    return entries.map(entry => check.take(entry)).find(found => found !== undefined) ?? check.finish()
  }
  t.strictSame(held({ sha256, attempts }), { proof: { attempts: 1, unspoken: 0 } })
  t.match(held({ sha256: 'another', attempts }), { problem: { says: /no entry|any entry/ } })
  const changed = (more: Partial<PlainCall>) => attempts.map(one => ({ ...one, ...more }))
  t.match(held({ sha256, attempts: changed({ callerId: '+12015550000' }) }), { says: /another callerId/ })
  const [one] = attempts
  if (one?.end === undefined || one.wrapUp === undefined) throw new Defect('the call has its end')
  t.match(held({ sha256, attempts: changed({ end: { ...one.end, disposition: 'abandoned' } }) }), {
    says: /disposition/,
  })
  t.match(held({ sha256, attempts: changed({ wrapUp: { ...one.wrapUp, code: 'sale' } }) }), {
    problem: { says: /word/ },
  })
  t.match(held({ sha256, attempts: changed({ callId: 'never' }) }), { proof: { attempts: 0, unspoken: 1 } })
  const lines = gunzipSync(readFileSync(target)).toString().trimEnd().split('\n')
  const damaged = join(folder, 'damaged.gz')
  for (const [wrong, code] of [
    [lines.slice(0, -1), 'archive-damaged'],
    [lines.toSpliced(1, 1), 'archive-damaged'],
    [lines.toSpliced(1, 0, 'x'), 'archive-damaged'],
    [lines.slice(1), 'no-archive'],
  ] as const) {
    writeFileSync(damaged, gzipSync(`${wrong.join('\n')}\n`))
    await t.rejects(rowsOf(damaged), { code })
  }
})

t.test('what was changed since it was read stays', async t => {
  const { store } = await world(t)
  const [lead] = await importSome(store, 'spring', someLeads([1]))
  if (!lead) return
  const callId = await call(store, lead, { agoMs: old, word: { code: 'timeout' } })
  const { leadId, attempts, dialableAt, state } = (await store.lead(lead.leadId)) ?? lead
  const rows = { before, leads: [{ leadId, attempts, dialableAt, state }] }
  t.strictSame(await store.letRowsGo({ ...rows, attempts: [{ callId, code: 'sale' }] }), { attempts: 0, leads: 0 })
  t.strictSame(await store.letRowsGo({ ...rows, attempts: [{ callId, code: 'timeout' }] }), { attempts: 1, leads: 1 })
})

t.test('a lead that was recycled stays, while an archive is made and after it', async t => {
  const { store, folder } = await world(t)
  const [lead, other] = await importSome(store, 'spring', someLeads([1, 2]))
  if (!lead || !other) return
  for (const one of [lead, other]) await call(store, one, { agoMs: old, end: { leadRetryAt: null } })
  const target = join(folder, 'x')
  t.match(await store.files.archive({ dryRun: true, at, target }), { attempts: 2, leads: 2 })
  const { leadId, attempts, dialableAt, state } = (await store.lead(lead.leadId)) ?? lead
  const recycling = { campaignId: 'spring', resetAttempts: false, attemptsMax: 9, dryRun: false }
  t.match(await store.recycleLeads(recycling), { recycled: 2 })
  const read = { before, attempts: [], leads: [{ leadId, attempts, dialableAt, state }] }
  t.strictSame(await store.letRowsGo(read), { attempts: 0, leads: 0 })
  t.match(await store.files.archive({ dryRun: false, at, target }), { left: { attempts: 2, leads: 0 } })
  t.match(await store.lead(leadId), { state: 'retry', dialableAt: 0 })
})

t.test('a lead of a campaign that goes on waits until it is final', async t => {
  const { store, folder } = await world(t)
  const [lead, other] = await importSome(store, 'spring', someLeads([1, 2]))
  if (!lead || !other) return
  const ids = { dryRun: true, at, target: join(folder, 'x') }
  await call(store, lead, { agoMs: old, end: { leadRetryAt: before - dayMs } })
  t.equal((await store.files.archive(ids)).leads, 2, 'nobody calls for it any more')
  await store.saveCampaignProgress({ campaignId: 'spring', running: true })
  t.equal((await store.files.archive(ids)).leads, 0)
  await store.saveCampaignProgress({ campaignId: 'spring', running: false })
  await call(store, other, { agoMs: dayMs })
  t.match(await store.files.archive(ids), { leads: 0, attempts: 1 })
})

t.test('who asks from outside has to mean a folder that lasts', async t => {
  const { store, folder } = await world(t)
  const [lead] = await importSome(store, 'spring', someLeads([1]))
  if (!lead) return
  await call(store, lead, { agoMs: old })
  const passing = mkdtempSync('/tmp/passing-')
  t.teardown(() => rmSync(passing, { recursive: true }))
  const mark = '0'.repeat(32)
  const ask = (target: string, asker: { mark?: string }) => store.files.archive({ target, dryRun: false, at, asker })
  await t.rejects(ask(join(passing, 'x'), {}), { code: 'another-folder', message: /below .*passing.* lasting folder/ })
  symlinkSync(passing, join(folder, 'link'))
  await t.rejects(ask(join(folder, 'link', 'x'), {}), { code: 'another-folder' })
  await t.rejects(ask(join(folder, 'x'), { mark }), { code: 'another-folder', message: /PrivateTmp/ })
  t.equal((await store.calls({ limit: 10 })).length, 1, 'nothing has left')
  t.strictSame(readdirSync(passing), [], 'nothing was written')
  writeFileSync(join(passing, `x.${mark}`), '')
  t.match(await ask(join(passing, 'x'), { mark }), { left: { attempts: 1 } })
})

t.test('what an earlier run began goes on under the rules of today', async t => {
  const { store, file, folder } = await world(t)
  const [lead] = await importSome(store, 'spring', someLeads([1]))
  if (!lead) return
  const callId = await call(store, lead, { agoMs: old })
  await store.close()
  cpSync(file, join(folder, 'copy.db'))
  const copy = await openSqliteStore({ file: join(folder, 'copy.db') })
  const target = join(folder, 'x')
  const { sha256 = '', bytes } = await copy.files.archive({ target, dryRun: false, at })
  await copy.close()
  const again = await openSqliteStore({ file })
  t.teardown(() => again.close())
  await again.recordArchive({ event: 'written', file: 'x', sha256, bytes, attempts: 1, leads: 1, before }, at)
  const longer = shippedRules.jurisdictions.map(one => ({
    ...one,
    rules: one.rules.map(rule => (rule.kind === 'retention' ? { ...rule, forMs: 2 * rule.forMs } : rule)),
  }))
  await again.recordRules({ ...shippedRules, version: 'longer', jurisdictions: longer }, at)
  const report = await again.files.archive({ target: join(folder, 'y'), dryRun: false, at })
  t.match(report, { resumed: [target] })
  t.ok(await again.call(callId), 'today it has to be kept longer')
})

t.test('a begun archive whose file is not there stays begun, and holds up no other', async t => {
  const { store, folder } = await world(t)
  const [lead] = await importSome(store, 'spring', someLeads([1]))
  if (!lead) return
  await call(store, lead, { agoMs: old })
  const step = {
    event: 'written',
    file: 'gone',
    sha256: 'ab'.repeat(32),
    bytes: 9,
    attempts: 1,
    leads: 1,
    before,
  } as const
  await store.recordArchive(step, at)
  const report = await store.files.archive({ target: join(folder, 'x'), dryRun: false, at })
  t.match(report, { resumed: [], left: { attempts: 1 } })
})

t.test('an archive leaves room on its disk', t => {
  const path = join(t.testdir(), 'x')
  const lines = createLineFile(path, () => 64 * 1024 * 1024)
  lines.add('one')
  t.throws(() => lines.end(), { code: 'disk-full' })
  lines.close()
  t.end()
})

t.test('a person whose leads have left refuses with all their numbers, until they are erased', async t => {
  const { store, folder } = await world(t)
  await store.saveCampaign(someCampaign('autumn'))
  const [one, other] = await importSome(store, 'spring', someLeads([1, 2], { personId: 'jane' }))
  if (!one || !other) return
  for (const lead of [one, other]) await call(store, lead, { agoMs: old })
  await store.addDoNotCall({ number: one.number, list: 'company', source: 'agent', at })
  const { left } = await store.files.archive({ target: join(folder, 'x'), dryRun: false, at })
  t.match(left, { leads: 2 })
  const [again] = await importSome(store, 'autumn', [{ ...someLeads([2])[0], number: other.number } as NewLead])
  if (!again) return
  const facts = await store.facts({ campaignId: 'autumn', leadId: again.leadId, now: at })
  t.match(facts.doNotCall, [{ list: 'company', through: one.number }])
  t.match(await store.personData(one.number), {
    personIds: ['jane'],
    numbers: [one.number, other.number],
    leads: [again],
  })
  await store.addDoNotCall({ number: one.number, list: 'other', source: 'operator', at })
  const says = (await store.ledgerEntries(0, 1_000)).filter(({ kind }) => kind === 'opt-out')
  t.equal(new Set(says.map(({ entry }) => JSON.parse(entry).persons?.[0])).size, 1, 'the same person, before and after')
  await store.erasePerson({ number: one.number, at, by: 'test' })
  for (const { number } of [one, other]) t.strictSame(await store.numbersOfPerson(number), [number])
  t.match(await store.personData(other.number), { personIds: [], leads: [] })
})

t.test('calls of another dialer that have left do not come in again', async t => {
  const { store, folder } = await world(t)
  const end = { disposition: 'busy', wrapUpCode: 'B', refusal: false, countsAsAttempt: true } as const
  const moved = (callId: string, agoMs: number, number = '+12125550101'): MovedCall => {
    return { callId, number, ...end, originatedAt: at - agoMs - 1_000, endedAt: at - agoMs }
  }
  const moveIn = (...calls: readonly MovedCall[]) => store.moveIn('spring', packMoved({ kind: 'calls', calls }))
  const both = [moved('v1', old), moved('v2', old + dayMs)]
  t.strictSame(await moveIn(...both), { duplicates: [] })
  t.match(await store.files.archive({ target: join(folder, 'x'), dryRun: false, at }), { left: { attempts: 2 } })
  t.strictSame(await moveIn(...both), { duplicates: [0, 1] }, 'they would count twice')
  t.strictSame(await moveIn(moved('v3', dayMs), moved('v4', old, '+12125550102')), { duplicates: [] }, 'others do')
})

t.test('who was erased meanwhile gets no name again', async t => {
  const { store, file } = await world(t)
  const [lead] = await importSome(store, 'spring', someLeads([1]))
  if (!lead) return
  await store.erasePerson({ number: lead.number, at, by: 'test' })
  await store.nameSubjects([lead.number])
  const keys = openArchiveKeys(file)
  t.teardown(() => keys.close())
  t.equal(keys.ofNumber(lead.number), undefined)
})
