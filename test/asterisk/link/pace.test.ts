import t from 'tap'
import type { AriOperations } from '../../../src/asterisk/ari/operations.ts'
import type { NodeContext } from '../../../src/asterisk/context.ts'
import { telephonyError } from '../../../src/asterisk/errors.ts'
import { Pace } from '../../../src/asterisk/link/pace.ts'
import type { TelephonyEvent } from '../../../src/core/inputs.ts'
import { createManualClock } from '../support/manualClock.ts'

/** A PBX that takes so long to answer; `fails`: and then with an error. */
function pbx() {
  const clock = createManualClock()
  const told: string[] = []
  const how = { answerMs: 5, fails: false, asked: 0 }
  const start = clock.now()
  const ping = () => {
    how.asked += 1
    return new Promise<number>((resolve, reject) =>
      clock.wakeAt(clock.now() + how.answerMs, () =>
        how.fails ? reject(telephonyError('timeout', 'late')) : resolve(0),
      ),
    )
  }
  const pace = new Pace({
    nodeId: 'n',
    clock,
    ari: () => ({ ping }) as unknown as AriOperations,
    emit: (event: TelephonyEvent) =>
      event.kind === 'node-pace' && told.push(`${event.answerMs} at ${event.at - start}`),
  } as unknown as NodeContext)
  const pass = async (durationMs: number) => {
    for (let passed = 0; passed < durationMs; passed += 5) {
      clock.advance(5)
      await new Promise(resolve => setImmediate(resolve))
    }
  }
  return { pace, pass, told, how }
}

t.test('a quick PBX is no news, and is asked twice a second', async t => {
  const { pace, pass, told, how } = pbx()
  pace.start()
  await pass(10_000)
  t.strictSame(told, [])
  t.ok(how.asked >= 18 && how.asked <= 20, `${how.asked} questions in 10 s`)
  t.equal(pace.expectedMs(), 5)
  pace.stop()
})

t.test('it is slow before it has answered, and quick again with its first quick answer', async t => {
  for (const fails of [false, true]) {
    const { pace, pass, told, how } = pbx()
    how.answerMs = 1_250
    how.fails = fails
    pace.start()
    await pass(700)
    t.strictSame(told, ['150 at 200', '300 at 300', '600 at 600'], 'told while the question is open')
    t.equal(pace.expectedMs(), 700)
    await pass(600)
    t.equal(told.at(-1), '1200 at 1200')
    how.answerMs = 5
    await pass(1_000)
    t.match(told.at(-1), /^0 at/)
    t.equal(pace.expectedMs(), 1_250, 'joins remember the slow one for a while')
    pace.stop()
    t.equal(pace.expectedMs(), 0)
  }
})

t.test('after a stop nothing is told or asked any more', async t => {
  const { pace, pass, told, how } = pbx()
  how.answerMs = 900
  pace.start()
  await pass(400)
  pace.stop()
  const before = [told.length, how.asked]
  await pass(3_000)
  t.strictSame([told.length, how.asked], before)
})
