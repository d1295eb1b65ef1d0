import { given } from '../given.ts'
import type { InstantMs } from '../ids.ts'
import { attemptWindows } from './checks.ts'
import type { Clearance } from './clearance.ts'
import { isValid, liftedBy, type Permission } from './consent.ts'
import type { DoNotCallListState } from './doNotCall.ts'
import type { Case, VerdictFacts, VerdictRules } from './facts.ts'
import { fatiguePoints } from './fatigue.ts'
import { isAboutPerson, isListOf, othersRefusals, permissionsIn } from './lists.ts'
import { localTime } from './localTime.ts'
import { automations, type Rule } from './rules.ts'
import { caseOf } from './verdict.ts'

/** The evidence of a dial that {@link decideVerdict} has allowed at this instant: what was asked, and what it rested on. */
export function clearanceOf(facts: VerdictFacts, rules: VerdictRules, now: InstantMs): Clearance {
  const one = caseOf(facts, rules, now)
  const { law } = one
  const lifted = liftedRules(one)
  const perSeller = othersRefusals(one).length > 0 ? law.refusals : []
  const asked = [
    ...perSeller,
    ...law.lists,
    ...law.consent,
    ...law.hours,
    ...law.attempts,
    ...law.rest,
    ...law.callerIdentity,
  ]
  return {
    at: now,
    rulesVersion: law.version,
    seller: rules.seller,
    places: facts.places,
    ...given({
      voice: rules.voice === 'live' ? undefined : rules.voice,
      automation: rules.automation.length === automations.length ? undefined : rules.automation,
      mode: rules.agentMode,
      unread: law.unread.length === 0 ? undefined : law.unread,
    }),
    ...(rules.agentReserved === true ? { agentReserved: true } : {}),
    rules: asked.map(({ ruleId }) => ruleId),
    lists: listsAsked(one),
    permissions: permissionsOf(one, lifted),
    lifted: lifted.map(({ rule }) => rule.ruleId),
    localTimes: facts.zones.map(zone => {
      const { minuteOfDay, day } = localTime(zone, now)
      return { zone: zone.zone, minuteOfDay, day }
    }),
    attempts: attemptWindows(one).map(({ ruleId, count, max }) => ({ ruleId, count, max })),
    fatigue: rules.fatigue.on ? Math.round(fatiguePoints(facts.history, rules.fatigue, now) * 10) / 10 : 0,
  }
}

interface Lifted {
  readonly rule: Rule
  readonly permission: Permission
}

function liftedRules(one: Case): readonly Lifted[] {
  const { law, now } = one
  const liftable: readonly Rule[] = [...law.lists, ...law.stateLists, ...law.hours, ...law.consent, ...law.attempts]
  return [...new Set(liftable)].flatMap(rule => {
    const permission = liftedBy(rule, permissionsIn(one), now)
    return permission === undefined ? [] : [{ rule, permission }]
  })
}

/** Lists that would have refused the call, had the number been on them. */
function listsAsked(one: Case): Clearance['lists'] {
  const { facts, law, rules } = one
  const wanted = law.lists.filter(rule => isAboutPerson(rule, one))
  const isAsked = (list: DoNotCallListState): boolean => {
    if (list.kind === 'campaign') return list.campaignId === rules.of.campaignId
    if (list.kind !== 'national' && list.kind !== 'state') return true
    // A state's list is asked about everybody, wherever they are.
    if (list.kind === 'state' && law.stateLists.some(({ place }) => place === list.place)) return true
    return wanted.some(rule => isListOf(list, rule)) || list.place === undefined || !law.listPlaces.includes(list.place)
  }
  return facts.lists.filter(isAsked).map(({ name: list, version, asOf }) => ({ list, version, asOf }))
}

function permissionsOf(one: Case, lifted: readonly Lifted[]): Clearance['permissions'] {
  const { facts, rules, law, now } = one
  const relied = law.consent.length > 0 || rules.consent === 'required'
  const used = relied ? facts.permissions.filter(each => isValid(each, permissionsIn(one).about, now)) : []
  const all = new Map([...used, ...lifted.map(({ permission }) => permission)].map(one => [one.permissionId, one]))
  return [...all.values()].map(({ permissionId, basis, seller, otherNumber }) => {
    const other = otherNumber === true ? ({ otherNumber } as const) : {}
    return { permissionId, basis, ...other, ...given({ seller }) }
  })
}
