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
