import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import t from 'tap'
import { createLawFinder } from '../../src/core/compliance/law.ts'
import { noRules } from '../../src/core/compliance/rules.ts'
import { decideVerdict, verdictRules } from '../../src/core/compliance/verdict.ts'
import { errorCode } from '../../src/errors.ts'
import { createNumberSet } from '../../src/numberSet/builder.ts'
import { writeNumberSet } from '../../src/numberSet/write.ts'
import { readJournal } from '../../src/store/journal/readJournal.ts'
import { createChainCheck } from '../../src/store/ledger/verify.ts'
import { restoreBackup } from '../../src/store/sqlite/backup/restore.ts'
import { openLedger } from '../../src/store/sqlite/ledgerReader.ts'
import { openSqliteStore, type SqliteStore, type SqliteStoreOptions } from '../../src/store/sqlite/sqliteStore.ts'
import { attemptOf, endOf, importSome, someCampaign, someLeads, someNumber } from '../contract/store.ts'

const day = 24 * 3_600_000
const noon = Date.UTC(2026, 5, 17, 16, 0)

/** Where a database, its journal and its backup lie. */
interface Place {
  readonly file: string
  readonly journal: string
  readonly target: string
}

function placeIn(folder: string): Place {
  mkdirSync(join(folder, 'elsewhere'))
  return {
    file: join(folder, 'live.db'),
    journal: join(folder, 'elsewhere', 'journal.jsonl'),
    target: join(folder, 'backup'),
  }
}

async function opened<Value>(options: SqliteStoreOptions, use: (store: SqliteStore) => Promise<Value>): Promise<Value> {
  const store = await openSqliteStore(options)
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

const company = (number: string, at = noon) => ({ number, list: 'company', source: 'agent', at }) as const

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(() => undefined, errorCode)
}

async function installList(store: SqliteStore, version: string, numbers: readonly number[]): Promise<void> {
  const file = await store.files.newBulkListFile('national')
  const set = createNumberSet()
  for (const number of numbers) set.add(number)
  writeNumberSet(file, set.groups(), [])
  const about = { kind: 'other', version, importedAt: noon, asOf: noon, source: 'x' } as const
  await store.files.installBulkList({ list: 'national', file, numbers: numbers.length, ...about })
}

