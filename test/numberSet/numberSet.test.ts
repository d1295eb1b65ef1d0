import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createNumberSet } from '../../src/numberSet/builder.ts'
import { headerBytes, indexEntryBytes } from '../../src/numberSet/format.ts'
import { type Group, numbersOf } from '../../src/numberSet/groups.ts'
import { type ChangeCounts, changeSet } from '../../src/numberSet/merge.ts'
import { createPrefixSet } from '../../src/numberSet/prefixes.ts'
import { openNumberSet } from '../../src/numberSet/read.ts'
import { writeNumberSet } from '../../src/numberSet/write.ts'
import { integerDigits } from '../../src/numbers/e164.ts'

/** A small generator of numbers (Park and Miller), so that a failure can be repeated. */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

function groupsOf(numbers: Iterable<number>): Iterable<Group> {
  const set = createNumberSet()
  for (const number of numbers) set.add(number)
  return set.groups()
}

/** Numbers in few blocks (bitmaps), many blocks (arrays), around the borders of both, with repetitions. */
function someNumbers(random: (below: number) => number): number[] {
  const span = [500, 70_000, 3_000_000][random(3)] ?? 500
  const base = [12_015_550_000, 442_079_460_000, 999_999_999_000_000, 65_536 * 200_000][random(4)] ?? 0
  const count = [1, 40, 4_095, 4_096, 4_097, 20_000][random(6)] ?? 1
  const dense = random(2) === 0
  return Array.from({ length: count }, (_, index) => base - 300 + (dense ? index : random(span)))
}

function ascending(numbers: Iterable<number>): number[] {
  return [...new Set(numbers)].sort((one, other) => one - other)
}

/** One group after the other: each is good until the next, and gathering them would hide it if one were not. */
function flat(groups: Iterable<Group>): number[] {
  const numbers: number[] = []
  for (const group of groups) numbers.push(...numbersOf(group))
  return numbers
}

t.test('a number set holds what was put into it, whatever the shape', async t => {
  const folder = t.testdir()
  for (let seed = 1; seed <= 60; seed += 1) {
    const random = createRandom(seed)
    const numbers = [...someNumbers(random), ...someNumbers(random)]
    const truth = new Set(numbers)
    const file = join(folder, `${seed}.numbers`)
    const written = writeNumberSet(file, groupsOf(numbers), ['1900'])
    const set = await openNumberSet(file)
    const found = flat(set.groups())
    const probes = [...truth].flatMap(number => [number - 1, number, number + 1, number + 65_536, number - 65_536])
    const wrong = probes.filter(probe => set.has(probe) !== truth.has(probe))
    t.same({ wrong, prefixes: set.prefixes }, { wrong: [], prefixes: ['1900'] }, `seed ${seed}`)
    t.ok(written.numbers === truth.size && set.numbers === truth.size && found.length === truth.size, `seed ${seed}`)
    t.ok(found.join() === ascending(numbers).join(), `seed ${seed}`)
    await set.verify()
    await set.close()
  }
})

t.test('the same numbers in another order are the same content', async t => {
  const folder = t.testdir()
  const numbers = someNumbers(createRandom(5))
  const one = writeNumberSet(join(folder, 'one'), groupsOf(numbers), [])
  const other = writeNumberSet(join(folder, 'other'), groupsOf([...numbers].reverse()), [])
  const more = writeNumberSet(join(folder, 'more'), groupsOf([...numbers, 7]), [])
  t.ok(Buffer.from(one.contentSum).equals(other.contentSum))
  t.notOk(Buffer.from(one.contentSum).equals(more.contentSum))
})

