import { afterCall, makeAvailable, startWrapUp } from '../agents/agentFlow.ts'
import {
  isLastCarrierFault,
  leadAfterAttempt,
  leadAfterCarrierFault,
  leadKind,
  type RetryRules,
  retryAfterTrunkFault,
} from '../campaigns/lead.ts'
import { settleCall } from '../campaigns/ownerFlow.ts'
import { type Blame, blameOf, callEnded, callTakenBack } from '../dialing/trunkEvidence.ts'
import { given } from '../given.ts'
import type { AgentId, InstantMs } from '../ids.ts'
import type { Mutable } from '../mutable.ts'
import type { Campaign } from '../state.ts'
import { markDirty, type Step } from '../step.ts'
import type { Disposition, EndCause } from '../vocabulary.ts'
import type { AttemptEnd, Call, CallPhase, CampaignCall } from './call.ts'
import { release } from './hold.ts'
import { endHold } from './holding.ts'
import { recordIncoming } from './incoming.ts'

/** How a leg ended, as far as the PBX or we know. */
export interface CallEnding {
  readonly cause: EndCause
  readonly sipCode?: number
  /** The PBX never took the order. */
  readonly notLeft?: true
  /** Of a lost call: its PBX has died with all that it knew, so its person may have answered in that moment. */
  readonly mayBeAnswered?: true
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

/** The one place where a call's end becomes a disposition. A pure table over origin, phase and cause. */
export function dispositionOf(call: Call, ending: CallEnding): Disposition {
  switch (call.phase.state) {
    case 'originating':
    case 'ringing':
      if (ending.cause !== 'hung-up-by-us') return unansweredDispositions[ending.cause]
      return call.endingAs === undefined || call.endingAs === 'ring-timeout' ? 'no-answer' : 'withdrawn'
    case 'informing':
      return 'informed'
    case 'screening':
    case 'waiting':
      return unmetDisposition(call, ending)
    case 'connected':
      return call.phase.connectedAt === undefined ? unmetDisposition(call, ending) : 'connected'
    case 'announcing':
      return call.phase.disposition
  }
}

/**
 * The person was on the line and met no agent. The words of the law are for those whom pacing called: who calls us and gives up
 * has had no answer, and an agent's own call that could not be joined has failed.
 */
function unmetDisposition({ origin }: Call, { cause }: CallEnding): Disposition {
  const byPeer = cause === 'hung-up-by-peer'
  if (origin === 'campaign') return byPeer ? 'hung-up-waiting' : 'abandoned'
  return origin === 'inbound' && byPeer ? 'no-answer' : 'failed'
}

/** Frees what the call held, counts it, and writes its end: exactly once, here. */
export function endCall(step: Step, call: Call, ending: CallEnding): void {
  const campaign = step.state.campaigns.get(call.campaignId)
  if (campaign === undefined) return
  const disposition = dispositionOf(call, ending)
  endHold(step, call)
  // The target goes with them.
  delete call.transfer
  const blame = blameOf(step, call, ending)
  if (call.origin === 'campaign') countEnd(step, campaign, { call, disposition, ending, blame })
  release(step, call, ending.at)
  callEnded(step, call, ending)
  if (call.origin === 'inbound') recordIncoming(step, call)
  const end = attemptEnd(campaign, { call, disposition, ending, blame })
  const { nodeId, trunkId, longestHoldMs } = call
  step.effects.push({ kind: 'attempt-ended', nodeId, trunkId, end, ...given({ longestHoldMs }) })
  if (blame !== 'trunk') learnFromNetwork(step, call, ending)
  freeAgent(step, campaign, { call, disposition })
  markDirty(step, call.campaignId)
}

/** SIP codes that say that our form of the number was wrong, not that nobody has it: RFC 3261 21.4.22, 21.4.23. */
const formatFaults: ReadonlySet<number | undefined> = new Set([484, 485])

/** A number that does not exist retires; a 607 is the person's refusal (RFC 8197). Whoever calls us says nothing of the kind. */
function learnFromNetwork(step: Step, call: Call, { cause, sipCode }: CallEnding): void {
  const { callId, origin, number, phase } = call
  if (origin === 'inbound' || number === undefined) return
  if (phase.state !== 'originating' && phase.state !== 'ringing') return
  if (cause === 'unwanted') step.effects.push({ kind: 'opt-out', number, by: 'network', callId })
  if (cause === 'invalid-number' && !formatFaults.has(sipCode))
    step.effects.push({ kind: 'retire-number', number, callId })
}

interface Ended<Ending extends Call = Call> {
  readonly call: Ending
  readonly disposition: Disposition
  readonly ending: CallEnding
  /** Whose fault it is that nobody's phone has rung. A call that was lost from sight may have rung: it counts. */
  readonly blame: Blame | undefined
}

/** What a campaign and its pacer learn of a call that pacing has made. */
function countEnd(step: Step, campaign: Campaign, ended: Ended<CampaignCall>): void {
  const { call, disposition, ending, blame } = ended
  const { phase } = call
  if (phase.state === 'originating' || phase.state === 'ringing') {
    if (call.recovered) return
    const afterMs = Math.max(0, ending.at - call.originatedAt)
    const of = { afterMs, leadKind: leadKind(call.lead, call.originatedAt) }
    if (disposition === 'withdrawn') campaign.pacer.observe({ kind: 'withdrawn', ...of }, step.now)
    else campaign.pacer.observe({ kind: 'not-answered', carrierFault: blame !== undefined, ...of }, step.now)
  } else if (phase.state === 'connected' && phase.connectedAt !== undefined) {
    // The talk of who was given on has been learned when it was over.
    if (phase.transferred === undefined)
      campaign.pacer.observe({ kind: 'talk-ended', talkMs: Math.max(0, ending.at - phase.connectedAt) }, step.now)
  } else if (phase.state !== 'announcing') {
    // Whoever hung up within the two seconds counts as abandoned inside; reports use the law's word.
    campaign.progress.counters.abandoned += 1
    settleCall(step, campaign, { abandoned: true, answeredAt: phase.answeredAt })
  }
}

/** The agent who was with the call, or had made it, writes it up or takes the next. */
function freeAgent(step: Step, campaign: Campaign, { call, disposition }: Pick<Ended, 'call' | 'disposition'>): void {
  const agentId = call.phase.state === 'connected' ? call.phase.agentId : madeBy(call)
  if (agentId === undefined || (call.phase.state === 'connected' && call.phase.transferred !== undefined)) return
  if (disposition === 'connected') remember(step, call, agentId)
  const agent = step.state.agents.get(agentId)
  if (agent !== undefined && disposition === 'connected') agent.failedJoins = 0
  if (agent === undefined || !('callId' in agent.phase) || agent.phase.callId !== call.callId) return
  if (agent.phase.state === 'reserved') makeAvailable(step, agent)
  else if (call.wrapUpGiven) afterCall(step, agent)
  else if (agent.phase.state === 'on-call') startWrapUp(step, agent, { callId: call.callId, campaign })
}

/** The agent who has made the call by hand. */
function madeBy(call: Call): AgentId | undefined {
  return call.origin === 'manual' ? call.agentId : undefined
}

/** Takes back a call that was refused before it left: nothing of it is written. */
export function dropCall(step: Step, call: Call): void {
  step.state.day.takenBack(call)
  callTakenBack(step, call)
  release(step, call, step.now)
  const agentId = madeBy(call)
  const agent = agentId === undefined ? undefined : step.state.agents.get(agentId)
  if (agent?.phase.state === 'reserved' && agent.phase.callId === call.callId) makeAvailable(step, agent)
}

/** Keeps a conversation that is over for its wrap-up. */
export function remember(step: Step, call: Call, agentId: AgentId): void {
  const { recentCalls } = step.state
  recentCalls.set(call.callId, { call, agentId, wrappedUp: call.wrapUpGiven === true })
  if (recentCalls.size <= recentCallsMax) return
  const [oldest] = recentCalls.keys()
  if (oldest !== undefined) recentCalls.delete(oldest)
}

function attemptEnd(campaign: Campaign, ended: Ended): AttemptEnd {
  const { call, disposition, ending } = ended
  const { phase } = call
  const countsAsAttempt = call.origin !== 'inbound' && ended.blame === undefined
  const end: Mutable<AttemptEnd> = {
    callId: call.callId,
    campaignId: call.campaignId,
    origin: call.origin,
    disposition,
    endedAt: ending.at,
    countsAsAttempt,
  }
  if (call.number !== undefined) end.number = call.number
  if (call.lead !== undefined) end.leadId = call.lead.leadId
  if (call.lead !== undefined && call.origin !== 'inbound') {
    const attempts = call.lead.attempts + (countsAsAttempt ? 1 : 0)
    end.leadRetryAt = leadRetryAt(campaign, ended, attempts)
  }
  const detail = detailOf(ended)
  if (detail !== undefined) end.detail = detail
  if (ending.sipCode !== undefined) end.sipCode = ending.sipCode
  if (call.sipCallId !== undefined) end.sipCallId = call.sipCallId
  if (call.origin === 'manual') end.agentId = call.agentId
  addInstants(end, phase)
  return end
}

function addInstants(end: Mutable<AttemptEnd>, phase: CallPhase): void {
  if ('ringingAt' in phase && phase.ringingAt !== undefined) end.ringingAt = phase.ringingAt
  if ('answeredAt' in phase) end.answeredAt = phase.answeredAt
  if (phase.state === 'announcing' && phase.messageAt !== undefined) end.messageAt = phase.messageAt
  if (phase.state !== 'connected' || phase.connectedAt === undefined) return
  end.connectedAt = phase.connectedAt
  if (phase.transferred !== undefined) {
    end.transferredAt = phase.transferred.at
    end.transferredTo = phase.transferred.to
  }
  end.agentId = phase.agentId
}

/** When the lead may be dialed again; `null`: never by itself. */
function leadRetryAt({ settings }: Campaign, ended: Ended, attempts: number): InstantMs | null {
  const { call, disposition, ending, blame } = ended
  const { retry } = settings
  const unknown = ending.cause === 'invalid-number'
  if (blame === 'trunk' || blame === 'ours')
    return retryAfterTrunkFault(retry, unknown ? 'unknown-number' : 'refused', ending.at)
  if (unknown) return null
  if (ending.cause === 'lost') return retryOfLost(retry, ended, attempts)
  const next =
    blame === 'number'
      ? leadAfterCarrierFault(retry, { faults: faultsOf(call), attempts }, ending.at)
      : leadAfterAttempt(retry, { disposition, attempts, originatedAt: call.originatedAt }, ending.at)
  return next.kind === 'retry' ? next.at : null
}

/**
 * A call that was lost while nobody had answered finishes no lead: it may have rung, so it is tried again as after no answer. Where
 * its person may have met silence they are left alone for as long as whoever was abandoned.
 */
function retryOfLost(retry: RetryRules, { call, ending }: Ended, attempts: number): InstantMs | null {
  const { state } = call.phase
  if (state !== 'originating' && state !== 'ringing') return null
  const disposition = ending.mayBeAnswered ? 'abandoned' : 'no-answer'
  const next = leadAfterAttempt(retry, { disposition, attempts, originatedAt: call.originatedAt }, ending.at)
  return next.kind === 'retry' ? next.at : null
}

/** How often in a row the carrier has failed the number, with this call. */
function faultsOf({ lead }: Call): number {
  return (lead?.carrierFaults ?? 0) + 1
}

function detailOf(ended: Ended): AttemptEnd['detail'] {
  const { call } = ended
  if (call.phase.state === 'announcing') return call.phase.why
  if (call.endingAs === 'longest-call') return 'longest-call'
  if ((call.recovered && !call.timed) || ended.ending.cause === 'lost') return 'recovered'
  switch (ended.blame) {
    case 'trunk':
      return 'trunk-fault'
    case 'ours':
      return 'originate-error'
    case 'number': {
      const known = ended.ending.cause !== 'invalid-number'
      return known && isLastCarrierFault(faultsOf(call)) ? 'unreachable' : 'carrier-fault'
    }
    case undefined:
      return undefined
  }
}
