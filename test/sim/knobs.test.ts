import t from 'tap'
import { policyOf } from '../../src/sim/rivals/index.ts'
import { type Knobs, policyNames } from '../../src/sim/rivals/policies.ts'
import { type KnobRange, knobRangesOf, positionOf, valueAt } from '../../src/sim/study/knobRanges.ts'
import { frontierOf, type Measured, occupancyAt, type TuningTask, tunePolicy } from '../../src/sim/study/knobs.ts'
import type { FrontierPoint } from '../../src/sim/study/results.ts'
import { createRandom } from '../../src/sim/world/random.ts'

type World = (knobs: Knobs) => Measured

interface Search extends Partial<TuningTask> {
  readonly policy: TuningTask['policy']
  readonly world: World
}

/** A search with a record of what it asked for, and how much of it at once. */
async function search({ world, ...task }: Search) {
  const asked: Knobs[] = []
  let [open, openMax] = [0, 0]
  const evaluate = async (knobs: Knobs): Promise<Measured> => {
    asked.push(knobs)
    open += 1
    openMax = Math.max(openMax, open)
    await new Promise(resolve => setImmediate(resolve))
    open -= 1
    return world(knobs)
  }
  const tuning = await tunePolicy({ target: 0.03, ...task, evaluate })
  return { tuning, asked, openMax }
}

/** More lines, more occupancy, and abandonment that grows faster: about what `kappa` does. */
const smooth: World = ({ kappa = 0 }) => ({ occupancy: 1 - 0.4 / kappa, abandonmentRate: kappa ** 2 / 1_000 })

t.test('the ranges cover the defaults, and every value survives its scale', async t => {
  for (const name of policyNames) {
    const ranges = knobRangesOf(name, 0.03)
    t.same(ranges.map(range => range.name).toSorted(), Object.keys(policyOf(name).defaults).toSorted(), name)
    for (const range of ranges) {
      for (const value of [range.min, ...range.grid, range.max]) {
        t.ok(value >= range.min && value <= range.max, `${name} ${range.name} ${value}`)
        t.equal(valueAt(range, positionOf(range, value)), value)
      }
      t.equal(valueAt(range, 1e9), range.max)
      t.equal(valueAt(range, -1e9), range.min)
    }
  }
})

t.test('with one knob the neighbours of the target come nearer than half a point', async t => {
  const { tuning, asked } = await search({ policy: 'kappa', world: smooth })
  const { best, occupancyAtTarget = 0, frontier } = tuning
  const exact = 1 - 0.4 / Math.sqrt(30)
  t.ok(Math.abs(occupancyAtTarget - exact) < 0.0005, `${occupancyAtTarget}, exactly ${exact}`)
  t.ok(best !== undefined && best.abandonmentRate <= 0.03 && exact - best.occupancy < 0.005, `${best?.occupancy}`)
  const above = frontier.find(point => point.abandonmentRate > 0.03)
  t.ok(above !== undefined && above.occupancy - (best?.occupancy ?? 0) < 0.005)
  t.equal(asked.length, tuning.evaluations)
  t.ok(asked.length < 30, `${asked.length} evaluations`)
})

t.test('a rule that jumps over the target ends the search, not the budget', async t => {
  const jump: World = ({ level = 0 }) =>
    level < 1.207 ? { occupancy: 0.68, abandonmentRate: 0 } : { occupancy: 0.77, abandonmentRate: 0.14 }
  const { tuning, asked } = await search({ policy: 'vicidial-ratio', world: jump })
  t.match(tuning, { best: { occupancy: 0.68, abandonmentRate: 0 } })
  t.ok(Math.abs((tuning.occupancyAtTarget ?? 0) - (0.68 + (0.09 * 3) / 14)) < 1e-9, 'both kinds of days in turn')
  t.ok(asked.length < 40, `${asked.length} evaluations`)
})

/** A ridge across four knobs: best when a difference of -3 meets a maximum of 4; strict limits cost occupancy. */
const ridge: World = ({ levelMax = 0, differenceTarget = 0, dropLimit = 0, intensity = 0 }) => {
  const fit = Math.log(levelMax / 4) ** 2 + ((differenceTarget + 3) / 6) ** 2 + ((intensity - 20) / 80) ** 2
  return {
    occupancy: 0.85 - 0.1 * fit - 0.02 * Math.log(Math.max(1, 0.2 / dropLimit)),
    abandonmentRate: 0.02 + 0.01 * fit + 0.05 * dropLimit,
  }
}

t.test('with several knobs the search walks to the best that keeps the target', async t => {
  let exact = 0
  for (let dropLimit = 0.01; dropLimit < 1; dropLimit *= 1.001) {
    const one = ridge({ levelMax: 4, differenceTarget: -3, intensity: 20, dropLimit })
    if (one.abandonmentRate <= 0.03) exact = Math.max(exact, one.occupancy)
  }
  const { tuning } = await search({ policy: 'vicidial-average', world: ridge })
  t.ok(exact - (tuning.best?.occupancy ?? 0) < 0.003, `${JSON.stringify(tuning.best)}, best is ${exact}`)
  t.ok((tuning.occupancyAtTarget ?? 0) <= exact + 0.003)
  const patient = (await search({ policy: 'vicidial-average', world: ridge, budget: 1_000 })).tuning
  t.ok(exact - (patient.best?.occupancy ?? 0) < 0.0007, `${JSON.stringify(patient.best)}, best is ${exact}`)
  t.ok(patient.evaluations < 250, `${patient.evaluations} evaluations: it ends by itself`)
  t.ok(tuning.frontier.every(point => Number.isInteger(point.knobs.differenceTarget)))
})

