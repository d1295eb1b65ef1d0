import t from 'tap'
import type { DecisionRecord, PacingSettings } from '../../../src/core/pacing/pacer.ts'
import { recompute, recordingPacers } from '../../../src/core/pacing/record.ts'
import { createRandom } from '../../../src/sim/world/random.ts'
import { snapshotAt } from '../../support/pacing.ts'

const settings: PacingSettings = {
  ...{ mode: 'predictive', ratio: 2, abandonmentTarget: 0.027, abandonmentRateMax: 0.03, dialLevelMax: 20 },
  abandonmentWindows: [{ name: 'hour', lengthMs: 3_600_000 }, { name: 'life' }],
}
const limits = { channels: 1e6, callsPerSecond: 1e6, leads: 1e6 }

t.test('every recorded decision is worked out again from its record, to the last digit', async test => {
  const pacer = recordingPacers()(settings)
  const { uniform } = createRandom(7)
  const records = new Set<DecisionRecord>()
  for (let n = 0; n < 3_000; n += 1) {
    const now = 1_700_000_000_000 + n * 1_500
    const answered = uniform() < 0.3
    if (answered) {
      pacer.observe({ kind: 'answered', afterMs: 4_000 + uniform() * 12_000 }, now)
      pacer.observe({ kind: 'settled', abandoned: uniform() < 0.02 }, now)
      pacer.observe({ kind: 'talk-ended', talkMs: uniform() * 200_000 }, now)
      pacer.observe({ kind: 'wrap-up-ended', wrapUpMs: uniform() * 40_000 }, now)
    } else pacer.observe({ kind: 'not-answered', afterMs: 25_000, carrierFault: false }, now)
    const agents = Array.from({ length: 12 }, () => ({
      state: uniform() < 0.8 ? ('on-call' as const) : ('wrap-up' as const),
      ...{ elapsedMs: uniform() * 120_000, leaving: false },
    }))
    const calls = Array.from({ length: Math.floor(uniform() * 8) }, (_, index) => ({
      ...{ callId: String(index), state: 'ringing' as const, elapsedMs: uniform() * 20_000 },
    }))
    pacer.decide(snapshotAt({ agents, calls, limits }, now), now)
    const record = pacer.lastRecord?.()
    if (record !== undefined) records.add(record)
  }
  const kept = [...records]
  test.ok(kept.length > 100, `${kept.length} records`)
  test.ok(kept.some(({ decision }) => decision.originate > 0))
  for (const record of kept) {
    // As another process would read it.
    const read: DecisionRecord = JSON.parse(JSON.stringify(record))
    const again = recompute(read)
    if (JSON.stringify(again) !== JSON.stringify(record.decision)) test.same(again, record.decision)
  }
  test.pass()
})

t.test('a record that was tampered with gives another number', async test => {
  const pacer = recordingPacers()(settings)
  const seen = { agents: [{ state: 'available' as const, elapsedMs: 0, leaving: false }], calls: [], limits }
  pacer.decide(snapshotAt(seen, 0), 0)
  pacer.decide(snapshotAt(seen, 10), 10)
  const record = pacer.lastRecord?.()
  if (record === undefined) throw new TypeError('a record expected')
  test.equal(recompute(record).originate, 1)
  test.equal(recompute({ ...record, snapshot: { ...record.snapshot, agents: [] } }).originate, 0)
})
