import type { Static } from 'typebox'
import { durationMs } from '../config/durations.ts'
import { type Problem, problemsOf } from '../config/problems.ts'
import type { Exemption, HoursSpan, Purpose, Rule, RuleBody, RuleScope, Voice } from '../core/compliance/rules.ts'
import { given } from '../core/given.ts'
import { dayMs } from '../core/time.ts'
import { isKnownPlace } from '../numbers/places.ts'
import { anyLineSchema, type jurisdictionSchema, lineSchemas } from './ruleSchemas.ts'
import { dayBegins, isDay, readHours, readRateWindow, spanMs } from './units.ts'

/** A line as a file or an override writes it; {@link lineSchemas} say what each kind has. */
export type WrittenLine = Readonly<Record<string, unknown>>

/** A rule, or all that is wrong with its line; paths begin inside the line. */
export type LineReading =
  | { readonly rule: Rule; readonly problems?: undefined }
  | { readonly rule?: undefined; readonly problems: readonly Problem[] }

/** What a line takes from its file. */
export type LineSurroundings = Pick<Static<typeof jurisdictionSchema>, 'jurisdiction' | 'zone'>

/** Reads one line of a jurisdiction. */
export function readLine(written: unknown, around: LineSurroundings): LineReading {
  const unkind = problemsOf(anyLineSchema, written)
  if (unkind.length > 0) return { problems: unkind }
  // The check has just proved that there is a known kind.
  const line = written as WrittenLine & { readonly kind: RuleBody['kind'] }
  const misshapen = problemsOf(lineSchemas[line.kind], line)
  if (misshapen.length > 0) return { problems: misshapen }
  // The schema of its kind has just proved the shape.
  const shaped = line as unknown as ShapedLine
  const senseless = problemsOfSense(shaped, around)
  return senseless.length > 0 ? { problems: senseless } : { rule: ruleOf(shaped, around) }
}

interface CommonKeys {
  readonly id: string
  readonly purposes?: readonly Purpose[]
  readonly topics?: readonly string[]
  readonly voices?: readonly Voice[]
  readonly automates?: 'either' | 'both'
  readonly from?: string
  readonly until?: string
  readonly yieldsTo?: readonly WrittenExemption[]
  readonly source: string
  readonly date: string
}

interface WrittenRest extends Pick<Rule<'rest'>, 'after' | 'wholeDays' | 'unless'> {
  readonly for: string
}

/** What the schemas prove, in the file's units. */
type ShapedLine = CommonKeys &
  (
    | { kind: 'hours'; hours: Readonly<Record<string, string | readonly string[]>>; holidays?: 'closed' | 'sunday' }
    | ({ kind: 'attempts'; max: number; window: string } & RuleScope)
    | ({ kind: 'rest' } & WrittenRest & RuleScope)
    | { kind: 'ring'; min: string; max?: string }
    | { kind: 'abandonment'; max: number; target?: number; window: string; hungUpWaiting?: 'not-counted' }
    | { kind: 'connect'; within: string; message: boolean; optOutKey: boolean }
    | { kind: 'consent'; basis: 'written' | 'express' }
    | { kind: 'do-not-call-list'; place: string; ageMax: string }
    | { kind: 'caller-identity'; forbiddenPrefixes: readonly string[]; except?: readonly string[] }
    | { kind: 'opt-out'; key: boolean; tollFree: boolean }
    | { kind: 'refusal'; binds: 'everybody' | 'seller' }
    | { kind: 'retention'; of: 'records' | 'refusals'; for: string }
    | { kind: 'duty'; says: string }
  )

/** What is well formed and cannot be. */
function problemsOfSense(line: ShapedLine, { zone }: LineSurroundings): readonly Problem[] {
  const problems: Problem[] = []
  const wrong = (key: string, text: string): void => {
    problems.push({ path: [key], text })
  }
  for (const key of ['from', 'until', 'date'] as const) {
    const day = line[key]
    if (day !== undefined && !isDay(day)) wrong(key, `is ${day}, which is no day: write one like 2026-08-11`)
    else if (key !== 'date' && day !== undefined && zone === undefined)
      wrong(key, 'needs to know where the day begins: add zone: to the file, like Europe/Paris')
  }
  if (line.from !== undefined && line.until !== undefined && line.from >= line.until)
    wrong('until', `is ${line.until}, not after from (${line.from}): a rule ends after it begins`)
  for (const [key, text] of bodyProblems(line)) wrong(key, text)
  return problems
}

