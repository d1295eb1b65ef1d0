import type { CallingHours } from '../campaign.ts'
import type { InstantMs } from '../ids.ts'
import type { Verdict, VerdictFacts, VerdictRules, ZoneOffset } from './verdict.ts'

const minuteMs = 60_000
const dayMinutes = 24 * 60

/** Local wall time at an instant: minute of the day 0..1439 and weekday 0..6 (Sunday first). */
interface LocalTime {
  readonly minuteOfDay: number
  readonly weekday: number
}

function offsetAt(zone: ZoneOffset, at: InstantMs): number {
  return at >= zone.until && zone.nextOffsetMinutes !== undefined ? zone.nextOffsetMinutes : zone.offsetMinutes
}

function localTime(zone: ZoneOffset, at: InstantMs): LocalTime {
  const localMinutes = Math.floor(at / minuteMs) + offsetAt(zone, at)
  const day = Math.floor(localMinutes / dayMinutes)
  // 1970-01-01 was a Thursday, weekday 4.
  return { minuteOfDay: localMinutes - day * dayMinutes, weekday: (((day + 4) % 7) + 7) % 7 }
}

function open(hours: CallingHours, local: LocalTime): boolean {
  return (
    hours.weekdays.includes(local.weekday) &&
    local.minuteOfDay >= hours.startMinute &&
    local.minuteOfDay < hours.endMinute
  )
}

function openIn(zone: ZoneOffset, rules: VerdictRules, now: InstantMs): boolean {
  const latestAnswer = now + rules.latestAnswerMs
  return open(rules.callingHours, localTime(zone, now)) && open(rules.callingHours, localTime(zone, latestAnswer))
}

/** The next start of a permitted local day in this zone, strictly after now. */
function nextOpening(zone: ZoneOffset, hours: CallingHours, now: InstantMs): InstantMs | undefined {
  const localDay = Math.floor((Math.floor(now / minuteMs) + offsetAt(zone, now)) / dayMinutes)
  for (let ahead = 0; ahead <= 8; ahead += 1) {
    const localStart = (localDay + ahead) * dayMinutes + hours.startMinute
    const guess = (localStart - offsetAt(zone, now)) * minuteMs
    const at = (localStart - offsetAt(zone, guess)) * minuteMs
    if (at > now && open(hours, localTime(zone, at))) return at
  }
  return undefined
}

/**
 * May the person be called now? Every zone in which he may be must permit it, at the moment of the originate and at the
 * latest possible answer. An unknown place refuses. When no: the next instant at which the last of the zones opens
 * (16 CFR 310.4(c): local time at the called person's location).
 */
export function hoursVerdict(facts: VerdictFacts, rules: VerdictRules, now: InstantMs): Verdict {
  if (facts.zones.length === 0) return { allowed: false, reason: 'unknown-time-zone' }
  const closed = facts.zones.filter(zone => !openIn(zone, rules, now))
  const [first] = closed
  if (first === undefined) return { allowed: true }
  const openings = closed.map(zone => nextOpening(zone, rules.callingHours, now))
  const detail = `closed in ${first.zone}`
  if (openings.some(at => at === undefined)) return { allowed: false, reason: 'outside-calling-hours', detail }
  const retryAt = Math.max(...openings.filter(at => at !== undefined))
  return { allowed: false, reason: 'outside-calling-hours', retryAt, detail }
}
