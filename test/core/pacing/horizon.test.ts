// The tables of a decision are kept from one to the next: each must follow when anything that it was made of has moved.
import t from 'tap'
import { Estimates } from '../../../src/core/pacing/estimate.ts'
import { bucketOf, buckets, Horizon, points } from '../../../src/core/pacing/horizon.ts'
import type { PacingObservation } from '../../../src/core/pacing/pacer.ts'

const waitSec = 1.7

function learn(estimates: Estimates, observation: PacingObservation, times = 300): void {
  for (let n = 0; n < times; n += 1) estimates.observe(observation, 1_000)
}

/** All that the tables say of some elapsed times. */
function told(horizon: Horizon) {
  return [0, 5, 17, 60, 200].map(sec => {
    const bucket = bucketOf(sec)
    const { answers, answeredLater, failsLater } = horizon.ring(bucket)
    return {
      talk: [...horizon.talk(bucket).mean],
      talkSoon: horizon.talkSoon(bucket),
      wrapUp: [...horizon.wrapUp(bucket).mean],
      wrapUpSoon: horizon.wrapUpSoon(bucket),
      rest: [...horizon.rest(bucket).mean],
      ring: { answers: [...answers], answeredLater, failsLater },
    }
  })
}

const moves: Readonly<Record<string, PacingObservation>> = {
  'ring times': { kind: 'answered', afterMs: 18_000 },
  'ends of calls that nobody answered': { kind: 'not-answered', afterMs: 9_000, carrierFault: false },
  talks: { kind: 'talk-ended', talkMs: 35_000 },
  'wrap-ups': { kind: 'wrap-up-ended', wrapUpMs: 3_000 },
}

t.test('tables that were asked before say the same as fresh ones when only one of the estimates has moved', async t => {
  for (const [name, observation] of Object.entries(moves)) {
    const estimates = new Estimates()
    const kept = new Horizon(estimates)
    kept.refresh(waitSec)
    const before = told(kept)
    learn(estimates, observation)
    kept.refresh(waitSec)
    const fresh = new Horizon(estimates)
    fresh.refresh(waitSec)
    t.strictSame(told(kept), told(fresh), name)
    t.notSame(told(kept), before, `${name}: the tables have moved`)
  }
})

t.test('one move after another is followed, whichever was last', async t => {
  const names = Object.keys(moves)
  for (const first of names)
    for (const second of names) {
      const estimates = new Estimates()
      const kept = new Horizon(estimates)
      for (const name of [first, second]) {
        kept.refresh(waitSec)
        told(kept)
        const observation = moves[name]
        if (observation !== undefined) learn(estimates, observation, 60)
      }
      kept.refresh(waitSec)
      const fresh = new Horizon(estimates)
      fresh.refresh(waitSec)
      t.strictSame(told(kept), told(fresh), `${first}, then ${second}`)
    }
})

t.test('another longest wait is followed although nothing was learned', async t => {
  const estimates = new Estimates()
  const kept = new Horizon(estimates)
  kept.refresh(1)
  const before = told(kept)
  kept.refresh(9)
  const fresh = new Horizon(estimates)
  fresh.refresh(9)
  t.strictSame(told(kept), told(fresh))
  for (const [index, now] of told(kept).entries()) {
    t.ok(now.talkSoon > (before[index]?.talkSoon ?? 1), 'more is freed within a longer wait')
    t.ok(now.wrapUpSoon > (before[index]?.wrapUpSoon ?? 1))
  }
})

t.test('a talk ends with its wrap-up: what is freed is what a long sum over both says', async t => {
  const estimates = new Estimates()
  learn(estimates, { kind: 'talk-ended', talkMs: 30_000 })
  learn(estimates, { kind: 'wrap-up-ended', wrapUpMs: 6_000 })
  learn(estimates, { kind: 'answered', afterMs: 12_000 })
  const horizon = new Horizon(estimates)
  horizon.refresh(waitSec)
  const { talk, wrapUp } = estimates
  const elapsed = 20.5
  for (const point of [2, 6, points - 1]) {
    const within = (horizon.times[point] ?? 0) + waitSec
    // Talk ends in the middle of a tenth of a second, wrap-up within what is left.
    let freed = 0
    const tenth = 0.1
    for (let at = 0; at < within; at += tenth) {
      const ends = (talk.at(elapsed + at + tenth) - talk.at(elapsed + at)) / (1 - talk.at(elapsed))
      freed += ends * wrapUp.at(Math.max(0, within - at - tenth / 2))
    }
    t.ok(Math.abs((horizon.talk(bucketOf(20)).mean[point] ?? 0) - freed) < 0.03, `${point}: ${freed}`)
  }
})

