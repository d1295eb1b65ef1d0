import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, readdirSync, rmSync, statSync, truncateSync, utimesSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { errorCode } from '../../src/errors.ts'
import type { StoreTrouble } from '../../src/ports/storeWatch.ts'
import type { WriteOperation } from '../../src/store/operations.ts'
import type { PlaceLook } from '../../src/store/sqlite/keeping/filePlace.ts'
import { createSpaceReserve } from '../../src/store/sqlite/keeping/spaceReserve.ts'
import { type WatchedStore, watchStore } from '../../src/store/sqlite/keeping/storeWatch.ts'
import { openSqliteStore, type SqliteStore, type SqliteStoreOptions } from '../../src/store/sqlite/sqliteStore.ts'
import { createLogTidier } from '../../src/store/sqlite/writing/logTidier.ts'
import { createSender } from '../../src/store/sqlite/writing/sender.ts'
import { attemptOf, endOf, importSome, someCampaign, someLeads, someNumber } from '../contract/store.ts'

const mebibyte = 1024 * 1024
const refused = someNumber()
const noTidier = { look() {}, async move() {}, underWay: () => undefined, async empty() {}, close() {} }

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(() => undefined, errorCode)
}

/** A copy is to be the very file. */
function keepTime(from: string, to: string): void {
  const { atime, mtimeMs } = statSync(from)
  utimesSync(to, atime, mtimeMs / 1000)
}

/** A database with one refusal in it, as a daemon that was killed leaves it: marked as open, with its log. */
async function killedDatabase(t: Test, name = 'live.db'): Promise<string> {
  const folder = t.testdir()
  const live = join(folder, `of-${name}`)
  const store = await openSqliteStore({ file: live })
  await store.addDoNotCall({ number: refused, list: 'company', source: 'operator', at: 7 })
  const file = join(folder, name)
  for (const end of ['', '-wal', '-marker']) copyFileSync(`${live}${end}`, `${file}${end}`)
  keepTime(live, file)
  await store.close()
  return file
}

