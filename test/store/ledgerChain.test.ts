// What a chain of entries says of itself, without a database.
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { InputError } from '../../src/errors.ts'
import type { LedgerEntry } from '../../src/ports/ledger.ts'
import { nextEntry } from '../../src/store/ledger/chain.ts'
import { lineOf, readSegment, segmentName, segmentSpan } from '../../src/store/ledger/segments.ts'
import { headProblem, tailProblem } from '../../src/store/ledger/tail.ts'
import { createChainCheck } from '../../src/store/ledger/verify.ts'

const noon = Date.UTC(2026, 5, 17, 16, 0)

/** A chain from its genesis; entry `seq` stands at `seq - 1`. */
function chain(length: number): LedgerEntry[] {
  const entries: LedgerEntry[] = []
  for (let seq = 1; seq <= length; seq += 1) {
    const kind = seq === 1 ? 'genesis' : 'opt-out'
    entries.push(nextEntry(entries.at(-1), { at: noon + seq, kind, entry: `{"n":${seq}}` }))
  }
  return entries
}

/** What stands for all entries up to this one when they were moved out. */
function anchorOf({ seq, at, hash }: LedgerEntry): LedgerEntry {
  return { seq, at, kind: 'anchor', entry: '{}', hash }
}

function entry(entries: readonly LedgerEntry[], seq: number): LedgerEntry {
  const found = entries[seq - 1]
  if (found === undefined) throw new TypeError(`no entry ${seq}`)
  return found
}

type Options = Parameters<typeof createChainCheck>[0]

/** The first problem, as text. */
function check(entries: readonly LedgerEntry[], options?: Options): string | undefined {
  const chainCheck = createChainCheck(options)
  for (const one of entries) {
    const problem = chainCheck.take(one)
    if (problem !== undefined) return `${problem.seq}: ${problem.says}`
  }
  const problem = chainCheck.finish()
  return problem && `${problem.seq}: ${problem.says}`
}

const seven = chain(7)
const [anchor3, anchor4, anchor5] = [3, 4, 5].map(seq => anchorOf(entry(seven, seq)))
if (!anchor3 || !anchor4 || !anchor5) throw new TypeError('three anchors')

t.test('a gap between two pieces is named to the entry', async t => {
  const three = seven.slice(0, 3)
  t.equal(check([...three, anchor3, ...seven.slice(3)]), undefined, 'they meet')
  t.equal(check([...three, anchor4, ...seven.slice(4)]), '4: entry 4 is missing')
  t.equal(check([...three, anchor5, ...seven.slice(5)]), '5: entries 4 to 5 are missing')
  t.equal(check([...seven.slice(0, 2), ...seven.slice(3)]), '4: entry 3 is missing')
  t.equal(check([...seven.slice(0, 2), ...seven.slice(5)]), '6: entries 3 to 5 are missing')
  t.equal(check(seven.slice(1)), '2: entry 1 is missing')
  t.match(check([...three, entry(seven, 3)]), /^3: it comes after entry 3/)
  const changed = { ...anchor3, hash: 'ab'.repeat(32) }
  t.match(check([...three, changed, ...seven.slice(3)]), /^3: its hash is not that of the piece before/)
})

t.test('a piece begins at an anchor where somebody vouches for it, or a piece is all that is wanted', async t => {
  const piece = [anchor3, ...seven.slice(3)]
  t.equal(check(piece), '3: entries up to it were removed, and no rotation says so')
  t.equal(check(piece, { partial: true }), undefined)
  const vouching = (fromSeq: number, toSeq: number, hash = anchor3.hash) => {
    const said = JSON.stringify({ fromSeq, toSeq, hash })
    return [...piece, nextEntry(piece.at(-1), { at: noon, kind: 'rotation', entry: said })]
  }
  for (const [what, entries, stands] of [
    ['to the anchor', vouching(1, 3), true],
    ['to the anchor, by another hash', vouching(1, 3, 'ab'.repeat(32)), false],
    ['beyond the anchor: it was broken off', vouching(1, 4, 'of entry 4'), true],
    ['from the anchor', vouching(3, 3), true],
    ['behind the anchor', vouching(4, 6), false],
    ['before the anchor', vouching(1, 2), false],
  ] as const)
    t.equal(check(entries) === undefined, stands, `a rotation ${what}`)
})

t.test('a head that was kept elsewhere must be reached, in this piece or in another', async t => {
  const heads = (seq: number, hash = entry(seven, seq).hash) => [{ seq, hash }]
  t.equal(check(seven, { heads: heads(7) }), undefined)
  t.match(check(seven.slice(0, 6), { heads: heads(7) }), /^7: cut off before entry 7/)
  t.match(check(seven, { heads: heads(4, 'ab'.repeat(32)) }), /^4: it has another hash/)
  const two = [...heads(7), ...heads(6)]
  t.match(check(seven.slice(0, 5), { heads: two }), /^6: cut off before entry 6/, 'the first of them is named')
  const piece = [anchor4, ...seven.slice(4)]
  t.match(check(piece, { heads: heads(3) }), /^3: it stands in a segment/)
  t.equal(check(piece, { heads: heads(3), partial: true }), undefined)
  t.equal(check(piece, { heads: heads(4), partial: true }), undefined, 'an anchor has the hash of what it stands for')
})

