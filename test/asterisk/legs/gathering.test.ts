// Those who can wait a moment go together.
import t from 'tap'
import { createGathering } from '../../../src/asterisk/legs/gathering.ts'
import { createManualClock } from '../support/manualClock.ts'

const settle = () => new Promise(resolve => setImmediate(resolve))

t.test('all go with the one who may wait the shortest, and nobody waits longer than they may', async t => {
  const clock = createManualClock(0)
  const gathering = createGathering(clock)
  const gone: string[] = []
  const wait = (name: string, maxMs: number) => gathering.turn(maxMs).then(() => gone.push(`${name} ${clock.now()}`))
  void wait('patient', 50)
  clock.advance(5)
  void wait('hasty', 10)
  void wait('late', 20)
  clock.advance(9)
  await settle()
  t.strictSame(gone, [])
  clock.advance(1)
  await settle()
  t.strictSame(gone.splice(0), ['patient 15', 'hasty 15', 'late 15'])
  t.equal(clock.waiting, 0)
  void wait('alone', 10)
  clock.advance(10)
  await settle()
  t.strictSame(gone.splice(0), ['alone 25'], 'the next turn is one of its own')
  t.equal(clock.waiting, 0)
})
