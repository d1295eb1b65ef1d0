import type { Agent } from '../agents/agent.ts'
import { lineFailed } from '../agents/lineFailed.ts'
import { leadKind } from '../campaigns/lead.ts'
import { settleCall, unsettleCall } from '../campaigns/ownerFlow.ts'
import type { Deadline } from '../deadlines.ts'
import { nodeJoined, nodeTrouble } from '../dialing/nodeBreaker.ts'
import { callAnswered, callRings } from '../dialing/trunkEvidence.ts'
import { given } from '../given.ts'
import type { AgentId, InstantMs } from '../ids.ts'
import type { TelephonyEvent } from '../inputs.ts'
import type { Campaign } from '../state.ts'
import { agentsChanged, moveAgent, moveCall, pushCallDeadline, reject, type Step } from '../step.ts'
import { abandon, abandonAs, metNobody } from './abandon.ts'
import type { AbandonReason, Call, CallPhase, ManualCall } from './call.ts'
import { endCall } from './callEnd.ts'
import { ringEndsAt, waitMaxOf } from './callLimits.ts'
import { hangUp, hangUpGraceMs, withdrawWhenLawful } from './hangUp.ts'
import { endHold } from './holding.ts'
import { limitCall } from './longestCall.ts'
import { offerAgent, offerCall, orderJoin } from './matching.ts'
import { onSilence } from './respectLine.ts'
import { dropTarget } from './transfer.ts'

type EventOf<Kind extends TelephonyEvent['kind']> = Extract<TelephonyEvent, { kind: Kind }>

interface Found {
  readonly call: Call
  readonly campaign: Campaign
}

/** The call and its campaign, or a rejection. */
function find(step: Step, callId: string): Found | undefined {
  const call = step.state.calls.get(callId)
  const campaign = call === undefined ? undefined : step.state.campaigns.get(call.campaignId)
  if (call !== undefined && campaign !== undefined) return { call, campaign }
  reject(step, 'unknown-call', `no call ${callId} is in progress`)
  return undefined
}

/** The 180: the ring timer starts here, never at the originate. */
export function onRinging(step: Step, event: EventOf<'call-ringing'>): void {
  const found = find(step, event.callId)
  if (found === undefined) return
  const { call, campaign } = found
  if (event.sipCallId !== undefined) call.sipCallId = event.sipCallId
  if (call.phase.state !== 'originating') return
  callRings(step, call)
  moveCall(step, call, { state: 'ringing', ringingAt: event.at })
  pushCallDeadline(step, call, { what: 'ring-timeout', at: ringEndsAt(call, campaign, event.at) })
  if (call.endingAs !== undefined) withdrawWhenLawful(step, call, call.endingAs)
}

/** The 200: connect on event, in this very step. */
export function onAnswered(step: Step, event: EventOf<'call-answered'>): void {
  const found = find(step, event.callId)
  if (found === undefined) return
  const { call, campaign } = found
  if (event.sipCallId !== undefined) call.sipCallId = event.sipCallId
  if (!answer(step, found, event.at)) return
  if (call.origin === 'manual') joinOwnAgent(step, call)
  else if (call.endingAs === 'opt-out') abandon(step, call, 'opted-out')
  else {
    // The answer crossed our hang-up: this is a person, who gets an agent or the message.
    delete call.endingAs
    offerCall(step, call, campaign)
  }
}

/** The agent who has made a call is with it from its answer on, unless they have gone: then its person hears the message. */
function joinOwnAgent(step: Step, call: ManualCall): void {
  const { phase } = step.state.agents.get(call.agentId) ?? {}
  if (phase?.state === 'reserved' && phase.callId === call.callId) orderJoin(step, call)
  else abandon(step, call, 'no-agent')
}

/** The person's agent is gone and nobody else may take the call: it ends. */
export function endAlone(step: Step, call: Call): void {
  if (call.phase.state !== 'connected') return
  if (moveCall(step, call, { ...call.phase, agentGoneAt: step.now })) hangUp(step, call)
}

