import { ApiError } from '../api/apiError.ts'
import { ownerIdOf } from '../core/campaigns/ownerCounts.ts'
import {
  abandonmentRows,
  type CountedCalls,
  type ReportedWindow,
  type ReportRow,
  type ReportScope,
} from '../core/compliance/abandonmentReport.ts'
import type { LawFinder } from '../core/compliance/law.ts'
import { countryOf, holdsAt, type Rule } from '../core/compliance/rules.ts'
import { given } from '../core/given.ts'
import type { CampaignId, InstantMs } from '../core/ids.ts'
import { abandonmentLaw, lawfulPacing, windowOfRule } from '../core/pacing/lawful.ts'
import type { CampaignSnapshot } from '../ports/engine.ts'

/** Whose abandonment is asked for, by which law, when. */
export interface ReportQuestion {
  readonly seller?: string
  readonly purpose?: string
  readonly campaign?: CampaignId
  /** A jurisdiction, `US-FTC`, or `campaign` for the operator's own windows; absent: all that hold. */
  readonly law?: string
  readonly since?: InstantMs
  readonly until: InstantMs
}

/** What the table is made of beside the calls: the campaigns there are, and the laws. */
interface ReportGround {
  readonly campaigns: readonly CampaignSnapshot[]
  readonly laws: LawFinder
}

/** The regulator's table: each owner whole, then campaign by campaign; each by every law that holds for it. */
export function reportRows(
  ground: ReportGround,
  spans: readonly CountedCalls[],
  question: ReportQuestion,
): readonly ReportRow[] {
  const { campaigns } = ground
  if (question.law !== undefined) refuseUnknownLaw(ground, question.law)
  const rates = new Map(
    campaigns.map(({ settings }) => [settings.campaignId, settings.pacing.personTakenForMachineRate ?? 0]),
  )
  const { since, until } = question
  return scopesOf(campaigns, spans, question).flatMap(scope => {
    const windows = windowsFor(ground, campaignsOf(campaigns, scope), { scope, question })
    return abandonmentRows({ spans, scope, windows, personTakenForMachineRates: rates, until, ...given({ since }) })
  })
}

function refuseUnknownLaw({ laws }: ReportGround, law: string): void {
  const ids = laws.book.jurisdictions.map(one => one.jurisdictionId)
  if (law === 'campaign' || ids.includes(law)) return
  throw new ApiError(422, 'unknown-law', `there is no law ${law}: use campaign${ids.map(id => `, ${id}`).join('')}`)
}

/** Owners of calls and of campaigns, each followed by its campaigns; of one campaign, that alone. */
function scopesOf(
  known: readonly CampaignSnapshot[],
  spans: readonly CountedCalls[],
  { seller, purpose, campaign }: ReportQuestion,
): readonly ReportScope[] {
  const named = known.map(({ settings }) => {
    const { campaignId } = settings
    return { sellerId: settings.seller.sellerId, purpose: settings.purpose, campaignId }
  })
  const wanted = [...named, ...spans].filter(
    of =>
      (seller === undefined || of.sellerId === seller) &&
      (purpose === undefined || of.purpose === purpose) &&
      (campaign === undefined || of.campaignId === campaign),
  )
  const scopes = new Map<string, ReportScope>()
  for (const { sellerId, purpose: why, campaignId } of wanted) {
    const owner = { sellerId, purpose: why }
    if (campaign === undefined) scopes.set(`${sellerId} ${why}`, owner)
    scopes.set(`${sellerId} ${why} ${campaignId}`, { ...owner, campaignId })
  }
  return [...scopes].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, scope]) => scope)
}

function campaignsOf(known: readonly CampaignSnapshot[], scope: ReportScope): readonly CampaignSnapshot[] {
  const ownerId = ownerIdOf({ seller: { sellerId: scope.sellerId, place: '' }, purpose: scope.purpose })
  const own = known.filter(one => one.ownerId === ownerId)
  const one = own.filter(({ settings }) => settings.campaignId === scope.campaignId)
  // A campaign that is gone, or has another owner now, was held to the law of its owner's others.
  return one.length > 0 ? one : own
}

function windowsFor(
  ground: ReportGround,
  campaigns: readonly CampaignSnapshot[],
  { scope, question }: { readonly scope: ReportScope; readonly question: ReportQuestion },
): readonly ReportedWindow[] {
  const { law, until } = question
  const windows = new Map<string, ReportedWindow>()
  const add = (window: ReportedWindow): unknown => windows.has(window.name) || windows.set(window.name, window)
  for (const { settings, places } of campaigns) {
    const rules = abandonmentLaw(ground.laws, settings, { places, now: until })
    for (const rule of rules) {
      const reported = reportedRule(ground, rule, settings.seller.place)
      if (law === undefined || reported.law === law) add(reported)
    }
    const { abandonmentWindows = [], abandonmentRateMax } = lawfulPacing(settings, rules)
    const own = law === undefined || law === 'campaign'
    if (!own || scope.campaignId === undefined || abandonmentRateMax >= 1) continue
    for (const window of abandonmentWindows.filter(({ ruleId }) => ruleId === undefined))
      add({ rateMax: abandonmentRateMax, ...window, law: 'campaign' })
  }
  if (law !== undefined && law !== 'campaign' && windows.size === 0) {
    // Asked by name, a law is applied even where the seller's place is not its own.
    for (const rule of rulesOf(ground, law, { purpose: scope.purpose, now: until }))
      add(reportedRule(ground, rule, campaigns[0]?.settings.seller.place ?? ''))
  }
  return [...windows.values()]
}

function rulesOf(
  { laws }: ReportGround,
  law: string,
  { purpose, now }: { readonly purpose: ReportScope['purpose']; readonly now: InstantMs },
): readonly Rule<'abandonment'>[] {
  const rules = laws.book.jurisdictions.find(one => one.jurisdictionId === law)?.rules ?? []
  return rules.flatMap(rule => {
    const inForce = (rule.from ?? now) <= now && now < (rule.until ?? Number.POSITIVE_INFINITY)
    return rule.kind === 'abandonment' && inForce && (rule.purposes?.includes(purpose) ?? true) ? [rule] : []
  })
}

function reportedRule({ laws }: ReportGround, rule: Rule<'abandonment'>, place: string): ReportedWindow {
  const jurisdiction = laws.book.jurisdictions.find(({ rules }) => rules.some(({ ruleId }) => ruleId === rule.ruleId))
  // A month turns where the law holds, if the seller calls from elsewhere.
  const home = jurisdiction?.places.some(where => holdsAt(where, place)) ? place : jurisdiction?.places[0]
  const at = home ?? countryOf(place)
  const excludes = rule.hungUpWaiting === 'not-counted' ? { excludesHungUpWaiting: true } : {}
  const law = jurisdiction?.jurisdictionId ?? rule.ruleId
  return { ...windowOfRule(rule, at), rateMax: rule.rateMax, law, source: rule.source, ...excludes }
}