t.test('what was said after a backup is done again, erased people stay erased, and nothing is dialed', async t => {
  const { file, journal, target } = placeIn(t.testdir())
  const away = { who: someNumber(), prefix: '+1900', back: someNumber(), twice: someNumber() }
  const { leads, erased } = await opened({ file, journal }, async store => {
    await store.saveCampaign(someCampaign('again'))
    const leads = await importSome(store, 'again', someLeads([1, 2, 3]))
    const [first, second, third] = leads
    if (first === undefined || second === undefined || third === undefined) throw new TypeError('three leads')
    await store.addDoNotCall(company(away.back))
    // A call that was under way when the backup was taken.
    await store.beginAttempt(attemptOf(second, 'under-way'))
    await store.files.backup({ target, at: noon })
    await store.endAttempt(endOf(attemptOf(second, 'under-way')))
    await store.addDoNotCall(company(away.who))
    await store.addDoNotCallPrefix({ prefix: away.prefix, source: 'operator', at: noon })
    await store.removeDoNotCall(away.back, 'R. Miller')
    await store.addDoNotCall(company(away.twice))
    await store.removeDoNotCall(away.twice, 'R. Miller')
    await store.addDoNotCall(company(away.twice, Date.now() + 1))
    await store.withdrawPermission({ number: first.number, topic: 'spring', at: noon, how: 'by letter' })
    await store.setPersonHours({ number: third.number, days: [[], [], [], [], [], [], []], how: 'x', recordedAt: noon })
    await store.erasePerson({ number: second.number, at: noon, by: 'R. Miller' })
    return { leads, erased: second.number }
  })
  t.notMatch(readFileSync(journal, 'utf8'), erased, 'the journal names nobody who was erased')
  t.notMatch(readFileSync(journal, 'utf8'), /by letter/, 'and nobody’s words')

  const elsewhere = join(journal, '..', 'restored.db')
  const done = await restoreBackup({ backup: target, file: elsewhere, journal, at: noon + day })
  t.match(done, { backupAt: noon, gaps: [] })
  t.notOk(done.aside)
  await opened({ file: elsewhere }, async store => {
    t.match(await store.doNotCallEntry(away.who), { list: 'company', source: 'agent' })
    t.match(await store.doNotCallEntry('+19005550100'), { list: 'company' })
    t.equal(await store.doNotCallEntry(away.back), undefined, 'what was taken back is')
    t.ok(await store.doNotCallEntry(away.twice), 'who refused again has refused')
    t.match(await store.permissionsOf(leads[0]?.number ?? ''), [{ withdrawnHow: 'from the journal' }])
    t.ok(await store.personHoursOf(leads[2]?.number ?? ''))
    t.same(await store.leadsByNumber(erased), [])
    const left = leads[0]
    if (left === undefined) return
    t.equal(await codeOf(store.beginAttempt(attemptOf(left, 'too-early'))), 'restore-unconfirmed')
    await importSome(store, 'again', someLeads([4]))
    await store.files.confirmRestore({ by: 'R. Miller', signsGaps: false, at: noon + day })
    t.equal(store.trouble(), undefined)
    await store.beginAttempt(attemptOf(left, 'in-time'))
    t.equal(await codeOf(store.files.confirmRestore({ by: 'x', signsGaps: true, at: 1 })), 'nothing-to-confirm')
  })
  const ledger = openLedger(elsewhere)
  const check = createChainCheck()
  for (const entry of ledger.all(-1)) t.equal(check.take(entry), undefined)
  t.equal(check.finish(), undefined)
  t.match(
    ledger.ofKind('restore').map(({ entry }) => JSON.parse(entry)),
    [{ event: 'restored' }, { event: 'confirmed', by: 'R. Miller' }],
  )
  ledger.close()
})

t.test('every number rests for its longest limit after a restore', async t => {
  const { file, target } = placeIn(t.testdir())
  const settings = {
    ...someCampaign('rest'),
    attemptLimits: [
      {
        kind: 'attempts',
        ruleId: 'campaign/attempts-1',
        max: 3,
        per: 'number',
        across: 'all',
        window: { kind: 'rolling', lengthMs: 8 * day },
        source: 'campaign',
        date: '2026-01-01',
      },
    ],
  } as const
  const restoredAt = noon + day
  const [lead] = await opened({ file }, async store => {
    await store.saveCampaign(settings)
    const leads = await importSome(store, 'rest', someLeads([1]))
    await store.files.backup({ target, at: noon })
    return leads
  })
  rmSync(file)
  await restoreBackup({ backup: target, file, journal: undefined, at: restoredAt })
  await opened({ file }, async store => {
    const rules = verdictRules(settings, createLawFinder(noRules))
    const ask = async (now: number) =>
      decideVerdict(
        await store.facts({ campaignId: 'rest', leadId: lead?.leadId ?? 0, columns: false, now }),
        rules,
        now,
      )
    const ends = restoredAt + 8 * day
    const no = { allowed: false, reason: 'rest-after-restore', rule: 'product/rest-after-restore', retryAt: ends }
    t.match(await ask(ends - 1), no, 'longer than the 72 h of the product')
    t.notMatch(await ask(ends), { reason: 'rest-after-restore' })
  })
})

