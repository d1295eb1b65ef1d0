import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { createLog } from '../../src/log.ts'
import { policyNames } from '../../src/sim/rivals/policies.ts'
import { parseScenario, type Scenario } from '../../src/sim/scenarios/scenario.ts'
import { type SimulationResult, simulate } from '../../src/sim/study/run.ts'

const log = createLog({ level: 'silent' })
const realistic = parse(readFileSync(new URL('../../scenarios/realistic-5.yaml', import.meta.url), 'utf8'))

/** A few minutes of the realistic world with some of its keys changed; it goes through the reader as a user's file does. */
function world(change: Record<string, unknown>): Scenario {
  const { times = {}, ...other } = change
  const value = { ...realistic, horizon: { hours: 0.15 }, ...other, times: { ...realistic.times, ...Object(times) } }
  return parseScenario(value, 'hostile.yaml')
}

/** No figure is NaN, infinite or below 0, however deep it stands. */
function sound(test: Test, what: string, value: unknown): void {
  const wrong: string[] = []
  const visit = (path: string, one: unknown): void => {
    if (typeof one === 'number' && !(Number.isFinite(one) && one >= 0)) wrong.push(`${path} is ${one}`)
    if (typeof one !== 'object' || one === null) return
    for (const [key, part] of Object.entries(one)) visit(`${path}.${key}`, part)
  }
  visit(what, value)
  test.same(wrong, [])
}

const fixed = (value: number) => ({ kind: 'fixed', value })
/** For worlds with very many calls. */
const short = { horizon: { hours: 0.03 } }
const worlds: readonly (readonly [
  string,
  Record<string, unknown>,
  (result: SimulationResult & { policy: string }) => boolean,
])[] = [
  ['no agents', { agents: { start: 0 } }, ({ attempts, agentHours }) => attempts === 0 && agentHours === 0],
  ['one agent', { agents: { start: 1 } }, ({ attempts }) => attempts > 0],
  [
    'nobody answers at all',
    { outcomes: { person: 0 } },
    ({ attempts, answeredByPerson, abandonmentRate, occupancy }) =>
      attempts > 0 && answeredByPerson === 0 && abandonmentRate === 0 && occupancy < 0.001,
  ],
  ['only machines answer', { outcomes: { person: 0, machine: 1 } }, ({ answeredByPerson }) => answeredByPerson === 0],
  [
    'only machines answer, and reach agents',
    { outcomes: { person: 0, machine: 1 }, machineDetectionOn: false },
    ({ answeredByPerson, occupancy }) => answeredByPerson === 0 && occupancy > 0,
  ],
  [
    'everybody answers',
    { outcomes: { person: 1 } },
    ({ connected, attempts }) => connected > 0 && connected <= attempts,
  ],
  ['everybody is busy', { ...short, outcomes: { person: 0, busy: 1 } }, ({ connected }) => connected === 0],
  ['the carrier always fails', { ...short, outcomes: { person: 0, failure: 1 } }, ({ connected }) => connected === 0],
  ['talks of no time', { times: { talk: fixed(0) } }, ({ connected }) => connected > 0],
  ['neither talk nor wrap-up', { times: { talk: fixed(0), wrapUp: fixed(0) } }, ({ connected }) => connected > 0],
  [
    'talks without end',
    { times: { talk: fixed(1e6) } },
    ({ connected, occupancy }) => connected <= 5 && occupancy > 0.5,
  ],
  [
    'everybody would answer after the ring timeout',
    { times: { ring: fixed(26), machineRing: fixed(26) } },
    ({ answeredByPerson, attempts }) => answeredByPerson === 0 && attempts > 0,
  ],
  ['rings of no time', { times: { ring: fixed(0), nobody: fixed(0.2) } }, ({ connected }) => connected > 0],
  ['setup longer than the ring', { times: { setup: fixed(30) } }, ({ attempts }) => attempts > 0],
  [
    'a ring timeout of a second',
    { horizon: { hours: 0.01 }, ringTimeoutSec: 1 },
    ({ answeredByPerson }) => answeredByPerson === 0,
  ],
  [
    'all agents leave while calls ring',
    { agents: { start: 5, changes: [{ atHours: 0.05, delta: -5 }] } },
    ({ attempts }) => attempts > 0,
  ],
  [
    'more agents leave than there are, and others come',
    {
      agents: {
        start: 2,
        changes: [
          { atHours: 0.03, delta: -9 },
          { atHours: 0.06, delta: 3 },
        ],
      },
    },
    ({ attempts }) => attempts > 0,
  ],
  [
    'a break every minute',
    { agents: { start: 5, breaks: { perHour: 60, minutes: 1 } } },
    ({ attempts }) => attempts > 0,
  ],
  ['a trunk without channels', { trunk: { channels: 0, callsPerSecond: 1 } }, ({ attempts }) => attempts === 0],
  ['a trunk without calls a second', { trunk: { channels: 9, callsPerSecond: 0 } }, ({ attempts }) => attempts <= 1],
  ['no waiting', { waitMaxSec: 0 }, ({ connected }) => connected > 0],
  ['a target of nothing', { target: 0, cap: 0 }, ({ attempts }) => attempts > 0],
  ['a target of everything', { target: 1 }, ({ attempts }) => attempts > 0],
  ['impatience', { times: { hangUpWhileWaiting: fixed(0) } }, ({ attempts }) => attempts > 0],
  [
    'detection that is always wrong',
    { detectionErrors: { personTakenForMachine: 1, machineTakenForPerson: 1 } },
    ({ connected }) => connected === 0,
  ],
  ['events three seconds late', { eventDelaySec: fixed(3) }, ({ attempts }) => attempts > 0],
  // Their phones seem not to answer, so no agent is ever logged in.
  ['events half a minute late', { eventDelaySec: fixed(30) }, ({ agentHours }) => agentHours === 0],
  ['an instant', { horizon: { hours: 1e-6 } }, ({ attempts }) => attempts < 100],
  ['days of a minute', { horizon: { hours: 0.02, days: 2 } }, ({ attempts }) => attempts > 0],
]

