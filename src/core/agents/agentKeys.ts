import type { Call } from '../calls/call.ts'
import { hangUp } from '../calls/hangUp.ts'
import type { TelephonyEvent } from '../inputs.ts'
import { reject, type Step } from '../step.ts'
import { hourMs } from '../time.ts'
import type { Agent } from './agent.ts'
import { refuseByKey } from './agentCommands.ts'
import { askPending, pushAgentDeadline, workAgain, wrapUpDone } from './agentFlow.ts'
import { tellAgent, whyIdle } from './agentVoice.ts'
import { type AgentWord, callbackCode, codeByKey, refusedCode, timeoutCode } from './wrapUp.ts'

/** How long a phone is waited for: for the first digit of a number, and for another one. */
const firstDigitMs = 10_000
const nextDigitMs = 4_000
/** Hours from now, at most 99. */
const digitsMax = 2

/**
 * A key on the agent's phone: `*` ends the talk, pauses or resumes; a digit in wrap-up is the code. After the code of a call-back come
 * the hours from now, ended by `#` or by waiting; `*` goes back to the codes.
 */
export function onKey(step: Step, event: Extract<TelephonyEvent, { kind: 'agent-key' }>): void {
  const agent = step.state.agents.get(event.agentId)
  if (agent === undefined) {
    reject(step, 'unknown-agent', `the PBX speaks of an agent ${event.agentId} who is not configured`)
    return
  }
  const { phase } = agent
  if (phase.state === 'wrap-up') {
    if (agent.asked === undefined) onCodeKey(step, agent, event.key)
    else onHoursKey(step, agent, event.key)
  } else if (phase.state === 'on-call') {
    const call = step.state.calls.get(phase.callId)
    if (call !== undefined) onTalkKey(step, call, { agent, key: event.key })
  } else onIdleKey(step, agent, event.key)
}

/** `*` ends the talk, the key of a refusal ends it for good. */
function onTalkKey(step: Step, call: Call, { agent, key }: { readonly agent: Agent; readonly key: string }): void {
  const campaign = step.state.campaigns.get(call.campaignId)
  if (key === '*') hangUp(step, call)
  else if (codeByKey(campaign, key) === refusedCode) refuseByKey(step, call, agent.agentId)
}

function onIdleKey(step: Step, agent: Agent, key: string): void {
  const { state } = agent.phase
  if (key !== '*') tellAgent(step, agent, 'no-such-key')
  else if (state === 'available') {
    askPending(step, agent, { kind: 'pause', reason: 'key', force: false })
    if (agent.pending?.kind === 'pause') tellAgent(step, agent, 'pausing')
  } else if (state === 'paused' || state === 'breather') workAgain(step, agent)
}

function onCodeKey(step: Step, agent: Agent, key: string): void {
  const campaign = agent.campaignId === undefined ? undefined : step.state.campaigns.get(agent.campaignId)
  const code = codeByKey(campaign, key)
  if (code === undefined || (code === callbackCode && !hasLead(step, agent))) tellAgent(step, agent, 'no-such-key')
  else if (code === callbackCode) {
    ask(step, agent, { digits: '', forMs: firstDigitMs })
    tellAgent(step, agent, 'ask-hours')
  } else wrapUpByKey(step, agent, { code, refusal: false })
}

/** Nobody can be called back who is no lead. */
function hasLead({ state }: Step, { phase }: Agent): boolean {
  return phase.state === 'wrap-up' && state.recentCalls.get(phase.callId)?.call.lead !== undefined
}

function wrapUpByKey(step: Step, agent: Agent, word: AgentWord): void {
  wrapUpDone(step, agent, word)
  const said =
    word.callbackAt === undefined
      ? (['saved'] as const)
      : (['call-back-in', ...spelled((word.callbackAt - step.now) / hourMs), 'hours'] as const)
  tellAgent(step, agent, ...said, ...whyIdle(step, agent))
}

type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9'

function spelled(hours: number): readonly Digit[] {
  return [...String(hours)].filter(isDigit)
}

function isDigit(key: string): key is Digit {
  return /^\d$/.test(key)
}

function ask(step: Step, agent: Agent, { digits, forMs }: { readonly digits: string; readonly forMs: number }): void {
  agent.asked = { digits, until: step.now + forMs }
  pushAgentDeadline(step, agent, { what: 'asked', at: agent.asked.until })
}

function onHoursKey(step: Step, agent: Agent, key: string): void {
  const digits = agent.asked?.digits ?? ''
  if (key === '*') askNoMore(step, agent)
  else if (key === '#') takeHours(step, agent, digits)
  else if (!isDigit(key) || digits.length === digitsMax) tellAgent(step, agent, 'no-such-key')
  else ask(step, agent, { digits: digits + key, forMs: nextDigitMs })
}

/** They may choose another code, while there is time. */
function askNoMore(step: Step, agent: Agent): void {
  delete agent.asked
  if (agent.phase.state !== 'wrap-up') return
  if (step.now >= agent.phase.until) onWrapUpOver(step, agent)
  else tellAgent(step, agent, 'no-hours')
}

function takeHours(step: Step, agent: Agent, digits: string): void {
  const hours = Number(digits)
  if (hours > 0) {
    const callbackAt = step.now + hours * hourMs
    wrapUpByKey(step, agent, { code: callbackCode, refusal: false, callbackAt })
    return
  }
  ask(step, agent, { digits: '', forMs: firstDigitMs })
  tellAgent(step, agent, 'ask-hours')
}

/** The time for another digit, or for the first, is over. */
export function onAsked(step: Step, agent: Agent): void {
  const { asked } = agent
  if (asked === undefined || step.now < asked.until) return
  if (Number(asked.digits) > 0) takeHours(step, agent, asked.digits)
  else askNoMore(step, agent)
}

/** The time for the wrap-up is over: whoever is asked for a time has that of the question. */
export function onWrapUpOver(step: Step, agent: Agent): void {
  if (agent.asked !== undefined) return
  wrapUpDone(step, agent, { code: timeoutCode, refusal: false })
  tellAgent(step, agent, ...whyIdle(step, agent))
}
