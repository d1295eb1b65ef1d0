import { type Dist, meanOf } from '../world/distributions.ts'
import { Reader } from './reader.ts'

/** A scenario file, checked, its defaults filled in. Times in the unit that the name ends in. */
export interface Scenario {
  readonly name: string
  readonly description: string
  readonly horizon: { readonly hours: number; readonly days: number }
  readonly agents: {
    readonly start: number
    readonly changes: readonly { readonly atHours: number; readonly delta: number }[]
    readonly breaks: { readonly perHour: number; readonly minutes: number } | undefined
  }
  readonly outcomes: Outcomes
  readonly answerDrift: AnswerDrift | undefined
  readonly times: ScenarioTimes
  readonly machineDetectionOn: boolean
  readonly detectionErrors: { readonly personTakenForMachine: number; readonly machineTakenForPerson: number }
  readonly ringTimeoutSec: number
  readonly ringWithdrawalAfterSec: number | undefined
  readonly waitMaxSec: number
  readonly trunk: { readonly channels: number; readonly callsPerSecond: number }
  readonly eventDelay: Dist | undefined
  readonly agentGapSec: number
  readonly cap: number | undefined
  readonly windowHours: number | undefined
  readonly target: number
}

/** Probabilities of an attempt's outcome; the rest: nobody answers. */
export interface Outcomes {
  readonly person: number
  readonly machine: number
  readonly busy: number
  readonly failure: number
}

/** How the probability of a person moves. */
export type AnswerDrift =
  | { readonly kind: 'step'; readonly steps: readonly { readonly atHours: number; readonly factor: number }[] }
  | { readonly kind: 'square'; readonly high: number; readonly low: number; readonly periodHours: number }
  | { readonly kind: 'sine'; readonly amplitude: number; readonly periodHours: number }
  | { readonly kind: 'blocks'; readonly leads: number; readonly factors: readonly number[] }

/** Distributions of times, in seconds. */
export interface ScenarioTimes {
  readonly setup: Dist
  readonly ring: Dist
  readonly machineRing: Dist
  readonly nobody: Dist
  readonly busyAfter: Dist
  readonly failureAfter: Dist
  readonly detection: Dist
  readonly machineDetection: Dist
  readonly talk: Dist
  readonly machineTalk: Dist
  readonly wrapUp: Dist
  readonly hangUpWhileWaiting: Dist | undefined
}

const topKeys = [
  ...['name', 'description', 'horizon', 'agents', 'outcomes', 'answerDrift', 'times', 'machineDetectionOn'],
  ...['detectionErrors', 'ringTimeoutSec', 'ringWithdrawalAfterSec', 'waitMaxSec', 'trunk', 'eventDelaySec'],
  ...['agentGapSec', 'cap', 'window', 'target'],
]
const timeKeys = [
  ...['setup', 'ring', 'machineRing', 'nobody', 'busyAfter', 'failureAfter', 'detection', 'machineDetection'],
  ...['talk', 'machineTalk', 'wrapUp', 'hangUpWhileWaiting'],
]
/** A trunk that a scenario does not mention never limits anything. */
const endlessTrunk = { channels: 1_000_000, callsPerSecond: 100_000 }
const agentsMax = 20_000
/** Over this the draws of a distribution are no durations any more. */
const timeMaxSec = 1e6
const variationMax = 100
const breaksPerHourMax = 60
/** Where attempts take no time, a simulated second holds attempts without end. */
const attemptMinSec = 0.1

/** Reads a scenario out of parsed YAML or JSON. Anything wrong is a {@link ConfigError} that names `source` and the path. */
export function parseScenario(value: unknown, source: string): Scenario {
  const file = new Reader(value, source).object(topKeys)
  const horizon = file.at('horizon').object(['hours', 'days'])
  const ringTimeoutSec = file.at('ringTimeoutSec').number({ min: 0, above: true, max: 86_400 })
  const window = file.at('window')
  const outcomes = readOutcomes(file.at('outcomes'))
  const times = readTimes(file.at('times'), ringTimeoutSec)
  const machineDetectionOn = file.at('machineDetectionOn').flag(true)
  refuseEndless(file.at('times'), { outcomes, times, ringTimeoutSec, machineDetectionOn })
  return {
    name: file.at('name').text(),
    description: file.at('description').present ? file.at('description').text() : '',
    horizon: {
      hours: horizon.at('hours').number({ min: 0, above: true, max: 24 * 366 }),
      days: horizon.at('days').whole({ min: 1, max: 366 }, 1),
    },
    agents: readAgents(file.at('agents')),
    outcomes,
    answerDrift: optional(file.at('answerDrift'), readDrift),
    times,
    machineDetectionOn,
    detectionErrors: readErrors(file.at('detectionErrors')),
    ringTimeoutSec,
    ringWithdrawalAfterSec: optional(file.at('ringWithdrawalAfterSec'), reader => reader.number({ min: 0 })),
    waitMaxSec: file.at('waitMaxSec').number({ min: 0, max: 60 }),
    trunk: readTrunk(file.at('trunk')),
    eventDelay: optional(file.at('eventDelaySec'), readDist),
    agentGapSec: file.at('agentGapSec').number({ min: 0 }, 0),
    cap: optional(file.at('cap'), reader => reader.number({ min: 0, max: 1 })),
    windowHours: optional(window, reader => reader.object(['hours']).at('hours').number({ min: 0, above: true })),
    target: file.at('target').number({ min: 0, max: 1 }),
  }
}

