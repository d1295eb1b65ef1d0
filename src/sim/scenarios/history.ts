import { machineCode } from '../../core/agents/wrapUp.ts'
import type { Disposition } from '../../core/vocabulary.ts'
import type { CallRecord } from '../../ports/attempts.ts'
import { mean } from '../statistics.ts'
import { type Dist, meanOf } from '../world/distributions.ts'
import type { Outcomes, ScenarioTimes } from './scenario.ts'

/** One ended attempt of the past, as far as a world can be read off it. Instants in milliseconds. */
export interface PastAttempt {
  readonly disposition: Disposition
  readonly detail?: string | undefined
  readonly originatedAt: number
  readonly ringingAt?: number | undefined
  readonly answeredAt?: number | undefined
  readonly connectedAt?: number | undefined
  /** When the agent gave the person on. */
  readonly transferredAt?: number | undefined
  readonly endedAt: number
  readonly wrapUpCode?: string | undefined
  /** When the agent's first word came. */
  readonly wrapUpAt?: number | undefined
}

/** One thing that was read off the records: how many it rests on, and its mean. */
export interface Basis {
  readonly what: string
  /** 0: nothing on record tells it, and the mean is assumed. */
  readonly records: number
  readonly meanSec: number
}

/** A world fitted to the past. */
export interface HistoryFit {
  readonly outcomes: Outcomes
  readonly times: Pick<ScenarioTimes, 'ring' | 'talk' | 'wrapUp'> & Partial<ScenarioTimes>
  readonly machineDetectionOn: boolean
  readonly machineTakenForPerson: number
  /** Nearly all calls have begun to ring after this time. */
  readonly setupMaxSec: number
  /** Attempts that the outcomes rest on. */
  readonly attempts: number
  /** Of these, answered by a person. */
  readonly answeredByPerson: number
  readonly basis: readonly Basis[]
}

/** Below this nothing can be said. */
export const historyMin = { attempts: 100, answers: 30 } as const
/** A time is read off the records where there are so many of it. */
const samplesMin = 10
const binsMax = 24
const samplesPerBin = 4
/** Longer times are mistakes of a clock or a forgotten line. */
const timeMaxSec = 86_400
const assumedWrapUp: Dist = { kind: 'lognormal', mean: 20, cv: 0.7 }

/** A call record as the past of a fit; `undefined` while it has not ended. */
export function pastAttemptOf({ originatedAt, end, wrapUp }: CallRecord): PastAttempt | undefined {
  if (end === undefined) return undefined
  const { disposition, detail, ringingAt, answeredAt, connectedAt, transferredAt, endedAt } = end
  const [wrapUpCode, wrapUpAt] = [wrapUp?.code, wrapUp?.at]
  return {
    disposition,
    detail,
    originatedAt,
    ringingAt,
    answeredAt,
    connectedAt,
    transferredAt,
    endedAt,
    wrapUpCode,
    wrapUpAt,
  }
}

/** Why these records are too few for a fit, in words; `undefined` where they are enough. */
export function historyShortage(past: readonly PastAttempt[]): string | undefined {
  const seen = past.filter(isTelling)
  const answers = seen.filter(one => isAnswered(one) && !isMachine(one)).length
  if (seen.length >= historyMin.attempts && answers >= historyMin.answers) return undefined
  return `${seen.length} attempts and ${answers} answers on record, at least ${historyMin.attempts} and ${historyMin.answers} are needed`
}

/** Fits a world to the past, which must be enough: {@link historyShortage} says whether it is. */
export function fitHistory(past: readonly PastAttempt[]): HistoryFit {
  const seen = past.filter(isTelling)
  const by = (...words: readonly Disposition[]) => seen.filter(one => words.includes(one.disposition))
  const answered = seen.filter(isAnswered)
  const talks = by('connected')
  const coded = talks.filter(isMachine)
  const detected = by('machine')
  // Who was abandoned has no code: among them there are as many machines as among those who were served.
  const machinesAmongAnswered = coded.length / Math.max(1, talks.length)
  const undetected = answered.length * machinesAmongAnswered
  const share = (count: number): number => count / seen.length
  const persons = talks.filter(one => !isMachine(one))
  const times = fitTimes({
    rings: seen.map(one => between(one.originatedAt, one.ringingAt)),
    answers: answered.filter(one => !isMachine(one)).map(one => between(one.originatedAt, one.answeredAt)),
    machineAnswers: [...coded, ...detected].map(one => between(one.originatedAt, one.answeredAt)),
    unanswered: by('no-answer').map(one => between(one.originatedAt, one.endedAt)),
    busy: by('busy').map(one => between(one.originatedAt, one.endedAt)),
    failures: by('congestion', 'failed', 'rejected').map(one => between(one.originatedAt, one.endedAt)),
    detections: detected.map(one => between(one.answeredAt, one.endedAt)),
    talks: persons.map(one => between(one.connectedAt, one.transferredAt ?? one.endedAt)),
    machineTalks: coded.map(one => between(one.connectedAt, one.endedAt)),
    wrapUps: persons.map(one => (one.wrapUpAt === undefined ? undefined : between(one.endedAt, one.wrapUpAt, 0))),
  })
  return {
    outcomes: {
      person: share(answered.length - undetected),
      machine: share(undetected + detected.length),
      busy: share(by('busy').length),
      failure: share(by('congestion', 'failed', 'rejected').length),
    },
    ...times,
    machineDetectionOn: detected.length > 0,
    machineTakenForPerson: undetected / Math.max(1, undetected + detected.length),
    attempts: seen.length,
    answeredByPerson: Math.round(answered.length - undetected),
  }
}

