import { reconcileAgents } from './agents/agentRecovery.ts'
import { abandon, isUnmet } from './calls/abandon.ts'
import { type AttemptEnd, type AttemptStart, type Call, createCall } from './calls/call.ts'
import { endCall } from './calls/callEnd.ts'
import { endAlone, markAnswered, onAnswered, takenOver } from './calls/callFlow.ts'
import { waitMaxOf } from './calls/callLimits.ts'
import { hangUp } from './calls/hangUp.ts'
import { hold } from './calls/hold.ts'
import { noteHold } from './calls/holding.ts'
import { resume, takeIn, traceCaller } from './calls/respectLine.ts'
import { onTargetDown } from './calls/transfer.ts'
import { settleCall } from './campaigns/ownerFlow.ts'
import { nodeIsUp } from './dialing/nodeBreaker.ts'
import { given } from './given.ts'
import type { InstantMs, NodeId } from './ids.ts'
import type { InventoryCall, KeptCall, ShellAnswer, TelephonyEvent, UnansweredCall, UnattendedCall } from './inputs.ts'
import { acknowledgeRecords, heedRecords } from './records.ts'
import { agentsChanged, moveAgent, moveCall, pushCallDeadline, type Step } from './step.ts'
import { createSeen, type Seen, type Told, toldOf } from './told.ts'

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
  const seen = createSeen(inventory)
  const before = [...step.state.calls.values()].filter(call => call.nodeId === nodeId)
  const known = new Set([...step.state.calls.keys(), ...step.state.unresolved.keys()])
  reconcileAgents(step, nodeId, inventory)
  adoptOpenAttempts(step, nodeId, seen)
  for (const call of before) reconcileCall(step, call, toldOf(seen, call.callId))
  for (const call of inventory.calls) {
    if (!step.state.calls.has(call.callId)) takeUnknown(step, nodeId, call)
  }
  heedRecords(step, node, inventory)
  acknowledgeRecords(step, inventory, { nodeId, known })
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
  step.effects.push({ kind: 'attempt-ended', nodeId: attempt.nodeId, trunkId: attempt.trunkId, end })
}

