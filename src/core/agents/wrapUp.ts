import type { Call, WrapUp } from '../calls/call.ts'
import { leadAfterAttempt } from '../campaigns/lead.ts'
import { unsettleCall } from '../campaigns/ownerFlow.ts'
import type { InstantMs } from '../ids.ts'
import type { Campaign, RecentCall } from '../state.ts'
import type { Step } from '../step.ts'
import type { Agent } from './agent.ts'

/** What an agent says about a conversation, from a key, the API or the timer. */
export interface WrapUpWords {
  readonly code: string
  readonly refusal: boolean
  readonly note?: string
  readonly callbackAt?: InstantMs
  /** The call-back is the agent's own: it is made when he is free. */
  readonly callbackOwn?: boolean
}

/** The code that means the line was answered by a machine: no person answered. */
export const machineCode = 'machine'
/** The code that means the person does not want to be called again. */
export const refusedCode = 'refused'
/** The code that means the person complained about being called: a refusal, and worse. */
export const complaintCode = 'complaint'
/** The code written when the agent gave none in time; a later word replaces it. */
export const timeoutCode = 'timeout'

/** The campaign's wrap-up code under a key; undefined where the key has none. */
export function codeByKey(campaign: Campaign | undefined, key: string): string | undefined {
  return campaign?.settings.wrapUpCodes[key]
}

/** Writes the word about a conversation: lead, counters, do-not-call. A timeout is written but can still be replaced. */
export function writeWrapUp(step: Step, recent: RecentCall, words: WrapUpWords): void {
  const { call } = recent
  const campaign = step.state.campaigns.get(call.campaignId)
  const refusal = isRefusal(words)
  recent.wrappedUp = words.code !== timeoutCode
  if (campaign !== undefined && words.code === machineCode) {
    campaign.progress.counters.answeredByPerson -= 1
    unsettleCall(step, campaign, call)
  }
  if (refusal) step.effects.push({ kind: 'opt-out', number: call.number, by: 'agent', callId: call.callId })
  const wrapUp: WrapUp = {
    callId: call.callId,
    code: words.code,
    ...(words.note === undefined ? {} : { note: words.note }),
    ...(words.callbackAt === undefined ? {} : { callbackAt: words.callbackAt }),
    ...(words.callbackAt !== undefined && words.callbackOwn === true ? { callbackAgentId: recent.agentId } : {}),
    ...leadRetry(campaign, { ...words, refusal, call }, step.now),
    refusal,
  }
  step.effects.push({ kind: 'wrapped-up', wrapUp, number: call.number, leadId: call.lead.leadId })
}

/** Whether the person does not want to be called again. */
export function isRefusal({ refusal, code }: WrapUpWords): boolean {
  return refusal || code === refusedCode || code === complaintCode
}

function leadRetry(
  campaign: Campaign | undefined,
  what: WrapUpWords & { readonly call: Call },
  now: InstantMs,
): Pick<WrapUp, 'leadRetryAt'> {
  if (what.refusal) return {}
  if (what.callbackAt !== undefined) return { leadRetryAt: what.callbackAt }
  if (what.code !== machineCode || campaign === undefined) return {}
  const { lead, originatedAt } = what.call
  const attempt = { disposition: 'machine', attempts: lead.attempts + 1, originatedAt } as const
  const next = leadAfterAttempt(campaign.settings.retry, attempt, now)
  return next.kind === 'retry' ? { leadRetryAt: next.at } : {}
}

/** Closes an agent's wrap-up with these words; he is moved by the caller. */
export function finishWrapUp(step: Step, agent: Agent, words: WrapUpWords): void {
  if (agent.phase.state !== 'wrap-up') return
  const recent = step.state.recentCalls.get(agent.phase.callId)
  const campaign = agent.campaignId === undefined ? undefined : step.state.campaigns.get(agent.campaignId)
  campaign?.pacer.observe({ kind: 'wrap-up-ended', wrapUpMs: Math.max(0, step.now - agent.phase.since) }, step.now)
  if (recent !== undefined && !recent.wrappedUp) writeWrapUp(step, recent, words)
}