async function opened<Value>(options: SqliteStoreOptions, use: (store: SqliteStore) => Promise<Value>): Promise<Value> {
  const store = await openSqliteStore(options)
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

const isRefused = (store: SqliteStore) => store.doNotCallEntry(refused).then(entry => entry !== undefined)

t.test('a first start, a restart and one after kill -9 find everything', async t => {
  const file = join(t.testdir(), 'first.db')
  t.notOk(await opened({ file }, isRefused))
  t.notOk(existsSync(`${file}-wal`), 'an orderly end leaves no log')
  t.equal(await codeOf(opened({ file }, isRefused)), undefined)
  t.ok(await opened({ file: await killedDatabase(t) }, isRefused))
})

const gone: readonly (readonly [what: string, code: string, lose: (file: string) => void])[] = [
  ['its log', 'log-gone', file => rmSync(`${file}-wal`)],
  ['its log, and a reader has made an empty one', 'log-gone', file => truncateSync(`${file}-wal`)],
  ['the database', 'database-gone', file => rmSync(file)],
  ['what is in the database', 'database-gone', file => truncateSync(file)],
  [
    'both',
    'database-gone',
    file => {
      rmSync(file)
      rmSync(`${file}-wal`)
    },
  ],
]

for (const [what, code, lose] of gone) {
  t.test(`${what} is gone: nothing begins anew until somebody says so`, async t => {
    const file = await killedDatabase(t)
    lose(file)
    const before = readdirSync(dirname(file))
    t.equal(await codeOf(opened({ file }, isRefused)), code)
    t.equal(await codeOf(opened({ file }, isRefused)), code, 'asking twice is no answer')
    const made = readdirSync(dirname(file)).filter(name => !before.includes(name) && !/-(owner|shm|wal)$/.test(name))
    t.same(made, [], 'nothing has been made')
    t.equal(await codeOf(opened({ file, acceptDatabase: true }, isRefused)), undefined)
    t.equal(await codeOf(opened({ file }, isRefused)), undefined, 'once said, it holds')
  })
}

t.test('another database in its place is refused, a backup of it is not', async t => {
  const file = await killedDatabase(t)
  const other = join(dirname(file), 'other.db')
  await opened({ file: other }, async () => {})
  const target = join(dirname(file), 'backup')
  await opened({ file }, store => store.files.backup({ target, at: 1 }))
  copyFileSync(other, file)
  t.equal(await codeOf(opened({ file }, isRefused)), 'database-replaced')
  copyFileSync(join(target, 'database.db'), file)
  t.ok(await opened({ file }, isRefused))
})

for (const when of ['of the run that was killed', 'of an earlier run'] as const) {
  t.test(`a backup ${when} is opened in its place, without the log`, async t => {
    const folder = t.testdir()
    const [live, backup, killed] = ['live.db', 'backup', 'killed.db'].map(name => join(folder, name))
    if (live === undefined || backup === undefined || killed === undefined) return
    const backUp = (store: SqliteStore) => store.files.backup({ target: backup, at: 1 })
    if (when === 'of an earlier run') await opened({ file: live }, backUp)
    await opened({ file: live }, async store => {
      await store.addDoNotCall({ number: refused, list: 'company', source: 'operator', at: 7 })
      if (when !== 'of an earlier run') await backUp(store)
      copyFileSync(`${live}-marker`, `${killed}-marker`)
    })
    copyFileSync(join(backup, 'database.db'), killed)
    t.equal(await opened({ file: killed }, isRefused), when !== 'of an earlier run')
  })
}

t.test('a log that goes under a running store is moved into the database, and everything after it', async t => {
  const file = join(t.testdir(), 'live.db')
  const store = await openSqliteStore({ file })
  const heard = new Promise<StoreTrouble | undefined>(resolve => store.onTrouble(resolve))
  await store.addDoNotCall({ number: refused, list: 'company', source: 'operator', at: 7 })
  rmSync(`${file}-wal`)
  t.match(await heard, { code: 'log-gone' })
  while (!store.trouble()?.says.includes('moved')) await new Promise(resolve => store.onTrouble(resolve))
  const later = someNumber()
  await store.addDoNotCall({ number: later, list: 'company', source: 'operator', at: 8 })
  t.equal(await codeOf(importSome(store, 'spring', someLeads([1]))), 'log-gone', 'nothing new begins')
  const killed = join(dirname(file), 'killed.db')
  for (const end of ['', '-marker']) copyFileSync(`${file}${end}`, `${killed}${end}`)
  await store.close()
  await opened({ file: killed }, async found => {
    t.ok(await isRefused(found))
    t.ok(await found.doNotCallEntry(later))
  })
})

const exchanged: readonly (readonly [what: string, code: string, change: (file: string) => void])[] = [
  ['removed', 'database-gone', file => rmSync(file)],
  [
    'exchanged',
    'database-replaced',
    file => {
      copyFileSync(file, `${file}-other`)
      rmSync(file)
      copyFileSync(`${file}-other`, file)
    },
  ],
]
for (const [what, code, change] of exchanged) {
  t.test(`a database that is ${what} under a running store is rescued into a copy that opens in its place`, async t => {
    const file = join(t.testdir(), 'live.db')
    const store = await openSqliteStore({ file })
    await store.addDoNotCall({ number: refused, list: 'company', source: 'operator', at: 7 })
    change(file)
    while (!store.trouble()?.says.includes('rescued copy: ')) await new Promise(resolve => store.onTrouble(resolve))
    t.equal(store.trouble()?.code, code)
    const copy = /rescued copy: ([^)]+)\)/.exec(store.trouble()?.says ?? '')?.[1] ?? ''
    await store.close()
    rmSync(file, { force: true })
    for (const end of ['-wal', '-shm']) rmSync(`${file}${end}`, { force: true })
    t.equal(await codeOf(opened({ file }, isRefused)), 'database-gone')
    copyFileSync(copy, file)
    t.ok(await opened({ file }, isRefused))
  })
}

/** A watched store whose place and probes are the test's. */
function handMade(t: Test, parts: Partial<WatchedStore> & { readonly look?: () => PlaceLook } = {}) {
  const told: (string | undefined)[] = []
  const watcher = watchStore({
    place: { look: async () => parts.look?.() ?? { freeBytes: 1e12 } },
    reserve: { wanted: false, heldBytes: () => 0, giveUp: () => false, take: async () => false },
    tryWriting: async () => {},
    rescue: async () => 'nothing',
    ...parts,
  })
  t.teardown(() => watcher.close())
  watcher.onTrouble(trouble => told.push(trouble?.code))
  return { watcher, told }
}