/** What we withdrew would perhaps have been answered, and what was lost in a crash ended we do not know how. */
function isTelling({ disposition, detail }: PastAttempt): boolean {
  return disposition !== 'withdrawn' && detail !== 'recovered' && detail !== 'originate-error'
}

function isAnswered({ disposition }: PastAttempt): boolean {
  return disposition === 'connected' || disposition === 'abandoned' || disposition === 'hung-up-waiting'
}

function isMachine({ wrapUpCode, disposition }: PastAttempt): boolean {
  return disposition === 'machine' || wrapUpCode === machineCode
}

/** Seconds between two instants; `undefined` where one is missing or they make no sense. `floor`: what stands for less than nothing. */
function between(from: number | undefined, until: number | undefined, floor?: number): number | undefined {
  if (from === undefined || until === undefined) return undefined
  const sec = (until - from) / 1000
  if (sec < 0) return floor
  return sec <= timeMaxSec ? sec : undefined
}

type Samples = readonly (number | undefined)[]

function fitTimes(
  samples: Readonly<
    Record<
      | 'rings'
      | 'answers'
      | 'machineAnswers'
      | 'unanswered'
      | 'busy'
      | 'failures'
      | 'detections'
      | 'talks'
      | 'machineTalks'
      | 'wrapUps',
      Samples
    >
  >,
): Pick<HistoryFit, 'times' | 'basis' | 'setupMaxSec'> {
  const basis: Basis[] = []
  const read = (what: string, all: Samples, assumed: Dist): Dist => {
    const known = all.filter(sec => sec !== undefined).sort((one, other) => one - other)
    const enough = known.length >= samplesMin
    const dist = enough ? binned(known) : assumed
    basis.push({ what, records: enough ? known.length : 0, meanSec: meanOf(dist) })
    return dist
  }
  const optional = (what: string, all: Samples): Dist | undefined => {
    const known = all.filter(sec => sec !== undefined)
    return known.length < samplesMin ? undefined : read(what, known, assumedWrapUp)
  }
  const ring = read('ring until a person answers', samples.answers, { kind: 'erlang', shift: 2, mean: 11, k: 3 })
  const talk = read('talk', samples.talks, { kind: 'lognormal', mean: 120, cv: 1 })
  const wrapUp = read('wrap-up', samples.wrapUps, assumedWrapUp)
  const others = {
    setup: optional('until it rings', samples.rings),
    machineRing: optional('ring until a machine answers', samples.machineAnswers),
    nobody: optional('unanswered', samples.unanswered),
    busyAfter: optional('busy', samples.busy),
    failureAfter: optional('failure', samples.failures),
    machineDetection: optional('detection of a machine', samples.detections),
    machineTalk: optional('talk to a machine', samples.machineTalks),
  }
  const rings = samples.rings.filter(sec => sec !== undefined).sort((one, other) => one - other)
  const known = Object.entries(others).filter(([, dist]) => dist !== undefined)
  return {
    // What is not known is left out, and has the default of scenario files.
    times: { ring, talk, wrapUp, ...(Object.fromEntries(known) as Partial<ScenarioTimes>) },
    setupMaxSec: rings[Math.floor(0.95 * rings.length)] ?? 0,
    basis,
  }
}

/**
 * The distribution of sorted samples: equally many in each of up to {@link binsMax} bins, each uniform around its own mean and
 * within its bounds, so that the mean of all is that of the samples.
 */
function binned(sorted: readonly number[]): Dist {
  const bins = Math.max(1, Math.min(binsMax, Math.floor(sorted.length / samplesPerBin)))
  const parts = Array.from({ length: bins }, (_, bin) => {
    const samples = sorted.slice(
      Math.floor((bin * sorted.length) / bins),
      Math.floor(((bin + 1) * sorted.length) / bins),
    )
    const middle = mean(samples)
    const half = Math.max(0, Math.min(middle - (samples[0] ?? middle), (samples.at(-1) ?? middle) - middle))
    return {
      weight: samples.length,
      dist: { kind: 'uniform' as const, min: Math.max(0, middle - half), max: middle + half },
    }
  })
  return { kind: 'mixture', parts }
}
