// What a snapshot holds, what the limits leave, and the two rules that need nothing else.
import fc from 'fast-check'
import t from 'tap'
import { type Census, callsForServing, ceiling, census, resting } from '../../../src/core/pacing/limits.ts'
import type { PacingAgent, PacingCall, PacingSettings } from '../../../src/core/pacing/pacer.ts'
import { progressiveWish } from '../../../src/core/pacing/progressive.ts'
import { ratioWish } from '../../../src/core/pacing/ratio.ts'

const now = 1_000_000
const nobody: Census = { serving: 0, available: 0, leavingAvailable: 0, inFlight: 0, waiting: 0 }

t.test('an agent rests until the very instant', async t => {
  const agent = { state: 'available', since: 0, leaving: false } as const
  t.notOk(resting(agent, now))
  t.strictSame(
    [now - 1, now, now + 1].map(until => resting({ ...agent, until }, now)),
    [false, false, true],
  )
})

t.test('who serves, who is free and what is in flight is counted one by one', async t => {
  const agents: fc.Arbitrary<PacingAgent> = fc.record(
    {
      state: fc.constantFrom<PacingAgent['state'][]>('available', 'available', 'reserved', 'on-call', 'wrap-up'),
      since: fc.constant(0),
      until: fc.constantFrom(0, now, now + 1),
      leaving: fc.boolean(),
    },
    { requiredKeys: ['state', 'since', 'leaving'] },
  )
  const calls: fc.Arbitrary<PacingCall> = fc.record({
    callId: fc.constant('x'),
    state: fc.constantFrom<PacingCall['state'][]>('originating', 'ringing', 'waiting'),
    since: fc.constant(0),
  })
  fc.assert(
    fc.property(fc.array(agents), fc.array(calls), (agents, calls) => {
      const free = agents.filter(({ state, until = 0 }) => state === 'available' && until <= now)
      const should: Census = {
        serving: agents.filter(({ leaving }) => !leaving).length,
        available: free.filter(({ leaving }) => !leaving).length,
        leavingAvailable: free.filter(({ leaving }) => leaving).length,
        inFlight: calls.length,
        waiting: calls.filter(({ state }) => state === 'waiting').length,
      }
      t.strictSame(census({ agents, calls }, now), should)
    }),
  )
})

t.test('those who leave take what is in flight first', async t => {
  t.strictSame(
    [0, 1, 2, 3].map(inFlight => callsForServing({ ...nobody, inFlight, leavingAvailable: 2 })),
    [0, 0, 0, 1],
  )
})

const settings: PacingSettings = {
  ...{ mode: 'progressive', ratio: 1, abandonmentTarget: 0.03, abandonmentRateMax: 1, dialLevelMax: 2 },
}
const endless = { channels: 1e9, callsPerSecond: 1e9, leads: 1e9 }

t.test('the tightest limit says how many, of equals the first in their order', async t => {
  const left = (limits: Partial<typeof endless>, counts: Partial<Census> = {}) =>
    ceiling({ agents: [], calls: [], limits: { ...endless, ...limits } }, settings, {
      ...{ ...nobody, serving: 10, inFlight: 3 },
      ...counts,
    })
  t.strictSame(left({}), { calls: 17, reason: 'max-dial-level' }, 'two lines for each of ten, three are in use')
  t.strictSame(left({ callsPerSecond: 16.9 }), { calls: 16, reason: 'calls-per-second-limit' })
  t.strictSame(left({ channels: 16, callsPerSecond: 16 }), { calls: 16, reason: 'trunk-limit' })
  t.strictSame(left({ leads: 17, channels: 17, callsPerSecond: 17 }), { calls: 17, reason: 'no-leads' })
  t.strictSame(left({}, { inFlight: 20 }), { calls: 0, reason: 'max-dial-level' })
  t.strictSame(left({}, { inFlight: 21 }), { calls: 0, reason: 'max-dial-level' }, 'never fewer than none')
  t.strictSame(left({ leads: 0 }, { serving: 0 }), { calls: 0, reason: 'no-agents' })
  t.match(left({}, { serving: 1, inFlight: 0 }), { calls: 2, reason: 'max-dial-level' })
  for (const wrong of [Number.NaN, -1, 0.9])
    t.strictSame(left({ leads: wrong }), { calls: 0, reason: 'no-leads' }, `${wrong}`)
  t.match(
    ceiling(
      { agents: [], calls: [], limits: { ...endless, leads: 1 } },
      { ...settings, dialLevelMax: 1e300 },
      {
        ...nobody,
        serving: 1,
      },
    ),
    { calls: 1, reason: 'no-leads' },
  )
  const most = Number.MAX_SAFE_INTEGER
  const boundless = { channels: 1 / 0, callsPerSecond: 1 / 0, leads: 1 / 0 }
  t.match(
    ceiling(
      { agents: [], calls: [], limits: boundless },
      { ...settings, dialLevelMax: 1e300 },
      { ...nobody, serving: 1 },
    ),
    { calls: most },
    'a count stays a whole number',
  )
})

t.test('one call per free agent, minus those in flight that no leaving agent takes', async t => {
  for (const [available, inFlight, leavingAvailable, calls] of [
    [3, 0, 0, 3],
    [3, 2, 0, 1],
    [3, 3, 0, 0],
    [3, 4, 0, 0],
    [3, 4, 2, 1],
    [0, 0, 1, 0],
  ] as const) {
    const counts = { ...nobody, serving: 3, available, inFlight, leavingAvailable }
    const reason = calls > 0 ? 'agent-available' : 'agents-covered'
    t.strictSame(progressiveWish(counts), { calls, reason }, JSON.stringify(counts))
    t.strictSame(ratioWish(counts, 1), { calls, reason }, 'a ratio of 1 is the same')
  }
})

t.test('a ratio is at least 1, at most 10, and its lines are whole', async t => {
  const counts = { ...nobody, serving: 3, available: 3, inFlight: 1 }
  for (const [ratio, calls] of [
    [Number.NaN, 2],
    [-3, 2],
    [0.9, 2],
    [1.2, 2],
    [1.4, 3],
    [2, 5],
    [10, 29],
    [11, 29],
  ] as const)
    t.strictSame(ratioWish(counts, ratio), { calls, reason: 'agent-available' }, `${ratio}`)
})
