import { given } from '../given.ts'
import type { InstantMs, PhoneNumber } from '../ids.ts'
import { dayMs } from '../time.ts'
import { type AttemptWindow, attemptWindow } from './attempts.ts'
import { closedHours, type Hours } from './callingHours.ts'
import { hasWithdrawn, isValid, liftedBy } from './consent.ts'
import { askAgainMs, type Case, no, type Verdict, yes } from './facts.ts'
import { decayMs, fatiguePoints } from './fatigue.ts'
import { isOwed } from './history.ts'
import { permissionsIn } from './lists.ts'
import { restEndsAt } from './rest.ts'
import type { Law, Rule } from './rules.ts'
import { unknownRestEndsAt } from './unknownAttempts.ts'

/** The product's own rests, whatever the law: 72 h after an abandonment (Ofcom's, applied everywhere). */
const ownRests: readonly Pick<Rule<'rest'>, 'ruleId' | 'after' | 'forMs' | 'per' | 'across' | 'unless'>[] = [
  {
    ruleId: 'product/rest-after-abandonment',
    after: 'abandonment',
    forMs: 3 * dayMs,
    per: 'person',
    across: 'all',
    unless: 'agent-reserved',
  },
]

/** Whether the person has permitted the call where law or campaign ask for it, and wants it at this hour. */
export function consentVerdict(one: Case): Verdict {
  const { facts, rules, now } = one
  const asked = permissionsIn(one)
  if (facts.permissions.length > 0 && hasWithdrawn(facts.permissions, asked.about, now)) {
    return no('consent-withdrawn', { retryAt: now + dayMs, detail: `topic ${rules.of.topic}` })
  }
  const needed = neededConsent(one)
  if (needed !== undefined) {
    const valid = facts.permissions.filter(permission => isValid(permission, asked.about, now))
    const enough = valid.some(({ basis }) => basis === 'written' || (basis === 'express' && needed.basis === 'express'))
    if (!enough) {
      const answerAt = now + rules.latestAnswerMs
      const expired = facts.permissions.some(({ expiresAt }) => expiresAt !== undefined && expiresAt <= answerAt)
      const detail = `${needed.basis} consent for ${rules.of.topic}`
      return no(expired ? 'consent-expired' : 'consent-missing', { rule: needed.ruleId, retryAt: now + dayMs, detail })
    }
  }
  return optOutVerdict(one) ?? ownHoursVerdict(one)
}

/** The strictest consent that is asked for, and that nothing else stands in for. */
function neededConsent(one: Case): Pick<Rule<'consent'>, 'ruleId' | 'basis'> | undefined {
  const { rules, law, now } = one
  const asking =
    one.facts.permissions.length === 0
      ? law.consent
      : law.consent.filter(rule => liftedBy(rule, permissionsIn(one), now) === undefined)
  const strict = asking.find(({ basis }) => basis === 'written') ?? asking[0]
  return strict ?? (rules.consent === 'required' ? { ruleId: 'campaign/consent', basis: 'express' } : undefined)
}

/** A message that a machine speaks offers its way out: a key, and a toll-free number to call back. */
function optOutVerdict({ rules, law, now }: Case): Verdict | undefined {
  const lacking = law.optOut.find(({ tollFree }) => tollFree && rules.optOutNumber === undefined)
  if (lacking === undefined) return undefined
  const detail = 'the campaign names no toll-free optOutNumber'
  return no('opt-out-missing', { rule: lacking.ruleId, retryAt: now + askAgainMs, detail })
}

function ownHoursVerdict({ facts, rules, now }: Case): Verdict {
  if (facts.ownHours === undefined || facts.zones.length === 0) return yes
  const own: Hours = { ruleId: 'person/hours', days: facts.ownHours }
  const where = { zones: facts.zones, latestAnswerMs: rules.latestAnswerMs }
  const closed = closedHours([own], where, now)
  if (closed === undefined) return yes
  const { ruleId: rule, zone, retryAt = now + dayMs } = closed
  return no('outside-own-hours', { rule, detail: `not now in ${zone}`, retryAt })
}

/** Every zone permits, by every rule, the campaign's hours and the person's own; an unknown place refuses. */
export function hoursVerdict(one: Case): Verdict {
  const { facts, rules, now } = one
  if (facts.zones.length === 0) return no('unknown-time-zone')
  const unknown = placeProblem(one)
  if (unknown !== undefined) return unknown
  const all = hoursOf(one)
  const where = { zones: facts.zones, latestAnswerMs: rules.latestAnswerMs }
  const closed = closedHours(all, where, now)
  if (closed === undefined) return yes
  // Hours that never meet are put right by whoever sets them: never is no answer.
  const { ruleId: rule, zone, retryAt = now + dayMs } = closed
  return no('outside-calling-hours', { rule, detail: `closed in ${zone}`, retryAt })
}

/** All hours that bind: what the person permitted may lift the law's, never the campaign's or the person's own. */
function hoursOf(one: Case): readonly Hours[] {
  const { facts, rules, law, now } = one
  const asked = permissionsIn(one)
  const lawful =
    facts.permissions.length === 0 ? law.hours : law.hours.filter(rule => liftedBy(rule, asked, now) === undefined)
  const own = facts.ownHours === undefined ? [] : [{ ruleId: 'person/hours', days: facts.ownHours }]
  return [...lawful, rules.callingHours, ...own]
}

