import type { Condition, Findings } from '../../core/alarms/alarm.ts'
import {
  type BudgetSeen,
  type CampaignSeen,
  engineFindings,
  type Judging,
  storeAlarmCode,
} from '../../core/alarms/conditions.ts'
import { obstacleOf } from '../../core/dialing/obstacle.ts'
import { given } from '../../core/given.ts'
import type { CampaignId, NodeId } from '../../core/ids.ts'
import { agentStateCounts } from '../../core/metrics.ts'
import type { Campaign, EngineState } from '../../core/state.ts'
import type { ClockTrouble } from '../../ports/clock.ts'
import type { RecordedDecision } from '../../ports/engine.ts'
import type { StoreTrouble } from '../../ports/storeWatch.ts'
import type { Telephony } from '../../ports/telephony.ts'
import type { LeadsLeft } from './leadsLeft.ts'

/** What the alarms look at of the engine and its PBXs. */
export interface EngineLookParts {
  readonly state: EngineState
  readonly telephonies: readonly Pick<Telephony, 'nodeId' | 'takenBy'>[]
  readonly leads: LeadsLeft
  newestDecision(campaignId: CampaignId): RecordedDecision | undefined
}

/** What is the matter with PBXs, trunks and campaigns at this moment. */
export function lookAtEngine(parts: EngineLookParts, judging: Judging): Findings {
  const { state, leads } = parts
  const campaigns = [...state.campaigns.values()]
  const running = campaigns.filter(one => one.state === 'running')
  leads.keepOnly(new Set(running.map(({ settings }) => settings.campaignId)))
  return engineFindings(
    {
      nodes: [...state.nodes.values()].map(({ nodeId, link, breaker }) => ({
        nodeId,
        link,
        ...given({ breaker: breaker.state === 'closed' ? undefined : breaker, taken: takenBy(parts, nodeId) }),
      })),
      trunks: [...state.trunks.values()].map(({ settings, breaker: { phase } }) => {
        const fault = phase.state === 'closed' ? undefined : phase.fault
        return { trunkId: settings.trunkId, breaker: { state: phase.state, ...given({ fault }) } }
      }),
      campaigns: running.map(campaign => campaignSeen(parts, campaign)),
    },
    judging,
  )
}

function takenBy({ telephonies }: EngineLookParts, nodeId: NodeId): string | undefined {
  return telephonies.find(telephony => telephony.nodeId === nodeId)?.takenBy?.()
}

function campaignSeen({ state, leads, newestDecision }: EngineLookParts, campaign: Campaign): CampaignSeen {
  const { campaignId } = campaign.settings
  const { offline: _, ...there } = agentStateCounts(state, campaignId)
  const agents = Object.values(there).reduce((sum, count) => sum + count, 0)
  const decision = newestDecision(campaignId)?.decision
  const { attempts } = campaign.progress.counters
  // What stops every call, or the day's cap, is no want of agents or leads.
  const mayDial = obstacleOf(state) === undefined && campaign.dayCap === undefined
  const left = leads.of({ campaignId, agents, attempts })
  return {
    campaignId,
    running: true,
    agents,
    ...given({ reason: decision?.reason, budget: decision && budgetSeen(campaign, decision) }),
    ...left,
    ...(mayDial ? {} : { dialable: false }),
  }
}

function budgetSeen({ pacing }: Campaign, { window, figures }: RecordedDecision['decision']): BudgetSeen | undefined {
  const { abandoned, budgetLeft: left } = figures
  if (window === undefined || abandoned === undefined || left === undefined) return undefined
  const own = pacing.abandonmentWindows?.find(({ name }) => window === name || window === `${name} (seller)`)
  const limit = own?.rateMax ?? pacing.abandonmentRateMax
  return { window, abandoned, left, limit, target: pacing.abandonmentTarget }
}

/** What stands in the way of every call, as conditions. */
export function obstacleConditions(
  store: StoreTrouble | undefined,
  clock: ClockTrouble | undefined,
  journal: { readonly says: string } | undefined,
): readonly Condition[] {
  const found: Condition[] = []
  if (store !== undefined) found.push({ code: storeAlarmCode(store.code), says: store.says, stopsDialing: true })
  if (clock !== undefined) found.push({ code: clock.code, says: clock.says, stopsDialing: clock.isDoubtful })
  // A refusal binds without its journal: dialing goes on.
  if (journal !== undefined) found.push({ code: 'journal-unwritable', says: journal.says })
  return found
}
