import { type CampaignStatus, iso, type Status, viewCounters, viewDecision } from '../api/views.ts'
import { shortCallRate } from '../core/calls/trunk.ts'
import { abandonmentRate, agentStateCounts, callStateCounts, dialLevel, occupancyOf } from '../core/metrics.ts'
import type { Campaign, EngineState } from '../core/state.ts'
import type { EngineGateway } from '../ports/engine.ts'

/** How many decisions a campaign shows on the board. */
const decisionsShown = 5

/** The snapshot that `GET /v1/status`, `monitor` and the demo's board show. */
export function buildStatus(gateway: EngineGateway): Status {
  const state = gateway.state()
  return {
    at: iso(gateway.now()),
    agents: agentStateCounts(state),
    calls: callStateCounts(state),
    occupancy: occupancyOf(state.agents.values(), gateway.now()),
    nodes: [...state.nodes.values()].map(({ nodeId, link }) => ({ nodeId, link })),
    trunks: viewTrunks(state),
    campaigns: [...state.campaigns.values()].map(campaign => campaignStatus(gateway, campaign)),
  }
}

function viewTrunks(state: EngineState): Status['trunks'] {
  return [...state.trunks.values()].map(trunk => ({
    trunkId: trunk.settings.trunkId,
    nodeId: trunk.settings.nodeId,
    channelsInUse: trunk.channelsInUse,
    channelsMax: trunk.settings.channelsMax,
    callsPerSecondMax: trunk.settings.callsPerSecondMax,
    shortCallRate: shortCallRate(trunk),
  }))
}

/** One campaign as the board shows it. */
export function campaignStatus(gateway: EngineGateway, campaign: Campaign): CampaignStatus {
  const state = gateway.state()
  // The pacing as the law lets it be: what is steered to, not what was wished for.
  const { settings, progress, pacing } = campaign
  const { campaignId, name } = settings
  const agents = [...state.agents.values()].filter(agent => agent.campaignId === campaignId)
  return {
    campaignId,
    name,
    state: campaign.state,
    mode: pacing.mode,
    ...(progress.startedAt === undefined ? {} : { startedAt: iso(progress.startedAt) }),
    agents: agentStateCounts(state, campaignId),
    calls: callStateCounts(state, campaignId),
    counters: viewCounters(progress.counters),
    dialLevel: dialLevel(state, campaignId),
    dialLevelMax: pacing.dialLevelMax,
    abandonmentRate: abandonmentRate(progress.counters),
    abandonmentTarget: pacing.abandonmentTarget,
    abandonmentRateMax: pacing.abandonmentRateMax,
    occupancy: occupancyOf(agents, gateway.now()),
    hopper: campaign.hopper.leads.length,
    decisions: gateway.decisions(campaignId).slice(0, decisionsShown).map(viewDecision),
  }
}
