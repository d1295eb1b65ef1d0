import { given } from '../given.ts'
import type { CallId, InstantMs } from '../ids.ts'
import type { Command, ShellAnswer } from '../inputs.ts'
import { reject, type Step } from '../step.ts'
import type { Call, CallPhase } from './call.ts'

/** Whether the agent of a connected call is still in it. */
export function isWithAgent({ transferred, agentGoneAt }: Extract<CallPhase, { state: 'connected' }>): boolean {
  return transferred === undefined && agentGoneAt === undefined
}

/** A conversation whose two can hear each other, or could but for a hold, with its agent; else the command is answered with why not. */
export function conversation(
  step: Step,
  { callId, toDo }: { readonly callId: CallId; readonly toDo: string },
): { readonly call: Call; readonly agentId: string } | undefined {
  const call = step.state.calls.get(callId)
  if (call === undefined) {
    reject(step, 'unknown-call', `no call ${callId} is in progress`)
    return undefined
  }
  const { phase } = call
  const talks = phase.state === 'connected' && phase.connectedAt !== undefined && isWithAgent(phase)
  if (talks) return { call, agentId: phase.agentId }
  reject(step, 'illegal-transition', `call ${callId} is ${phase.state}: ${toDo} is for a conversation with its agent`)
  return undefined
}

/** Puts the person on hold, or takes them back; what is so already stays as it is. */
export function onHoldCommand(step: Step, { callId, on }: Extract<Command, { kind: 'call-hold' }>): void {
  const found = conversation(step, { callId, toDo: 'a hold' })
  if (found !== undefined) orderHold(step, found.call, on)
}

/** Has the PBX do so, unless it is so already. */
export function orderHold(step: Step, call: Call, on: boolean): void {
  const { callId, nodeId, phase } = call
  if (phase.state !== 'connected' || (call.held !== undefined) === on) return
  step.effects.push({ kind: 'hold', order: { callId, agentId: phase.agentId, on }, nodeId })
  noteHold(step, call, { on, since: step.now })
}

/** The PBX did not: it is as it was before. */
export function onHoldFailed(step: Step, { callId, on }: Extract<ShellAnswer, { kind: 'hold-failed' }>): void {
  const call = step.state.calls.get(callId)
  if (call !== undefined && call.phase.state === 'connected') noteHold(step, call, { on: !on, since: step.now })
}

/** What the PBX says of it is what is so. */
export function noteHold(
  step: Step,
  call: Call,
  { on, since }: { readonly on: boolean; readonly since: InstantMs },
): void {
  const { held, callId, campaignId, phase } = call
  if (phase.state !== 'connected' || (held !== undefined) === on) return
  if (on) call.held = { since }
  else endHold(step, call)
  const heldMs = held === undefined ? undefined : Math.max(0, step.now - held.since)
  const event = {
    kind: 'call-held',
    callId,
    campaignId,
    agentId: phase.agentId,
    held: on,
    ...given({ heldMs }),
  } as const
  step.effects.push({ kind: 'notify', event })
}

/** Whatever becomes of the call, nobody is on hold any more. */
export function endHold({ now }: Step, call: Call): void {
  const { held } = call
  if (held === undefined) return
  delete call.held
  call.longestHoldMs = Math.max(call.longestHoldMs ?? 0, now - held.since)
}

/** Presses keys for the agent, on the line of the person: for the machine that answers there. */
export function onDigits(step: Step, { callId, digits }: Extract<Command, { kind: 'call-digits' }>): void {
  const found = conversation(step, { callId, toDo: 'pressing keys' })
  if (found === undefined) return
  const { call } = found
  if (call.held !== undefined)
    reject(step, 'illegal-transition', `call ${callId} is on hold: take the person back first`)
  else step.effects.push({ kind: 'send-digits', callId, nodeId: call.nodeId, digits })
}
