import type { NodeId } from '../ids.ts'
import type { PacingSnapshot } from '../pacing/pacer.ts'
import type { Campaign } from '../state.ts'
import type { Step } from '../step.ts'
import { mayDialOn } from './nodeBreaker.ts'
import { nextTokenAt, refillTokens, shortCallRate, type Trunk } from './trunk.ts'

/** The campaign's ways out of a node that may be used now, in its order; none while the node is down. */
export function usableTrunks(step: Step, campaign: Campaign, nodeId: NodeId): readonly Trunk[] {
  if (campaign.dayCap !== undefined || step.state.nodes.get(nodeId)?.link !== 'up') return []
  if (!mayDialOn(step, nodeId)) return []
  const trunks: Trunk[] = []
  for (const trunkId of campaign.settings.trunkIds) {
    const trunk = step.state.trunks.get(trunkId)
    if (trunk === undefined || trunk.settings.nodeId !== nodeId) continue
    refillTokens(trunk, step.now)
    const { shortCallRateMax } = campaign.settings
    if (shortCallRateMax === undefined || shortCallRate(trunk) <= shortCallRateMax) trunks.push(trunk)
  }
  return trunks
}

/** The first of them that can carry a call at this instant. */
export function freeTrunk(trunks: readonly Trunk[]): Trunk | undefined {
  return trunks.find(trunk => trunk.tokens >= 1 && freeChannels(trunk) > 0)
}

function freeChannels(trunk: Trunk): number {
  return Math.max(0, trunk.settings.channelsMax - trunk.channelsInUse)
}

/** What these trunks and the hopper allow. */
export function limitsOf(campaign: Campaign, trunks: readonly Trunk[]): PacingSnapshot['limits'] {
  let channels = 0
  let callsPerSecond = 0
  for (const trunk of trunks) {
    channels += freeChannels(trunk)
    callsPerSecond += Math.floor(trunk.tokens)
  }
  return { channels, callsPerSecond, leads: campaign.hopper.leads.length }
}

/** A trunk without a token gives its next one soon: the campaign decides again then, not only at the tick. */
export function wakeForTokens(campaign: Campaign, trunks: readonly Trunk[]): void {
  for (const trunk of trunks) {
    if (trunk.tokens < 1) campaign.decideAt = Math.min(campaign.decideAt, nextTokenAt(trunk))
  }
}
