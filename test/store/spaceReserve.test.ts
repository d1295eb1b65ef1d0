import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createSpaceReserve, reserveBytes, reserveMinBytes } from '../../src/store/sqlite/keeping/spaceReserve.ts'

t.test('a reserve is taken once, given up once, and taken again', async t => {
  const file = join(t.testdir(), 'x.db')
  const path = `${file}-reserve`
  const reserve = createSpaceReserve(file, reserveMinBytes)
  t.equal(reserve.wanted, true)
  t.equal(reserve.heldBytes(), 0)
  t.equal(reserve.giveUp(), false, 'there is nothing to give')
  t.same(await Promise.all([reserve.take(), reserve.take()]), [true, true])
  t.equal(statSync(path).size, reserveMinBytes)
  t.equal(reserve.heldBytes(), reserveMinBytes)
  writeFileSync(path, 'touched')
  t.equal(await reserve.take(), true)
  t.equal(readFileSync(path, 'utf8'), 'touched', 'what is held is not taken again')
  t.equal(reserve.giveUp(), true)
  t.equal(reserve.heldBytes(), 0)
  t.equal(readFileSync(path, 'utf8'), `${reserveMinBytes}`, 'how much it was is for the next run')
  t.equal(reserve.giveUp(), false)
  t.equal(await reserve.take(), true)
  t.equal(statSync(path).size, reserveMinBytes)
})

t.test('none is none, and one that would carry nothing is none either', async t => {
  for (const maxBytes of [0, reserveMinBytes - 1]) {
    const file = join(t.testdir(), 'x.db')
    const reserve = createSpaceReserve(file, maxBytes)
    t.equal(reserve.wanted, maxBytes > 0)
    t.equal(await reserve.take(), false, `${maxBytes}`)
    t.equal(reserve.heldBytes(), 0)
    t.notOk(existsSync(`${file}-reserve`))
  }
})

t.test('what an earlier run has left is taken over: held, given up, or nothing that makes sense', async t => {
  const left = (content: string | Buffer | undefined, maxBytes = 2 * reserveMinBytes) => {
    const file = join(t.testdir(), 'x.db')
    if (content !== undefined) writeFileSync(`${file}-reserve`, content)
    return createSpaceReserve(file, maxBytes)
  }
  t.equal(left(undefined).heldBytes(), 0)
  t.equal(left('').heldBytes(), 0)
  t.equal(left(Buffer.alloc(reserveMinBytes)).heldBytes(), reserveMinBytes)
  t.equal(left(Buffer.alloc(reserveMinBytes - 1)).heldBytes(), 0)
  t.equal(left(Buffer.alloc(reserveMinBytes), 0).heldBytes(), 0, 'where none is wanted')
  const again = left(`${reserveMinBytes}`)
  t.equal(again.heldBytes(), 0)
  t.equal(await again.take(), true)
  t.equal(again.heldBytes(), reserveMinBytes, 'as much as was given up')
  for (const odd of [`${reserveMinBytes - 1}`, 'no number']) {
    const reserve = left(odd)
    t.equal(await reserve.take(), true)
    t.equal(reserve.heldBytes(), 2 * reserveMinBytes, 'as much as is wanted')
  }
})

t.test(
  'a reserve takes a quarter of what is free, and what it gave up only where twice as much has come free',
  async t => {
    const megabyte = reserveMinBytes
    const quarter = megabyte / 4
    for (const [free, maxBytes, given, takes] of [
      [100 * megabyte, 2 * megabyte, undefined, 2 * megabyte],
      [8 * megabyte, 2 * megabyte, undefined, 2 * megabyte],
      [8 * megabyte - 1, 2 * megabyte, undefined, 2 * megabyte - quarter],
      [4 * megabyte, 2 * megabyte, undefined, megabyte],
      [4 * megabyte - 1, 2 * megabyte, undefined, 0],
      [100 * megabyte, megabyte - 1, undefined, 0],
      [4 * megabyte, 9 * megabyte, 2 * megabyte, 2 * megabyte],
      [4 * megabyte - 1, 9 * megabyte, 2 * megabyte, 0],
      [2 * megabyte, megabyte, megabyte, megabyte],
      [2 * megabyte - 1, megabyte, megabyte, 0],
    ] as const)
      t.equal(reserveBytes(free, { maxBytes, given }), takes, `${free} free, at most ${maxBytes}, ${given} given up`)
  },
)
