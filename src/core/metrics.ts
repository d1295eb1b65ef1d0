import type { Agent, AgentState, AgentTimes } from './agents/agent.ts'
import { type CallState, isInFlight } from './calls/call.ts'
import type { CampaignCounters } from './campaigns/campaign.ts'
import type { CampaignId, InstantMs } from './ids.ts'
import type { EngineState } from './state.ts'

/** How many agents are in each state; of one campaign, or of all. */
export function agentStateCounts(state: EngineState, campaignId?: CampaignId): Record<AgentState, number> {
  const counts = {
    offline: 0,
    calling: 0,
    available: 0,
    reserved: 0,
    'on-call': 0,
    'wrap-up': 0,
    paused: 0,
    breather: 0,
  }
  for (const agent of state.agents.values()) {
    if (campaignId === undefined || agent.campaignId === campaignId) counts[agent.phase.state] += 1
  }
  return counts
}

/** How many calls are in each state; of one campaign, or of all. */
export function callStateCounts(state: EngineState, campaignId?: CampaignId): Record<CallState, number> {
  const counts = { originating: 0, ringing: 0, informing: 0, screening: 0, waiting: 0, connected: 0, announcing: 0 }
  for (const call of state.calls.values()) {
    if (campaignId === undefined || call.campaignId === campaignId) counts[call.phase.state] += 1
  }
  return counts
}

/** Whether an agent is on the line and at work: a dial counts on such agents alone. */
export function isWorking(agent: Agent): boolean {
  const { state } = agent.phase
  return state === 'available' || state === 'reserved' || state === 'on-call' || state === 'wrap-up'
}

/** Calls that pacing has made and nobody has taken, per working agent, >= 0; 0 without agents. */
export function dialLevel(state: EngineState, campaignId: CampaignId): number {
  let inFlight = 0
  for (const call of state.calls.values())
    if (call.campaignId === campaignId && call.origin === 'campaign' && isInFlight(call)) inFlight += 1
  let working = 0
  for (const agent of state.agents.values()) if (agent.campaignId === campaignId && isWorking(agent)) working += 1
  return working === 0 ? 0 : inFlight / working
}

/** Abandoned / answered by a person, 0..1; 0 while nobody has answered. Abandonments never leave the numerator. */
export function abandonmentRate(counters: CampaignCounters): number {
  return counters.abandoned === 0 ? 0 : counters.abandoned / Math.max(counters.answeredByPerson, counters.abandoned)
}

/** An agent's time by state with the running state included. Milliseconds. */
export function timesAt(agent: Agent, now: InstantMs): AgentTimes {
  const times = { ...agent.times }
  addTime(times, agent.phase.state, Math.max(0, now - agent.phase.since))
  return times
}

/** Adds time spent in a state. `reserved` is the agent's time with a call. */
export function addTime(times: AgentTimes, state: AgentState, elapsedMs: number): void {
  if (state === 'available') times.availableMs += elapsedMs
  else if (state === 'reserved' || state === 'on-call') times.onCallMs += elapsedMs
  else if (state === 'wrap-up') times.wrapUpMs += elapsedMs
  else if (state === 'paused') times.pausedMs += elapsedMs
  else if (state === 'breather') times.breatherMs += elapsedMs
}

/** (talk + wrap-up) / (talk + wrap-up + available) of these agents since their sessions began, 0..1; pauses and breathers excluded. */
export function occupancyOf(agents: Iterable<Agent>, now: InstantMs): number {
  let busyMs = 0
  let availableMs = 0
  for (const agent of agents) {
    const times = timesAt(agent, now)
    busyMs += times.onCallMs + times.wrapUpMs
    availableMs += times.availableMs
  }
  const totalMs = busyMs + availableMs
  return totalMs === 0 ? 0 : busyMs / totalMs
}