function optional<T>(reader: Reader, read: (reader: Reader) => T): T | undefined {
  return reader.present ? read(reader) : undefined
}

function readAgents(reader: Reader): Scenario['agents'] {
  reader.object(['start', 'changes', 'breaks'])
  const changes = optional(reader.at('changes'), list => list.list().map(readChange)) ?? []
  const breaks = optional(reader.at('breaks'), one => {
    one.object(['perHour', 'minutes'])
    return {
      perHour: one.at('perHour').number({ min: 0, max: breaksPerHourMax }),
      minutes: one.at('minutes').number({ min: 0 }),
    }
  })
  const start = reader.at('start').whole({ min: 0, max: agentsMax })
  const most = changes.reduce((sum, { delta }) => sum + Math.max(0, delta), start)
  if (most > agentsMax) reader.at('changes').fail(`brings the agents to ${most}, must be at most ${agentsMax}`)
  return { start, changes, breaks }
}

function readChange(reader: Reader): Scenario['agents']['changes'][number] {
  reader.object(['atHours', 'delta'])
  const atHours = reader.at('atHours').number({ min: 0 })
  return { atHours, delta: reader.at('delta').whole({ min: -agentsMax, max: agentsMax }) }
}

function readOutcomes(reader: Reader): Outcomes {
  reader.object(['person', 'machine', 'busy', 'failure'])
  const share = (key: string, otherwise?: number) => reader.at(key).number({ min: 0, max: 1 }, otherwise)
  const outcomes = {
    person: share('person'),
    machine: share('machine', 0),
    busy: share('busy', 0),
    failure: share('failure', 0),
  }
  const sum = outcomes.person + outcomes.machine + outcomes.busy + outcomes.failure
  const rounding = 1e-9
  if (sum > 1 + rounding) reader.fail(`the probabilities sum to ${sum}, must be at most 1`)
  return outcomes
}

function readDrift(reader: Reader): AnswerDrift {
  const kind = reader.at('kind').word(['step', 'square', 'sine', 'blocks'])
  const number = (key: string, min = 0) => reader.at(key).number({ min })
  const period = () => reader.at('periodHours').number({ min: 0, above: true })
  switch (kind) {
    case 'step': {
      const steps = reader.object(['kind', 'steps']).at('steps').list()
      return { kind, steps: steps.map(readStep) }
    }
    case 'square':
      reader.object(['kind', 'high', 'low', 'periodHours'])
      return { kind, high: number('high'), low: number('low'), periodHours: period() }
    case 'sine':
      reader.object(['kind', 'amplitude', 'periodHours'])
      return { kind, amplitude: number('amplitude'), periodHours: period() }
    case 'blocks': {
      reader.object(['kind', 'leads', 'factors'])
      const factors = reader
        .at('factors')
        .list()
        .map(factor => factor.number({ min: 0 }))
      if (factors.length === 0) reader.at('factors').fail('must not be empty')
      return { kind, leads: reader.at('leads').whole({ min: 1 }), factors }
    }
  }
}

function readStep(reader: Reader): { readonly atHours: number; readonly factor: number } {
  reader.object(['atHours', 'factor'])
  return { atHours: reader.at('atHours').number({ min: 0 }), factor: reader.at('factor').number({ min: 0 }) }
}

