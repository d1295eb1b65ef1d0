import { afterCall, startWrapUp } from '../agents/agentFlow.ts'
import { given } from '../given.ts'
import type { Command, ShellAnswer, TelephonyEvent } from '../inputs.ts'
import { moveCall, reject, type Step } from '../step.ts'
import type { Call } from './call.ts'
import { remember } from './callEnd.ts'
import { hangUp } from './hangUp.ts'
import { conversation, endHold, orderHold } from './holding.ts'

/*
 * A person is given to somebody else: a target, which the configuration permits. They hear music until they are with somebody again.
 *
 *     talking --call-transfer--> held, the target rings --target-up--> blind: target and person alone ------+
 *        ^                              |                   |          else: target and agent talk          |
 *        |    no answer, hung up, or    |                   |           (the person, off hold, too: three)  |
 *        +---- the agent takes back ----+-------------------+                        | complete            v
 *                                                                                    +---> transferred, the agent writes it up
 *
 * Whoever is given on stays our call until one of the two hangs up: nobody calls them meanwhile, and the trunk's channel is theirs.
 */

/** Rings a target for the person of a conversation, who hears music meanwhile. */
export function onTransfer(step: Step, command: Extract<Command, { kind: 'call-transfer' }>): void {
  const { callId, target, blind } = command
  const found = conversation(step, { callId, toDo: 'a transfer' })
  if (found === undefined) return
  const { call, agentId } = found
  if (call.transfer !== undefined) {
    reject(
      step,
      'illegal-transition',
      `call ${callId} is being transferred to ${call.transfer.targetId} already: take it back first`,
    )
    return
  }
  orderHold(step, call, true)
  const { targetId } = target
  call.transfer = { targetId, blind, state: 'calling' }
  const { nodeId, callerId } = call
  step.effects.push({ kind: 'call-target', nodeId, order: { callId, agentId, endpoint: target.endpoint, callerId } })
  tell(step, call, 'calling')
}

/** The target has answered. */
export function onTargetUp(step: Step, { callId }: Extract<TelephonyEvent, { kind: 'target-up' }>): void {
  const call = step.state.calls.get(callId)
  if (call?.transfer?.state === 'calling') join(step, call, call.transfer.blind ? 'person' : 'agent')
  else reject(step, 'illegal-transition', `nobody is transferred from call ${callId}`)
}

function join(step: Step, call: Call, to: 'agent' | 'person'): void {
  const { callId, nodeId, phase, transfer } = call
  if (phase.state !== 'connected' || transfer === undefined) return
  const { agentId, answeredAt, connectedAt = phase.connectingAt } = phase
  call.transfer = { ...transfer, state: 'joining' }
  const talk = { answeredAt, connectedAt, transferred: { at: step.now, to: transfer.targetId } }
  step.effects.push({ kind: 'join-target', nodeId, order: { callId, agentId, to, talk } })
}

/** The target is with the agent, or with the person: then the agent is out. */
export function onTargetJoined(step: Step, { callId, to }: Extract<ShellAnswer, { kind: 'target-joined' }>): void {
  const call = step.state.calls.get(callId)
  if (call?.transfer?.state !== 'joining') return
  if (to === 'person') givenOn(step, call)
  else {
    call.transfer = { ...call.transfer, state: 'talking' }
    tell(step, call, 'talking')
  }
}

function givenOn(step: Step, call: Call): void {
  const { phase, transfer } = call
  const campaign = step.state.campaigns.get(call.campaignId)
  if (phase.state !== 'connected' || transfer === undefined || campaign === undefined) return
  endHold(step, call)
  tell(step, call, 'done')
  delete call.transfer
  const { agentId, connectedAt = phase.connectingAt } = phase
  if (!moveCall(step, call, { ...phase, transferred: { at: step.now, to: transfer.targetId } })) return
  if (call.origin === 'campaign')
    campaign.pacer.observe({ kind: 'talk-ended', talkMs: Math.max(0, step.now - connectedAt) }, step.now)
  remember(step, call, agentId)
  const agent = step.state.agents.get(agentId)
  if (agent?.phase.state !== 'on-call' || agent.phase.callId !== call.callId) return
  agent.failedJoins = 0
  if (call.wrapUpGiven) afterCall(step, agent)
  else startWrapUp(step, agent, { callId: call.callId, campaign })
}

/** The target did not answer, has hung up, or could not be joined: the agent has the person back; whoever was given on is alone. */
export function onTargetDown(step: Step, { callId, cause }: Extract<TelephonyEvent, { kind: 'target-down' }>): void {
  const call = step.state.calls.get(callId)
  if (call?.phase.state !== 'connected') return
  if (call.phase.transferred !== undefined) {
    hangUp(step, call)
    return
  }
  if (call.transfer === undefined) return
  tell(step, call, cause === 'hung-up-by-us' ? 'taken-back' : 'failed')
  delete call.transfer
  orderHold(step, call, false)
}

/** The agent gives the person to the target with whom they have talked, or takes them back. */
export function onTransferEnd(step: Step, { callId, how }: Extract<Command, { kind: 'call-transfer-end' }>): void {
  const found = conversation(step, { callId, toDo: 'a transfer' })
  if (found === undefined) return
  const { call } = found
  if (call.transfer === undefined) reject(step, 'illegal-transition', `call ${callId} is not being transferred`)
  else if (how === 'return') takeBack(step, call)
  else if (call.transfer.state === 'talking') join(step, call, 'person')
  else
    reject(step, 'illegal-transition', `${call.transfer.targetId} has not answered yet: wait, or take the person back`)
}

function takeBack(step: Step, call: Call): void {
  dropTarget(step, call)
  orderHold(step, call, false)
}

/** The target is let go; nothing where there is none. */
export function dropTarget(step: Step, call: Call): void {
  if (call.transfer === undefined) return
  tell(step, call, 'taken-back')
  delete call.transfer
  step.effects.push({ kind: 'drop-target', callId: call.callId, nodeId: call.nodeId })
}

function tell(step: Step, call: Call, state: 'calling' | 'talking' | 'done' | 'failed' | 'taken-back'): void {
  const { callId, campaignId, phase, transfer, lead } = call
  if (phase.state !== 'connected' || transfer === undefined) return
  const about = { callId, campaignId, agentId: phase.agentId, ...given({ leadId: lead?.leadId }) }
  step.effects.push({ kind: 'notify', event: { kind: 'call-transfer', ...about, targetId: transfer.targetId, state } })
}
