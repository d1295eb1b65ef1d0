import { comeOn, onLegDown } from './agents/agentEvents.ts'
import { rejoin } from './agents/agentFlow.ts'
import { abandon, isUnmet } from './calls/abandon.ts'
import { type AttemptEnd, type AttemptStart, type Call, createCall } from './calls/call.ts'
import { endCall } from './calls/callEnd.ts'
import { markAnswered, onAnswered, takenOver } from './calls/callFlow.ts'
import { waitMaxOf } from './calls/callLimits.ts'
import { hangUp } from './calls/hangUp.ts'
import { hold } from './calls/hold.ts'
import { limitCall } from './calls/longestCall.ts'
import { resume, takeIn, traceCaller } from './calls/respectLine.ts'
import { nodeIsUp } from './dialing/nodeBreaker.ts'
import { given } from './given.ts'
import type { NodeId } from './ids.ts'
import type { InventoryCall, PbxInventory, ShellAnswer, TelephonyEvent, UnattendedCall } from './inputs.ts'
import { agentsChanged, moveAgent, pushCallDeadline, type Step } from './step.ts'

/** An adopted call that still rings is given up after the longest ring there is. */
const adoptedRingMaxMs = 75_000
/** Legs that went down this shortly before their node went down with it. */
const wentWithItMs = 10_000

/**
 * A node is back, with an inventory of what lives there. First what a previous run left open, then what this run knows,
 * then what nobody knows; dialing resumes only after that, in the same step.
 */
export function onNodeUp(step: Step, event: Extract<TelephonyEvent, { kind: 'node-up' }>): void {
  const { nodeId, inventory } = event
  const node = step.state.nodes.get(nodeId)
  if (node === undefined) return
  node.link = 'up'
  nodeIsUp(step, node)
  const listed = new Map(inventory.calls.map(call => [call.callId, call]))
  const unattended = new Map(inventory.unattended.map(call => [call.callId, call]))
  reconcileAgents(step, nodeId, inventory)
  adoptOpenAttempts(step, nodeId, { listed, unattended })
  reconcileCalls(step, nodeId, { listed, unattended })
  for (const call of inventory.calls) {
    if (!step.state.calls.has(call.callId)) takeUnknown(step, nodeId, call)
  }
  const callIds = inventory.unattended.map(call => call.callId).filter(callId => !step.state.calls.has(callId))
  if (callIds.length > 0) step.effects.push({ kind: 'acknowledge-unattended', nodeId, callIds })
  for (const campaign of step.state.campaigns.values()) campaign.dirty = true
}

/** A leg that nobody knows: whoever calls us is told who has called, and a call of ours that has no record ends. */
function takeUnknown(step: Step, nodeId: NodeId, { callId, incoming, sipCallId }: InventoryCall): void {
  if (incoming === undefined) step.effects.push({ kind: 'hang-up', callId, nodeId })
  else takeIn(step, { callId, nodeId, at: step.now, ...incoming, ...given({ sipCallId }) })
}

/** The link is lost: nothing is dialed there until its inventory is here. Calls and agents live on in the PBX. */
export function onNodeDown(step: Step, nodeId: NodeId): void {
  const node = step.state.nodes.get(nodeId)
  if (node !== undefined) node.link = 'down'
  for (const agent of step.state.agents.values()) {
    // A PBX that shuts down ends its legs first: whoever went then did not mean to leave.
    const wentWithIt = agent.leftAt !== undefined && step.now - agent.leftAt <= wentWithItMs
    if (agent.nodeId === nodeId && agent.phase.state === 'offline' && wentWithIt)
      agent.rejoinUntil = Number.POSITIVE_INFINITY
  }
  for (const campaign of step.state.campaigns.values()) campaign.dirty = true
}

interface Seen {
  readonly listed: ReadonlyMap<string, InventoryCall>
  readonly unattended: ReadonlyMap<string, UnattendedCall>
}

/** Agents on the line and at work again; those whose leg the PBX has lost are called again. */
function reconcileAgents(step: Step, nodeId: NodeId, inventory: PbxInventory): void {
  const present = new Set(inventory.agents)
  for (const agent of step.state.agents.values()) {
    if (agent.nodeId !== nodeId) continue
    const { state } = agent.phase
    if (present.has(agent.agentId)) {
      if (state === 'offline' || state === 'calling') {
        comeOn(step, { kind: 'agent-leg-up', agentId: agent.agentId, nodeId, by: 'agent', at: step.now })
      }
    } else if (state !== 'offline') {
      const wantsLine = agent.pending?.kind !== 'logout'
      onLegDown(step, { kind: 'agent-leg-down', agentId: agent.agentId, cause: 'lost', at: step.now })
      if (wantsLine) rejoin(step, agent)
    } else if (agent.rejoinUntil !== undefined) rejoin(step, agent)
  }
}

