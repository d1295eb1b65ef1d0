import { afterCall, makeAvailable, startWrapUp } from '../agents/agentFlow.ts'
import { leadAfterAttempt, leadKind } from '../campaigns/lead.ts'
import { settleCall } from '../campaigns/ownerFlow.ts'
import type { InstantMs } from '../ids.ts'
import type { Campaign } from '../state.ts'
import { markDirty, type Step } from '../step.ts'
import type { Disposition, EndCause } from '../vocabulary.ts'
import type { AttemptEnd, Call } from './call.ts'
import { letGo } from './personalCalls.ts'
import { recordAnsweredCall } from './trunk.ts'

/** How a leg ended, as far as the PBX or we know. */
export interface CallEnding {
  readonly cause: EndCause
  readonly sipCode?: number
  readonly at: InstantMs
}

const recentCallsMax = 10_000

const unansweredDispositions: Readonly<Record<EndCause, Disposition>> = {
  busy: 'busy',
  'no-answer': 'no-answer',
  congestion: 'congestion',
  rejected: 'rejected',
  'invalid-number': 'failed',
  unwanted: 'rejected',
  failed: 'failed',
  'hung-up-by-us': 'no-answer',
  'hung-up-by-peer': 'no-answer',
  lost: 'failed',
}

/** The one place where a call's end becomes a disposition. A pure table over phase and cause. */
export function dispositionOf(call: Call, ending: CallEnding): Disposition {
  switch (call.phase.state) {
    case 'originating':
    case 'ringing':
      if (ending.cause !== 'hung-up-by-us') return unansweredDispositions[ending.cause]
      return call.endingAs === undefined || call.endingAs === 'ring-timeout' ? 'no-answer' : 'withdrawn'
    case 'waiting':
      return ending.cause === 'hung-up-by-peer' ? 'hung-up-waiting' : 'abandoned'
    case 'connected':
      if (call.phase.connectedAt !== undefined) return 'connected'
      return ending.cause === 'hung-up-by-peer' ? 'hung-up-waiting' : 'abandoned'
    case 'announcing':
      return call.phase.disposition
  }
}

/** Frees what the call held, counts it, and writes its end: exactly once, here. */
export function endCall(step: Step, call: Call, ending: CallEnding): void {
  const campaign = step.state.campaigns.get(call.campaignId)
  if (campaign === undefined) return
  const disposition = dispositionOf(call, ending)
  countEnd(step, campaign, { call, disposition, ending })
  release(step, call, ending)
  step.effects.push({ kind: 'attempt-ended', end: attemptEnd(campaign, { call, disposition, ending }) })
  learnFromNetwork(step, call, ending)
  freeAgent(step, campaign, { call, disposition, ending })
  markDirty(step, call.campaignId)
}

/** SIP codes that say that our form of the number was wrong, not that nobody has it: RFC 3261 21.4.22, 21.4.23. */
const formatFaults: ReadonlySet<number | undefined> = new Set([484, 485])

/** A number that does not exist retires; a 607 is the person's refusal (RFC 8197). */
function learnFromNetwork(step: Step, { callId, number, phase }: Call, { cause, sipCode }: CallEnding): void {
  if (phase.state !== 'originating' && phase.state !== 'ringing') return
  if (cause === 'unwanted') step.effects.push({ kind: 'opt-out', number, by: 'network', callId })
  if (cause === 'invalid-number' && !formatFaults.has(sipCode))
    step.effects.push({ kind: 'retire-number', number, callId })
}

interface Ended {
  readonly call: Call
  readonly disposition: Disposition
  readonly ending: CallEnding
}

/** Nobody's phone has rung. A call that was lost from sight may have rung: it counts. */
function carrierFault({ call, disposition, ending }: Ended): boolean {
  if (call.phase.state !== 'originating' || ending.cause === 'lost') return false
  return disposition === 'congestion' || disposition === 'failed'
}

