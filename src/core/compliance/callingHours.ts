import { given } from '../given.ts'
import type { InstantMs } from '../ids.ts'
import { dayMs } from '../time.ts'
import { instantOf, type LocalTime, localTime, weekdayOf, type ZoneOffset } from './localTime.ts'
import type { HoursSpan, Rule } from './rules.ts'

/** Hours that a call must keep: a rule's, the campaign's, or the person's own. `calendar`: holidays, days since 1970-01-01. */
export type Hours = Pick<Rule<'hours'>, 'ruleId' | 'days' | 'holidays'> & { readonly calendar?: ReadonlySet<number> }

/** Where and when the called person may be. */
export interface Whereabouts {
  /** Every zone in which the person may be; all must permit. */
  readonly zones: readonly ZoneOffset[]
}

/** What keeps a call from its hours, and when all of them permit again. */
export interface ClosedHours {
  readonly ruleId: string
  readonly zone: string
  readonly retryAt?: InstantMs
}

const daysAheadMax = 15
const noSpans: readonly HoursSpan[] = []

function spansOf(hours: Hours, { day, weekday }: Pick<LocalTime, 'day' | 'weekday'>): readonly HoursSpan[] {
  if (hours.holidays !== undefined && hours.calendar?.has(day)) {
    return hours.holidays === 'closed' ? noSpans : (hours.days[0] ?? noSpans)
  }
  return hours.days[weekday] ?? noSpans
}

/** Both ends of the time in which the call may be answered lie in one span: a lunch break between them forbids it. */
function isOpen(hours: Hours, zone: ZoneOffset, call: AnswerTime): boolean {
  const start = localTime(zone, call.from)
  const end = localTime(zone, call.until)
  for (const span of spansOf(hours, start)) {
    if (start.minuteOfDay < span.startMinute || start.minuteOfDay >= span.endMinute) continue
    return end.day === start.day ? end.minuteOfDay < span.endMinute : runsOn(hours, { end, span }, start.day)
  }
  return false
}

/** A span to midnight goes on where the next day begins with one. */
function runsOn(hours: Hours, { end, span }: { end: LocalTime; span: HoursSpan }, day: number): boolean {
  if (span.endMinute < 1440 || end.day !== day + 1) return false
  const next = spansOf(hours, end)
  return next.some(({ startMinute, endMinute }) => startMinute === 0 && end.minuteOfDay < endMinute)
}

interface AnswerTime {
  readonly from: InstantMs
  /** The latest possible answer. */
  readonly until: InstantMs
}

/**
 * The first hours that do not permit a call which may be answered at any time in [now, now + latestAnswerMs], in any of the
 * zones; `undefined` where all permit. `retryAt` is the next instant at which all of them permit (16 CFR 310.4(c): local time
 * at the called person's location).
 */
export function closedHours(
  all: readonly Hours[],
  { zones, latestAnswerMs }: Whereabouts & { readonly latestAnswerMs: number },
  now: InstantMs,
): ClosedHours | undefined {
  const call = { from: now, until: now + latestAnswerMs }
  for (const hours of all) {
    for (const zone of zones) {
      if (isOpen(hours, zone, call)) continue
      const retryAt = nextOpening(all, { zones, latestAnswerMs }, now)
      return { ruleId: hours.ruleId, zone: zone.zone, ...given({ retryAt }) }
    }
  }
  return undefined
}

/** Looked for in the near future first: most openings are tomorrow's. Days. */
const searchDays = [2, 5, daysAheadMax]

/** The earliest instant after now at which everything permits: openings are the only instants at which that can begin. */
function nextOpening(
  all: readonly Hours[],
  where: Whereabouts & { readonly latestAnswerMs: number },
  now: InstantMs,
): InstantMs | undefined {
  const { zones, latestAnswerMs } = where
  const permitted = (at: InstantMs) =>
    all.every(hours => zones.every(zone => isOpen(hours, zone, { from: at, until: at + latestAnswerMs })))
  let after = now
  for (const days of searchDays) {
    const until = now + days * dayMs
    const openings = all.flatMap(hours => zones.flatMap(zone => openingsOf(hours, zone, { after, until })))
    const found = openings.sort((a, b) => a - b).find(permitted)
    if (found !== undefined) return found
    after = until
  }
  return undefined
}

/** The starts of spans in (after, until]. */
function openingsOf(
  hours: Hours,
  zone: ZoneOffset,
  { after, until }: { readonly after: InstantMs; readonly until: InstantMs },
): readonly InstantMs[] {
  const last = localTime(zone, until).day
  const found: InstantMs[] = []
  for (let { day } = localTime(zone, after); day <= last; day += 1) {
    for (const { startMinute } of spansOf(hours, { day, weekday: weekdayOf(day) })) {
      const at = instantOf(zone, day, startMinute)
      if (at > after && at <= until) found.push(at)
    }
  }
  return found
}