/** What the last run left open waits for the inventory of its node; of a node that is gone none will come. */
export function onRecovered(step: Step, answer: Extract<ShellAnswer, { kind: 'recovered' }>): void {
  const { nodes, unresolved } = step.state
  for (const attempt of answer.open) {
    if (nodes.has(attempt.nodeId)) unresolved.set(attempt.callId, attempt)
    else endUnadopted(step, attempt)
  }
}

function endUnadopted(step: Step, attempt: AttemptStart): void {
  const { callId, campaignId, origin, leadId, number } = attempt
  const end: AttemptEnd = {
    callId,
    campaignId,
    origin,
    ...given({ leadId, number, agentId: attempt.origin === 'manual' ? attempt.agentId : undefined }),
    disposition: 'failed',
    detail: 'recovered',
    endedAt: step.now,
    ...(leadId === undefined || origin === 'inbound' ? {} : { leadRetryAt: null }),
    countsAsAttempt: origin !== 'inbound',
  }
  step.effects.push({ kind: 'attempt-ended', end })
}

function adoptOpenAttempts(step: Step, nodeId: NodeId, seen: Seen): void {
  for (const attempt of step.state.unresolved.values()) {
    if (attempt.nodeId !== nodeId) continue
    step.state.unresolved.delete(attempt.callId)
    const call = adopt(step, attempt)
    const inventory = seen.listed.get(attempt.callId)
    if (call === undefined) continue
    if (inventory === undefined) resolveGone(step, call, seen.unattended.get(attempt.callId))
    else adoptLive(step, call, inventory)
  }
}

/** An open attempt as a call again. Of a campaign that is gone nothing can be adopted: the attempt ends, its leg is nobody's. */
function adopt(step: Step, attempt: AttemptStart): Call | undefined {
  const campaign = step.state.campaigns.get(attempt.campaignId)
  if (campaign === undefined) {
    endUnadopted(step, attempt)
    return undefined
  }
  const call = callAgain(attempt)
  hold(step, call)
  if (call.origin === 'campaign') campaign.progress.counters.attempts += 1
  return call
}

/** The call as it began. What its lead was is not known any more, but who they are. */
function callAgain(attempt: AttemptStart): Call {
  switch (attempt.origin) {
    case 'campaign': {
      const { leadId, ...begun } = attempt
      const lead = { leadId, number: attempt.number, attempts: 0 }
      return createCall({ ...begun, lead, phase: { state: 'originating' }, recovered: true })
    }
    case 'manual': {
      const { leadId, ...begun } = attempt
      const lead = leadId === undefined ? undefined : { leadId, number: attempt.number, attempts: 0 }
      return { ...begun, ...given({ lead }), phase: { state: 'originating' }, recovered: true }
    }
    case 'inbound': {
      const { leadId, ...begun } = attempt
      const lead = leadId === undefined ? undefined : { leadId, number: attempt.number ?? '', attempts: 0 }
      const phase = { state: 'ringing', ringingAt: attempt.originatedAt } as const
      return { ...begun, ...given({ lead }), phase, recovered: true, onRecord: true }
    }
  }
}

/** A leg that lives: taken up where it stands. Instants before the restart are not known, so they are now. */
function adoptLive(step: Step, call: Call, inventory: InventoryCall): void {
  if (inventory.sipCallId !== undefined) call.sipCallId = inventory.sipCallId
  if (call.origin === 'inbound' && inventory.state !== 'connected') {
    // A key may have been lost with the engine: they hear it from the beginning.
    traceCaller(step, call)
    return
  }
  if (inventory.state !== 'connected') reserveAgain(step, call)
  switch (inventory.state) {
    case 'originating':
    case 'ringing':
      pushCallDeadline(step, call, { what: 'overdue', at: step.now + adoptedRingMaxMs })
      return
    case 'waiting': {
      onAnswered(step, { kind: 'call-answered', callId: call.callId, at: step.now })
      return
    }
    case 'announcing':
      takenOver(step, call, { why: 'application-gone', at: step.now })
      return
    case 'connected':
      adoptConversation(step, call, inventory)
      return
  }
}