function placeProblem({ facts, rules, law, now }: Case): Verdict | undefined {
  if (rules.laws.book.jurisdictions.length === 0) return undefined
  const retryAt = now + askAgainMs
  if (facts.places.length === 0) return no('unknown-place', { retryAt, detail: 'nothing says where the person is' })
  const [place] = law.uncovered
  return place === undefined ? undefined : no('unknown-place', { retryAt, detail: `no rules cover ${place}` })
}

/** How full every window is: the lead's own, the law's and the campaign's. */
export function attemptWindows(one: Case): readonly AttemptWindow[] {
  const { facts, rules, law, now } = one
  const question = { history: facts.history, of: rules.of, zones: facts.zones }
  const windows: AttemptWindow[] = []
  for (const rule of law.attempts) {
    if (liftedBy(rule, permissionsIn(one), now) === undefined) windows.push(attemptWindow(rule, question, now))
  }
  for (const rule of rules.attemptLimits) windows.push(attemptWindow(rule, question, now))
  return windows
}

/** No window of attempts is full. */
export function attemptsVerdict(one: Case): Verdict {
  const { facts, rules, law } = one
  if (facts.attempts >= rules.attemptsMax) {
    return no('attempts-exhausted', { rule: 'campaign/attempts', detail: `${facts.attempts} of ${rules.attemptsMax}` })
  }
  if (facts.history.length === 0 || law.attempts.length + rules.attemptLimits.length === 0) return yes
  const full = attemptWindows(one).filter(({ count, max }) => count >= max)
  const [first] = full
  if (first === undefined) return yes
  const last = full.reduce((latest, next) => (opensAt(next) > opensAt(latest) ? next : latest), first)
  const { ruleId: rule, count, max, retryAt } = last
  return no('attempts-limit', { rule, detail: `${count} of ${max}`, ...given({ retryAt }) })
}

function opensAt({ retryAt = Number.POSITIVE_INFINITY }: AttemptWindow): InstantMs {
  return retryAt
}

/** Nothing that has happened asks for a rest: the lead's own retry time, and the rests of the law and the product. */
export function restVerdict(one: Case): Verdict {
  const { facts, rules, law, now } = one
  let latest: Verdict = yes
  let latestAt = now
  const take = (at: number | undefined, verdict: (retryAt: number) => Verdict): void => {
    if (at === undefined || at <= latestAt) return
    latestAt = at
    latest = verdict(at)
  }
  take(facts.dialableAt, retryAt => no('resting', { retryAt, rule: 'campaign/retry' }))
  if (facts.attemptsUnknownUntil !== undefined) {
    const until = unknownRestEndsAt(one, { at: facts.attemptsUnknownUntil, rests: [...law.rest, ...ownRests] })
    take(until, retryAt => no('rest-after-restore', { retryAt, rule: 'product/rest-after-restore' }))
  }
  if (facts.history.length === 0) return latest
  for (const rule of [...law.rest, ...ownRests]) {
    const reason = `rest-after-${rule.after}` as const
    take(restOf(rule, { facts, rules }), retryAt => no(reason, { retryAt, rule: rule.ruleId }))
  }
  return latest
}

/** When the rest ends that a line asks for in this case; `undefined`: it asks for none. */
export function restOf(
  rule: (typeof ownRests)[number],
  { facts, rules }: Pick<Case, 'facts' | 'rules'>,
): InstantMs | undefined {
  if (rule.unless === 'agent-reserved' && rules.agentReserved === true) return undefined
  return restEndsAt(rule, facts.history, { ...rules.of, zones: facts.zones })
}

/** The number is not worn out; below the limit its fatigue lengthens the rest since the last call. */
export function fatigueVerdict({ facts, rules, now }: Case): Verdict {
  const { fatigue } = rules
  const [last] = facts.history
  // Ours, and no law's: a call that the person has asked for tires nobody.
  if (!fatigue.on || last === undefined || isOwed(facts.history, rules.of)) return yes
  const points = fatiguePoints(facts.history, fatigue, now)
  const detail = `${points.toFixed(1)} of ${fatigue.limit} points`
  const rule = 'product/fatigue'
  if (points >= fatigue.limit) {
    const retryAt = now + decayMs(points, fatigue.limit / 2, fatigue.halfLifeMs)
    return no('fatigue-limit', { rule, detail, retryAt })
  }
  const retryAt = last.originatedAt + fatigue.restMs * (points / fatigue.limit) ** 2
  return retryAt > now ? no('fatigue-rest', { rule, detail, retryAt: Math.ceil(retryAt) }) : yes
}

/** Caller identities of the pool that may be presented at the called place. */
export function allowedCallerIds(law: Law, callerIds: readonly PhoneNumber[]): readonly PhoneNumber[] {
  if (law.callerIdentity.length === 0) return callerIds
  const begins = (callerId: PhoneNumber) => (prefix: string) => callerId.startsWith(prefix)
  return callerIds.filter(callerId =>
    law.callerIdentity.every(
      ({ forbiddenPrefixes, except }) =>
        !forbiddenPrefixes.some(begins(callerId)) || except?.some(begins(callerId)) === true,
    ),
  )
}

/** A caller identity may be presented. */
export function callerIdentityVerdict({ rules, law, now }: Case): Verdict {
  if (allowedCallerIds(law, rules.callerIds).length > 0) return yes
  const rule = law.callerIdentity[0]?.ruleId
  const detail = `none of the campaign's caller identities may be presented there`
  return no('caller-identity', { detail, retryAt: now + askAgainMs, ...given({ rule }) })
}
