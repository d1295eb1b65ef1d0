import type { DoNotCallListState } from '../compliance/doNotCall.ts'
import { isListOf, listAgeDays } from '../compliance/lists.ts'
import type { ZoneOffset } from '../compliance/localTime.ts'
import type { Rule } from '../compliance/rules.ts'
import type { InstantMs } from '../ids.ts'
import { dayMs } from '../time.ts'
import type { Condition } from './alarm.ts'
import type { Judging } from './conditions.ts'

/** Space that is free again ends an alarm when there is so much more of it. */
const spaceBand = 1.1
const mebibyte = 1024 * 1024

/** Whether the disk with the database has little room. */
export function diskConditions(freeBytes: number, { thresholds, isOn }: Judging): readonly Condition[] {
  const code = 'disk-low'
  if (freeBytes >= thresholds.diskFreeMinBytes * (isOn({ code }) ? spaceBand : 1)) return []
  return [{ code, says: `${Math.floor(freeBytes / mebibyte)} MiB are free on the disk that holds the database` }]
}

/** A list that a law wants of a campaign that runs. */
export interface WantedList {
  readonly campaignId: string
  readonly rule: Rule<'do-not-call-list'>
}

/** A list is told of so many days before it is too old. */
const ageingDays = 3

/** Lists that a law wants and that are not there, too old, or soon too old: one a place, by the strictest line. */
export function listConditions(
  wanted: readonly WantedList[],
  lists: readonly DoNotCallListState[],
  now: InstantMs,
): readonly Condition[] {
  const strictest = new Map<string, WantedList>()
  for (const one of wanted) {
    const known = strictest.get(one.rule.place)
    if (known === undefined || one.rule.ageMaxMs < known.rule.ageMaxMs) strictest.set(one.rule.place, one)
  }
  return [...strictest.values()].flatMap(one => listCondition(one, lists, now))
}

function listCondition(
  { rule, campaignId }: WantedList,
  lists: readonly DoNotCallListState[],
  now: InstantMs,
): readonly Condition[] {
  const { place: subject, ageMaxMs, ruleId } = rule
  const own = lists.filter(list => isListOf(list, rule))
  const wants = `${ruleId} wants it, of campaign ${campaignId} for one`
  if (own.length === 0)
    return [{ code: 'list-missing', subject, says: `no do-not-call list of ${subject} has been imported: ${wants}` }]
  const maxDays = Math.floor(ageMaxMs / dayMs)
  return own.flatMap(({ name, asOf }): readonly Condition[] => {
    const days = listAgeDays(asOf, [utc], now)
    const says = `list ${name} of ${subject} is ${days} days old, and ${ruleId} permits ${maxDays}`
    if (days > maxDays) return [{ code: 'list-too-old', subject: name, says }]
    return days > maxDays - ageingDays ? [{ code: 'list-ageing', subject: name, says }] : []
  })
}

const utc: ZoneOffset = {
  zone: 'UTC',
  offsetMinutes: 0,
  from: Number.NEGATIVE_INFINITY,
  until: Number.POSITIVE_INFINITY,
}

/** Data that are older than this are too old: a year, whatever its length. */
const dataMaxMs = 366 * dayMs

/** Whether what is known of clocks and laws is older than a year: when the zones were published, and the newest line of the rules read. */
export function dataConditions(
  { zonesAt, rulesAt }: { readonly zonesAt: InstantMs; readonly rulesAt: InstantMs },
  now: InstantMs,
): readonly Condition[] {
  const found: Condition[] = []
  const days = (at: InstantMs) => Math.floor((now - at) / dayMs)
  if (now - zonesAt > dataMaxMs)
    found.push({ code: 'zone-data-old', says: `the time zones in use were published ${days(zonesAt)} days ago` })
  if (now - rulesAt > dataMaxMs)
    found.push({ code: 'rules-old', says: `the newest line of the rules in force was read ${days(rulesAt)} days ago` })
  return found
}

/** A certificate as an address shows it. */
export interface CertificateSeen {
  /** `pbx.example:8089`. */
  readonly address: string
  readonly validUntil: InstantMs
  /** Why it is not trusted, in one word; absent: it is. */
  readonly refused?: string
}

/** Certificates that have ended, are not trusted, or will end soon. */
export function certificateConditions(
  certificates: readonly CertificateSeen[],
  now: InstantMs,
  { thresholds }: Pick<Judging, 'thresholds'>,
): readonly Condition[] {
  return certificates.flatMap(({ address: subject, validUntil, refused }): readonly Condition[] => {
    const days = Math.floor((validUntil - now) / dayMs)
    if (validUntil <= now)
      return [{ code: 'certificate-bad', subject, says: `its certificate ended ${-days} days ago` }]
    if (refused !== undefined)
      return [{ code: 'certificate-bad', subject, says: `its certificate is not trusted: ${refused}` }]
    if (days >= thresholds.certificateMinDays) return []
    return [{ code: 'certificate-expiring', subject, says: `its certificate ends in ${days} days` }]
  })
}

/** Wrong tokens of one address in a quarter of an hour: a person mistypes, a program guesses. */
const guessesMin = 20

/** Whether somebody guesses the API's token: by the most wrong ones that an address has sent of late. */
export function guessConditions(wrongTokens: number): readonly Condition[] {
  if (wrongTokens < guessesMin) return []
  return [{ code: 'tokens-guessed', says: `an address has sent ${wrongTokens} wrong tokens: the log names it` }]
}
