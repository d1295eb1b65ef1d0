import type { VerdictFacts, VerdictRules } from '../core/compliance/facts.ts'
import { verdictRules } from '../core/compliance/verdict.ts'
import type { CampaignId, LeadId } from '../core/ids.ts'
import type { EngineState } from '../core/state.ts'
import { type Clock, dateOf } from '../ports/clock.ts'
import type { LeadStore } from '../ports/leads.ts'

/** What the gate's facts come from. */
export interface FactSources {
  readonly store: Pick<LeadStore, 'facts'>
  readonly clock: Pick<Clock, 'now' | 'calendar'>
  readonly state: Pick<EngineState, 'campaigns' | 'laws'>
}

/**
 * What the gate decides on: the facts of a lead, and the campaign's rules as they stand when the facts are there. Settings that
 * changed meanwhile are asked for again, so that no verdict rests on rules that are gone. `undefined`: no such campaign.
 */
export async function gateFacts(
  { store, clock, state }: FactSources,
  lead: { readonly campaignId: CampaignId; readonly leadId: LeadId },
): Promise<{ readonly facts: VerdictFacts; readonly rules: VerdictRules } | undefined> {
  const current = () => state.campaigns.get(lead.campaignId)?.settings
  for (let settings = current(); settings !== undefined; settings = current()) {
    const rules = verdictRules(settings, state.laws)
    const facts = await store.facts({ ...lead, columns: rules.filter !== undefined, now: dateOf(clock) })
    if (current() === settings) return { facts, rules }
  }
  return undefined
}
