import t from 'tap'
import { decayMs, defaultFatigue, explainFatigue, fatiguePoints } from '../../../src/core/compliance/fatigue.ts'
import { pastAt } from '../../support/compliance.ts'

const now = Date.UTC(2026, 0, 13, 15)
const { weights, halfLifeMs } = defaultFatigue
const busyAt = (at: number) => pastAt(at, { disposition: 'busy' })

t.test('points halve with each half-life, and what lies ahead by a skewed clock counts as now', async t => {
  const points = (agoMs: number) => fatiguePoints([busyAt(now - agoMs)], defaultFatigue, now)
  const fresh = points(0)
  t.ok(fresh > 0)
  t.equal(points(halfLifeMs), fresh / 2)
  t.equal(points(2 * halfLifeMs), fresh / 4)
  t.equal(points(-halfLifeMs), fresh)
  t.equal(fatiguePoints([], defaultFatigue, now), 0)
})

t.test('what is explained adds up to what is counted', async t => {
  const history = [busyAt(now), busyAt(now - halfLifeMs), pastAt(now - 3_000, { disposition: 'abandoned' })]
  const { points, parts } = explainFatigue(history, defaultFatigue, now)
  t.ok(Math.abs(points - fatiguePoints(history, defaultFatigue, now)) < 1e-9)
  t.equal(parts.find(({ what }) => what === 'abandoned')?.times, 1)
  t.ok((parts.find(({ what }) => what === 'abandoned')?.points ?? 0) <= weights.abandoned)
  t.ok(
    parts.every((part, index) => index === 0 || part.points <= (parts[index - 1]?.points ?? 0)),
    'heaviest first',
  )
})

t.test('how long until so few are left', async t => {
  t.equal(decayMs(8, 4, 1_000), 1_000)
  t.equal(decayMs(8, 1, 1_000), 3_000)
  t.equal(decayMs(4, 4, 1_000), 0)
  t.equal(decayMs(1, 4, 1_000), 0)
  t.equal(decayMs(0, 0, 1_000), 0)
  t.equal(decayMs(3, 2, 1_000), 585, 'of 584.96 ms the last one counts')
})