t.test('chances are chances, and the longer somebody has been at it the sooner they end', async t => {
  const estimates = new Estimates()
  const horizon = new Horizon(estimates)
  horizon.refresh(waitSec)
  for (let bucket = 0; bucket < buckets; bucket += 1)
    for (const row of [horizon.talk(bucket), horizon.wrapUp(bucket)]) {
      t.ok(
        row.mean.every((chance, point) => chance >= (row.mean[point - 1] ?? 0) && chance <= 1),
        `${bucket}`,
      )
    }
  t.equal(bucketOf(Number.NaN), 0)
  t.equal(bucketOf(-5), 0)
  t.equal(bucketOf(1e9), buckets - 1)
  t.equal(bucketOf(3_600), buckets - 1)
  t.equal(bucketOf(3.9), 3)
  t.strictSame(
    [...horizon.rest(bucketOf(0)).mean],
    Array.from({ length: points }, () => 1),
  )
  t.ok(
    horizon.rest(bucketOf(3_000)).mean.every(chance => chance === 0),
    'somebody who rests for long',
  )
})

/** The times that buckets stand for: the middle of each second up to 40, then of steps of 5 %. */
const middles = Array.from({ length: buckets }, (_, bucket) =>
  bucket < 40 ? bucket + 0.5 : 40 * 1.05 ** (bucket - 40 + 0.5),
)

t.test('elapsed times fall into seconds up to 40, then into steps of 5 %, up to an hour', async t => {
  t.equal(buckets, 41 + Math.floor(Math.log(90) / Math.log(1.05)))
  for (let sec = 0; sec < 3_600; sec += 0.5) {
    const whole = Math.floor(sec)
    const bucket = whole < 40 ? whole : 40 + Math.floor(Math.log(whole / 40) / Math.log(1.05))
    if (bucketOf(sec) !== bucket) t.equal(bucketOf(sec), bucket, `${sec} s`)
  }
  t.strictSame([0.001, 39.9, 40, 41.9, 42, 3_599.9, 3_600, 3_601].map(bucketOf), [0, 39, 40, 40, 41, 132, 132, 132])
})

function busyWorld() {
  const estimates = new Estimates()
  for (let n = 0; n < 300; n += 1) {
    estimates.observe({ kind: 'answered', afterMs: 3_000 + (n % 17) * 1_000 }, n)
    estimates.observe({ kind: 'talk-ended', talkMs: 5_000 + (n % 90) * 2_000 }, n)
    estimates.observe({ kind: 'wrap-up-ended', wrapUpMs: 2_000 + (n % 30) * 1_000 }, n)
    estimates.observe({ kind: 'not-answered', afterMs: 15_000 + (n % 11) * 1_000, carrierFault: false }, n)
  }
  estimates.settle()
  const horizon = new Horizon(estimates)
  horizon.refresh(waitSec)
  return { estimates, horizon }
}

const isNear = (is: number | undefined, should: number) => Math.abs((is ?? Number.NaN) - should) < 1e-9

t.test('the moments are the middles of twelve equal parts of the ring time', async t => {
  const { estimates, horizon } = busyWorld()
  for (let point = 0; point < 12; point += 1) {
    const time = estimates.ring.quantile((point + 0.5) / 12)
    t.equal(horizon.times[point], time)
    t.equal(horizon.freshRing[point], estimates.ring.at(time))
  }
  t.equal(horizon.times.length, 12)
})

t.test('a wrap-up ends, and a call is answered, with the chance of one that has lasted so long', async t => {
  const { estimates, horizon } = busyWorld()
  const { ring, unanswered, wrapUp } = estimates
  for (const [bucket, elapsed] of middles.entries()) {
    const left = 1 - wrapUp.at(elapsed)
    // Nobody has ever wrapped up for longer than some minutes: see the test of what has lasted longer than anything.
    const ends = (within: number) =>
      left < 1e-9 ? 1 - Math.exp(-within / 60) : (wrapUp.at(elapsed + within) - wrapUp.at(elapsed)) / left
    const { answers, answeredLater, failsLater } = horizon.ring(bucket)
    const isRight =
      horizon.times.every((time, point) => isNear(horizon.wrapUp(bucket).mean[point], ends(time + waitSec))) &&
      isNear(horizon.wrapUpSoon(bucket), ends(waitSec)) &&
      horizon.times.every((time, point) => isNear(answers[point], ring.at(elapsed + time) - ring.at(elapsed))) &&
      isNear(answeredLater, 1 - ring.at(elapsed)) &&
      isNear(failsLater, 1 - unanswered.at(elapsed))
    t.ok(isRight, `after ${elapsed} s`)
  }
})

