import type { InstantMs, NodeId } from '../ids.ts'
import type { PacingSnapshot } from '../pacing/pacer.ts'
import type { Campaign } from '../state.ts'
import type { Step } from '../step.ts'
import { departuresLeft } from './breaker.ts'
import { mayDialOn } from './nodeBreaker.ts'
import { obstacleOf } from './obstacle.ts'
import { nextTokenAt, refillTokens, type Trunk } from './trunk.ts'

/** The campaign's ways out of a node that may be used now, in its order: none while the node is down or something is in the way, none that fails. */
export function usableTrunks(step: Step, campaign: Campaign, nodeId: NodeId): readonly Trunk[] {
  if (obstacleOf(step.state) !== undefined || campaign.dayCap !== undefined) return []
  if (step.state.nodes.get(nodeId)?.link !== 'up' || !mayDialOn(step, nodeId)) return []
  const trunks: Trunk[] = []
  for (const trunkId of campaign.settings.trunkIds) {
    const trunk = step.state.trunks.get(trunkId)
    if (trunk === undefined || trunk.settings.nodeId !== nodeId) continue
    refillTokens(trunk, step.now)
    if (departuresLeft(trunk.breaker, step.now) > 0) trunks.push(trunk)
  }
  return trunks
}

/** Every way out of the node is left alone because its carrier fails. */
export function allFail(step: Step, campaign: Campaign, nodeId: NodeId): boolean {
  const own = campaign.settings.trunkIds
    .map(trunkId => step.state.trunks.get(trunkId))
    .filter(trunk => trunk?.settings.nodeId === nodeId)
  return own.length > 0 && own.every(trunk => trunk?.breaker.phase.state !== 'closed')
}

/** The first of them that can carry a call at this instant. */
export function freeTrunk(trunks: readonly Trunk[], now: InstantMs): Trunk | undefined {
  return trunks.find(trunk => trunk.tokens >= 1 && freeChannels(trunk, now) > 0)
}

function freeChannels({ settings, channelsInUse, breaker }: Trunk, now: InstantMs): number {
  return Math.max(0, Math.min(settings.channelsMax - channelsInUse, departuresLeft(breaker, now)))
}

/** What these trunks and the hopper allow. */
export function limitsOf(campaign: Campaign, trunks: readonly Trunk[], now: InstantMs): PacingSnapshot['limits'] {
  let channels = 0
  let callsPerSecond = 0
  for (const trunk of trunks) {
    channels += freeChannels(trunk, now)
    callsPerSecond += Math.floor(trunk.tokens)
  }
  return { channels, callsPerSecond, leads: campaign.hopper.leads.length }
}

/**
 * A trunk without a token gives its next one soon: the campaign decides again then, not only at the tick. So it does when one that
 * failed is to be tried again.
 */
export function wakeForTrunks({ state, now }: Step, campaign: Campaign, trunks: readonly Trunk[]): void {
  for (const trunk of trunks) {
    if (trunk.tokens < 1) campaign.decideAt = Math.min(campaign.decideAt, nextTokenAt(trunk))
  }
  for (const trunkId of campaign.settings.trunkIds) {
    const phase = state.trunks.get(trunkId)?.breaker.phase
    // One that is due is among those that may be used.
    if (phase?.state === 'open' && phase.probeAt > now) campaign.decideAt = Math.min(campaign.decideAt, phase.probeAt)
  }
}
