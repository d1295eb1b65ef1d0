import type { CampaignSettings } from '../campaigns/campaign.ts'
import type { LawFinder } from '../compliance/law.ts'
import type { Law, Place, Rule } from '../compliance/rules.ts'
import type { InstantMs } from '../ids.ts'
import { dayMs, hourMs } from '../time.ts'
import type { AbandonmentWindow, PacingSettings } from './pacer.ts'

/** Where a rule names a rate and the operator steers above it: this share of it is steered to, 2.7 % of 3 %. */
const targetShare = 0.9

/**
 * Standard time of the places whose law counts by calendar months, hours from UTC; another place's months are those of UTC. In
 * summer the month turns an hour late by it, at an hour when nobody may be called. Source: the tz database, 2026.
 */
const standardTimeHours: Readonly<Record<Place, number>> = {
  CA: -5,
  'CA-NL': -3.5,
  'CA-NS': -4,
  'CA-NB': -4,
  'CA-PE': -4,
  'CA-QC': -5,
  'CA-ON': -5,
  'CA-NU': -5,
  'CA-MB': -6,
  'CA-SK': -6,
  'CA-AB': -7,
  'CA-NT': -7,
  'CA-YT': -7,
  'CA-BC': -8,
}

/** The law of abandonment for a campaign: of the seller's place, and of the places where its persons are. */
export function abandonmentLaw(
  laws: LawFinder,
  { seller, purpose }: Pick<CampaignSettings, 'seller' | 'purpose'>,
  when: { readonly places: Iterable<Place>; readonly now: InstantMs },
): readonly Rule<'abandonment'>[] {
  return campaignLaw(laws, { seller, purpose }, when).abandonment
}

/** All law of a campaign's calls together: of the seller's place, and of the places where its persons are. */
export function campaignLaw(
  laws: LawFinder,
  { seller, purpose }: Pick<CampaignSettings, 'seller' | 'purpose'>,
  when: { readonly places: Iterable<Place>; readonly now: InstantMs },
): Law {
  return laws.law({ seller: seller.place, purpose, person: [...when.places] }, when.now)
}

/** One of the law's lines as a window of a campaign whose seller is at `place`. */
export function windowOfRule(rule: Rule<'abandonment'>, place: Place): AbandonmentWindow {
  const { ruleId, rateMax, window } = rule
  const of = { name: ruleId, ruleId, kind: window.kind, rateMax }
  if ('lengthMs' in window) return { ...of, lengthMs: window.lengthMs }
  if (window.kind === 'life') return of
  const offsetHours = standardTimeHours[place] ?? standardTimeHours[place.slice(0, 2)] ?? 0
  return { ...of, utcOffsetMs: offsetHours * hourMs }
}

/**
 * A campaign's pacing as the law lets it be. The windows are the operator's and the law's together; limit and target can only be
 * tighter than the law's. Where the law's target is 0 nothing is dialed without an agent reserved for it, as it is where agents dial
 * by themselves. Another target is had by signing it: an override changes the rule itself.
 */
export function lawfulPacing(settings: CampaignSettings, rules: readonly Rule<'abandonment'>[]): PacingSettings {
  const { pacing, seller } = settings
  // Nobody's law gives a window: each day is held to the limit, so that no bad one hides in a good month.
  if (rules.length === 0 && pacing.abandonmentRateMax < 1 && pacing.abandonmentWindows === undefined)
    return { ...pacing, abandonmentWindows: dayAndLife }
  if (rules.length === 0) return pacing
  const lawless = pacing.abandonmentRateMax >= 1
  const rateMax = Math.min(pacing.abandonmentRateMax, lawless ? Math.max(...rules.map(rule => rule.rateMax)) : 1)
  const own: readonly AbandonmentWindow[] = lawless ? [] : (pacing.abandonmentWindows ?? [])
  const legal = rules.map(rule => {
    const window = windowOfRule(rule, seller.place)
    return { ...window, rateMax: Math.min(rule.rateMax, rateMax) }
  })
  const windows = [...(own.length === 0 && !lawless ? [{ name: 'life' }] : own), ...distinct(legal)]
  const target = Math.min(...rules.map(rule => targetUnder(pacing.abandonmentTarget, rule)))
  const lawful = { ...pacing, abandonmentRateMax: rateMax, abandonmentWindows: windows, abandonmentTarget: target }
  const paced = pacing.mode !== 'preview' && pacing.mode !== 'manual'
  return paced && rules.some(rule => rule.target === 0) ? { ...lawful, mode: 'progressive' } : lawful
}

const dayAndLife: readonly AbandonmentWindow[] = [{ name: '24h', lengthMs: dayMs }, { name: 'life' }]

/** Two authorities often say the same: one account is enough for both. */
function distinct(windows: readonly AbandonmentWindow[]): readonly AbandonmentWindow[] {
  const said = new Map<string, AbandonmentWindow>()
  for (const window of windows) {
    const key = `${window.kind} ${window.lengthMs} ${window.rateMax}`
    if (!said.has(key)) said.set(key, window)
  }
  return [...said.values()]
}

function targetUnder(target: number, rule: Rule<'abandonment'>): number {
  if (target <= (rule.target ?? rule.rateMax)) return target
  return rule.target ?? targetShare * rule.rateMax
}