/** Counts an answer that was seen only afterwards; nothing if it had been seen. */
export function markAnswered(step: Step, call: Call, answeredAt: InstantMs): void {
  const campaign = step.state.campaigns.get(call.campaignId)
  const seen = call.phase.state !== 'originating' && call.phase.state !== 'ringing'
  if (campaign !== undefined && !seen) answer(step, { call, campaign }, answeredAt)
}

function answer(step: Step, { call, campaign }: Found, answeredAt: InstantMs): boolean {
  const { state } = call.phase
  if (state !== 'originating' && state !== 'ringing') {
    reject(step, 'illegal-transition', `call ${call.callId} is ${state}, it cannot be answered again`)
    return false
  }
  const afterMs = Math.max(0, answeredAt - call.originatedAt)
  const isFalse = callAnswered(step, call, afterMs)
  if (!moveCall(step, call, answeredPhase(step, call, answeredAt))) return false
  limitCall(step, call)
  if (call.origin !== 'campaign') return true
  const { counters } = campaign.progress
  counters.answered += 1
  counters.answeredByPerson += 1
  if (call.recovered === undefined && !isFalse) {
    const of = { afterMs, leadKind: leadKind(call.lead, call.originatedAt) }
    campaign.pacer.observe({ kind: 'answered', ...of }, step.now)
  }
  return true
}

/** Whoever answers waits for an agent, unless an agent has called them. */
function answeredPhase({ now }: Step, call: Call, answeredAt: InstantMs): CallPhase {
  const ringing = call.phase.state === 'ringing' ? { ringingAt: call.phase.ringingAt } : {}
  return call.origin === 'manual'
    ? { state: 'connected', ...ringing, answeredAt, connectingAt: now, agentId: call.agentId }
    : { state: 'waiting', ...ringing, answeredAt }
}

/** The PBX has joined the legs. */
export function onConnected(step: Step, event: EventOf<'call-connected'>): void {
  const found = find(step, event.callId)
  if (found === undefined) return
  const { call, campaign } = found
  const agent = step.state.agents.get(event.agentId)
  const { phase } = call
  if (phase.state !== 'connected' || phase.agentId !== event.agentId || phase.connectedAt !== undefined || !agent) {
    reject(
      step,
      'illegal-transition',
      `call ${call.callId} is ${phase.state}, it cannot be confirmed with ${event.agentId}`,
    )
    return
  }
  moveCall(step, call, { ...phase, connectedAt: event.at })
  nodeJoined(step, call.nodeId)
  moveAgent(step, agent, { state: 'on-call', since: step.now, callId: call.callId })
  if (call.origin === 'campaign') {
    campaign.progress.counters.connected += 1
    settleCall(step, campaign, { abandoned: false, answeredAt: phase.answeredAt })
  }
  const connectDelayMs = Math.max(0, event.at - phase.answeredAt)
  tellConnected(step, call, { agentId: agent.agentId, connectDelayMs })
}

function tellConnected(
  step: Step,
  call: Call,
  how: { readonly agentId: AgentId; readonly connectDelayMs: number },
): void {
  step.effects.push({
    kind: 'notify',
    event: {
      kind: 'call-connected',
      callId: call.callId,
      campaignId: call.campaignId,
      agentId: how.agentId,
      ...given({ leadId: call.lead?.leadId, number: call.number }),
      connectDelayMs: how.connectDelayMs,
    },
  })
}