function readTimes(reader: Reader, ringTimeoutSec: number): ScenarioTimes {
  reader.object(timeKeys)
  const fixed = (value: number): Dist => ({ kind: 'fixed', value })
  const dist = (key: string, otherwise: Dist) => optional(reader.at(key), readDist) ?? otherwise
  const ring = readDist(reader.at('ring'))
  return {
    ring,
    setup: dist('setup', fixed(0)),
    machineRing: dist('machineRing', ring),
    nobody: dist('nobody', fixed(ringTimeoutSec)),
    busyAfter: dist('busyAfter', { kind: 'uniform', min: 2, max: 3 }),
    failureAfter: dist('failureAfter', { kind: 'uniform', min: 0.2, max: 1 }),
    detection: dist('detection', fixed(0)),
    machineDetection: dist('machineDetection', fixed(3)),
    talk: readDist(reader.at('talk')),
    machineTalk: dist('machineTalk', fixed(8)),
    wrapUp: readDist(reader.at('wrapUp')),
    hangUpWhileWaiting: optional(reader.at('hangUpWhileWaiting'), readDist),
  }
}

/** Every attempt holds an agent or a line for a while, on average. */
function refuseEndless(
  reader: Reader,
  {
    outcomes,
    times,
    ringTimeoutSec,
    machineDetectionOn,
  }: Pick<Scenario, 'outcomes' | 'times' | 'ringTimeoutSec' | 'machineDetectionOn'>,
): void {
  const { person, machine, busy, failure } = outcomes
  const rings = (dist: Dist): number => Math.min(ringTimeoutSec, meanOf(dist))
  const served = rings(times.ring) + meanOf(times.talk) + meanOf(times.wrapUp)
  const nobody = Math.max(0, 1 - person - machine - busy - failure)
  const meanSec =
    person * served +
    machine * (rings(times.machineRing) + meanOf(machineDetectionOn ? times.machineDetection : times.machineTalk)) +
    busy * meanOf(times.busyAfter) +
    failure * meanOf(times.failureAfter) +
    nobody * rings(times.nobody)
  if (meanSec >= attemptMinSec) return
  reader.fail(`an attempt takes ${Number(meanSec.toPrecision(3))} s on average, must be at least ${attemptMinSec} s`)
}

function readErrors(reader: Reader): Scenario['detectionErrors'] {
  if (!reader.present) return { personTakenForMachine: 0, machineTakenForPerson: 0 }
  reader.object(['personTakenForMachine', 'machineTakenForPerson'])
  const share = (key: string) => reader.at(key).number({ min: 0, max: 1 }, 0)
  return {
    personTakenForMachine: share('personTakenForMachine'),
    machineTakenForPerson: share('machineTakenForPerson'),
  }
}

function readTrunk(reader: Reader): Scenario['trunk'] {
  if (!reader.present) return endlessTrunk
  reader.object(['channels', 'callsPerSecond'])
  return {
    channels: reader.at('channels').whole({ min: 0 }),
    callsPerSecond: reader.at('callsPerSecond').number({ min: 0 }),
  }
}

function readDist(reader: Reader): Dist {
  const kind = reader.at('kind').word(['fixed', 'uniform', 'exponential', 'lognormal', 'erlang', 'mixture'])
  const time = (key: string) => reader.at(key).number({ min: 0, max: timeMaxSec })
  switch (kind) {
    case 'fixed':
      reader.object(['kind', 'value'])
      return { kind, value: time('value') }
    case 'uniform':
      reader.object(['kind', 'min', 'max'])
      return { kind, min: time('min'), max: reader.at('max').number({ min: time('min'), max: timeMaxSec }) }
    case 'exponential':
      reader.object(['kind', 'mean'])
      return { kind, mean: time('mean') }
    case 'lognormal':
      reader.object(['kind', 'mean', 'cv'])
      return { kind, mean: time('mean'), cv: reader.at('cv').number({ min: 0, max: variationMax }) }
    case 'erlang':
      reader.object(['kind', 'shift', 'mean', 'k'])
      return {
        kind,
        shift: time('shift'),
        mean: reader.at('mean').number({ min: time('shift'), max: timeMaxSec }),
        k: reader.at('k').whole({ min: 1, max: 1_000 }),
      }
    case 'mixture':
      return { kind, parts: readParts(reader.object(['kind', 'parts']).at('parts')) }
  }
}

function readParts(reader: Reader): Extract<Dist, { kind: 'mixture' }>['parts'] {
  const parts = reader.list().map(part => {
    part.object(['weight', 'dist'])
    return { weight: part.at('weight').number({ min: 0 }), dist: readDist(part.at('dist')) }
  })
  if (!parts.some(part => part.weight > 0)) reader.fail('needs a part with a weight over 0')
  return parts
}