t.test('without a journal, or with another, somebody has to sign for what may be missing', async t => {
  const { file, journal, target } = placeIn(t.testdir())
  const who = someNumber()
  await opened({ file, journal }, async store => {
    await store.files.backup({ target, at: noon })
    await store.addDoNotCall(company(who))
    await installList(store, 'v2', [12015550142])
  })
  const restored = async (from: string | undefined) => {
    rmSync(file, { force: true })
    return restoreBackup({ backup: target, file, journal: from, at: Date.now() })
  }
  t.match((await restored(journal)).gaps, [/list "national" .* import it again/])
  t.match((await restored(undefined)).gaps, [/no journal is configured/])
  t.match((await restored(`${journal}-gone`)).gaps, [/there is no journal/])
  await opened({ file }, async store => {
    t.match(store.trouble(), { code: 'restore-unconfirmed', says: /there is no journal/ })
    const confirm = (signsGaps: boolean) => store.files.confirmRestore({ by: 'R. Miller', signsGaps, at: noon })
    t.equal(await codeOf(confirm(false)), 'gaps-unsigned')
    t.ok(store.trouble())
    await confirm(true)
    t.notOk(store.trouble())
  })

  const lines = readFileSync(journal, 'utf8').trimEnd().split('\n')
  writeFileSync(`${journal}-torn`, `${lines[0]}\n${lines[2]}\n`)
  t.match((await restored(`${journal}-torn`)).gaps, [/damaged behind line 1/])
  const other = join(file, '..', 'other.db')
  await opened({ file: other, journal: `${journal}-other` }, async () => {})
  t.equal(await codeOf(restored(`${journal}-other`)), 'journal-of-another')
  t.equal(await codeOf(opened({ file: other, journal }, async () => {})), 'journal-of-another')
  t.equal(await codeOf(opened({ file, journal: `${journal}-torn` }, async () => {})), 'database-gone')
})

t.test('what nobody has signed for is not forgotten when a later backup is restored', async t => {
  const { file, journal, target } = placeIn(t.testdir())
  await opened({ file, journal }, async store => store.files.backup({ target, at: noon }))
  await restoreBackup({ backup: target, file, journal: undefined, at: noon })
  const later = `${target}-later`
  await opened({ file, journal }, async store => store.files.backup({ target: later, at: noon + day }))
  t.match(await restoreBackup({ backup: later, file, journal, at: noon + day }), { gaps: [] })
  await opened({ file, journal }, async store => {
    t.match(store.files.restoration(), { gaps: [/no journal is configured/], backupAt: noon + day })
    t.match(store.trouble(), { says: /no journal is configured/ })
    const confirm = (signsGaps: boolean) => store.files.confirmRestore({ by: 'R. Miller', signsGaps, at: noon })
    t.equal(await codeOf(confirm(false)), 'gaps-unsigned')
    await confirm(true)
    t.match(store.files.restoration(), { gaps: [/no journal is configured/], confirmedBy: 'R. Miller' })
  })
  const last = `${target}-last`
  await opened({ file, journal }, async store => store.files.backup({ target: last, at: noon + 2 * day }))
  await restoreBackup({ backup: last, file, journal, at: noon + 2 * day })
  await opened({ file }, async store => {
    t.same(store.files.restoration()?.gaps, [], 'what was signed for is over')
    await store.files.confirmRestore({ by: 'R. Miller', signsGaps: false, at: noon + day })
  })
})

t.test('a restore refuses over a daemon and what is not whole, and changes nothing then', async t => {
  const { file, journal, target } = placeIn(t.testdir())
  const who = someNumber()
  const restore = (backup = target) => restoreBackup({ backup, file, journal, at: noon })
  await opened({ file, journal }, async store => {
    await installList(store, 'v1', [12015550142])
    await store.files.backup({ target, at: noon })
    t.equal(await codeOf(restore()), 'in-use')
    await store.addDoNotCall(company(who))
  })
  const folder = join(file, '..')
  const before = readdirSync(folder)
  t.equal(await codeOf(restore(folder)), 'no-backup')
  const [list = ''] = readdirSync(join(target, 'lists'))
  for (const part of ['database.db', join('lists', list)]) {
    const damaged = `${target}-${basename(part)}`
    cpSync(target, damaged, { recursive: true })
    appendFileSync(join(damaged, part), 'x')
    t.equal(await codeOf(restore(damaged)), 'backup-damaged', part)
    rmSync(damaged, { recursive: true })
  }
  t.same(readdirSync(folder), before)
  await opened({ file }, async store => t.ok(await store.doNotCallEntry(who)))

  // What a restore left that was killed.
  mkdirSync(join(`${file}-restoring`, 'live.db-lists'), { recursive: true })
  const done = await restore()
  t.match(done, { replayed: 1, gaps: [] })
  t.same(readdirSync(done.aside ?? '').sort(), ['live.db', 'live.db-lists', 'live.db-marker'])
  await opened({ file, journal }, async store => {
    t.ok(await store.doNotCallEntry(who))
    t.match(await store.doNotCallLists(), [{ name: 'national', version: 'v1' }])
    await store.files.verifyDoNotCallList('national')
  })
  t.notOk(existsSync(`${file}-restoring`))
})