function adoptOpenAttempts(step: Step, nodeId: NodeId, seen: Seen): void {
  for (const attempt of step.state.unresolved.values()) {
    if (attempt.nodeId !== nodeId) continue
    step.state.unresolved.delete(attempt.callId)
    const call = adopt(step, attempt)
    const told = toldOf(seen, attempt.callId)
    if (call === undefined) continue
    if (told.listed === undefined) resolveGone(step, call, told)
    else adoptLive(step, call, { ...told, listed: told.listed })
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

/** What is told of a leg that lives. */
type ToldLive = Told & { readonly listed: InventoryCall }

/** A leg that lives: taken up where it stands. Instants before the restart are those that the PBX has kept, else now. */
function adoptLive(step: Step, call: Call, told: ToldLive): void {
  const { listed } = told
  if (listed.sipCallId !== undefined) call.sipCallId = listed.sipCallId
  if (call.origin === 'inbound' && listed.state !== 'connected') {
    // A key may have been lost with the engine: they hear it from the beginning.
    traceCaller(step, call)
    return
  }
  if (listed.state !== 'connected') reserveAgain(step, call)
  switch (listed.state) {
    case 'originating':
    case 'ringing':
      // Whatever becomes of it is seen from here on.
      call.timed = true
      pushCallDeadline(step, call, { what: 'overdue', at: step.now + adoptedRingMaxMs })
      return
    case 'waiting': {
      if (talkOf(told) !== undefined) endTalkAlone(step, call, told)
      else onAnswered(step, { kind: 'call-answered', callId: call.callId, at: answeredAtOf(step, call, told) })
      return
    }
    case 'announcing':
      if (talkOf(told) !== undefined) endTalkAlone(step, call, told)
      else announced(step, call, told)
      return
    case 'connected':
      adoptConversation(step, call, told)
      return
  }
}

/** The agent of a call made by hand is with it again, where they are on the line; else it ends when it is answered. */
function reserveAgain(step: Step, call: Call): void {
  const agent = call.origin === 'manual' ? step.state.agents.get(call.agentId) : undefined
  if (agent?.phase.state !== 'available' || agent.nodeId !== call.nodeId) return
  moveAgent(step, agent, { state: 'reserved', since: step.now, callId: call.callId })
}

/** Two talk on. An agent whom we cannot be sure of is not left with the person: the talk is over. */
function adoptConversation(step: Step, call: Call, told: ToldLive): void {
  const { agentId, transferred } = told.listed
  if (agentId === undefined) {
    // With nobody, or with the target to whom they were given.
    if (talkOf(told) === undefined) hangUp(step, call)
    else if (transferred) recordGivenOn(step, call, told)
    else endTalkAlone(step, call, told)
    return
  }
  const talk = { agentId, connectedAt: talkOf(told)?.connectedAt ?? step.now }
  recordTalk(step, call, { ...told, talk })
  const agent = step.state.agents.get(agentId)
  if (agent?.phase.state !== 'available') {
    endAlone(step, call)
    return
  }
  agentsChanged(step, agent.campaignId)
  agent.campaignId = call.campaignId
  agentsChanged(step, agent.campaignId)
  moveAgent(step, agent, { state: 'reserved', since: step.now, callId: call.callId })
  moveAgent(step, agent, { state: 'on-call', since: step.now, callId: call.callId })
  noteHold(step, call, { on: told.listed.held === true, since: step.now })
}

/** Their agent is out of it; the target is with them. */
function recordGivenOn(step: Step, call: Call, told: Told): void {
  const talk = talkOf(told)
  if (talk !== undefined) recordTalk(step, call, { ...told, talk })
}

/** Their agent has gone while nobody here looked: what was a conversation is over. */
function endTalkAlone(step: Step, call: Call, told: Told): void {
  const talk = talkOf(told)
  if (talk !== undefined) recordTalk(step, call, { ...told, talk })
  endAlone(step, call)
}

type Talk = NonNullable<KeptCall['talk']>

/**
 * With whom a call was joined, by what the PBX has kept. A record of nobody's being there is the later word, because a join that
 * failed after all leaves it; the word at the end is the last.
 */
function talkOf({ kept, unattended }: Told): Talk | undefined {
  return kept?.end !== undefined || unattended === undefined ? kept?.talk : undefined
}

/** An instant that was kept by another clock, or before this run: never before the call, or what it follows, and never in the future. */
function within({ now }: Step, at: InstantMs, from: InstantMs): InstantMs {
  return Math.min(Math.max(at, from), now)
}

/** When the call was answered, as far as it is known; else now. */
function answeredAtOf(step: Step, call: Call, { kept, unattended }: Told): InstantMs {
  const at = kept?.answeredAt ?? unattended?.answeredAt
  if (at === undefined) return step.now
  if (call.recovered) call.timed = true
  return within(step, at, call.originatedAt)
}

/** Counts a conversation that this run has not seen begin. */
function recordTalk(step: Step, call: Call, { talk, ...told }: Told & { readonly talk: Talk }): void {
  const { agentId, connectedAt, transferred } = talk
  const campaign = step.state.campaigns.get(call.campaignId)
  if (campaign === undefined || (call.phase.state === 'connected' && call.phase.connectedAt !== undefined)) return
  markAnswered(step, call, answeredAtOf(step, call, told))
  if (!('answeredAt' in call.phase)) return
  const { answeredAt } = call.phase
  const at = within(step, connectedAt, answeredAt)
  const ringing = 'ringingAt' in call.phase ? given({ ringingAt: call.phase.ringingAt }) : {}
  const phase = { state: 'connected', ...ringing, answeredAt, connectingAt: at, connectedAt: at, agentId } as const
  const givenOn = given({ transferred: transferred && { ...transferred, at: within(step, transferred.at, at) } })
  if (!moveCall(step, call, { ...phase, ...givenOn }) || call.origin !== 'campaign') return
  campaign.progress.counters.connected += 1
  settleCall(step, campaign, { abandoned: false, answeredAt })
}

/** The leg is gone: what the PBX has kept says whether somebody answered, whom they met, or how it ended; without it nobody answered. */
function resolveGone(step: Step, call: Call, told: Told): void {
  const { kept, unattended } = told
  const sipCallId = kept?.sipCallId ?? unattended?.sipCallId
  if (sipCallId !== undefined) call.sipCallId = sipCallId
  const talk = talkOf(told)
  if (talk !== undefined) recordTalk(step, call, { ...told, talk })
  else if (unattended?.reason === 'hung-up') markAnswered(step, call, answeredAtOf(step, call, told))
  else if (unattended !== undefined || kept !== undefined) announced(step, call, told)
  endGone(step, call, told)
}

/** Nobody of ours was with the person: they hear the message, or have heard it, and may have pressed the key. */
function announced(step: Step, call: Call, told: Told): void {
  const { unattended } = told
  const late = unattended !== undefined && unattended.reason !== 'app-gone'
  const why = late ? 'pbx-took-over' : 'application-gone'
  takenOver(step, call, { why, at: answeredAtOf(step, call, told) })
  tellOptOut(step, call, unattended)
}

/** Heard while nobody here listened: to whom it was said is not on the record. */
function tellOptOut(step: Step, { number, callId }: Call, unattended: UnattendedCall | undefined): void {
  if (unattended?.optedOut !== true || number === undefined) return
  step.effects.push({ kind: 'opt-out', number, by: 'opt-out-key', callId, everybody: true })
}

/** Ends a call whose leg is gone: when the PBX says, or at the latest when it was started anew. */
function endGone(step: Step, call: Call, { kept, unanswered, pbxStartedAt }: Told): void {
  const { phase } = call
  const diedWithPbx = hasDied(call, pbxStartedAt)
  if (!('answeredAt' in phase)) {
    if (unanswered === undefined) lose(step, call, diedWithPbx)
    else endUnanswered(step, call, unanswered)
    return
  }
  if (kept?.end === undefined) delete call.timed
  const from = (phase.state === 'connected' ? phase.connectedAt : undefined) ?? phase.answeredAt
  const latest = diedWithPbx ? pbxStartedAt : undefined
  const at = within(step, kept?.end?.endedAt ?? latest ?? step.now, from)
  const byUs = kept?.end?.byPeer === false && phase.state === 'connected'
  endCall(step, call, { cause: byUs ? 'hung-up-by-us' : 'hung-up-by-peer', at })
}

/** Nobody has answered, and the PBX has kept how it ended: all is known of it. */
function endUnanswered(step: Step, call: Call, { endedAt, cause, sipCode }: UnansweredCall): void {
  if (call.recovered) call.timed = true
  endCall(step, call, { cause, ...given({ sipCode }), at: within(step, endedAt, call.originatedAt) })
}

/** A call of this run after a broken link: what the inventory no longer has is over, what has moved on is followed. */
function reconcileCall(step: Step, call: Call, told: Told): void {
  const { listed, unattended } = told
  if (!step.state.calls.has(call.callId)) return
  if (listed === undefined) endUnseen(step, call, told)
  else if (isAlone(call, listed)) hangUp(step, call)
  else if (call.origin === 'inbound' && call.phase.state === 'informing') resume(step, call)
  else if (listed.state === 'announcing' && call.phase.state === 'announcing') tellOptOut(step, call, unattended)
  else if (listed.state === 'announcing') announced(step, call, told)
  else if (listed.state === 'waiting' && (call.phase.state === 'originating' || call.phase.state === 'ringing'))
    onAnswered(step, { kind: 'call-answered', callId: call.callId, at: answeredAtOf(step, call, told) })
  else if (listed.state === 'waiting') abandonLate(step, call)
  else if (listed.state === 'connected') {
    noteHold(step, call, { on: listed.held === true, since: step.now })
    if (call.transfer !== undefined) loseTarget(step, call)
  }
}

/** Nobody knows what has become of the target: the agent has the person back. */
function loseTarget(step: Step, { callId }: Call): void {
  onTargetDown(step, { kind: 'target-down', callId, cause: 'lost', at: step.now })
}

/** Given on, and the target has gone while nobody here looked. */
function isAlone({ phase }: Call, listed: InventoryCall): boolean {
  return phase.state === 'connected' && phase.transferred !== undefined && listed.transferred === undefined
}

function abandonLate(step: Step, call: Call): void {
  const campaign = step.state.campaigns.get(call.campaignId)
  if (!isUnmet(call.phase) || campaign === undefined) return
  if (step.now >= call.phase.answeredAt + waitMaxOf(call, campaign)) abandon(step, call, 'no-agent')
}

function endUnseen(step: Step, call: Call, told: Told): void {
  const { kept, unattended, unanswered } = told
  if (kept !== undefined || unattended !== undefined || unanswered !== undefined) resolveGone(step, call, told)
  else if (call.phase.state === 'connected' && call.phase.connectedAt !== undefined) endGone(step, call, told)
  else {
    call.recovered = true
    lose(step, call, hasDied(call, told.pbxStartedAt))
  }
}

function hasDied({ originatedAt }: Call, pbxStartedAt: InstantMs | undefined): boolean {
  return pbxStartedAt !== undefined && pbxStartedAt > originatedAt
}

function lose(step: Step, call: Call, diedWithPbx: boolean): void {
  endCall(step, call, { cause: 'lost', ...given({ mayBeAnswered: diedWithPbx || undefined }), at: step.now })
}
