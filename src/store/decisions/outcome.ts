import { complaintCode, machineCode, wordsOf } from '../../core/agents/wrapUp.ts'
import type { AttemptEnd, WrapUp } from '../../core/calls/call.ts'
import type { CampaignCounters } from '../../core/campaigns/campaign.ts'
import { isCounted } from '../../core/compliance/abandonment.ts'
import type { AgentId, InstantMs } from '../../core/ids.ts'

export { complaintCode, machineCode }

/** Counters before anything happened. */
export function noCounters(): CampaignCounters {
  return { attempts: 0, answered: 0, answeredByPerson: 0, connected: 0, abandoned: 0, doNotCallBlocked: 0 }
}

/**
 * What one call adds to its campaign's counters, given its end and the agent's word as far as they are known. They are of the
 * calls that pacing has made, and of whom an agent's own call has left in silence: who talked with the agent who called them, or calls
 * us, is nobody's abandonment and dilutes none.
 */
export function countsOf(end: AttemptEnd | undefined, wrapUpCode: string | undefined): CampaignCounters {
  const counters = noCounters()
  if (end === undefined || !isCounted(end)) return counters
  const answered = end.answeredAt !== undefined
  const byPerson = answered && end.disposition !== 'machine' && wrapUpCode !== machineCode
  counters.attempts = Number(end.origin === 'campaign')
  counters.answered = Number(answered)
  counters.answeredByPerson = Number(byPerson)
  counters.connected = Number(end.disposition === 'connected')
  // Who hangs up within the two seconds counts as abandoned inside; reports use the law's word.
  counters.abandoned = Number(end.disposition === 'abandoned' || end.disposition === 'hung-up-waiting')
  return counters
}

/**
 * Who calls a lead back: an agent, `null` for anybody, `undefined`: as it was. A conversation keeps the promise that led to it,
 * unless a new one has been given in it.
 */
export function promiseAfterEnd({ disposition }: AttemptEnd, wrapUp: WrapUp | undefined): AgentId | null | undefined {
  return disposition === 'connected' && wrapUp?.callbackAt === undefined ? null : undefined
}

/** Who calls a lead back by the agent's word: as for {@link promiseAfterEnd}. */
export function promiseAfterWrapUp({ callbackAt, callbackAgentId }: WrapUp): AgentId | null | undefined {
  return callbackAt === undefined ? undefined : (callbackAgentId ?? null)
}

/** Adds what a call counts for now and takes away what it counted for before. */
export function recount(counters: CampaignCounters, before: CampaignCounters, after: CampaignCounters): void {
  // The keys of a CampaignCounters are all there is in it; Object.keys cannot say so.
  for (const key of Object.keys(counters) as (keyof CampaignCounters)[]) counters[key] += after[key] - before[key]
}

/** Where a lead goes. `until` `null`: finished. */
export interface LeadMove {
  readonly until: InstantMs | null
  readonly reason: string
}

/** A lead's place, as far as moving it goes. */
export interface LeadPlace {
  readonly state: 'new' | 'retry' | 'finished'
  readonly reason?: string | undefined
}

function moveTo(until: InstantMs | null): LeadMove {
  return { until, reason: until === null ? 'lead-finished' : 'resting' }
}

/**
 * What becomes of a lead at the end of an attempt; `undefined`: it stays where it is. A lead that was finished meanwhile
 * stays finished, and a word of the agent that moves the lead wins even when it was given before the end.
 */
export function moveAfterEnd(lead: LeadPlace, end: AttemptEnd, wrapUp: WrapUp | undefined): LeadMove | undefined {
  if (lead.state === 'finished') return undefined
  const byAgent = wrapUp === undefined ? undefined : moveAfterWrapUp(lead, wrapUp)
  if (byAgent !== undefined || end.leadRetryAt === undefined) return byAgent
  if (end.leadRetryAt === null && end.detail === 'unreachable') return { until: null, reason: 'unreachable' }
  return moveTo(end.leadRetryAt)
}

/** What the agent's word makes of a lead; `undefined`: nothing. A refusal, a wrong person and a death are for good. */
export function moveAfterWrapUp(lead: LeadPlace, wrapUp: WrapUp): LeadMove | undefined {
  if (lead.state === 'finished' && lead.reason === 'do-not-call') return undefined
  if (wordsOf(wrapUp).length > 0) return { until: null, reason: 'do-not-call' }
  const until = wrapUp.leadRetryAt ?? wrapUp.callbackAt
  return until === undefined ? undefined : moveTo(until)
}
