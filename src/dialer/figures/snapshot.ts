import type { Agent } from '../../core/agents/agent.ts'
import type { Call } from '../../core/calls/call.ts'
import type { CampaignSettings } from '../../core/campaigns/campaign.ts'
import { type Breaker, shareOf } from '../../core/dialing/breaker.ts'
import { shortCallRate, type Trunk } from '../../core/dialing/trunk.ts'
import { given } from '../../core/given.ts'
import type { AgentId, CallId, CampaignId, InstantMs } from '../../core/ids.ts'
import { abandonmentRate, agentStateCounts, callStateCounts, dialLevel, occupancyOf } from '../../core/metrics.ts'
import type { Campaign, EngineState, PbxNode } from '../../core/state.ts'
import type {
  AgentSnapshot,
  BreakerFigures,
  ByHandFigures,
  CallSnapshot,
  CampaignFigures,
  CampaignSnapshot,
  EngineBoard,
  NodeFigures,
  RecordedDecision,
  TrunkFigures,
} from '../../ports/engine.ts'

/** The engine in figures. */
export function boardOf(
  state: EngineState,
  now: InstantMs,
  byHand: (campaignId: CampaignId) => ByHandFigures | undefined,
): Omit<EngineBoard, 'alarms' | 'drain'> {
  return {
    at: now,
    agents: agentStateCounts(state),
    calls: callStateCounts(state),
    occupancy: occupancyOf(state.agents.values(), now),
    nodes: [...state.nodes.values()].map(nodeFigures),
    trunks: [...state.trunks.values()].map(trunkFigures),
    campaigns: [...state.campaigns.values()].map(campaign => ({
      ...campaignFigures(state, campaign, now),
      ...given({ byHand: byHand(campaign.settings.campaignId) }),
    })),
  }
}

function nodeFigures({ nodeId, link, breaker }: PbxNode): NodeFigures {
  if (breaker.state === 'closed') return { nodeId, link }
  const { state, cause, since } = breaker
  return { nodeId, link, breaker: { state, cause, since } }
}

function trunkFigures(trunk: Trunk): TrunkFigures {
  const { trunkId, nodeId, channelsMax, callsPerSecondMax } = trunk.settings
  const { channelsInUse, breaker } = trunk
  return {
    trunkId,
    nodeId,
    channelsInUse,
    channelsMax,
    callsPerSecondMax,
    shortCallRate: shortCallRate(trunk),
    breaker: breakerFigures(breaker),
  }
}

function breakerFigures({ phase, openings, refused, falseAnswers }: Breaker): BreakerFigures {
  const { state, since } = phase
  const fault = phase.state === 'closed' ? undefined : phase.fault
  const probeAt = phase.state === 'open' ? phase.probeAt : undefined
  const rates = { refusedRate: shareOf(refused), falseAnswerRate: shareOf(falseAnswers) }
  return { state, since, openings, ...rates, ...given({ fault, probeAt }) }
}

function campaignFigures(state: EngineState, campaign: Campaign, now: InstantMs): CampaignFigures {
  const { settings, progress, pacing } = campaign
  const { campaignId, name } = settings
  const agents = [...state.agents.values()].filter(agent => agent.campaignId === campaignId)
  return {
    campaignId,
    name,
    state: campaign.state,
    ...given({ startedAt: progress.startedAt }),
    agents: agentStateCounts(state, campaignId),
    calls: callStateCounts(state, campaignId),
    counters: { ...progress.counters },
    dialLevel: dialLevel(state, campaignId),
    abandonmentRate: abandonmentRate(progress.counters),
    occupancy: occupancyOf(agents, now),
    hopper: campaign.hopper.leads.length,
    mode: pacing.mode,
    dialLevelMax: pacing.dialLevelMax,
    abandonmentTarget: pacing.abandonmentTarget,
    abandonmentRateMax: pacing.abandonmentRateMax,
    windows: (campaign.pacer.windows?.() ?? []).map(window => ({ ...window })),
    ...given({ dayCap: state.day.reached(settings, state.calls.values(), now) }),
  }
}

/** Every campaign, in the order in which they were first applied. */
export function campaignsOf(state: EngineState): readonly CampaignSnapshot[] {
  return [...state.campaigns.values()].map(campaignSnapshot)
}

/** One campaign. */
export function campaignOf(state: EngineState, campaignId: CampaignId): CampaignSnapshot | undefined {
  const campaign = state.campaigns.get(campaignId)
  return campaign && campaignSnapshot(campaign)
}

function campaignSnapshot({ settings, state, ownerId, places }: Campaign): CampaignSnapshot {
  return { settings: frozenSettings(settings), state, ownerId, places: new Set(places) }
}

const frozen = new WeakMap<CampaignSettings, CampaignSettings>()

/** Settings are replaced whole, never changed: one frozen copy serves whoever asks until then. */
function frozenSettings(settings: CampaignSettings): CampaignSettings {
  const known = frozen.get(settings)
  if (known !== undefined) return known
  const copy = deepFrozen(structuredClone(settings))
  frozen.set(settings, copy)
  // What was read and is applied again unchanged is its own copy.
  frozen.set(copy, copy)
  return copy
}

function deepFrozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value
  for (const part of Object.values(value)) deepFrozen(part)
  return Object.freeze(value)
}

/** Every agent. */
export function agentsOf(state: EngineState, now: InstantMs): readonly AgentSnapshot[] {
  return [...state.agents.values()].map(agent => agentSnapshot(agent, now))
}

/** One agent. */
export function agentOf(state: EngineState, agentId: AgentId, now: InstantMs): AgentSnapshot | undefined {
  const agent = state.agents.get(agentId)
  return agent && agentSnapshot(agent, now)
}

function agentSnapshot(agent: Agent, now: InstantMs): AgentSnapshot {
  const { agentId, name, endpoint, nodeId, campaignId, phase, pending, registered, mediaFlowing } = agent
  const { removed, unreached, helpSince, offer, refused } = agent
  return {
    agentId,
    name,
    endpoint,
    nodeId,
    phase: { ...phase },
    mediaFlowing,
    calls: agent.times.calls,
    breathers: agent.times.breathers,
    occupancy: occupancyOf([agent], now),
    ...given({ campaignId, pending: pending && { ...pending }, registered, removed, unreached, helpSince }),
    ...given({
      offer: offer && { leadId: offer.lead.leadId, since: offer.since, until: offer.until },
      refused: refused && { ...refused },
    }),
  }
}

/** A call in flight, or a conversation that has ended and may still be wrapped up. */
export function callOf(state: EngineState, callId: CallId): CallSnapshot | undefined {
  const live = state.calls.get(callId)
  if (live !== undefined) return callSnapshot(live, false)
  const recent = state.recentCalls.get(callId)
  return recent && callSnapshot(recent.call, true)
}

function callSnapshot(call: Call, ended: boolean): CallSnapshot {
  const { callId, campaignId, lead, number, callerId, phase, held, longestHoldMs, transfer } = call
  const known = given({ leadId: lead?.leadId, number, heldSince: held?.since, longestHoldMs, transfer })
  const isGivenOn = phase.state === 'connected' && phase.transferred !== undefined
  return { callId, campaignId, ...known, callerId, phase: { ...phase }, ended: ended || isGivenOn }
}

/** A decision that may be kept. */
export function decisionCopy({ at, decision, times }: RecordedDecision): RecordedDecision {
  const { withdraw, figures } = decision
  return { at, decision: { ...decision, withdraw: [...withdraw], figures: { ...figures } }, times }
}