/** The legs could not be joined, or the agent's leg proved dead right after. */
export function onConnectFailed(step: Step, event: EventOf<'connect-failed'>): void {
  const found = find(step, event.callId)
  if (found === undefined) return
  const { call, campaign } = found
  const agent = step.state.agents.get(event.agentId)
  if (call.phase.state !== 'connected' || call.phase.agentId !== event.agentId || agent === undefined) {
    reject(step, 'illegal-transition', `call ${call.callId} is not being connected with ${event.agentId}`)
    return
  }
  if (event.broken !== 'customer-leg') nodeTrouble(step, call.nodeId, 'joins-failed')
  if (event.broken === 'agent-leg') {
    agent.mediaFlowing = false
    agentsChanged(step, agent.campaignId)
  } else if (event.broken === 'customer-leg') call.legBroken = true
  takeFromAgent(step, call, campaign)
  if (event.broken === 'customer-leg') moveAgent(step, agent, { state: 'available', since: step.now })
  else notJoined(step, call, { agent, byLine: event.broken === 'agent-leg' })
  if (event.broken !== 'customer-leg') reofferOrAbandon(step, call, campaign)
  else if (call.origin === 'campaign') pushCallDeadline(step, call, { what: 'wait-max', at: step.now + hangUpGraceMs })
  else if (call.origin === 'inbound') hangUp(step, call)
  if (agent.phase.state === 'available') offerAgent(step, agent)
}

/** The agent is free of a call that they could not be joined with, and not tried with it again. */
function notJoined(
  step: Step,
  call: Call,
  { agent, byLine }: { readonly agent: Agent; readonly byLine: boolean },
): void {
  call.notJoinedWith = [...(call.notJoinedWith ?? []), agent.agentId]
  if (byLine) lineFailed(step, agent)
  else moveAgent(step, agent, { state: 'available', since: step.now })
}

/**
 * The two were talking, or about to, and somebody else has taken them apart for good: as long as the law's time runs the person gets
 * another agent, afterwards the conversation is over.
 */
export function onParted(step: Step, event: EventOf<'call-parted'>): void {
  const found = find(step, event.callId)
  if (found === undefined) return
  const { call, campaign } = found
  const { phase } = call
  const agent = step.state.agents.get(event.agentId)
  const isTheirs = phase.state === 'connected' && phase.agentId === event.agentId && phase.transferred === undefined
  if (!isTheirs || agent === undefined) {
    reject(
      step,
      'illegal-transition',
      `call ${call.callId} is ${phase.state}, it cannot be parted from ${event.agentId}`,
    )
    return
  }
  const isOver = phase.connectedAt !== undefined && step.now >= phase.answeredAt + waitMaxOf(call, campaign)
  if (isOver || call.origin === 'manual') endAlone(step, call)
  else onConnectFailed(step, { ...event, kind: 'connect-failed', broken: 'agent-leg' })
}

/** The person waits again; a join that had been confirmed no longer counts. Nobody else may take what an agent has made. */
export function takeFromAgent(step: Step, call: Call, campaign: Campaign): void {
  if (call.phase.state !== 'connected') return
  if (call.origin === 'manual') {
    loseOwnAgent(step, call)
    return
  }
  dropTarget(step, call)
  endHold(step, call)
  const { ringingAt, answeredAt, connectedAt } = call.phase
  if (connectedAt !== undefined && call.origin === 'campaign') {
    campaign.progress.counters.connected -= 1
    unsettleCall(step, campaign, call)
  }
  moveCall(step, call, { state: 'waiting', ...given({ ringingAt }), answeredAt })
}

/** Whoever had heard their agent is left; who had not met anybody hears the message, if they are there to hear it. */
function loseOwnAgent(step: Step, call: ManualCall): void {
  if (metNobody(call) && !call.legBroken) abandon(step, call, 'agent-leg-dead')
  else endAlone(step, call)
}

/** Another agent inside the two seconds, or the message. */
export function reofferOrAbandon(step: Step, call: Call, campaign: Campaign): void {
  if (call.phase.state !== 'waiting') return
  const inTime = step.now < call.phase.answeredAt + waitMaxOf(call, campaign)
  if (inTime || call.origin === 'inbound') offerCall(step, call, campaign)
  else abandon(step, call, 'agent-leg-dead')
}

/** The PBX plays the message of its own accord. The person counts, whether or not we saw the answer. */
export function onTakenOver(step: Step, event: EventOf<'call-taken-over'>): void {
  const found = find(step, event.callId)
  if (found === undefined) return
  nodeTrouble(step, found.call.nodeId, 'pbx-took-over')
  takenOver(step, found.call, { why: 'pbx-took-over', at: event.at, messageAt: event.at })
}

