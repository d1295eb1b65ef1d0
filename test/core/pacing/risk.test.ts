import t from 'tap'
import { Estimates } from '../../../src/core/pacing/estimate.ts'
import { bucketOf, Horizon, points } from '../../../src/core/pacing/horizon.ts'
import { census } from '../../../src/core/pacing/limits.ts'
import type { PacingAgent, PacingCall, PacingSnapshot } from '../../../src/core/pacing/pacer.ts'
import { Risk } from '../../../src/core/pacing/risk.ts'
import { createRandom } from '../../../src/sim/world/random.ts'

const waitSec = 2
/** That a call like the mean is answered. */
const believed = 0.25
const limits = { channels: 1, callsPerSecond: 1, leads: 1 }

function world() {
  const estimates = new Estimates()
  for (let n = 0; n < 300; n += 1) {
    estimates.observe({ kind: 'answered', afterMs: 3_000 + (n % 17) * 1_000 }, n)
    estimates.observe({ kind: 'talk-ended', talkMs: 5_000 + (n % 90) * 2_000 }, n)
    estimates.observe({ kind: 'wrap-up-ended', wrapUpMs: 2_000 + (n % 30) * 1_000 }, n)
    for (let no = 0; no < 3; no += 1)
      estimates.observe({ kind: 'not-answered', afterMs: 25_000, carrierFault: false }, n)
  }
  const horizon = new Horizon(estimates)
  horizon.refresh(waitSec)
  return { estimates, horizon, risk: new Risk(horizon) }
}

function agent(state: PacingAgent['state'], sec: number, leaving = false): PacingAgent {
  return { state, since: -sec * 1000, leaving }
}

function call(state: PacingCall['state'], sec: number, probability: number): PacingCall {
  return { callId: `${state}-${sec}`, state, since: -sec * 1000, answerFactor: probability / believed }
}

/** P(answered by each point) of a ringing call, straight from the formula. */
function answersOf({ since, answerFactor = 0 }: PacingCall, { estimates, horizon }: ReturnType<typeof world>) {
  const p = answerFactor * believed
  const elapsed = Math.floor(-since / 1000) + 0.5
  const answered = estimates.ring.at(elapsed)
  const alive = p * (1 - answered) + (1 - p) * (1 - estimates.unanswered.at(elapsed))
  return [...horizon.times].map(time => (p * (estimates.ring.at(elapsed + time) - answered)) / alive)
}

/** The risk by going through every combination of who is free and who answers. */
function byEnumeration(snapshot: PacingSnapshot, made: ReturnType<typeof world>): number {
  const { horizon } = made
  const counts = census(snapshot, 0)
  const rows: { readonly free: boolean; readonly row: readonly number[] }[] = []
  for (const { state, since, leaving } of snapshot.agents) {
    if (leaving || state === 'available') continue
    const bucket = state === 'reserved' ? 0 : bucketOf(-since / 1000)
    rows.push({ free: true, row: [...(state === 'wrap-up' ? horizon.wrapUp(bucket) : horizon.talk(bucket)).mean] })
  }
  for (const one of snapshot.calls) if (one.state !== 'waiting') rows.push({ free: false, row: answersOf(one, made) })
  let risk = 0
  for (let point = 0; point < points; point += 1) {
    for (let combination = 0; combination < 2 ** rows.length; combination += 1) {
      let probability = 1
      let free = counts.available
      let answers = counts.waiting
      for (const [index, { free: isAgent, row }] of rows.entries()) {
        const happens = ((combination >> index) & 1) === 1
        probability *= happens ? (row[point] ?? 0) : 1 - (row[point] ?? 0)
        if (happens && isAgent) free += 1
        if (happens && !isAgent) answers += 1
      }
      // Leaving agents take calls that ring already, never the new one.
      const left = Math.max(0, answers - counts.leavingAvailable)
      if (free < left + 1) risk += probability / points
    }
  }
  return risk
}

const pictures: readonly (readonly [string, PacingSnapshot])[] = [
  ['nobody', { agents: [], calls: [], limits }],
  ['one free', { agents: [agent('available', 9)], calls: [], limits }],
  ['one free, one ringing', { agents: [agent('available', 9)], calls: [call('ringing', 4, 0.4)], limits }],
  ['one free, one waiting', { agents: [agent('available', 9)], calls: [call('waiting', 1, 0.4)], limits }],
  [
    'a mixed floor',
    {
      agents: [
        agent('available', 1),
        agent('on-call', 60),
        agent('wrap-up', 12),
        agent('reserved', 3),
        agent('wrap-up', 3),
      ],
      calls: [call('ringing', 7, 0.5), call('originating', 0, 0.2), call('ringing', 15, 0.3), call('ringing', 15, 0.3)],
      limits,
    },
  ],
  [
    'people who leave',
    {
      agents: [agent('available', 1, true), agent('on-call', 60, true), agent('wrap-up', 12), agent('available', 2)],
      calls: [call('ringing', 7, 0.5), call('waiting', 0, 0.2), call('ringing', 11, 0.3)],
      limits,
    },
  ],
]

t.test('the risk is what going through every combination gives', async t => {
  const made = world()
  for (const [what, snapshot] of pictures) {
    made.risk.load(snapshot, census(snapshot, 0), { probability: believed, now: 0 })
    const is = made.risk.ofOneMore()
    const should = byEnumeration(snapshot, made)
    t.ok(Math.abs(is - should) < 1e-9, `${what}: ${is}, should be ${should}`)
  }
})

t.test('a call added counts like one that has just been originated', async t => {
  const made = world()
  const [, snapshot] = pictures[4] ?? pictures[0] ?? ['', { agents: [], calls: [], limits }]
  made.risk.load(snapshot, census(snapshot, 0), { probability: believed, now: 0 })
  const before = made.risk.ofOneMore()
  made.risk.addCall(0.25)
  const after = made.risk.ofOneMore()
  t.ok(after > before && after < 1, `${after} > ${before}`)
  const { free, answers } = made.risk.expected()
  t.ok(free > 1 && free < 5 && answers > 0 && answers < 5)
})

t.test('on a big floor the approximation is near the sum of thousands of throws', async t => {
  const made = world()
  const agents = Array.from({ length: 60 }, (_, n) => agent(n % 6 === 0 ? 'wrap-up' : 'on-call', (n * 7) % 150))
  const calls = Array.from({ length: 30 }, (_, n) => call('ringing', n % 24, 0.25))
  const snapshot = { agents, calls, limits }
  made.risk.load(snapshot, census(snapshot, 0), { probability: believed, now: 0 })
  const rows = agents.map(({ state, since }) =>
    state === 'wrap-up' ? made.horizon.wrapUp(bucketOf(-since / 1000)) : made.horizon.talk(bucketOf(-since / 1000)),
  )
  const ringing = calls.map(one => answersOf(one, made))
  const { uniform: next } = createRandom(1)
  let misses = 0
  const throws = 6_000
  for (let n = 0; n < throws; n += 1) {
    const point = n % points
    const free = rows.filter(row => next() < (row.mean[point] ?? 0)).length
    const answers = ringing.filter(row => next() < (row[point] ?? 0)).length
    if (free < answers + 1) misses += 1
  }
  const is = made.risk.ofOneMore()
  t.ok(Math.abs(is - misses / throws) < 0.02, `${is} is near ${misses / throws}`)
})
