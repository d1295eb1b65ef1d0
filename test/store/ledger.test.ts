import { createHmac } from 'node:crypto'
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { noRules, type Rule } from '../../src/core/compliance/rules.ts'
import { dayMs } from '../../src/core/time.ts'
import { Defect } from '../../src/errors.ts'
import type { LedgerEntry } from '../../src/ports/ledger.ts'
import { canonicalJson, chainHash, nextEntry, noHash } from '../../src/store/ledger/chain.ts'
import { entryOfLine, lineOf, readSegment, segmentFolder } from '../../src/store/ledger/segments.ts'
import { createChainCheck } from '../../src/store/ledger/verify.ts'
import type { WriteOperation } from '../../src/store/operations.ts'
import { openLedger } from '../../src/store/sqlite/ledgerReader.ts'
import { openSqliteStore, type SqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { openWriter } from '../../src/store/sqlite/writer.ts'

const noon = Date.UTC(2026, 5, 17, 16, 0)
const longAgo = 10_000 * dayMs
const someone = '+12015550101'

function operations(count: number, prefix = 'c'): readonly WriteOperation[] {
  return Array.from({ length: count }, (_, index): WriteOperation[] => {
    const origin = 'campaign' as const
    const ids = { origin, callId: `${prefix}-${index}`, campaignId: 'spring', leadId: 1, number: someone }
    const way = { nodeId: 'pbx', trunkId: 'trunk', callerId: '+12015559999', originatedAt: noon + index }
    const end = { disposition: 'busy', endedAt: noon + index + 1, leadRetryAt: null, countsAsAttempt: true } as const
    return [
      { kind: 'begin-attempt', attempt: { ...ids, ...way } },
      { kind: 'end-attempt', end: { ...ids, ...end } },
    ]
  }).flat()
}

/** A database whose ledger has a genesis and two entries a call. */
function writtenLedger(t: Test, calls = 5): string {
  const file = join(t.testdir(), 'dialwright.db')
  const writer = openWriter(file)
  t.ok(writer.apply(operations(calls)).every(({ ok }) => ok))
  writer.close()
  return file
}

/** Opens the triggers first, as somebody would who wants to rewrite the past. */
function tamper(file: string, ...statements: readonly string[]): void {
  const database = new Database(file)
  for (const trigger of ['ledgerInsert', 'ledgerUpdate', 'ledgerDelete']) database.exec(`DROP TRIGGER ${trigger}`)
  for (const statement of statements) database.exec(statement)
  database.close()
}

type Heads = Parameters<typeof createChainCheck>[0]

function verify(file: string, options?: Heads) {
  const check = createChainCheck(options)
  const reader = openLedger(file)
  try {
    for (const entry of reader.all(-1)) {
      const problem = check.take(entry)
      if (problem !== undefined) return problem
    }
    return check.finish()
  } finally {
    reader.close()
  }
}

function entriesOf(file: string): readonly LedgerEntry[] {
  const reader = openLedger(file)
  try {
    const entries = [...reader.all(-1)]
    if (reader.count() !== entries.length) throw new Defect(`${reader.count()} entries are said to be there`)
    return entries
  } finally {
    reader.close()
  }
}

t.test('an entry encodes one way only', async t => {
  t.equal(
    canonicalJson({ b: 1, a: [true, null, 'x"', { d: 0.1, c: undefined }] }),
    '{"a":[true,null,"x\\"",{"d":0.1}],"b":1}',
  )
  t.equal(canonicalJson({ b: 1, a: 2 }), canonicalJson({ a: 2, b: 1 }))
  t.throws(() => canonicalJson({ a: Number.NaN }), Defect)
  const body = { seq: 2, at: noon, kind: 'opt-out', entry: '{}' } as const
  const hashes = [
    chainHash(noHash, body),
    chainHash('1'.repeat(64), body),
    chainHash(noHash, { ...body, seq: 3 }),
    chainHash(noHash, { ...body, at: noon + 1 }),
    chainHash(noHash, { ...body, kind: 'opt-in' }),
    chainHash(noHash, { ...body, entry: '{ }' }),
  ]
  t.equal(new Set(hashes).size, hashes.length)
  const line = lineOf(nextEntry(undefined, body))
  t.ok(entryOfLine(line))
  for (const other of [
    line.replace('{"seq"', '{ "seq"'),
    line.replace('"entry":{}', '"entry":{"a":1,"a":1}'),
    line.replace(/"seq":(\d+)/, '"seq":$1.5'),
    line.replace(/"at":(\d+)/, '"at":$1.5'),
    '{}',
    '',
  ])
    t.equal(entryOfLine(other), undefined, other)
})

t.test('any change of the past is found, with the first entry that shows it', async t => {
  const hash = `X'${'ab'.repeat(32)}'`
  const swap = `UPDATE ledger SET seq = -4 WHERE seq = 4; UPDATE ledger SET seq = 4 WHERE seq = 7;
    UPDATE ledger SET seq = 7 WHERE seq = -4`
  const cases: readonly (readonly [name: string, sql: string, seq: number, says: RegExp])[] = [
    ['a changed byte', `UPDATE ledger SET entry = replace(entry, 'busy', 'buzy') WHERE seq = 5`, 5, /changed/],
    ['a changed instant', 'UPDATE ledger SET at = at + 1 WHERE seq = 4', 4, /changed/],
    ['a changed kind', `UPDATE ledger SET kind = 'opt-in' WHERE seq = 4`, 4, /changed/],
    ['a changed hash', `UPDATE ledger SET hash = ${hash} WHERE seq = 6`, 6, /changed/],
    ['a removed entry', 'DELETE FROM ledger WHERE seq = 6', 7, /entry 6 is missing/],
    [
      'removed and renumbered',
      'DELETE FROM ledger WHERE seq = 6; UPDATE ledger SET seq = seq - 1 WHERE seq > 6',
      6,
      /removed/,
    ],
    ['two that are swapped', swap, 4, /reordered/],
    [
      'an inserted entry',
      `UPDATE ledger SET seq = -seq WHERE seq >= 5; UPDATE ledger SET seq = 1 - seq WHERE seq < 0;
       INSERT INTO ledger VALUES (5, 1, 'opt-in', '{}', ${hash})`,
      5,
      /inserted/,
    ],
    ['no beginning', 'DELETE FROM ledger WHERE seq < 4', 4, /entries 1 to 3 are missing/],
    [
      'another beginning',
      `DELETE FROM ledger WHERE seq < 4; UPDATE ledger SET kind = 'anchor' WHERE seq = 4`,
      4,
      /no rotation says so/,
    ],
    ['nothing left', 'DELETE FROM ledger', 1, /no entry at all/],
  ]
  const clean = writtenLedger(t)
  t.equal(verify(clean), undefined)
  for (const [name, sql, seq, says] of cases) {
    const file = `${clean}-${seq}-${name.replaceAll(' ', '')}.db`
    copyFileSync(clean, file)
    tamper(file, sql)
    t.match(verify(file), { seq, says }, name)
  }
})

t.test('a cut-off end and a chain that was written anew show against a head kept elsewhere', async t => {
  const file = writtenLedger(t)
  const [head] = entriesOf(file).slice(-1)
  if (head === undefined) throw new Defect('there is a head')
  const heads = [{ seq: head.seq, hash: head.hash }]
  t.equal(verify(file, { heads }), undefined)
  const cut = `${file}-cut.db`
  copyFileSync(file, cut)
  tamper(cut, `DELETE FROM ledger WHERE seq > ${head.seq - 3}`)
  t.equal(verify(cut), undefined, 'nothing in the chain itself shows it')
  t.match(verify(cut, { heads }), { seq: head.seq - 2, says: /cut off/ })

  const anew = `${file}-anew.db`
  copyFileSync(file, anew)
  tamper(anew, `UPDATE ledger SET entry = replace(entry, 'busy', 'machine') WHERE seq = 5`)
  const database = new Database(anew)
  let last: LedgerEntry | undefined
  for (const { seq, at, kind, entry } of entriesOf(anew)) {
    last = nextEntry(last, { at, kind, entry })
    database.prepare('UPDATE ledger SET hash = ? WHERE seq = ?').run(Buffer.from(last.hash, 'hex'), seq)
  }
  database.close()
  t.equal(verify(anew), undefined, 'nor does this')
  t.match(verify(anew, { heads }), { seq: head.seq, says: /rewritten/ })
})

t.test('the database itself refuses to change an entry', async t => {
  const database = new Database(writtenLedger(t))
  for (const sql of [
    'UPDATE ledger SET at = 1 WHERE seq = 3',
    'DELETE FROM ledger WHERE seq = 3',
    'DELETE FROM ledger',
    'INSERT OR REPLACE INTO ledger SELECT 3, at, kind, entry, hash FROM ledger WHERE seq = 4',
    'INSERT INTO ledger SELECT seq + 9, at, kind, entry, hash FROM ledger WHERE seq = 11',
  ])
    t.throws(() => database.exec(sql), { message: 'the ledger is append-only' }, sql)
  database.close()
})

t.test('an operation that fails leaves no entry, and the chain goes on from what was committed', async t => {
  const file = join(t.testdir(), 'dialwright.db')
  const writer = openWriter(file)
  const [begin, end] = operations(1)
  if (begin?.kind !== 'begin-attempt' || end === undefined) throw new Defect('two operations')
  const broken: WriteOperation = { ...begin, attempt: { ...begin.attempt, callId: 'other', originatedAt: 0.5 } }
  t.match(
    writer.apply([begin, broken, end]),
    [{ ok: true }, { ok: false }, { ok: true }],
    'the batch is undone and tried again',
  )
  t.match(writer.apply([begin, end]), [{ code: 'already-begun' }, { code: 'already-ended' }])
  writer.close()
  t.equal(verify(file), undefined)
  t.strictSame(
    entriesOf(file).map(({ kind }) => kind),
    ['genesis', 'originate', 'outcome'],
  )
})

t.test('an erasure leaves the chain whole, the entries countable, and nobody to be named', async t => {
  const file = writtenLedger(t, 2)
  const store = await openSqliteStore({ file })
  const subject = await store.ledgerSubject(someone)
  if (subject === undefined) throw new Defect('the number was called')
  const about = entriesOf(file).filter(({ entry }) => entry.includes(subject.subject))
  t.equal(about.length, 4)
  const seal = createHmac('sha256', Buffer.from(subject.key, 'hex')).update(someone).digest('hex')
  t.equal(JSON.parse(about[0]?.entry ?? '{}').seal, seal, 'who has the key can prove whom the entry is about')
  t.equal(await store.eraseSubject(someone, noon), true)
  t.equal(await store.eraseSubject(someone, noon), false, 'there is nothing left to erase')
  t.equal(await store.ledgerSubject(someone), undefined)
  t.match(entriesOf(file).at(-1), { kind: 'erasure', entry: `{"subject":"${subject.subject}"}` })
  await store.close()
  t.equal(verify(file), undefined)
  const bytes = readFileSync(file)
  t.notOk(bytes.includes(Buffer.from(subject.key, 'hex')), 'the key is in no free page either')
  t.equal(entriesOf(file).filter(({ entry }) => entry.includes(subject.subject)).length, 5)
})

t.test('no telephone number of a called person stands in any entry', async t => {
  const file = writtenLedger(t, 1)
  const writer = openWriter(file)
  const entry = { number: someone, list: 'company', source: 'agent', at: noon, note: `call ${someone}` } as const
  writer.apply([
    { kind: 'add-do-not-call', entry },
    {
      kind: 'record-wrap-up',
      wrapUp: { callId: 'c-0', code: 'refused', note: `about ${someone}`, refusal: true, at: noon },
    },
    { kind: 'remove-do-not-call', number: someone },
    { kind: 'add-do-not-call-prefix', entry: { prefix: someone.slice(0, 11), source: 'operator', at: noon } },
    { kind: 'erase-subject', number: someone, at: noon },
  ])
  writer.close()
  const kinds = entriesOf(file).map(({ kind }) => kind)
  t.strictSame(kinds.slice(3), ['opt-out', 'wrap-up', 'opt-in', 'list', 'erasure'])
  for (const { entry } of entriesOf(file)) t.notMatch(entry, /2015550/, entry)
})

const retention: Rule<'retention'> = {
  ...{
    kind: 'retention',
    of: 'records',
    forMs: 5 * 365 * dayMs,
    ruleId: 'US-FTC/records',
    source: 'law',
    date: '2026-11-01',
  },
}
const keeping = {
  ...noRules,
  version: 'v1',
  jurisdictions: [{ jurisdictionId: 'US-FTC', name: 'FTC', places: ['US'], rules: [retention] }],
}

async function pieces(file: string): Promise<readonly LedgerEntry[]> {
  const all: LedgerEntry[] = []
  for (const name of readdirSync(segmentFolder(file)).sort()) {
    for await (const lines of readSegment(join(segmentFolder(file), name)))
      for (const { entry } of lines) if (entry !== undefined) all.push(entry)
  }
  return [...all, ...entriesOf(file)]
}

async function verifyPieces(file: string) {
  const check = createChainCheck()
  for (const entry of await pieces(file)) {
    const problem = check.take(entry)
    if (problem !== undefined) return problem
  }
  return check.finish()
}

async function rotatingStore(t: Test, calls: number): Promise<{ file: string; store: SqliteStore; at: number }> {
  const file = writtenLedger(t, calls)
  const store = await openSqliteStore({ file })
  t.teardown(() => store.close())
  return { file, store, at: Date.now() + dayMs }
}

t.test('old entries move to a segment that continues in the database', async t => {
  const { file, store, at } = await rotatingStore(t, 1_100)
  const before = entriesOf(file)
  t.strictSame(await store.files.rotateLedger({ before: noon - longAgo, at }), { moved: [], dropped: [] })
  const { moved } = await store.files.rotateLedger({ before: at, at })
  t.match(moved, [{ fromSeq: 1, toSeq: before.length - 1, hash: before.at(-2)?.hash }], 'the head stays')
  const left = entriesOf(file)
  t.strictSame(
    left.map(({ kind }) => kind),
    ['anchor', 'outcome', 'rotation'],
  )
  t.equal(verify(file), undefined, 'the database alone')
  t.equal(await verifyPieces(file), undefined, 'with its segment')
  t.strictSame((await pieces(file)).slice(0, before.length - 1), before.slice(0, -1), 'nothing was lost')

  t.match(await store.files.rotateLedger({ before: at + 1, at: at + 1 }), {
    moved: [{ fromSeq: before.length, toSeq: before.length }],
  })
  t.equal(await verifyPieces(file), undefined, 'and again')
  const [first, second] = readdirSync(segmentFolder(file)).sort()
  if (first === undefined || second === undefined) throw new Defect('two segments')
  const path = join(segmentFolder(file), first)
  const lines = gunzipSync(readFileSync(path)).toString('utf8')
  writeFileSync(path, gzipSync(lines.replace('"busy"', '"buzy"')))
  t.match(await verifyPieces(file), { seq: 3, says: /changed/ }, 'a changed segment')
  writeFileSync(path, gzipSync(`${lines.split('\n').slice(0, -9).join('\n')}\n`))
  t.match(await verifyPieces(file), { says: /missing/ }, 'a shortened segment')
})

t.test(
  'a rotation leaves the rules behind: what must be kept is asked of them, and calls that stay are held to them',
  async t => {
    const { store, at } = await rotatingStore(t, 20)
    await store.recordRules({ ...noRules, version: 'v1' }, at)
    const entry = { number: '+12015550199', list: 'company', source: 'operator' as const, at }
    await store.addDoNotCall(entry)
    await store.files.rotateLedger({ before: at + 1, at: at + 1 })
    const left = await store.ledgerEntries(0, 1_000)
    t.same(left.map(({ kind }) => kind).slice(-2), ['rotation', 'rules'])
    t.match(JSON.parse(left.at(-1)?.entry ?? '{}'), { version: 'v1' })
    await t.resolves(store.files.rotateLedger({ before: at + 1, dropBefore: at, at: at + 2 }), 'retention is known')
  },
)

t.test('what a crash has left of a segment that was being written goes, and whole segments stay', async t => {
  const { file, store, at } = await rotatingStore(t, 5)
  await store.files.rotateLedger({ before: at, at })
  const [first] = readdirSync(segmentFolder(file))
  writeFileSync(join(segmentFolder(file), '7.part'), 'half of one')
  await store.files.rotateLedger({ before: at + 1, at: at + 1 })
  const names = readdirSync(segmentFolder(file)).sort()
  t.equal(names.length, 2)
  t.equal(names[0], first)
  t.notOk(names.includes('7.part'))
})

t.test('a rotation that a crash has stopped is finished by the next one', async t => {
  const { file, store, at } = await rotatingStore(t, 1_100)
  const before = entriesOf(file)
  await store.files.rotateLedger({ before: at, at })
  const after = entriesOf(file)
  await store.close()

  // The same database, as it stood when only the segment had been written, and when a part had been deleted.
  const again = `${file}-2.db`
  const writer = openWriter(again)
  writer.close()
  tamper(again, 'DELETE FROM ledger')
  const database = new Database(again)
  const insert = database.prepare('INSERT INTO ledger VALUES (?, ?, ?, ?, ?)')
  for (const { seq, at: when, kind, entry, hash } of before)
    insert.run(seq, when, kind, entry, Buffer.from(hash, 'hex'))
  database.close()
  const half = openWriter(again)
  const said = JSON.parse(after.find(({ kind }) => kind === 'rotation')?.entry ?? '{}')
  const wrong = { ...said, at, hash: 'ab'.repeat(32) }
  t.match(half.apply([{ kind: 'rotate-ledger', rotation: wrong }]), [{ ok: false, code: 'ledger-differs' }])
  t.equal(entriesOf(again).length, before.length, 'a segment that differs deletes nothing')
  t.match(half.apply([{ kind: 'rotate-ledger', rotation: { ...said, at } }]), [{ ok: true, value: 'more' }])
  half.close()
  t.match(entriesOf(again)[0], { kind: 'anchor', seq: 2_001 })
  t.equal(verify(again), undefined, 'a part has left, and the rotation says so')
  const check = createChainCheck()
  const both = [...(await pieces(file)).slice(0, before.length - 1), ...entriesOf(again)]
  t.strictSame(
    both.flatMap(entry => check.take(entry) ?? []),
    [],
  )
  t.equal(check.finish(), undefined, 'entries that stand in both places agree')

  const store2 = await openSqliteStore({ file: again })
  t.teardown(() => store2.close())
  await store2.files.rotateLedger({ before: noon - longAgo, at })
  t.strictSame(
    entriesOf(again).map(({ kind }) => kind),
    ['anchor', 'outcome', 'rotation'],
  )
  t.equal(verify(again), undefined)
})

t.test('segments are thrown away only beyond the longest time that a rule demands, and the ledger says so', async t => {
  const { file, store, at } = await rotatingStore(t, 50)
  const much = at + 6 * 365 * dayMs
  await t.rejects(store.files.rotateLedger({ before: at, dropBefore: 0, at }), {
    code: 'retention',
    message: /names no rules yet/,
  })
  t.equal(await store.recordRules(keeping, at), true)
  t.equal(await store.recordRules(keeping, at), false, 'the same rules are not written again')
  const early = { before: at, dropBefore: at - 4 * 365 * dayMs, at }
  await t.rejects(store.files.rotateLedger(early), { code: 'retention', message: /US-FTC\/records demands 1825 days/ })
  const { moved } = await store.files.rotateLedger({ before: at, dropBefore: at - 6 * 365 * dayMs, at })
  t.equal(moved.length, 1)
  t.equal(readdirSync(segmentFolder(file)).length, 1, 'it is young')
  const { dropped } = await store.files.rotateLedger({ before: at, dropBefore: much - 5 * 365 * dayMs, at: much })
  t.equal(dropped.length, 1)
  t.strictSame(readdirSync(segmentFolder(file)), [])
  t.match(entriesOf(file).at(-1), { kind: 'dropped', at: much })
  t.equal(verify(file), undefined, 'the database goes on from its anchor')
})