t.test('a write that the disk refuses is trouble until one goes through; an answer of the program is none', async t => {
  let works = false
  const tryWriting = async () => {
    if (!works) throw Object.assign(new TypeError('no'), { code: 'read-only' })
  }
  const { watcher, told } = handMade(t, { tryWriting })
  watcher.sent()([{ ok: false, code: 'already-begun', message: 'twice' }])
  t.same(told, [])
  watcher.sent()([{ ok: false, code: 'disk-error', message: 'it fails' }])
  await watcher.look()
  works = true
  await watcher.look()
  t.same(told, ['disk-error', 'read-only', undefined])
})

t.test('a batch whose writer has died is under way no more', async t => {
  let now = 0
  const { watcher, told } = handMade(t, { now: () => now })
  const writer = { ask: () => Promise.reject(new TypeError('gone')), close: async () => {} }
  const send = createSender({ writer, tidier: noTidier, watcher })
  const refusal = { number: refused, list: 'company', source: 'operator', at: 1 } as const
  await t.rejects(send([{ kind: 'add-do-not-call', entry: refusal }]), { message: 'gone' })
  now = 60_000
  watcher.sent()([])
  t.same(told, ['writer-gone'], 'and no disk that does not answer')
})

t.test('a disk that does not answer is trouble until it does', async t => {
  let now = 0
  const { watcher, told } = handMade(t, { now: () => now })
  const answered = watcher.sent()
  now = 10_000
  watcher.sent()([])
  t.same(told, [])
  now = 10_001
  watcher.sent()([])
  t.same(told, ['disk-stalled'])
  answered([])
  t.same(told, ['disk-stalled', undefined])
})

t.test(
  'a file that may not be written is trouble, and one that is lost is told before any other and does not pass',
  async t => {
    let found: PlaceLook = { freeBytes: 1e12, refused: { code: 'read-only', says: 'mounted so' } }
    const { watcher, told } = handMade(t, { look: () => found })
    await watcher.look()
    found = { freeBytes: 1e12, lost: { code: 'database-gone', says: 'gone' } }
    await watcher.look()
    found = { freeBytes: 1e12 }
    await watcher.look()
    t.equal(watcher.trouble()?.says, 'gone (nothing)')
    t.same([...new Set(told)], ['read-only', 'database-gone'])
  },
)

t.test(
  'a full disk: the reserve takes what must not be lost, and what begins something new waits for room',
  async t => {
    const folder = t.testdir()
    const reserve = createSpaceReserve(join(folder, 'x.db'), 2 * mebibyte)
    await reserve.take()
    t.equal(reserve.heldBytes(), 2 * mebibyte)
    let freeBytes = 1e12
    const { watcher, told } = handMade(t, { reserve, look: () => ({ freeBytes }) })
    const written: string[] = []
    const writer = {
      async ask(batch: readonly WriteOperation[]) {
        return batch.map(({ kind }) => {
          if (reserve.heldBytes() > 0) return { ok: false as const, code: 'disk-full', message: 'full' }
          written.push(kind)
          return { ok: true as const, value: undefined }
        })
      },
      close: async () => {},
    }
    const send = createSender({ writer, tidier: noTidier, watcher })
    const [lead] = await leadsOf(t)
    if (lead === undefined) return
    const attempt = attemptOf(lead, 'c1')
    const batch: readonly WriteOperation[] = [
      { kind: 'begin-attempt', attempt },
      { kind: 'end-attempt', end: endOf(attempt) },
      { kind: 'add-do-not-call', entry: { number: refused, list: 'company', source: 'operator', at: 1 } },
      { kind: 'begin-attempt', attempt: { ...attempt, origin: 'inbound', callId: 'c2' } as never },
    ]
    t.same(
      (await send(batch)).map(({ ok }) => ok),
      [false, true, true, true],
    )
    t.same(written, ['end-attempt', 'add-do-not-call', 'begin-attempt'])
    t.same(
      (await send(batch)).map(result => (result.ok ? 'ok' : result.code)),
      ['disk-full', 'ok', 'ok', 'ok'],
      'an attempt is not even tried',
    )
    freeBytes = mebibyte - 1
    await watcher.look()
    t.same(told, ['disk-full'])
    freeBytes = 1e12
    await watcher.look()
    t.same(told, ['disk-full', undefined])
    t.equal(reserve.heldBytes(), 2 * mebibyte, 'the reserve is kept again')
    freeBytes = mebibyte - 1
    await watcher.look()
    t.same(told, ['disk-full', undefined, 'disk-full'], 'the last of the room is not used up by new calls')
  },
)

