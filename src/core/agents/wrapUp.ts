import type { Call, WrapUp } from '../calls/call.ts'
import { leadAfterAttempt } from '../campaigns/lead.ts'
import { unsettleCall } from '../campaigns/ownerFlow.ts'
import type { FormAnswers } from '../campaigns/script.ts'
import type { Effect } from '../effects.ts'
import { given } from '../given.ts'
import type { CallId, InstantMs, PhoneNumber } from '../ids.ts'
import type { Campaign, RecentCall } from '../state.ts'
import type { Step } from '../step.ts'
import type { Agent } from './agent.ts'

/** What an agent says about a conversation, from a key, the API or the timer. */
export interface AgentWord {
  readonly code: string
  readonly refusal: boolean
  readonly note?: string
  readonly callbackAt?: InstantMs
  /** The call-back is the agent's own: it is made when they are free. */
  readonly callbackOwn?: boolean
  /** What the form of the campaign's script was filled in with. */
  readonly form?: FormAnswers
  /** Of a refusal: it is said to every seller. */
  readonly everybody?: true
}

/** The code that means the line was answered by a machine: no person answered. */
export const machineCode = 'machine'
/** The code that means the person does not want to be called again. */
export const refusedCode = 'refused'
/** The code that means the person complained about being called: a refusal, and worse. */
export const complaintCode = 'complaint'
/** The code that means somebody else answers there than the person who was to be called: it is about the number. */
export const wrongPersonCode = 'wrong-person'
/** The code that means the person has died: nobody is called about them any more. */
export const deceasedCode = 'deceased'
/** The code that means the person is called back at a time that goes with it. */
export const callbackCode = 'callback'
/** The code written when the agent gave none in time; a later word replaces it. */
export const timeoutCode = 'timeout'

/** The campaign's wrap-up code under a key; undefined where the key has none. */
export function codeByKey(campaign: Campaign | undefined, key: string): string | undefined {
  return campaign?.settings.wrapUpCodes[key]
}

/** Writes the word about a conversation: lead, counters, do-not-call. A timeout is written but can still be replaced. */
export function writeWrapUp(step: Step, recent: RecentCall, word: AgentWord): void {
  const { call } = recent
  const campaign = step.state.campaigns.get(call.campaignId)
  const refusal = isRefusal(word)
  recent.wrappedUp = word.code !== timeoutCode
  if (campaign !== undefined && call.origin === 'campaign' && word.code === machineCode) {
    campaign.progress.counters.answeredByPerson -= 1
    unsettleCall(step, campaign, call)
  }
  const { callId, number } = call
  const everybody = given({ everybody: word.everybody })
  if (number !== undefined)
    for (const says of wordsOf(word)) step.effects.push(optOutOf(says, { number, callId, ...everybody }))
  const { code, note, callbackAt, form } = word
  const callbackAgentId = callbackAt !== undefined && word.callbackOwn === true ? recent.agentId : undefined
  const leadRetryAt = leadRetry(campaign, { ...word, call }, step.now)
  const wrapUp: WrapUp = {
    callId,
    code,
    ...given({ note, form, callbackAt, callbackAgentId, leadRetryAt }),
    refusal,
  }
  const leadId = call.lead?.leadId
  step.effects.push({ kind: 'wrapped-up', wrapUp, ...given({ number, leadId }) })
  const told = { callId, campaignId: call.campaignId, agentId: recent.agentId, code, refusal }
  step.effects.push({ kind: 'notify', event: { kind: 'call-wrapped-up', ...told, ...given({ leadId, callbackAt }) } })
}

/** What a word says that ends all calls to somebody: to a person who refuses, to a number that is not theirs, to the dead. */
export type EndingWord = 'refusal' | typeof wrongPersonCode | typeof deceasedCode

/** All that it says of the kind; empty: nothing. Who is at the telephone may be a stranger and refuse as well. */
export function wordsOf(word: Pick<AgentWord, 'refusal' | 'code'>): readonly EndingWord[] {
  const refusal = isRefusal(word) ? (['refusal'] as const) : []
  return word.code === wrongPersonCode || word.code === deceasedCode ? [word.code, ...refusal] : refusal
}

function optOutOf(
  says: EndingWord,
  call: { readonly number: PhoneNumber; readonly callId: CallId; readonly everybody?: true },
): Effect {
  const by = { kind: 'opt-out', by: 'agent', ...call } as const
  return says === 'refusal' ? by : { ...by, says }
}

/** Whether the person does not want to be called again. */
export function isRefusal({ refusal, code }: Pick<AgentWord, 'refusal' | 'code'>): boolean {
  return refusal || code === refusedCode || code === complaintCode
}

/** Why a word cannot be taken as it is, with what to write; undefined: it can. */
export function wordObstacle(
  { callId, hasLead }: { readonly callId: CallId; readonly hasLead: boolean },
  { code, callbackAt }: Pick<AgentWord, 'code' | 'callbackAt'>,
): { readonly code: 'callback-without-time' | 'callback-without-lead'; readonly message: string } | undefined {
  if (code === callbackCode && callbackAt === undefined)
    return { code: 'callback-without-time', message: `"${callbackCode}" says when: add callbackAt` }
  if (callbackAt === undefined || hasLead) return undefined
  const message = `call ${callId} has no lead, so nobody can be called back: leave callbackAt out`
  return { code: 'callback-without-lead', message }
}

function leadRetry(
  campaign: Campaign | undefined,
  what: AgentWord & { readonly call: Call },
  now: InstantMs,
): InstantMs | undefined {
  const { lead, originatedAt } = what.call
  if (wordsOf(what).length > 0 || lead === undefined) return undefined
  if (what.callbackAt !== undefined) return what.callbackAt
  if (what.code !== machineCode || campaign === undefined) return undefined
  const attempt = { disposition: 'machine', attempts: lead.attempts + 1, originatedAt } as const
  const next = leadAfterAttempt(campaign.settings.retry, attempt, now)
  return next.kind === 'retry' ? next.at : undefined
}

/** Closes an agent's wrap-up with this word; the caller moves the agent. */
export function finishWrapUp(step: Step, agent: Agent, word: AgentWord): void {
  delete agent.asked
  if (agent.phase.state !== 'wrap-up') return
  const recent = step.state.recentCalls.get(agent.phase.callId)
  const campaign = agent.campaignId === undefined ? undefined : step.state.campaigns.get(agent.campaignId)
  const wrapUpMs = Math.max(0, step.now - agent.phase.since)
  // Pacing learns from the calls that it has made.
  const paced = recent === undefined || recent.call.origin === 'campaign'
  if (paced) campaign?.pacer.observe({ kind: 'wrap-up-ended', wrapUpMs }, step.now)
  if (recent !== undefined && !recent.wrappedUp) writeWrapUp(step, recent, word)
}
