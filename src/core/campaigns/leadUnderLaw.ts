import { minRingMs, waitByLaw } from '../calls/callLimits.ts'
import { allowedCallerIds } from '../compliance/checks.ts'
import type { VerdictFacts, VerdictRules } from '../compliance/facts.ts'
import type { Law } from '../compliance/rules.ts'
import { caseOf } from '../compliance/verdict.ts'
import type { InstantMs } from '../ids.ts'
import type { CampaignSettings } from './campaign.ts'
import type { HopperLead } from './lead.ts'

/** A lead as it may be dialed now: with the rings, the wait and the identities that the law of its person's place permits. */
export function leadUnderLaw(
  lead: HopperLead,
  asked: {
    readonly settings: CampaignSettings
    readonly facts: VerdictFacts
    readonly rules: VerdictRules
    readonly now: InstantMs
  },
): HopperLead {
  const { settings, facts, rules, now } = asked
  const { law } = caseOf(facts, rules, now)
  const callerIds = allowedCallerIds(law, settings.callerIds)
  return {
    ...lead,
    places: facts.places,
    ...ringMax(law, settings.ringTimeoutMs),
    ...waitOfLaw(law, settings.waitMaxMs),
    ...(law.ringMinMs > minRingMs ? { ringMinMs: law.ringMinMs } : {}),
    ...(callerIds.length === settings.callerIds.length ? {} : { callerIds }),
  }
}

/** The industry's code in Germany lets a telephone ring for 40 s: less than the campaign may have set. */
function ringMax({ ring }: Law, ringTimeoutMs: number): Pick<HopperLead, 'ringMaxMs'> {
  const ringMaxMs = Math.min(...ring.map(({ maxMs }) => maxMs ?? Number.POSITIVE_INFINITY))
  return ringMaxMs < ringTimeoutMs ? { ringMaxMs } : {}
}

/** The strictest law says how long a person who answered may wait; the campaign's figure is for where none speaks. */
function waitOfLaw({ connect }: Law, waitMaxMs: number): Pick<HopperLead, 'waitMaxMs'> {
  const byLaw = waitByLaw(connect)
  return byLaw === undefined || byLaw === waitMaxMs ? {} : { waitMaxMs: byLaw }
}