t.test('a talk and its wrap-up end with the chance of their sum, in steps of a second', async t => {
  const { estimates, horizon } = busyWorld()
  const { talk, wrapUp } = estimates
  for (const [bucket, elapsed] of middles.entries()) {
    const freedBySecond = (seconds: number) => {
      let freed = 0
      for (let end = 1; end <= seconds; end += 1) {
        const ends = (talk.at(elapsed + end) - talk.at(elapsed + end - 1)) / (1 - talk.at(elapsed))
        freed += ends * wrapUp.at(seconds - end + 0.5)
      }
      return freed
    }
    const freed = (within: number) => {
      const [before, after] = [freedBySecond(Math.floor(within)), freedBySecond(Math.floor(within) + 1)]
      return before + (after - before) * (within % 1)
    }
    const isRight =
      [0, 5, 11].every(point =>
        isNear(horizon.talk(bucket).mean[point], freed((horizon.times[point] ?? 0) + waitSec)),
      ) && isNear(horizon.talkSoon(bucket), freed(waitSec))
    t.ok(isRight, `after ${elapsed} s`)
  }
})

t.test('a rest is over for certain, from the moment on that it is', async t => {
  const { horizon } = busyWorld()
  for (const [bucket, left] of middles.entries()) {
    const { mean, variance } = horizon.rest(bucket)
    t.ok(
      horizon.times.every((time, point) => mean[point] === (left <= time + waitSec ? 1 : 0) && variance[point] === 0),
    )
  }
})

t.test('what has lasted longer than anything ever seen ends with a mean of a minute', async t => {
  const estimates = new Estimates()
  learn(estimates, { kind: 'talk-ended', talkMs: 0 })
  learn(estimates, { kind: 'wrap-up-ended', wrapUpMs: 0 })
  const horizon = new Horizon(estimates)
  horizon.refresh(waitSec)
  for (const row of [horizon.wrapUp(30), horizon.talk(30)])
    for (const point of [0, 6, 11]) {
      const within = (horizon.times[point] ?? 0) + waitSec
      // Talks are known by whole seconds, and what lies between is a line.
      const should = 1 - Math.exp(-within / 60)
      t.ok(Math.abs((row.mean[point] ?? 0) - should) < 1e-3, `${row.mean[point]}, ${should}`)
    }
  t.ok(Math.abs(horizon.wrapUpSoon(30) - (1 - Math.exp(-waitSec / 60))) < 1e-9)
  t.ok(Math.abs(horizon.talkSoon(30) - (1 - Math.exp(-waitSec / 60))) < 1e-3)
})

t.test('a row is made once, and again only when something that it is made of has moved', async t => {
  const rows = (horizon: Horizon) => ({
    ...{ talk: horizon.talk(3), wrapUp: horizon.wrapUp(3), rest: horizon.rest(3), ring: horizon.ring(3) },
  })
  const remade = (move: (estimates: Estimates) => void, wait = waitSec) => {
    const { estimates, horizon } = busyWorld()
    const before = rows(horizon)
    move(estimates)
    horizon.refresh(wait)
    horizon.refresh(wait)
    const after = rows(horizon)
    return (['talk', 'wrapUp', 'rest', 'ring'] as const).filter(name => after[name] !== before[name])
  }
  t.strictSame(
    remade(() => {}),
    [],
  )
  t.strictSame(
    remade(({ talk }) => talk.settle()),
    ['talk'],
  )
  t.strictSame(
    remade(({ wrapUp }) => wrapUp.settle()),
    ['talk', 'wrapUp'],
  )
  t.strictSame(
    remade(({ unanswered }) => unanswered.settle()),
    ['ring'],
  )
  const all = ['talk', 'wrapUp', 'rest', 'ring']
  t.strictSame(
    remade(({ ring }) => ring.settle()),
    all,
  )
  t.strictSame(
    remade(() => {}, 9),
    all,
  )
})
