import t from 'tap'
import { lightOfCall } from '../../src/core/calls/lineFigures.ts'
import { addLook, figuresOf, newCallLine } from '../../src/web/phone/meter.ts'
import type { LineCounts } from '../../src/web/phone/quality.ts'

const nothing: LineCounts = {
  ...{ received: 0, lost: 0, jitterMs: 0, roundTripMs: undefined, heard: 0, said: 0, path: undefined },
}

/** A call whose looks came one second apart; each adds 50 packets. */
function called(looks: readonly Partial<LineCounts>[]) {
  const line = newCallLine('c1')
  let before = nothing
  for (const [index, look] of looks.entries()) {
    const now = { ...nothing, received: 50 * (index + 1), ...look }
    addLook(line, before, now)
    before = now
  }
  return figuresOf(line, 1_000)
}

t.test('a call is summed up: what half the time, nearly all of it and never was exceeded', async t => {
  const looks = Array.from({ length: 20 }, (_, index) => ({ jitterMs: index + 1, heard: 0.5, said: 0.25 }))
  t.same(called(looks), {
    ...{ seconds: 20, packets: 1000, lossRate: 0, heard: 0.5, said: 0.25 },
    jitterMs: { p50: 10, p95: 19, max: 20 },
  })
  t.match(called([{ roundTripMs: 40 }, { roundTripMs: 20 }]), { roundTripMs: { p50: 20, p95: 40, max: 40 } })
  t.match(
    called([
      { received: 40, lost: 10 },
      { received: 90, lost: 10 },
    ]),
    { packets: 90, lossRate: 0.1 },
  )
  t.equal(called([]), undefined, 'too short to see anything')
})

t.test('packets that came late after all are no longer lost, and a new connection begins anew', async t => {
  t.match(called([{ lost: 10 }, { lost: 4 }]), { packets: 100, lossRate: 0.0909 })
  t.match(called([{ received: 500 }, { received: 10 }]), { packets: 500 })
})

t.test('a call sounded as it did for a twentieth of its time', async t => {
  const line = called([{}])
  if (line === undefined) throw new RangeError('one look is enough')
  t.equal(lightOfCall(line), 'good')
  t.equal(lightOfCall({ ...line, jitterMs: { p50: 1, p95: 51, max: 51 } }), 'poor')
  t.equal(lightOfCall({ ...line, roundTripMs: { p50: 1, p95: 301, max: 900 } }), 'fair')
  t.equal(lightOfCall({ ...line, packets: 0 }), 'silent')
})