function bodyProblems(line: ShapedLine): readonly (readonly [key: string, text: string])[] {
  switch (line.kind) {
    case 'hours': {
      const days = readHours(line.hours)
      return typeof days === 'string' ? [['hours', days]] : []
    }
    case 'ring':
      return line.max !== undefined && durationMs(line.max) < durationMs(line.min)
        ? [['max', `is ${line.max}, less than min (${line.min})`]]
        : []
    case 'abandonment':
      return (line.target ?? 0) > line.max
        ? [['target', `is ${line.target}, above max (${line.max}): a target is below its limit`]]
        : []
    case 'rest':
      return line.wholeDays !== undefined && durationMs(line.for) % dayMs !== 0
        ? [['for', `is ${line.for}, which is no number of whole days: write one like 7d, or leave wholeDays out`]]
        : []
    case 'do-not-call-list':
      return isKnownPlace(line.place) ? [] : [['place', unknownPlace(line.place)]]
    default:
      return []
  }
}

/** What to say of a place that nobody knows. */
export function unknownPlace(place: string): string {
  return `names ${place}, which is no place: write a country like US, or a part of one like US-FL`
}

function ruleOf(line: ShapedLine, around: LineSurroundings): Rule {
  const { from, until } = line
  const zone = around.zone ?? 'UTC'
  return {
    ruleId: `${around.jurisdiction}/${line.id}`,
    ...given({
      purposes: line.purposes,
      topics: line.topics,
      voices: line.voices,
      automates: line.automates,
      from: from === undefined ? undefined : (dayBegins(from, zone) ?? 0),
      until: until === undefined ? undefined : (dayBegins(until, zone) ?? 0),
      yieldsTo: line.yieldsTo === undefined ? undefined : line.yieldsTo.map(exemptionOf),
    }),
    source: line.source,
    date: line.date,
    ...bodyOf(line),
  }
}

interface WrittenExemption {
  readonly basis: Exemption['basis']
  readonly within?: string
  readonly agreedHours?: true
}

/** A permission is good for the shortest time that its months can be. */
function exemptionOf({ basis, within, agreedHours }: WrittenExemption): Exemption {
  return { basis, ...given({ withinMs: within === undefined ? undefined : spanMs(within, 'shortest'), agreedHours }) }
}

function bodyOf(line: ShapedLine): RuleBody {
  switch (line.kind) {
    case 'hours':
      return {
        kind: 'hours',
        days: hoursOf(line.hours),
        ...given({ holidays: line.holidays }),
      }
    case 'attempts':
      return { kind: 'attempts', max: line.max, window: attemptsWindow(line.window), ...scopeOf(line) }
    case 'rest': {
      const { after, unless, wholeDays } = line
      return { kind: 'rest', after, forMs: durationMs(line.for), ...given({ wholeDays, unless }), ...scopeOf(line) }
    }
    case 'ring':
      return {
        kind: 'ring',
        minMs: durationMs(line.min),
        ...given({ maxMs: line.max === undefined ? undefined : durationMs(line.max) }),
      }
    case 'abandonment': {
      const target = given({ target: line.target })
      const hungUp = given({ hungUpWaiting: line.hungUpWaiting })
      return { kind: 'abandonment', rateMax: line.max, window: readRateWindow(line.window), ...target, ...hungUp }
    }
    case 'connect': {
      const { message, optOutKey } = line
      return { kind: 'connect', withinMs: durationMs(line.within), message, optOutKey }
    }
    case 'consent':
      return { kind: 'consent', basis: line.basis }
    case 'do-not-call-list':
      return { kind: 'do-not-call-list', place: line.place, ageMaxMs: durationMs(line.ageMax) }
    case 'caller-identity':
      return { kind: 'caller-identity', forbiddenPrefixes: line.forbiddenPrefixes, ...given({ except: line.except }) }
    case 'opt-out':
      return { kind: 'opt-out', key: line.key, tollFree: line.tollFree }
    case 'refusal':
      return { kind: 'refusal', binds: line.binds }
    case 'retention':
      // Kept for the longest time that its years can be.
      return { kind: 'retention', of: line.of, forMs: spanMs(line.for, 'longest') }
    case 'duty':
      return { kind: 'duty', says: line.says }
  }
}

function scopeOf({ per, across }: RuleScope): RuleScope {
  return { per, across }
}

function hoursOf(written: Readonly<Record<string, string | readonly string[]>>): readonly (readonly HoursSpan[])[] {
  const days = readHours(written)
  // The check of its sense has refused what cannot be read.
  return typeof days === 'string' ? [] : days
}

function attemptsWindow(written: string): Rule<'attempts'>['window'] {
  const [kind, length = ''] = written.split(' ')
  if (kind === 'rolling') return { kind, lengthMs: durationMs(length) }
  return { kind: kind === 'day' ? 'day' : 'life' }
}
