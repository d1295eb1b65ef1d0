import t from 'tap'
import { answerOdds, bestHour, orderScore } from '../../../src/core/campaigns/answerOdds.ts'
import type { PastAttempt } from '../../../src/core/compliance/history.ts'
import { pastAt } from '../../support/compliance.ts'

interface Beta {
  inv(probability: number, alpha: number, beta: number): number
}
/** jstat comes without types: what is used of it is typed here, and its name is kept from the compiler. */
const referenceLibrary: string = 'jstat'
const {
  default: { jStat },
}: { readonly default: { readonly jStat: { readonly beta: Beta } } } = await import(referenceLibrary)

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const now = Date.UTC(2026, 0, 13, 15)

function answered(at: number): PastAttempt {
  return pastAt(at, { disposition: 'connected', answeredAt: at + 8_000, connectedAt: at + 8_000 })
}

/** Uniform numbers from a seed. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return (state + 0.5) / 4_294_967_296
  }
}

interface Simulated {
  readonly predicted: number
  readonly like: number
  readonly answers: boolean
}

/**
 * Leads whose people answer with a probability of their own, Beta-distributed around `mean` as if by `weight` attempts. Each has
 * been called 0 to 4 times at this hour, and whoever answered stays in the list: the like's mean is the same for all.
 */
function simulate({ mean, weight, leads, seed }: { mean: number; weight: number; leads: number; seed: number }) {
  const random = createRandom(seed)
  const question = { prior: mean, offsetMinutes: -300 }
  return Array.from({ length: leads }, (_, index): Simulated => {
    const probability = jStat.beta.inv(random(), mean * weight, (1 - mean) * weight)
    const history = Array.from({ length: index % 5 }, (_, days) => {
      const at = now - (days + 1) * dayMs
      return random() < probability ? answered(at) : pastAt(at)
    })
    return { predicted: answerOdds({ ...question, history }, now), like: mean, answers: random() < probability }
  })
}

function same(one: number, other: number): boolean {
  return Math.abs(one - other) < 1e-12
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Predicted and actual by decile of the prediction, the lowest first. */
function deciles(leads: readonly Simulated[]) {
  const sorted = [...leads].sort((a, b) => a.predicted - b.predicted)
  const size = Math.floor(sorted.length / 10)
  return Array.from({ length: 10 }, (_, index) => {
    const part = sorted.slice(index * size, (index + 1) * size)
    return { predicted: meanOf(part.map(one => one.predicted)), actual: meanOf(part.map(one => Number(one.answers))) }
  })
}

t.test('predicted and actual answers agree by decile, and an error is on the side that dials less', async t => {
  for (const [index, { mean, weight }] of [
    { mean: 0.2, weight: 6 },
    { mean: 0.1, weight: 6 },
    { mean: 0.35, weight: 6 },
    { mean: 0.2, weight: 12 },
  ].entries()) {
    const leads = simulate({ mean, weight, leads: 50_000, seed: 11 + index })
    for (const { predicted, actual } of deciles(leads)) {
      const says = `mean ${mean}, weight ${weight}: ${predicted.toFixed(3)} predicted, ${actual.toFixed(3)} actual`
      // Four standard errors of 5 000 draws.
      const noise = 4 * Math.sqrt((actual * (1 - actual)) / 5_000)
      t.ok(predicted >= actual - noise, `not too low: ${says}`)
      t.ok(predicted <= actual + 0.11, `not far too high: ${says}`)
    }
    const top = deciles(leads).at(-1)
    t.ok((top?.actual ?? 0) > mean * 1.3, 'who answered before does answer more')
  }
})

t.test('is never below the estimate of its like, whatever happened', async t => {
  const random = createRandom(5)
  for (let turn = 0; turn < 20_000; turn += 1) {
    const prior = random()
    const history = Array.from({ length: Math.floor(random() * 12) }, () => {
      const at = now - random() * 60 * dayMs
      return random() < 0.5 ? answered(at) : pastAt(at)
    })
    const odds = answerOdds({ history, prior, offsetMinutes: 60 * Math.floor(random() * 24 - 12) }, now)
    if (odds < prior - 1e-12 || odds > 1) t.fail(`${odds} with a like of ${prior}`)
  }
  t.ok(same(answerOdds({ history: [pastAt(now - dayMs)], prior: 0.2, offsetMinutes: 0 }, now), 0.2))
})

t.test('an answer counts most at its own hour of the day, and machines and other numbers count nothing', async t => {
  const question = { prior: 0.2, offsetMinutes: -300 }
  const at = (hours: number) => answerOdds({ ...question, history: [answered(now - dayMs - hours * hourMs)] }, now)
  t.ok(at(0) > at(1) && at(1) > at(3) && at(3) > at(12))
  t.ok(at(12) > 0.2)
  t.ok(Math.abs(at(2) - at(-2)) < 1e-12, 'before and after alike')
  const other = { ...answered(now - dayMs), sameNumber: false }
  const machine = { ...answered(now - dayMs), machine: true }
  t.ok(same(answerOdds({ ...question, history: [other, machine] }, now), 0.2))
})

t.test('the order puts an hour that was tried in vain behind, and knows the best one', async t => {
  const question = { prior: 0.2, offsetMinutes: -300 }
  const score = (history: readonly PastAttempt[]) => orderScore({ ...question, history }, now)
  t.ok(score([pastAt(now - dayMs)]) < score([]))
  t.equal(score([pastAt(now - dayMs - 3 * hourMs)]), score([]), 'another hour was tried: this one is as good as new')
  t.equal(bestHour([answered(now), answered(now - dayMs), answered(now - 5 * hourMs)], -300), 10)
  t.equal(bestHour([pastAt(now)], -300), undefined)
})
