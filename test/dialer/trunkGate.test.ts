import fc from 'fast-check'
import t from 'tap'
import { createTrunk, nextTokenAt, refillTokens, type TrunkSettings } from '../../src/core/dialing/trunk.ts'
import { createTrunkGate } from '../../src/dialer/trunkGate.ts'
import { createVirtualClock } from '../../src/sim/world/scheduler.ts'

const settings = (callsPerSecondMax: number): TrunkSettings => ({
  ...{ trunkId: 'm', nodeId: 'p', dialString: '', stripPlus: false, channelsMax: 9, callsPerSecondMax },
})

/** The most of these instants within any second, both its ends included. */
function worstSecond(instants: readonly number[]): number {
  let worst = 0
  let first = 0
  for (const [index, at] of instants.entries()) {
    while ((instants[first] ?? at) < at - 1_000) first += 1
    worst = Math.max(worst, index - first + 1)
  }
  return worst
}

const permitted = (callsPerSecondMax: number) => Math.max(1, Math.floor(callsPerSecondMax))
const anyLimit = fc.oneof(fc.integer({ min: 1, max: 50 }), fc.double({ min: 0.2, max: 60, noNaN: true }))

t.test('no second ever sees more originates than its trunk permits, whenever the engine looks', async t => {
  const whole = Array.from({ length: 50 }, (_, index): [number, number[]] => [index + 1, [1]])
  fc.assert(fc.property(anyLimit, fc.array(fc.integer({ min: 0, max: 1_500 }), { minLength: 1 }), sees), {
    numRuns: 300,
    examples: whole,
  })
  t.pass('held')

  function sees(limit: number, waits: number[]): void {
    const trunk = createTrunk(settings(limit), 0)
    const left: number[] = []
    for (let now = 0, turn = 0; left.length < 5 * permitted(limit) + 5; turn += 1) {
      refillTokens(trunk, now)
      for (; trunk.tokens >= 1; trunk.tokens -= 1) left.push(now)
      const lateMs = waits[turn % waits.length] ?? 0
      now = turn % 3 === 0 ? now + lateMs : Math.max(now, nextTokenAt(trunk))
    }
    const worst = worstSecond(left)
    if (worst > permitted(limit)) throw new TypeError(`${worst} in a second at ${limit}`)
  }
})

t.test('nor does the carrier, whatever order and PBX take their time, and the clock jumps forward', async t => {
  await fc.assert(
    fc.asyncProperty(
      anyLimit,
      fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 20 }),
      fc.array(fc.integer({ min: 0, max: 2_500 }), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 0, max: 20_000 }),
      async (limit, askedApartMs, pbxTakesMs, jumpMs) => {
        const real = createVirtualClock(0)
        let ahead = 0
        // Who waits is woken after the time that has really passed, as by the system's timers.
        const clock = {
          now: () => real.now() + ahead,
          wakeAt: (at: number, wake: () => void) => real.wakeAt(Math.max(real.now(), at - ahead), wake),
        }
        const pass = createTrunkGate({ clock, state: { trunks: new Map([['m', createTrunk(settings(limit), 0)]]) } })
        const arrived: number[] = []
        const dial = async (turn: number) => {
          const left = await pass('m')
          // A PBX sends the INVITE at some time before it answers, and a stalled one many at once.
          const tookMs = pbxTakesMs[turn % pbxTakesMs.length] ?? 0
          await new Promise<void>(resolve => real.wakeAt(Math.ceil((real.now() + tookMs) / 700) * 700, resolve))
          arrived.push(real.now())
          left()
        }
        let at = 0
        for (let turn = 0; turn < 3 * permitted(limit) + 5; turn += 1) {
          real.wakeAt(at, () => void dial(turn))
          at += askedApartMs[turn % askedApartMs.length] ?? 0
        }
        real.wakeAt(1_300, () => {
          ahead += jumpMs
        })
        await real.runUntil(600_000)
        const worst = worstSecond(arrived)
        if (arrived.length < 3 * permitted(limit) + 5) throw new TypeError(`${arrived.length} left at ${limit}`)
        if (worst > permitted(limit)) throw new TypeError(`${worst} in a second at ${limit}`)
      },
    ),
    { numRuns: 100 },
  )
  t.pass('held')
})
