import type { CampaignSettings } from '../campaigns/campaign.ts'
import { dayMs } from '../time.ts'
import type { RateWindow, Rule, RuleBody, RuleBook } from './rules.ts'

/** After so many half-lives what an attempt adds to a number's points is lost in a double's last digit. */
const halvings = 64
/** A calendar day at the person's place begins at most so long before now. */
const dayAtMostMs = 2 * dayMs
const monthAtMostMs = 32 * dayMs

/**
 * How far back rules and campaigns look at attempts, milliseconds: nothing that is older changes a verdict. Limits of a campaign's
 * whole life look back for ever and are not in it: whoever lets attempts go keeps their number.
 */
export function lookBackMs(
  { jurisdictions }: Pick<RuleBook, 'jurisdictions'>,
  campaigns: readonly Pick<CampaignSettings, 'attemptLimits' | 'fatigue'>[],
): number {
  const rules = [...jurisdictions.flatMap(one => one.rules), ...campaigns.flatMap(one => one.attemptLimits)]
  const fatigue = campaigns.map(({ fatigue: { restMs, halfLifeMs } }) => Math.max(restMs, halvings * halfLifeMs))
  return Math.max(monthAtMostMs, ...rules.map(ruleLooksBackMs), ...fatigue)
}

function ruleLooksBackMs(rule: Rule<RuleBody['kind']>): number {
  switch (rule.kind) {
    case 'attempts':
      return rule.window.kind === 'rolling' ? rule.window.lengthMs : dayAtMostMs
    case 'rest':
      return rule.forMs + dayAtMostMs
    case 'abandonment':
      return windowMs(rule.window)
    default:
      return 0
  }
}

/** A life's rate goes by sums. */
function windowMs(window: RateWindow): number {
  if (window.kind === 'life') return 0
  return window.kind === 'calendar-month' ? monthAtMostMs : window.lengthMs
}
