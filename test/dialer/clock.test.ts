import t, { type Test } from 'tap'
import { minuteMs } from '../../src/core/time.ts'
import { createSystemClock } from '../../src/dialer/clock.ts'

const noon = Date.UTC(2026, 0, 5, 12)
const hourMs = 60 * minuteMs

/** The two clocks of a machine in the test's hands: time passes on both, and somebody sets the one that can be set. */
function createMachine(t: Test) {
  let steady = 5_000
  let setBy = 0
  const clock = createSystemClock({ wall: () => noon + steady - 5_000 + setBy, steady: () => steady })
  const told: (number | string)[] = []
  clock.calendar.onChange(({ steppedByMs }) => told.push(steppedByMs ?? clock.calendar.trouble()?.code ?? 'well'))
  t.teardown(() => told.splice(0))
  return {
    clock,
    told,
    /** In steps of a second, as a daemon that is at work looks at its clock. */
    pass(ms: number): void {
      for (const until = steady + ms; steady < until; ) {
        steady = Math.min(until, steady + 1_000)
        clock.look()
      }
    },
    set(byMs: number): void {
      setBy += byMs
      clock.look()
    },
    /** Both against what has truly passed since noon. */
    off: () => {
      const passed = noon + steady - 5_000
      return { now: clock.now() - passed, date: clock.calendar.now() - passed }
    },
  }
}

t.test('a clock that nobody sets keeps time, and a little that it is set is followed', async t => {
  const { pass, set, off, told } = createMachine(t)
  pass(3 * minuteMs)
  t.same(off(), { now: 0, date: 0 })
  set(200)
  t.same(off(), { now: 0, date: 200 }, 'too little to move deadlines for')
  set(40_000)
  t.same(off(), { now: 40_200, date: 40_200 })
  set(-30_000)
  t.same(off(), { now: 40_200, date: 10_200 }, 'the running time never goes back')
  t.same(told, [])
})

for (const byMs of [minuteMs + 1, 3 * hourMs, 400 * 24 * hourMs, -minuteMs - 1, -3 * hourMs]) {
  t.test(`a jump of ${byMs} ms that goes back within a minute was nothing`, async t => {
    const { pass, set, off, told, clock } = createMachine(t)
    pass(5 * minuteMs)
    set(byMs)
    t.match(clock.calendar.trouble(), { code: 'clock-jumped', isDoubtful: true })
    pass(minuteMs - 1)
    t.same(off(), { now: 0, date: 0 }, 'meanwhile nothing moves')
    set(-byMs)
    t.same(told, ['clock-jumped', 'well'])
    pass(5 * minuteMs)
    t.same(off(), { now: 0, date: 0 })
  })
}

t.test('a jump forward that holds is the date after a minute, and the running time when nobody is called', async t => {
  const { pass, set, off, told, clock } = createMachine(t)
  let mayStep = false
  clock.mayStep(() => mayStep)
  set(3 * hourMs)
  pass(minuteMs)
  t.same(off(), { now: 0, date: 3 * hourMs }, 'a deadline of a call must not come three hours early')
  t.match(clock.calendar.trouble(), {
    code: 'clock-ahead',
    isDoubtful: false,
    says: /behind it until nobody is being called/,
  })
  mayStep = true
  pass(1_000)
  t.same(off(), { now: 3 * hourMs, date: 3 * hourMs })
  t.same(told, ['clock-jumped', 3 * hourMs, 'well'])
})

t.test('a jump back that holds is the date after a minute; the running time stays ahead, and that is said', async t => {
  const { pass, set, off, told, clock } = createMachine(t)
  set(-3 * hourMs)
  pass(minuteMs)
  t.same(off(), { now: 0, date: -3 * hourMs })
  t.match(clock.calendar.trouble(), { isDoubtful: false, says: /180 min ahead of it until the daemon is started anew/ })
  pass(hourMs)
  t.same(told, ['clock-jumped', -3 * hourMs], 'it is told once')
})

t.test('a false time that was believed does not stay when the clock is put right', async t => {
  const { pass, set, off, told } = createMachine(t)
  set(12 * hourMs)
  pass(10 * minuteMs)
  t.equal(off().date, 12 * hourMs)
  set(-12 * hourMs)
  pass(minuteMs)
  t.equal(off().date, 0, 'hours are judged by the right one again')
  t.same(told, ['clock-jumped', 12 * hourMs, 'clock-jumped', -12 * hourMs])
})

t.test('a clock that creeps away in steps below a minute, or that jumps again and again, is not followed', async t => {
  const creeping = createMachine(t)
  for (let step = 0; step < 10; step += 1) {
    creeping.set(50_000)
    creeping.pass(1_000)
  }
  t.ok(creeping.off().date <= minuteMs)
  const jumping = createMachine(t)
  for (let step = 0; step < 10; step += 1) {
    jumping.set(2 * minuteMs)
    jumping.pass(50_000)
  }
  t.same(jumping.off(), { now: 0, date: 0 })
})

t.test(
  'once released, what still waits keeps no process from its end, and comes all the same while there is one',
  async t => {
    const clock = createSystemClock()
    const waiting = () => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
    const before = waiting()
    const cancels = [clock.wakeAt(clock.now() + hourMs, () => {}), clock.wakeAt(clock.now() + hourMs, () => {})]
    t.equal(waiting(), before + 2)
    cancels[0]?.()
    clock.release()
    cancels.push(clock.wakeAt(clock.now() + hourMs, () => {}))
    t.equal(waiting(), before)
    for (const cancel of cancels) cancel()
    const held = setInterval(() => {}, hourMs)
    await new Promise<void>(resolve => void clock.wakeAt(clock.now() + 1, resolve))
    clearInterval(held)
  },
)