t.test('the newest entries follow each other, and an anchor stands for those before it', async t => {
  const tail = seven.slice(3)
  t.equal(tailProblem([]), undefined)
  t.equal(tailProblem(seven.slice(6)), undefined, 'one alone is taken as it is')
  t.equal(tailProblem(tail), undefined)
  t.equal(tailProblem([anchor4, ...seven.slice(4)]), undefined)
  t.equal(tailProblem([entry(seven, 4), anchor5, ...seven.slice(5)]), undefined, 'moved out between two looks')
  const gap = [entry(seven, 4), entry(seven, 6)]
  t.equal(tailProblem(gap), 'between entries 4 and 6 others are missing')
  const twice = [entry(seven, 4), entry(seven, 4)]
  t.equal(tailProblem(twice), 'between entries 4 and 4 others are missing')
  const rewritten = [entry(seven, 4), { ...entry(seven, 5), entry: '{"n":8}' }, entry(seven, 6)]
  t.equal(tailProblem(rewritten), 'entry 5 does not follow from the one before it')
})

t.test('the head of the last look is there, unchanged, or was moved out', async t => {
  const [six, last] = [entry(seven, 6), entry(seven, 7)]
  const seen = { seq: 6, hash: six.hash }
  t.equal(headProblem(seen, { head: six, same: six }), undefined, 'nothing new')
  t.equal(headProblem(seen, { head: last, same: six }), undefined)
  t.equal(headProblem(seen, { head: last, same: undefined }), undefined, 'moved out')
  t.equal(headProblem(seen, { head: last, same: last }), undefined, 'what is asked for gives a later one')
  t.equal(headProblem(seen, { head: entry(seven, 5), same: undefined }), 'entry 6 was the newest and is gone')
  const other = { ...six, hash: 'ab'.repeat(32) }
  t.equal(headProblem(seen, { head: other, same: other }), 'entry 6 was rewritten')
})

async function read(file: string, told: (bytes: number) => void) {
  const lines = []
  for await (const batch of readSegment(file, told)) lines.push(...batch)
  return lines
}

t.test('whoever reads a segment hears of every byte of its file, packed or not, and of each line', async t => {
  const folder = t.testdir()
  const text = `${[...seven.map(lineOf), 'no entry'].join('\n')}\n`
  for (const [name, content] of [
    ['export.jsonl', text],
    [segmentName(1, 7), gzipSync(text)],
  ] as const) {
    const file = join(folder, name)
    writeFileSync(file, content)
    let bytes = 0
    const lines = await read(file, more => {
      bytes += more
    })
    t.equal(bytes, statSync(file).size, name)
    t.same(lines, [...seven.map((one, index) => ({ line: index + 1, entry: one })), { line: 8 }])
  }
})

t.test('what cannot be read says how far it was read', async t => {
  const folder = t.testdir()
  const nothing = () => {}
  const gone = join(folder, 'gone.jsonl')
  await t.rejects(read(gone, nothing), new InputError('file-unreadable', `there is no file ${gone}`))
  const cut = join(folder, segmentName(1, 7))
  writeFileSync(cut, gzipSync(`${seven.map(lineOf).join('\n')}\n`).subarray(0, -12))
  await t.rejects(read(cut, nothing), { code: 'file-unreadable', message: /it is damaged or cut off/ })
  const many = Array.from({ length: 100 }, () => seven.map(lineOf)).flat()
  writeFileSync(cut, gzipSync(`${many.join('\n')}\n`).subarray(0, -12))
  const whole: unknown[] = []
  await t.rejects(async () => {
    for await (const batch of readSegment(cut)) whole.push(...batch)
  })
  t.ok(whole.length > 100, `what stands before the damage is told, ${whole.length} lines`)
  writeFileSync(cut, 'not packed')
  await t.rejects(read(cut, nothing), { code: 'file-unreadable', message: /damaged or cut off$/ })
  await t.rejects(read(folder, nothing), { code: 'file-unreadable', message: /it cannot be read \(EISDIR\)$/ })
})

t.test("a segment's name tells which entries it has, and nothing else is one", async t => {
  t.same(segmentSpan(segmentName(1, 2_000)), { fromSeq: 1, toSeq: 2_000 })
  t.ok(segmentName(9, 10) < segmentName(11, 100))
  for (const name of ['7.part', 'ledger-1-2.jsonl.gz', `${segmentName(1, 2)}.part`, `x${segmentName(1, 2)}`])
    t.equal(segmentSpan(name), undefined, name)
})
