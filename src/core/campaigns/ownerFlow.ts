import type { Call } from '../calls/call.ts'
import { waitByLaw } from '../calls/callLimits.ts'
import type { InstantMs } from '../ids.ts'
import type { Command, ShellAnswer } from '../inputs.ts'
import { campaignLaw, lawfulPacing } from '../pacing/lawful.ts'
import type { PacingSettings } from '../pacing/pacer.ts'
import type { Campaign, EngineState } from '../state.ts'
import type { Step } from '../step.ts'
import { dayMs } from '../time.ts'
import { OwnerCounts, type OwnerId, ownerIdOf } from './ownerCounts.ts'

/** A person's call has found an agent, or none: its campaign pays, and so do the others of its owner. */
export function settleCall(
  step: Step,
  campaign: Campaign,
  call: { readonly abandoned: boolean; readonly answeredAt: InstantMs },
): void {
  const { abandoned } = call
  campaign.pacer.observe({ kind: 'settled', abandoned }, step.now)
  step.state.owners.get(campaign.ownerId)?.settle(campaign.settings.campaignId, call)
  for (const other of siblingsOf(step.state, campaign))
    other.pacer.observe({ kind: 'owner-settled', abandoned }, step.now)
}

/** A settled call was a machine's, or its agent was lost and it is to be settled again. */
export function unsettleCall(step: Step, campaign: Campaign, { phase }: Call): void {
  if (!('answeredAt' in phase)) return
  campaign.pacer.observe({ kind: 'coded-machine' }, step.now)
  step.state.owners.get(campaign.ownerId)?.uncount(campaign.settings.campaignId, phase.answeredAt)
  for (const other of siblingsOf(step.state, campaign)) other.pacer.observe({ kind: 'owner-coded-machine' }, step.now)
}

function* siblingsOf(state: EngineState, { ownerId, settings }: Campaign): Iterable<Campaign> {
  for (const other of state.campaigns.values())
    if (other.ownerId === ownerId && other.settings.campaignId !== settings.campaignId) yield other
}

/** The settings that a campaign's pacer is given now: the law's word beside the operator's. */
export function pacingUnderLaw(
  state: EngineState,
  { settings, places }: Pick<Campaign, 'settings' | 'places'>,
  now: InstantMs,
): PacingSettings {
  const { abandonment, connect } = campaignLaw(state.laws, settings, { places, now })
  const waitMaxMs = waitByLaw(connect)
  const pacing = lawfulPacing(settings, abandonment)
  return waitMaxMs === undefined || waitMaxMs === settings.waitMaxMs ? pacing : { ...pacing, waitMaxMs }
}

/** Makes the campaign one of its owner's; the first one asks the store for what they have counted. */
export function joinOwner(step: Step, campaign: Campaign): void {
  campaign.ownerId = ownerIdOf(campaign.settings)
  if (!step.state.owners.has(campaign.ownerId)) {
    step.state.owners.set(campaign.ownerId, new OwnerCounts())
    const { seller, purpose } = campaign.settings
    step.effects.push({ kind: 'count-abandonment', sellerId: seller.sellerId, purpose })
  }
  fillWindows(step, campaign)
}

/**
 * What the campaign's windows hold is what the owner's counts say. Before the store has answered that is nothing, and an empty
 * window permits nothing but one call for each free agent.
 */
export function fillWindows(step: Step, campaign: Campaign): void {
  const counts = step.state.owners.get(campaign.ownerId)
  if (counts === undefined) return
  const own = counts.own(campaign.settings.campaignId)
  campaign.pacer.observe({ kind: 'counted', own, owner: counts.all() }, step.now)
}

/** The store's answer. It was asked before the owner's first call of this run, so nothing is counted twice. */
export function onAbandonmentCounted(step: Step, answer: Extract<ShellAnswer, { kind: 'abandonment-counted' }>): void {
  const ownerId: OwnerId = ownerIdOf({ seller: { sellerId: answer.sellerId, place: '' }, purpose: answer.purpose })
  step.state.owners.get(ownerId)?.add(answer.campaigns)
  fillAllWindows(step, ownerId)
}

/** An agent's word on a call from before this run: what the windows hold of it goes by what the owner has counted. */
export function onLateMachine(
  step: Step,
  { campaignId, answeredAt }: Extract<Command, { kind: 'late-machine' }>,
): void {
  const ownerId = step.state.campaigns.get(campaignId)?.ownerId
  if (ownerId === undefined) return
  step.state.owners.get(ownerId)?.uncount(campaignId, answeredAt)
  fillAllWindows(step, ownerId)
}

function fillAllWindows(step: Step, ownerId: OwnerId): void {
  for (const campaign of step.state.campaigns.values()) {
    if (campaign.ownerId !== ownerId) continue
    fillWindows(step, campaign)
    campaign.dirty = true
  }
}

/** Follows the law: rules come into force by the day, and the places of new leads bring theirs. */
export function followLaw(step: Step, campaign: Campaign): void {
  const day = Math.floor(step.now / dayMs)
  if (campaign.lawOfDay === day || step.state.laws.book.jurisdictions.length === 0) return
  campaign.lawOfDay = day
  const pacing = pacingUnderLaw(step.state, campaign, step.now)
  if (JSON.stringify(pacing) === JSON.stringify(campaign.pacing)) return
  repace(step, campaign, pacing)
}

/** Gives the campaign's pacer new settings, or makes another where the mode is another; the windows are filled anew. */
export function repace(step: Step, campaign: Campaign, pacing: PacingSettings): void {
  if (pacing.mode !== campaign.pacing.mode) campaign.pacer = step.state.createPacer(pacing, campaign.pacer.memory())
  else campaign.pacer.configure(pacing)
  campaign.pacing = pacing
  fillWindows(step, campaign)
}
