import type { CampaignSettings } from '../core/campaign.ts'
import { decideVerdict, type VerdictRules } from '../core/compliance/verdict.ts'
import type { Effect } from '../core/effects.ts'
import type { HopperLead } from '../core/lead.ts'
import { errorCode, errorMessage } from '../errors.ts'
import type { EffectRunnerOptions } from './effects.ts'
import type { Writer } from './writer.ts'

type Refill = Extract<Effect, { kind: 'refill-hopper' }>

/** A refill looks at this many batches before it gives what it has: a list out of hours must not occupy the store. */
const batchesMax = 5

/** The rules that a campaign's dials are held to. */
export function rulesOf(settings: CampaignSettings): VerdictRules {
  return {
    callingHours: settings.callingHours,
    attemptsMax: settings.retry.attemptsMax,
    latestAnswerMs: settings.setupTimeoutMs + settings.ringTimeoutMs,
  }
}

/** Fills the hopper with leads that the verdict lets through now, so that what it holds can be dialed. */
export function fillHopper(options: EffectRunnerOptions & { readonly writer: Writer }, refill: Refill): void {
  const { submit, log } = options
  const { campaignId } = refill
  gather(options, refill)
    .then(filled => submit({ kind: 'hopper-filled', campaignId, ...filled }))
    .catch(error => {
      log.error({ campaignId, code: errorCode(error), error: errorMessage(error) }, 'the hopper was not refilled')
      submit({ kind: 'hopper-filled', campaignId, leads: [] })
    })
}

interface Filled {
  readonly leads: readonly HopperLead[]
  readonly blocked?: number
  readonly moreAt?: number
}

async function gather(options: EffectRunnerOptions & { readonly writer: Writer }, refill: Refill): Promise<Filled> {
  const { store, clock, state, writer } = options
  const { campaignId, count } = refill
  const settings = state.campaigns.get(campaignId)?.settings
  if (settings === undefined || !writer.healthy()) return { leads: [] }
  // Ends still on their way to the disk would let a lead be offered that has just been called.
  await writer.settled()
  const cleared: HopperLead[] = []
  const exclude = [...refill.exclude]
  let blocked = 0
  for (let batch = 0; batch < batchesMax && cleared.length < count; batch += 1) {
    const now = clock.now()
    const answer = await store.dialableLeads({ campaignId, limit: count - cleared.length, exclude, now })
    for (const lead of answer.leads) {
      exclude.push(lead.leadId)
      const facts = await store.facts({ campaignId, leadId: lead.leadId, now })
      const verdict = decideVerdict(facts, rulesOf(settings), now)
      if (verdict.allowed) {
        cleared.push(lead)
        continue
      }
      if (verdict.reason === 'do-not-call') blocked += 1
      await store.deferLead(lead.leadId, verdict.retryAt ?? null, verdict.reason)
    }
    if (answer.moreAt !== undefined || answer.leads.length === 0) {
      return { leads: cleared, blocked, ...(answer.moreAt === undefined ? {} : { moreAt: answer.moreAt }) }
    }
  }
  return { leads: cleared, blocked }
}