async function leadsOf(t: Test) {
  const file = join(t.testdir(), 'leads.db')
  return opened({ file }, store => importSome(store, 'spring', someLeads([1])))
}

t.test('on a disk that is full for good: refusals, ends and a stop are written, and room is noticed', async t => {
  const disk = t.testdir()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk], { stdio: 'ignore' })
  } catch {
    t.comment('this user may not mount a small disk: the same is tested above behind ports')
    return
  }
  try {
    await fullDisk(t, disk)
  } finally {
    execFileSync('umount', [disk])
  }
})

/** Fills a disk to the last byte. */
function fill(disk: string): string {
  const filler = join(disk, 'filler')
  t.throws(() => execFileSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4096'], { stdio: 'ignore' }))
  return filler
}

async function fullDisk(t: Test, disk: string): Promise<void> {
  const file = join(disk, 'small.db')
  const store = await openSqliteStore({ file, reserveMaxBytes: 16 * mebibyte })
  try {
    const size = statSync(`${file}-reserve`).size
    t.ok(size >= 2 * mebibyte && size <= 6 * mebibyte, `${size} bytes of 24 MB`)
    await store.saveCampaign(someCampaign('small'))
    const leads = await importSome(store, 'small', someLeads(Array.from({ length: 40 }, () => 1)))
    const attempts = leads.map((lead, index) => attemptOf(lead, `full-${index}`))
    for (const attempt of attempts.slice(0, 39)) await store.beginAttempt(attempt)
    const filler = fill(disk)
    await Promise.all(attempts.slice(0, 39).map(attempt => store.endAttempt(endOf(attempt))))
    await store.addDoNotCall({ number: refused, list: 'company', source: 'operator', at: 7 })
    await store.saveCampaignProgress({ campaignId: 'small', running: false })
    while (store.trouble() === undefined) await new Promise(resolve => store.onTrouble(resolve))
    t.equal(store.trouble()?.code, 'disk-full')
    const [last] = attempts.slice(39)
    if (last !== undefined) t.equal(await codeOf(store.beginAttempt(last)), 'disk-full')
    // More looks: what the reserve gave is no room for new calls.
    await new Promise(resolve => setTimeout(resolve, 1_200))
    t.equal(store.trouble()?.code, 'disk-full')
    const freed = new Promise<StoreTrouble | undefined>(resolve => store.onTrouble(resolve))
    rmSync(filler)
    t.equal(await freed, undefined)
    if (last !== undefined) t.equal(await codeOf(store.beginAttempt(last)), undefined)
    fill(disk)
  } finally {
    await store.close()
  }
  await opened({ file, reserveMaxBytes: 16 * mebibyte }, async again => {
    t.equal((await again.openAttempts()).length, 1, 'a start on a full disk lives on the reserve')
    t.ok(await isRefused(again))
  })
}

t.test('what has been written is moved into the database soon, though its log is short', async t => {
  // The tidier's own timer keeps no program alive.
  const alive = setInterval(() => {}, 1_000)
  t.teardown(() => clearInterval(alive))
  const asked: string[] = []
  const moved = new Promise<void>(resolve => {
    const ask = async (question: string) => {
      asked.push(question)
      resolve()
      return false
    }
    const tidier = createLogTidier(join(t.testdir(), 'x.db'), { ask, close: async () => {} }, { behindMs: 1 })
    tidier.look()
    tidier.look()
  })
  await moved
  t.same(asked, ['tidy'])
})