/** The agent of a call made by hand is with it again, where they are on the line; else it ends when it is answered. */
function reserveAgain(step: Step, call: Call): void {
  const agent = call.origin === 'manual' ? step.state.agents.get(call.agentId) : undefined
  if (agent?.phase.state !== 'available' || agent.nodeId !== call.nodeId) return
  moveAgent(step, agent, { state: 'reserved', since: step.now, callId: call.callId })
}

function adoptConversation(step: Step, call: Call, inventory: InventoryCall): void {
  const agent = inventory.agentId === undefined ? undefined : step.state.agents.get(inventory.agentId)
  const campaign = step.state.campaigns.get(call.campaignId)
  if (agent === undefined || campaign === undefined || agent.phase.state !== 'available') {
    hangUp(step, call)
    return
  }
  const at = step.now
  call.phase = {
    state: 'connected',
    answeredAt: at,
    connectingAt: at,
    connectedAt: at,
    agentId: agent.agentId,
  }
  campaign.picture.follow(call)
  limitCall(step, call)
  if (call.origin === 'campaign') {
    campaign.progress.counters.answered += 1
    campaign.progress.counters.answeredByPerson += 1
    campaign.progress.counters.connected += 1
  }
  agentsChanged(step, agent.campaignId)
  agent.campaignId = call.campaignId
  agentsChanged(step, agent.campaignId)
  moveAgent(step, agent, { state: 'reserved', since: at, callId: call.callId })
  moveAgent(step, agent, { state: 'on-call', since: at, callId: call.callId })
}

/** The leg is gone: the PBX's record says whether a person answered and heard the message; without one it failed. */
function resolveGone(step: Step, call: Call, record: UnattendedCall | undefined): void {
  if (record === undefined) {
    endCall(step, call, { cause: 'lost', at: step.now })
    return
  }
  if (record.sipCallId !== undefined) call.sipCallId = record.sipCallId
  if (record.reason === 'hung-up') {
    markAnswered(step, call, record.answeredAt)
    endCall(step, call, { cause: 'hung-up-by-peer', at: step.now })
    return
  }
  takenOver(step, call, {
    why: record.reason === 'app-gone' ? 'application-gone' : 'pbx-took-over',
    at: record.answeredAt,
  })
  const { number, callId } = call
  if (record.optedOut && number !== undefined) {
    // Heard while nobody here listened: to whom it was said is not on the record.
    step.effects.push({ kind: 'opt-out', number, by: 'opt-out-key', callId, everybody: true })
  }
  endCall(step, call, { cause: 'hung-up-by-peer', at: step.now })
}

/** Calls of this run after a broken link: what the inventory no longer has is over, what has moved on is followed. */
function reconcileCalls(step: Step, nodeId: NodeId, seen: Seen): void {
  for (const call of [...step.state.calls.values()]) {
    if (call.nodeId !== nodeId || call.recovered) continue
    const inventory = seen.listed.get(call.callId)
    if (inventory === undefined) endUnseen(step, call, seen.unattended.get(call.callId))
    else if (call.origin === 'inbound' && call.phase.state === 'informing') resume(step, call)
    else if (inventory.state === 'announcing') takenOver(step, call, { why: 'application-gone', at: step.now })
    else if (inventory.state === 'waiting' && (call.phase.state === 'originating' || call.phase.state === 'ringing')) {
      onAnswered(step, { kind: 'call-answered', callId: call.callId, at: step.now })
    } else if (inventory.state === 'waiting') abandonLate(step, call)
  }
}

function abandonLate(step: Step, call: Call): void {
  const campaign = step.state.campaigns.get(call.campaignId)
  if (!isUnmet(call.phase) || campaign === undefined) return
  if (step.now >= call.phase.answeredAt + waitMaxOf(call, campaign)) abandon(step, call, 'no-agent')
}

function endUnseen(step: Step, call: Call, record: UnattendedCall | undefined): void {
  if (record !== undefined) resolveGone(step, call, record)
  else if (call.phase.state === 'connected' && call.phase.connectedAt !== undefined) {
    endCall(step, call, { cause: 'hung-up-by-peer', at: step.now })
  } else {
    call.recovered = true
    endCall(step, call, { cause: 'lost', at: step.now })
  }
}