t.test('a threshold near 1 is searched by what is missing to 1', async t => {
  const world: World = ({ threshold = 0, answerRateMin = 0 }) => ({
    occupancy: 0.9 - 0.02 * Math.abs(Math.log(1 - threshold) + 5.5) - 0.05 * Math.abs(Math.log(answerRateMin / 0.25)),
    abandonmentRate: 0.02,
  })
  const { tuning } = await search({ policy: 'issabel', world })
  t.ok((tuning.best?.occupancy ?? 0) > 0.895, JSON.stringify(tuning.best))
})

t.test('noise misleads it by no more than itself', async t => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const random = createRandom(seed)
    const noisy: World = knobs => {
      const { occupancy, abandonmentRate } = smooth(knobs)
      return {
        occupancy: occupancy + 0.002 * random.normal(),
        abandonmentRate: abandonmentRate + 0.001 * random.normal(),
      }
    }
    const { tuning } = await search({ policy: 'kappa', world: noisy })
    const off = Math.abs((tuning.occupancyAtTarget ?? 0) - (1 - 0.4 / Math.sqrt(30)))
    t.ok(off < 0.006, `seed ${seed}: ${off}`)
  }
})

t.test('a whole batch is submitted at once, nothing twice, and never more than the budget', async t => {
  for (const policy of policyNames) {
    const world: World = knobs => ({ occupancy: 0.5, abandonmentRate: Object.values(knobs).reduce((a, b) => a + b, 0) })
    for (const budget of [1, 7, 30, 500]) {
      const { asked, openMax, tuning } = await search({ policy, world, budget, target: 0.02 })
      t.ok(asked.length >= 1 && asked.length <= budget, `${policy}: ${asked.length} of ${budget}`)
      t.equal(new Set(asked.map(knobs => JSON.stringify(knobs))).size, asked.length)
      t.equal(tuning.evaluations, asked.length)
      const grid = knobRangesOf(policy, 0.02).reduce((product, range) => product * range.grid.length, 1)
      if (budget === 500) t.ok(openMax >= grid, `${openMax} of a grid of ${grid} at once`)
      if (budget === 7 && grid > 7) t.equal(openMax, 5, 'two thirds of it for the grid')
      for (const knobs of asked)
        for (const range of knobRangesOf(policy, 0.02)) t.ok(within(range, knobs), `${policy} ${JSON.stringify(knobs)}`)
    }
  }
})

function within({ name, min, max }: KnobRange, knobs: Knobs): boolean {
  const value = knobs[name]
  return value !== undefined && value >= min && value <= max
}

t.test('a rule without knobs is run once', async t => {
  const { tuning, asked } = await search({
    policy: 'progressive',
    world: () => ({ occupancy: 0.6, abandonmentRate: 0 }),
  })
  t.same(asked, [{}])
  t.match(tuning, { occupancyAtTarget: 0.6, best: { policy: 'progressive', knobs: {}, occupancy: 0.6 } })
})

t.test('where no knobs keep the target there is no best, and where all do there is no line to read from', async t => {
  const never = await search({ policy: 'kappa', world: () => ({ occupancy: 0.9, abandonmentRate: 0.2 }) })
  t.equal(never.tuning.best, undefined)
  t.equal(never.tuning.occupancyAtTarget, undefined)
  const just = await search({ policy: 'kappa', world: () => ({ occupancy: 0.9, abandonmentRate: 0.03 }) })
  t.equal(just.tuning.best?.occupancy, 0.9, 'exactly the target is kept')
  const always = await search({ policy: 'kappa', world: knobs => ({ ...smooth(knobs), abandonmentRate: 0.01 }) })
  t.equal(always.tuning.best?.knobs.kappa, 40)
  t.equal(always.tuning.occupancyAtTarget, always.tuning.best?.occupancy)
})

t.test('what could not be measured is left out, and a failure ends the search', async t => {
  const holes = await search({
    policy: 'kappa',
    world: knobs => ((knobs.kappa ?? 0) > 5 ? { occupancy: Number.NaN, abandonmentRate: 0 } : smooth(knobs)),
  })
  t.ok((holes.tuning.best?.knobs.kappa ?? 9) <= 5)
  await t.rejects(tunePolicy({ policy: 'kappa', target: 0.03, evaluate: () => Promise.reject(new TypeError('no')) }), {
    message: 'no',
  })
})

t.test('the frontier holds what nothing beats, and is read between its points', async t => {
  const point = (occupancy: number, abandonmentRate: number): FrontierPoint => ({
    policy: 'kappa',
    knobs: {},
    occupancy,
    abandonmentRate,
  })
  const points = [
    point(0.9, 0.05),
    point(0.7, 0),
    point(0.69, 0.01),
    point(0.8, 0.01),
    point(0.85, 0.06),
    point(0.8, 0.02),
  ]
  const frontier = frontierOf(points)
  t.same(
    frontier.map(one => one.occupancy),
    [0.7, 0.8, 0.9],
  )
  t.ok(Math.abs((occupancyAt(frontier, 0.03) ?? 0) - 0.85) < 1e-12)
  t.equal(occupancyAt(frontier, 0.01), 0.8)
  t.equal(occupancyAt(frontier, 0.5), 0.9)
  t.equal(occupancyAt([], 0.03), undefined)
  t.equal(occupancyAt([point(0.9, 0.05)], 0.03), undefined)
})