t.test('a change gives the base with the additions and without the removals, counted', async t => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const random = createRandom(seed * 31)
    const base = someNumbers(random)
    const add = [...someNumbers(random), ...base.filter(() => random(10) === 0)]
    const remove = [...base.filter(() => random(3) === 0), ...add.filter(() => random(5) === 0), ...someNumbers(random)]
    const counts: ChangeCounts = { added: 0, removed: 0, kept: 0 }
    const parts = { base: groupsOf(base), add: groupsOf(add), remove: groupsOf(remove) }
    const result = flat(changeSet(parts, counts))
    const [had, plus, minus] = [new Set(base), new Set(add), new Set(remove)]
    const expected = ascending([...had, ...plus]).filter(number => plus.has(number) || !minus.has(number))
    t.ok(result.join() === expected.join(), `seed ${seed}`)
    const now = new Set(expected)
    t.same(
      counts,
      {
        added: expected.filter(number => !had.has(number)).length,
        removed: [...had].filter(number => !now.has(number)).length,
        kept: [...plus].filter(number => minus.has(number)).length,
      },
      `seed ${seed}`,
    )
  }
  t.same(flat(changeSet({ base: [], add: [], remove: groupsOf([5]) }, { added: 0, removed: 0, kept: 0 })), [])
})

t.test('numbers that are no list fill no memory', async t => {
  const set = createNumberSet({ groupsMax: 3 })
  for (const key of [1, 2, 3, 2, 1]) set.add(key * 65_536 + 9)
  t.throws(() => set.add(4 * 65_536), { code: 'too-scattered' })
})

t.test('a file that is cut off, altered or of another kind is told at once, or by reading it whole', async t => {
  const folder = t.testdir()
  const file = join(folder, 'x.numbers')
  const numbers = Array.from({ length: 10_000 }, (_, index) => 12_015_550_000 + index * 3)
  writeNumberSet(file, groupsOf(numbers), [])
  const whole = readFileSync(file)
  const flipped = (at: number) => {
    const bytes = Buffer.from(whole)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    return bytes
  }
  const indexAt = whole.readDoubleLE(24)
  const broken: readonly (readonly [what: string, bytes: Uint8Array])[] = [
    ['no byte', new Uint8Array()],
    ['half a header', whole.subarray(0, 50)],
    [
      'a header of zeros, as a crash leaves it',
      Buffer.concat([Buffer.alloc(headerBytes), whole.subarray(headerBytes)]),
    ],
    ['a byte less', whole.subarray(0, -1)],
    ['a byte more', Buffer.concat([whole, Buffer.alloc(1)])],
    ['another index', flipped(indexAt + indexEntryBytes)],
    ['another count', flipped(16)],
    ['SQLite', Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(4_096)])],
  ]
  for (const [what, bytes] of broken) {
    writeFileSync(file, bytes)
    await t.rejects(openNumberSet(file), { code: 'list-damaged' }, what)
  }
  const newer = Buffer.from(whole)
  newer.writeUInt32LE(2, 8)
  writeFileSync(file, newer)
  await t.rejects(openNumberSet(file), { code: 'list-newer' })

  writeFileSync(file, flipped(headerBytes + 100))
  const altered = await openNumberSet(file)
  await t.rejects(altered.verify(), { code: 'list-damaged', message: /checksum/ })
  truncateSync(file, headerBytes)
  t.throws(() => altered.has(12_015_550_000), { code: 'list-damaged' }, 'shortened under our hands')
  await altered.close()
  t.throws(() => writeNumberSet(file, [], []), /EEXIST/, 'nothing is overwritten')
})

t.test('a prefix matches beginnings of numbers, the longest first', async t => {
  const set = createPrefixSet(['1', '1900', '4420', 49])
  t.same([19_005_550_100, 12_015_550_100, 442_079_460_123, 447_700_900_123, 4_930_123_456].map(set.match), [
    1900,
    1,
    4420,
    undefined,
    49,
  ])
  t.equal(createPrefixSet([]).match(12_015_550_100), undefined)
  t.same([0, 9, 10, 999_999_999_999_999].map(integerDigits), [1, 1, 2, 15])
})
