// A pacer after a restart: it stands where it stood, and says so by its next decisions.
import t from 'tap'
import { createPacer } from '../../../src/core/pacing/index.ts'
import type { Pacer, PacerMemory, PacingSettings } from '../../../src/core/pacing/pacer.ts'
import { ask, type Seen } from '../../support/pacing.ts'

const settings: PacingSettings = {
  ...{ mode: 'predictive', ratio: 2, abandonmentTarget: 0.02, abandonmentRateMax: 0.03, dialLevelMax: 20 },
  waitMaxMs: 2_000,
}
const seen: Seen = {
  agents: Array.from({ length: 40 }, (_, n) => ({ state: 'on-call', elapsedMs: n * 2_000, leaving: false })),
  calls: [],
  limits: { channels: 1e9, callsPerSecond: 1e9, leads: 1e9 },
}

/** Two hundred answers, five of them abandoned; calls of the owner's other campaigns besides. */
function experienced(): Pacer {
  const pacer = createPacer(settings)
  for (let n = 0; n < 200; n += 1) {
    pacer.observe({ kind: 'answered', afterMs: 6_000 + (n % 9) * 1_000 }, n)
    pacer.observe({ kind: 'not-answered', afterMs: 25_000, carrierFault: false }, n)
    pacer.observe({ kind: 'settled', abandoned: n % 50 === 49, riskBound: true }, n)
    pacer.observe({ kind: 'talk-ended', talkMs: 40_000 + ((n * 7) % 90) * 1_000 }, n)
    if (n % 4 === 0) pacer.observe({ kind: 'owner-settled', abandoned: n === 0 }, n)
  }
  ask(pacer, seen, 1_000)
  return pacer
}

const kept = (pacer: Pacer): PacerMemory => JSON.parse(JSON.stringify(pacer.checkpoint?.()))
const goOn = (pacer: Pacer) =>
  [600_000, 601_000, 900_000].map(now => {
    pacer.observe({ kind: 'settled', abandoned: now === 601_000 }, now)
    const { reason, originate, figures, window } = ask(pacer, seen, now)
    return { reason, originate, figures, window }
  })

t.test('decisions after a restart are those that would have been made without it', async t => {
  const before = experienced()
  const after = createPacer(settings, kept(before))
  t.strictSame(goOn(after), goOn(before))
})

t.test('a memory from before owners had accounts: the campaign was alone', async t => {
  const pacer = createPacer(settings)
  for (let n = 0; n < 100; n += 1) pacer.observe({ kind: 'settled', abandoned: false }, n)
  const memory = kept(pacer)
  const { ownerWindows: _ownerWindows, ...older } = memory.budget as Record<string, unknown>
  const after = createPacer(settings, { ...memory, budget: older })
  t.match(ask(after, seen, 1_000).figures, { budgetLeft: 3, answers: 100 })
  for (let n = 0; n < 10; n += 1) after.observe({ kind: 'owner-settled', abandoned: true }, 1_000)
  t.match(ask(after, seen, 1_000).figures, { budgetLeft: -7 }, '3 % of 110, and ten were lost')
})

t.test('a memory without sense is as none', async t => {
  const none = goOn(createPacer(settings))
  for (const budget of [null, 7, { answers: 'many', abandoned: -3, level: Number.NaN, windows: 'none' }])
    t.strictSame(goOn(createPacer(settings, { version: 1, budget, estimates: 0, coldStart: 'late' } as never)), none)
})