function countEnd(step: Step, campaign: Campaign, ended: Ended): void {
  const { call, disposition, ending } = ended
  const { phase } = call
  const neverCounted = phase.state === 'waiting' || (phase.state === 'connected' && phase.connectedAt === undefined)
  if (neverCounted) {
    // Whoever hung up within the two seconds counts as abandoned inside; reports use the law's word.
    campaign.progress.counters.abandoned += 1
    settleCall(step, campaign, { abandoned: true, answeredAt: phase.answeredAt })
  } else if (disposition === 'connected' && phase.state === 'connected' && phase.connectedAt !== undefined) {
    campaign.pacer.observe({ kind: 'talk-ended', talkMs: Math.max(0, ending.at - phase.connectedAt) }, step.now)
  } else if ((phase.state === 'originating' || phase.state === 'ringing') && !call.recovered) {
    const afterMs = Math.max(0, ending.at - call.originatedAt)
    const of = { afterMs, leadKind: leadKind(call.lead, call.originatedAt) }
    if (disposition === 'withdrawn') campaign.pacer.observe({ kind: 'withdrawn', ...of }, step.now)
    else campaign.pacer.observe({ kind: 'not-answered', carrierFault: carrierFault(ended), ...of }, step.now)
  }
}

/** Gives back channel, number and the hold on the lead. */
export function release(step: Step, call: Call, ending: CallEnding): void {
  const { state } = step
  state.calls.delete(call.callId)
  state.campaigns.get(call.campaignId)?.picture.drop(call)
  letGo(step, call)
  state.numbersInFlight.delete(call.number)
  if (call.lead.personKey !== undefined) state.personsInFlight.delete(call.lead.personKey)
  const trunk = state.trunks.get(call.trunkId)
  if (trunk === undefined) return
  trunk.channelsInUse -= 1
  if ('answeredAt' in call.phase) recordAnsweredCall(trunk, ending.at - call.phase.answeredAt)
}

function freeAgent(step: Step, campaign: Campaign, { call, disposition }: Ended): void {
  if (call.phase.state !== 'connected') return
  const { agentId } = call.phase
  const agent = step.state.agents.get(agentId)
  if (disposition === 'connected') remember(step, call, agentId)
  if (agent === undefined || !('callId' in agent.phase) || agent.phase.callId !== call.callId) return
  if (agent.phase.state === 'reserved') makeAvailable(step, agent)
  else if (call.wrapUpGiven) afterCall(step, agent)
  else if (agent.phase.state === 'on-call') startWrapUp(step, agent, { callId: call.callId, campaign })
}

function remember(step: Step, call: Call, agentId: string): void {
  const { recentCalls } = step.state
  recentCalls.set(call.callId, { call, agentId, wrappedUp: call.wrapUpGiven === true })
  if (recentCalls.size <= recentCallsMax) return
  const [oldest] = recentCalls.keys()
  if (oldest !== undefined) recentCalls.delete(oldest)
}

function attemptEnd(campaign: Campaign, ended: Ended): AttemptEnd {
  const { call, disposition, ending } = ended
  const { phase } = call
  const countsAsAttempt = !carrierFault(ended)
  const attempts = call.lead.attempts + (countsAsAttempt ? 1 : 0)
  const dead = ending.cause === 'invalid-number' || ending.cause === 'lost'
  const next = dead
    ? ({ kind: 'finished' } as const)
    : leadAfterAttempt(
        campaign.settings.retry,
        { disposition: faultOr(ended), attempts, originatedAt: call.originatedAt },
        ending.at,
      )
  return {
    callId: call.callId,
    campaignId: call.campaignId,
    leadId: call.lead.leadId,
    number: call.number,
    disposition,
    ...detailOf(ended),
    ...(ending.sipCode === undefined ? {} : { sipCode: ending.sipCode }),
    ...(call.sipCallId === undefined ? {} : { sipCallId: call.sipCallId }),
    ...('ringingAt' in phase && phase.ringingAt !== undefined ? { ringingAt: phase.ringingAt } : {}),
    ...('answeredAt' in phase ? { answeredAt: phase.answeredAt } : {}),
    ...(phase.state === 'connected' && phase.connectedAt !== undefined
      ? { connectedAt: phase.connectedAt, agentId: phase.agentId }
      : {}),
    ...(phase.state === 'announcing' && phase.messageAt !== undefined ? { messageAt: phase.messageAt } : {}),
    endedAt: ending.at,
    leadRetryAt: next.kind === 'retry' ? next.at : null,
    countsAsAttempt,
  }
}

/** A carrier's fault is retried like congestion, whatever its word: it is no fault of the lead. */
function faultOr(ended: Ended): Disposition {
  return carrierFault(ended) ? 'congestion' : ended.disposition
}

function detailOf(ended: Ended): Pick<AttemptEnd, 'detail'> {
  const { call } = ended
  if (call.phase.state === 'announcing') return { detail: call.phase.why }
  if (call.recovered || ended.ending.cause === 'lost') return { detail: 'recovered' }
  return carrierFault(ended) ? { detail: 'carrier-fault' } : {}
}