t.test('no world makes any rule crash, hang, break an invariant or reckon nonsense', async t => {
  for (const [what, change, holds] of worlds) {
    const scenario = world(change)
    await t.test(what, async t => {
      for (const policy of policyNames) {
        const result = await simulate({ scenario, policy, seed: 1, log, samples: 10 })
        sound(t, policy, result)
        t.ok(result.occupancy <= 1 && result.abandonmentRate <= 1, `${policy} is within bounds`)
        t.equal(result.abandoned, result.answeredByPerson - result.connected, policy)
        t.ok(
          holds({ ...result, policy }),
          `${policy}: ${JSON.stringify({ ...result, timeline: 0, waits: 0, hours: 0 })}`,
        )
      }
    })
  }
})

t.test('a world in which time stands still is refused, not run for ever', async t => {
  const nothing = { kind: 'fixed', value: 0 }
  for (const [change, says] of [
    [
      { outcomes: { person: 1 }, times: { ring: nothing, talk: nothing, wrapUp: nothing } },
      /times: an attempt takes 0 s/,
    ],
    [{ outcomes: { person: 0, busy: 1 }, times: { busyAfter: nothing } }, /times: an attempt takes 0 s/],
    [
      { times: { talk: { kind: 'lognormal', mean: 1, cv: 1e200 } } },
      /times\.talk\.cv: is 1e\+200, must be at most 100/,
    ],
    [{ times: { talk: fixed(1e300) } }, /times\.talk\.value: is 1e\+300, must be at most 1000000/],
    [{ agents: { start: 5, breaks: { perHour: 1e9, minutes: 1 } } }, /agents\.breaks\.perHour/],
    [
      { agents: { start: 20_000, changes: [{ atHours: 1, delta: 20_000 }] } },
      /agents\.changes: brings the agents to 40000/,
    ],
  ] as const)
    t.throws(() => world(change), { code: 'bad-scenario', message: says })
})
