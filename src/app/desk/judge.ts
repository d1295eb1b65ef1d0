import type { JudgedView } from '../../api/agents/dialing.ts'
import { refusalSentences } from '../../api/sentences.ts'
import { isoOf } from '../../api/views.ts'
import type { CampaignSettings } from '../../core/campaigns/campaign.ts'
import type { Verdict, VerdictFacts, VerdictRules } from '../../core/compliance/facts.ts'
import { decideVerdict, verdictRules } from '../../core/compliance/verdict.ts'
import { given } from '../../core/given.ts'
import type { InstantMs, LeadId } from '../../core/ids.ts'
import { dayMs } from '../../core/time.ts'
import type { AppContext } from '../context.ts'

/** Farther ahead nobody knows the clocks for sure, nor whom a list will hold. */
const aheadMaxMs = 365 * dayMs
/** So many times are looked at for one that is permitted. */
const looksMax = 40

/** A lead as the gate would see it now, with an agent who is there for it. */
export interface Judged {
  readonly facts: VerdictFacts
  readonly rules: VerdictRules
  readonly verdict: Verdict
  readonly now: InstantMs
}

interface Asked {
  readonly settings: CampaignSettings
  readonly leadId: LeadId
}

/** The gate's own verdict on a lead, without dialing it. */
export async function judge(context: AppContext, asked: Asked): Promise<Judged> {
  return judgeAt(context, asked, context.gateway.now())
}

async function judgeAt({ gateway, store }: AppContext, { settings, leadId }: Asked, now: InstantMs): Promise<Judged> {
  const rules = { ...verdictRules(settings, gateway.laws), agentReserved: true }
  const { campaignId } = settings
  const facts = await store.facts({ campaignId, leadId, columns: rules.filter !== undefined, now })
  return { facts, rules, verdict: decideVerdict(facts, rules, now), now }
}

/** A verdict as an agent reads it: a no with its reason in words, and when it would be yes. */
export async function viewJudged(context: AppContext, asked: Asked, { verdict }: Judged): Promise<JudgedView> {
  if (verdict.allowed) return { allowed: true, says: 'may be called now' }
  const { reason, rule } = verdict
  const nextAt = isoOf(await nextYes(context, asked, verdict))
  return { allowed: false, reason, says: refusalSentences[reason], ...given({ rule, nextAt }) }
}

/** When the answer will be yes, as far as that is known today. */
async function nextYes(context: AppContext, asked: Asked, first: Verdict): Promise<InstantMs | undefined> {
  const latest = context.gateway.now() + aheadMaxMs
  let verdict = first
  let at = context.gateway.now()
  for (let look = 0; look < looksMax; look += 1) {
    if (verdict.allowed) return at
    const { retryAt } = verdict
    if (retryAt === undefined || retryAt <= at || retryAt > latest) return undefined
    at = retryAt
    verdict = (await judgeAt(context, asked, at)).verdict
  }
  return undefined
}
