import type { Call, CallOrigin, CallPhase, CallState, CampaignCall } from '../../../src/core/calls/call.ts'
import { createCall } from '../../../src/core/calls/call.ts'
import { hold } from '../../../src/core/calls/hold.ts'
import { moveAgent, pushCallDeadline, type Step } from '../../../src/core/step.ts'
import { createEngineHarness, type EngineHarness } from '../../support/engineHarness.ts'

/** The states that calls of an origin have, in the order of a call's life. */
export const statesOf: { readonly [Origin in CallOrigin]: readonly CallState[] } = {
  campaign: ['originating', 'ringing', 'screening', 'waiting', 'connected', 'announcing'],
  manual: ['originating', 'ringing', 'connected', 'announcing'],
  inbound: ['ringing', 'informing', 'screening', 'waiting', 'connected'],
}

/** All origins. */
export const origins: readonly CallOrigin[] = ['campaign', 'manual', 'inbound']

/** The phase of each state, in a call that was originated at 0 and is with agent a1 where it is with one. */
export const phases: { readonly [State in CallState]: CallPhase } = {
  originating: { state: 'originating' },
  ringing: { state: 'ringing', ringingAt: 1_000 },
  informing: { state: 'informing', ringingAt: 1_000, answeredAt: 5_000, hears: 'message', round: 1, said: 1 },
  screening: { state: 'screening', ringingAt: 1_000, answeredAt: 5_000 },
  waiting: { state: 'waiting', ringingAt: 1_000, answeredAt: 5_000 },
  connected: {
    state: 'connected',
    ringingAt: 1_000,
    answeredAt: 5_000,
    connectingAt: 5_000,
    connectedAt: 5_100,
    agentId: 'a1',
  },
  announcing: {
    state: 'announcing',
    ringingAt: 1_000,
    answeredAt: 5_000,
    messageAt: 6_700,
    disposition: 'abandoned',
    why: 'no-agent',
  },
}

/** A call of an origin in a phase that it may have. */
export function callIn(origin: CallOrigin, phase: CallPhase): Call {
  const base = {
    callId: 'c',
    campaignId: 'spring',
    number: '+12125550101',
    nodeId: 'pbx',
    trunkId: 'main',
    callerId: '+12125550100',
    originatedAt: 0,
  }
  const lead = { leadId: 1, number: base.number, attempts: 0 }
  // The tables of these tests name only states that the origin has.
  if (origin === 'campaign') return createCall({ origin, ...base, lead, phase } as CampaignCall)
  if (origin === 'manual') return { origin, ...base, agentId: 'a1', phase } as Call
  return { origin, ...base, phase } as Call
}

/**
 * An engine at 5 500 ms with one call of an origin in a state. Agent a1 is with it where it is connected or was made by a1, else
 * paused: nobody is free. The clocks of the state run.
 */
export function worldWith(
  origin: CallOrigin,
  phase: CallPhase,
): { readonly harness: EngineHarness; readonly call: Call } {
  const harness = createEngineHarness({ agents: 1 })
  const { state } = harness
  const call = callIn(origin, phase)
  const step: Step = { state, now: 5_000, effects: [] }
  const agent = state.agents.get('a1')
  if (agent === undefined) throw new TypeError('one agent expected')
  hold(step, call)
  if ((origin === 'manual' && phase.state !== 'announcing') || phase.state === 'connected') {
    moveAgent(step, agent, { state: 'reserved', since: 0, callId: 'c' })
    if (phase.state === 'connected' && phase.connectedAt !== undefined)
      moveAgent(step, agent, { state: 'on-call', since: phase.connectedAt, callId: 'c' })
  } else moveAgent(step, agent, { state: 'paused', since: 0, reason: 'test' })
  if (phase.state === 'ringing' && origin !== 'inbound')
    pushCallDeadline(step, call, { what: 'ring-timeout', at: 26_000 })
  if (phase.state === 'screening' || phase.state === 'waiting')
    pushCallDeadline(step, call, { what: 'wait-max', at: 6_700 })
  harness.feed({ kind: 'wake' }, 5_500)
  return { harness, call }
}
