// What a decision says of itself: which limit, or that it was the prediction, or the accepted risk.
import t from 'tap'
import { createPacer } from '../../../src/core/pacing/index.ts'
import type { PacingDecision, PacingSettings } from '../../../src/core/pacing/pacer.ts'
import { ask, passOrdinaryDay, type Seen, tryManyCalls } from '../../support/pacing.ts'

const base: PacingSettings = {
  ...{ mode: 'predictive', ratio: 2, abandonmentTarget: 0.03, abandonmentRateMax: 1, dialLevelMax: 20 },
  waitMaxMs: 2_000,
}
const later = 3_600_000

/** Sixty agents who talk and twelve in wrap-up, on an ordinary day. */
function decide(limits: Partial<Seen['limits']>, settings: PacingSettings = base): PacingDecision {
  const pacer = createPacer(settings)
  const busy = (state: 'on-call' | 'wrap-up', count: number): Seen['agents'] =>
    Array.from({ length: count }, (_, n) => ({ state, elapsedMs: n * 2_000, leaving: false }))
  const seen = {
    agents: [...busy('on-call', 60), ...busy('wrap-up', 12)],
    calls: [],
    limits: { channels: 1e9, callsPerSecond: 1e9, leads: 1e9, ...limits },
  }
  passOrdinaryDay(pacer)
  tryManyCalls(pacer, later)
  return ask(pacer, seen, later)
}

const free = decide({})
const wished = free.originate

t.test('prediction alone stops the count, and says so', async t => {
  t.ok(wished > 5)
  t.match(free, { reason: 'predicted-release', riskBound: true })
})

t.test('a limit that lies just above what prediction wants is not the reason', async t => {
  for (const limit of ['leads', 'channels', 'callsPerSecond'] as const)
    t.match(decide({ [limit]: wished + 1 }), { originate: wished, reason: 'predicted-release', riskBound: true }, limit)
})

t.test('a limit at which the count ends is the reason, and the risk was not', async t => {
  const reasons = { leads: 'no-leads', channels: 'trunk-limit', callsPerSecond: 'calls-per-second-limit' } as const
  for (const limit of ['leads', 'channels', 'callsPerSecond'] as const)
    for (const calls of [wished, wished - 1, 1, 0])
      t.match(
        decide({ [limit]: calls }),
        { originate: calls, reason: reasons[limit], riskBound: false, againInMs: 200 },
        `${limit} ${calls}`,
      )
  const level = decide({}, { ...base, dialLevelMax: (wished - 2) / 72 })
  t.match(level, { originate: wished - 2, reason: 'max-dial-level' })
})