/** How a call left our hands. `messageAt`: when the PBX began to play the message, where that is known. */
export interface TakenOver {
  readonly why: AbandonReason
  readonly at: InstantMs
  readonly messageAt?: InstantMs
}

/**
 * The PBX has taken a call out of our hands: it hears the message, its agent (if one was reserved) is free. The message is for
 * those whom we have called and who have met nobody; any other call ends.
 */
export function takenOver(step: Step, call: Call, what: TakenOver): void {
  const campaign = step.state.campaigns.get(call.campaignId)
  if (campaign === undefined || call.phase.state === 'announcing') return
  markAnswered(step, call, what.at)
  if (call.origin === 'inbound' || (call.origin === 'manual' && !metNobody(call))) {
    // It is going: nobody is to be given it.
    call.legBroken = true
    hangUp(step, call)
    return
  }
  const agent = call.phase.state === 'connected' ? step.state.agents.get(call.phase.agentId) : undefined
  if (call.origin === 'campaign') takeFromAgent(step, call, campaign)
  abandonAs(step, call, what)
  if (agent === undefined || !isHeldBy(agent, call)) return
  // Only now: a call that still waited would be given back to them.
  moveAgent(step, agent, { state: 'available', since: step.now })
  offerAgent(step, agent)
}

function isHeldBy({ phase }: Agent, { callId }: Call): boolean {
  return 'callId' in phase && phase.callId === callId
}

/** The person pressed the key during the message: do-not-call at once. */
export function onOptedOut(step: Step, event: EventOf<'call-opted-out'>): void {
  const found = find(step, event.callId)
  if (found === undefined) return
  const { number, callId } = found.call
  if (number !== undefined) step.effects.push({ kind: 'opt-out', number, by: 'opt-out-key', callId })
}

/** The leg is gone. */
export function onEnded(step: Step, event: EventOf<'call-ended'>): void {
  const found = find(step, event.callId)
  if (found === undefined) return
  if (event.sipCallId !== undefined) found.call.sipCallId = event.sipCallId
  // A 200 that we never saw because it crossed our CANCEL: a person answered, and met silence. No leg is left for a message.
  const unseenAnswer = event.sipCode === 200 && ['originating', 'ringing'].includes(found.call.phase.state)
  if (unseenAnswer && found.call.origin !== 'inbound') takenOver(step, found.call, { why: 'no-agent', at: event.at })
  else if (unseenAnswer) markAnswered(step, found.call, event.at)
  endCall(step, found.call, event)
}

/** What happens to a call by time alone. */
export function onCallDeadline(step: Step, deadline: Extract<Deadline, { kind: 'call' }>): void {
  const call = step.state.calls.get(deadline.callId)
  if (call === undefined || call.phase !== deadline.phase) return
  switch (deadline.what) {
    case 'ring-timeout':
      call.endingAs ??= 'ring-timeout'
      hangUp(step, call)
      return
    case 'withdraw':
    case 'overdue':
      hangUp(step, call)
      return
    case 'wait-max':
      abandon(step, call, 'no-agent')
      return
    case 'silent':
      onSilence(step, call)
      return
    case 'connect-unconfirmed':
      onUnconfirmed(step, call)
      return
    case 'lost':
      // A node that is down tells nothing: its inventory decides when it is back.
      if (step.state.nodes.get(call.nodeId)?.link !== 'up') return
      nodeTrouble(step, call.nodeId, 'legs-lost')
      endCall(step, call, { cause: 'lost', at: step.now })
      return
  }
}

function onUnconfirmed(step: Step, call: Call): void {
  if (call.phase.state !== 'connected' || call.phase.connectedAt !== undefined) return
  const { agentId } = call.phase
  // A PBX that is late says nothing about the agent: with their line put down as silent they would get no call ever again.
  onConnectFailed(step, { kind: 'connect-failed', callId: call.callId, agentId, broken: 'pbx', at: step.now })
}
