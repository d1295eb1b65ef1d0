import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { createChainCheck } from '../../src/store/ledger/verify.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { assertSame } from './model/compare.ts'
import { event } from './model/events.ts'
import { entriesBehind } from './model/reads.ts'
import { memorySide, type Side, sqliteSide } from './model/side.ts'

const runs = 40
const censusEvery = 20

t.test('the SQLite store means what the model says, whatever happens', { timeout: 180_000 }, async t => {
  const sqlite = await openSqliteStore({ file: join(t.testdir(), 'same.db') })
  t.teardown(() => sqlite.close())
  const [one, other] = [sqliteSide(sqlite), memorySide()]
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 25, maxLength: 60 }), async events => {
      run += 1
      await assertSame(one, other, { run, events, census: run % censusEvery === 0 })
    }),
    { numRuns: runs, endOnFailure: true },
  )
  t.ok(run >= runs)
  await verify(t, one)
  await verify(t, other)
})

async function verify(t: Test, { store }: Side): Promise<void> {
  const check = createChainCheck()
  for (const entry of await entriesBehind(store, 0)) {
    const problem = check.take(entry)
    if (problem !== undefined) t.fail('the ledger does not verify', { problem })
  }
  t.equal(check.finish(), undefined)
}