t.test(
  'a refusal binds though the journal cannot be written, which is told, and is journalled when it can',
  async t => {
    const { file, journal } = placeIn(t.testdir())
    const who = someNumber()
    const store = await openSqliteStore({ file, journal })
    t.teardown(() => store.close())
    const folder = join(journal, '..')
    rmSync(folder, { recursive: true })
    await store.addDoNotCall(company(who))
    t.ok(await store.doNotCallEntry(who))
    t.match(store.files.journalTrouble(), { says: /was removed/ })
    t.equal(store.trouble(), undefined, 'dialing goes on')
  },
)

t.test('what a crash cut off at the end of a journal goes, and a changed line does not', async t => {
  const { file, journal } = placeIn(t.testdir())
  const numbers = [someNumber(), someNumber()]
  await opened({ file, journal }, async store => {
    for (const number of numbers) await store.addDoNotCall(company(number))
    await Promise.all(numbers.map(number => store.addDoNotCall(company(number))))
  })
  appendFileSync(journal, '{"seq":4,"entry":{"at"')
  await opened({ file, journal }, async store => store.addDoNotCall(company(someNumber())))
  t.equal(readJournal(journal).last.seq, 4, 'what was said twice stands there once')
  writeFileSync(journal, readFileSync(journal, 'utf8').replace('"agent"', '"import"'))
  t.equal(await codeOf(opened({ file, journal }, async () => {})), 'journal-damaged')
})

t.test('so many backups of a name are kept, and nothing else goes', async t => {
  const folder = t.testdir()
  await opened({ file: join(folder, 'live.db') }, async store => {
    mkdirSync(join(folder, 'daily-20260101T000000Z'))
    mkdirSync(join(folder, 'daily-notes'))
    const target = join(folder, 'daily')
    const removed: string[] = []
    for (const at of [1, 2, 3]) removed.push(...(await store.files.backup({ target, keep: 2, at: at * day })).removed)
    t.same(
      removed.map(path => basename(path)),
      ['daily-19700102T000000Z'],
    )
  })
  t.same(
    readdirSync(folder).filter(name => name.startsWith('daily')),
    ['daily-19700103T000000Z', 'daily-19700104T000000Z', 'daily-20260101T000000Z', 'daily-notes'],
  )
})

t.test('a backup holds one moment, whatever is written and rotated meanwhile', async t => {
  const { file, target } = placeIn(t.testdir())
  await opened({ file }, async store => {
    await store.saveCampaign(someCampaign('moment'))
    const leads = await importSome(store, 'moment', someLeads(Array<number>(50).fill(1)))
    const run = async (round: number) => {
      for (const [index, lead] of leads.entries()) {
        const attempt = attemptOf(lead, `call-${round}-${index}`)
        await store.beginAttempt(attempt)
        await store.endAttempt(endOf(attempt))
      }
    }
    await run(0)
    await store.files.rotateLedger({ before: Date.now(), at: Date.now() })
    const [report] = await Promise.all([store.files.backup({ target, at: noon }), run(1)])
    t.match(report, { segments: 1 })
    t.ok(report.ledgerEntries > 100)
  })
  t.ok(await opened({ file: join(target, 'database.db') }, async store => (await store.calls({ limit: 9 })).length))
})
