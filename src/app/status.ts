import { viewAlarm } from '../api/alarms.ts'
import { nodeBreakerSentence } from '../api/sentences.ts'
import { viewDrain } from '../api/upkeep/drain.ts'
import {
  type CampaignStatus,
  iso,
  isoOf,
  type Status,
  viewCounters,
  viewDayCap,
  viewDecision,
  viewTrunk,
} from '../api/views.ts'
import { given } from '../core/given.ts'
import { Defect } from '../errors.ts'
import type { CampaignFigures, EngineBoard, EngineReads } from '../ports/engine.ts'

/** How many decisions a campaign shows on the board. */
const decisionsShown = 15

type Reads = Pick<EngineReads, 'board' | 'decisions'>

/** What `GET /v1/status`, `monitor` and the demo's board show. */
export function buildStatus(gateway: Reads): Status {
  const board = gateway.board()
  const { at, agents, calls, occupancy, nodes, trunks } = board
  return {
    at: iso(at),
    agents: { ...agents },
    calls: { ...calls },
    occupancy,
    nodes: nodes.map(viewNode),
    trunks: trunks.map(viewTrunk),
    campaigns: [...campaignStatuses(gateway, board)],
    ...given({
      drain: board.drain && viewDrain(board.drain),
      alarms: board.alarms.length === 0 ? undefined : board.alarms.map(viewAlarm),
    }),
  }
}

function viewNode({ nodeId, link, breaker }: EngineBoard['nodes'][number]): Status['nodes'][number] {
  if (breaker === undefined) return { nodeId, link }
  const { state, cause, since } = breaker
  return { nodeId, link, breaker: { state, cause, since: iso(since), says: nodeBreakerSentence(state, cause) } }
}

/** Every campaign as the board shows it. */
export function campaignStatuses(gateway: Reads, { campaigns }: EngineBoard): readonly CampaignStatus[] {
  return campaigns.map(figures => viewFigures(gateway, figures))
}

/** One campaign as the board shows it; it exists. */
export function campaignStatus(gateway: Reads, campaignId: string): CampaignStatus {
  const figures = gateway.board().campaigns.find(one => one.campaignId === campaignId)
  if (figures === undefined) throw new Defect(`campaign ${campaignId} has gone, and campaigns do not go`)
  return viewFigures(gateway, figures)
}

function viewFigures(gateway: Reads, figures: CampaignFigures): CampaignStatus {
  const { campaignId, name, state, mode, startedAt } = figures
  return {
    campaignId,
    name,
    state,
    mode,
    ...given({ startedAt: isoOf(startedAt) }),
    agents: { ...figures.agents },
    calls: { ...figures.calls },
    counters: viewCounters(figures.counters),
    dialLevel: figures.dialLevel,
    dialLevelMax: figures.dialLevelMax,
    abandonmentRate: figures.abandonmentRate,
    abandonmentTarget: figures.abandonmentTarget,
    abandonmentRateMax: figures.abandonmentRateMax,
    occupancy: figures.occupancy,
    hopper: figures.hopper,
    windows: figures.windows.map(window => ({ ...window })).sort((one, other) => one.left - other.left),
    ...given({ byHand: figures.byHand && { ...figures.byHand } }),
    ...given({ dayCap: figures.dayCap && viewDayCap(figures.dayCap) }),
    decisions: gateway.decisions(campaignId, decisionsShown).map(viewDecision),
  }
}
