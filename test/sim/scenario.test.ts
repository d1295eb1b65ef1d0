import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { parse } from 'yaml'
import { ConfigError } from '../../src/errors.ts'
import { parseScenario } from '../../src/sim/scenarios/scenario.ts'

const folder = new URL('../scenarios/', import.meta.url)

function load(name: string): unknown {
  return parse(readFileSync(new URL(`${name}.yaml`, folder), 'utf8'))
}

/** A minimal scenario with one thing changed: keys by their path, `undefined` takes a key away. */
function changed(path: string, value: unknown): unknown {
  const scenario: Record<string, unknown> = {
    name: 'minimal',
    horizon: { hours: 1 },
    agents: { start: 2 },
    outcomes: { person: 0.25 },
    times: {
      ring: { kind: 'fixed', value: 5 },
      talk: { kind: 'exponential', mean: 60 },
      wrapUp: { kind: 'fixed', value: 0 },
    },
    ringTimeoutSec: 25,
    waitMaxSec: 2,
    target: 0.03,
  }
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  let at: Record<string, unknown> = scenario
  for (const key of keys) {
    // Only objects stand on the way of the paths below.
    at[key] = { ...(at[key] as object) }
    at = at[key] as Record<string, unknown>
  }
  if (value === undefined) delete at[last]
  else at[last] = value
  return scenario
}

t.test('a minimal scenario gets its defaults', async t => {
  t.match(parseScenario(changed('name', 'minimal'), 'minimal.yaml'), {
    horizon: { hours: 1, days: 1 },
    agents: { start: 2, changes: [], breaks: undefined },
    outcomes: { person: 0.25, machine: 0, busy: 0, failure: 0 },
    times: {
      setup: { kind: 'fixed', value: 0 },
      nobody: { kind: 'fixed', value: 25 },
      busyAfter: { kind: 'uniform', min: 2, max: 3 },
      failureAfter: { kind: 'uniform', min: 0.2, max: 1 },
      machineDetection: { kind: 'fixed', value: 3 },
      machineTalk: { kind: 'fixed', value: 8 },
    },
    machineDetectionOn: true,
    agentGapSec: 0,
    cap: undefined,
    windowHours: undefined,
  })
})

t.test('every scenario file here is read, with every key of the format', async t => {
  for (const file of readdirSync(folder)) t.ok(parseScenario(load(file.replace('.yaml', '')), file), file)
  t.match(parseScenario(load('everything'), 'everything.yaml'), {
    agents: { changes: [{ atHours: 0.1, delta: 4 }, { delta: -5 }], breaks: { perHour: 2, minutes: 3 } },
    answerDrift: { kind: 'blocks', leads: 50, factors: [0.4, 1, 1.8] },
    times: { talk: { kind: 'mixture' }, hangUpWhileWaiting: { kind: 'exponential', mean: 4 } },
    detectionErrors: { personTakenForMachine: 0.03, machineTakenForPerson: 0.1 },
    ringWithdrawalAfterSec: 15,
    trunk: { channels: 40, callsPerSecond: 4 },
    cap: 0.05,
    windowHours: 24,
  })
})

const wrong: readonly (readonly [path: string, value: unknown, complaint: RegExp])[] = [
  ['colour', 'red', /: colour: unknown key; known here are name/],
  ['agents.begin', 3, /: agents\.begin: unknown key/],
  ['agents.start', -1, /: agents\.start: is -1, must be at least 0/],
  ['agents.start', 1.5, /: agents\.start: must be a whole number/],
  ['horizon.hours', 0, /: horizon\.hours: is 0, must be over 0/],
  ['horizon', undefined, /: horizon: must hold keys/],
  ['name', undefined, /: name: must be a text/],
  ['outcomes.person', 1.2, /: outcomes\.person: is 1\.2, must be at most 1/],
  ['outcomes', { person: 0.7, machine: 0.4 }, /: outcomes: the probabilities sum to 1\.1/],
  ['times.ring', { kind: 'fixed', value: -2 }, /: times\.ring\.value: is -2/],
  ['times.ring', undefined, /: times\.ring: must hold keys/],
  ['times.talk', { kind: 'gamma' }, /: times\.talk\.kind: must be one of fixed/],
  ['times.talk', { kind: 'uniform', min: 5, max: 2 }, /: times\.talk\.max: is 2, must be at least 5/],
  ['times.talk', { kind: 'fixed', value: 2, cv: 1 }, /: times\.talk\.cv: unknown key/],
  ['times.talk', { kind: 'erlang', shift: 3, mean: 2, k: 1 }, /: times\.talk\.mean: is 2, must be at least 3/],
  ['times.talk', { kind: 'mixture', parts: [] }, /: times\.talk\.parts: needs a part/],
  [
    'times.talk',
    { kind: 'mixture', parts: [{ weight: 1, dist: { kind: 'fixed', value: -1 } }] },
    /parts\[0\]\.dist\.value/,
  ],
  ['answerDrift', { kind: 'sine', amplitude: 1, periodHours: 0 }, /: answerDrift\.periodHours: is 0, must be over 0/],
  ['answerDrift', { kind: 'blocks', leads: 10, factors: [] }, /: answerDrift\.factors: must not be empty/],
  ['trunk', { channels: -1, callsPerSecond: 1 }, /: trunk\.channels/],
  ['ringTimeoutSec', 'long', /: ringTimeoutSec: must be a number/],
  ['ringTimeoutSec', Number.NaN, /: ringTimeoutSec: must be a number/],
  ['machineDetectionOn', 'yes', /: machineDetectionOn: must be true or false/],
  ['target', undefined, /: target: must be a number/],
]

t.test('whatever is wrong is refused with the file and the path in it', async t => {
  for (const [path, value, complaint] of wrong) {
    const read = () => parseScenario(changed(path, value), 'odd.yaml')
    t.throws(read, ConfigError, path)
    t.throws(read, { message: complaint, code: 'bad-scenario' }, String(complaint))
    t.throws(read, { message: /^odd\.yaml/ })
  }
  for (const nothing of [undefined, null, 3, 'text', []])
    t.throws(() => parseScenario(nothing, 'odd.yaml'), ConfigError)
})
