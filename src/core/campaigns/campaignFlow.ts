import { tellAgentsOf } from '../agents/agentVoice.ts'
import { isInFlight } from '../calls/call.ts'
import { withdrawWhenLawful } from '../calls/hangUp.ts'
import { recallOffers } from '../dialing/offers.ts'
import type { CampaignId, PhoneNumber } from '../ids.ts'
import type { ShellAnswer } from '../inputs.ts'
import { PacingPicture } from '../picture.ts'
import type { Campaign } from '../state.ts'
import { reject, type Step, takeOfferBack } from '../step.ts'
import { hourMs } from '../time.ts'
import type { CampaignSettings, CampaignState } from './campaign.ts'
import type { HopperLead } from './lead.ts'
import { ownerIdOf } from './ownerCounts.ts'
import { fillWindows, followLaw, joinOwner, pacingUnderLaw, repace } from './ownerFlow.ts'

type AnswerOf<Kind extends ShellAnswer['kind']> = Extract<ShellAnswer, { kind: Kind }>

function find(step: Step, campaignId: CampaignId): Campaign | undefined {
  const campaign = step.state.campaigns.get(campaignId)
  if (campaign === undefined) {
    reject(step, 'unknown-campaign', `no campaign ${campaignId}: \`dialwright campaign list\` shows those there are`)
  }
  return campaign
}

/** A new campaign, or new settings for one at work: they take effect at the next decision. */
export function onApply(step: Step, settings: CampaignSettings): void {
  const known = step.state.campaigns.get(settings.campaignId)
  if (known === undefined) {
    const campaign = createCampaign(step, settings)
    step.state.campaigns.set(settings.campaignId, campaign)
    joinOwner(step, campaign)
    return
  }
  known.settings = settings
  repace(step, known, pacingUnderLaw(step.state, known, step.now))
  if (known.ownerId !== ownerIdOf(settings)) joinOwner(step, known)
  recallOffers(step, known)
  known.dirty = true
}

function createCampaign(step: Step, settings: CampaignSettings): Campaign {
  const places: Campaign['places'] = new Set()
  const pacing = pacingUnderLaw(step.state, { settings, places }, step.now)
  return {
    settings,
    pacing,
    places,
    ownerId: ownerIdOf(settings),
    lawOfDay: Number.NaN,
    state: 'stopped',
    progress: {
      startedAt: undefined,
      counters: { attempts: 0, answered: 0, answeredByPerson: 0, connected: 0, abandoned: 0, doNotCallBlocked: 0 },
    },
    hopper: { campaignId: settings.campaignId, leads: [], refilling: false, emptyUntil: 0, failed: false },
    pacer: step.state.createPacer(pacing),
    picture: new PacingPicture(),
    nextCallerId: 0,
    decideAt: 0,
    dirty: false,
  }
}

/** What a campaign had counted and learned before the restart. */
export function onRestored(step: Step, answer: AnswerOf<'campaign-restored'>): void {
  const campaign = find(step, answer.campaignId)
  if (campaign === undefined) return
  Object.assign(campaign.progress.counters, answer.counters)
  if (answer.memory !== undefined) campaign.pacer = step.state.createPacer(campaign.pacing, answer.memory)
  // What the pacer remembers of its windows is seconds old, and knows nothing of the owner's other campaigns.
  fillWindows(step, campaign)
  if (answer.running) setState(step, campaign, 'running')
}

function setState(step: Step, campaign: Campaign, state: CampaignState): void {
  const dialed = campaign.state === 'running'
  campaign.state = state
  campaign.dirty = true
  recallOffers(step, campaign)
  if (dialed !== (state === 'running')) tellAgentsOf(step, campaign)
  if (state === 'running') {
    campaign.progress.startedAt ??= step.now
    // What the hopper held when the campaign stopped is in the store again.
    campaign.hopper.emptyUntil = 0
  }
  const { campaignId } = campaign.settings
  step.effects.push({ kind: 'notify', event: { kind: 'campaign-state', campaignId, state } })
}

/** Dials from the next decision on. */
export function onStart(step: Step, campaignId: CampaignId): void {
  const campaign = find(step, campaignId)
  if (campaign !== undefined && campaign.state !== 'running') setState(step, campaign, 'running')
}

/** Originates nothing more; calls that ring are served. */
export function onPauseCampaign(step: Step, campaignId: CampaignId): void {
  const campaign = find(step, campaignId)
  if (campaign === undefined) return
  if (campaign.state === 'running') setState(step, campaign, 'paused')
  else if (campaign.state !== 'paused')
    reject(step, 'illegal-transition', `campaign ${campaignId} is ${campaign.state}, only a running one can be paused`)
}

/** Originates nothing more and is stopped when its calls in flight are settled; forced: those end as soon as the law lets them. */
export function onStop(step: Step, command: { readonly campaignId: CampaignId; readonly force: boolean }): void {
  const campaign = find(step, command.campaignId)
  if (campaign === undefined || campaign.state === 'stopped') return
  if (campaign.state !== 'stopping') setState(step, campaign, 'stopping')
  if (command.force) {
    for (const call of step.state.calls.values()) {
      if (call.campaignId === command.campaignId && isInFlight(call)) withdrawWhenLawful(step, call, 'operator')
    }
  }
  finishStopping(step, campaign)
}

/** A campaign that is stopping has stopped when nothing of it is in flight. */
export function finishStopping(step: Step, campaign: Campaign): void {
  if (campaign.state !== 'stopping') return
  for (const call of step.state.calls.values()) {
    if (call.campaignId === campaign.settings.campaignId && isInFlight(call)) return
  }
  campaign.hopper.leads.length = 0
  setState(step, campaign, 'stopped')
}

/**
 * A number has gone onto a do-not-call list, or its person withdrew a permission: out of the hoppers of all campaigns, or of
 * those about the topic, or of the one; a ringing call ends as soon as the law lets it.
 */
export function onBlocked(
  step: Step,
  {
    number,
    topic,
    campaignId,
  }: { readonly number: PhoneNumber; readonly topic?: string; readonly campaignId?: CampaignId },
): void {
  const { campaigns, calls } = step.state
  const concerns = (campaign: Campaign | undefined) =>
    (topic === undefined || campaign?.settings.topic === topic) &&
    (campaignId === undefined || campaign?.settings.campaignId === campaignId)
  for (const agent of step.state.agents.values()) {
    const campaign = agent.campaignId === undefined ? undefined : campaigns.get(agent.campaignId)
    if (agent.offer?.lead.number === number && concerns(campaign)) takeOfferBack(step, agent)
  }
  for (const campaign of campaigns.values()) {
    if (!concerns(campaign)) continue
    const { leads } = campaign.hopper
    for (let index = leads.length - 1; index >= 0; index -= 1) {
      if (leads[index]?.number === number) leads.splice(index, 1)
    }
  }
  for (const call of calls.values()) {
    if (call.number !== number || !isInFlight(call) || !concerns(campaigns.get(call.campaignId))) continue
    withdrawWhenLawful(step, call, 'opt-out')
  }
}

/** A store that has no lead is asked again after this time, one that could not be asked much sooner. */
const whenEmptyMs = 60_000
const afterFailureMs = 1_000

/** The store's answer to a refill. */
export function onHopperFilled(step: Step, answer: AnswerOf<'hopper-filled'>): void {
  const campaign = find(step, answer.campaignId)
  if (campaign === undefined) return
  const { hopper } = campaign
  hopper.refilling = false
  campaign.progress.counters.doNotCallBlocked += answer.blocked ?? 0
  if (campaign.state === 'running' || campaign.state === 'paused') hopper.leads.push(...answer.leads)
  hopper.failed = answer.failed === true
  if (answer.leads.length === 0) {
    const againInMs = hopper.failed ? afterFailureMs : whenEmptyMs
    hopper.emptyUntil = Math.min(answer.moreAt ?? Number.POSITIVE_INFINITY, step.now + againInMs)
  }
  followPlaces(step, campaign, answer.leads)
  campaign.dirty = true
}

/** Where the persons are, there their law holds: from this very step on, before any of them is dialed. */
function followPlaces(step: Step, campaign: Campaign, leads: readonly HopperLead[]): void {
  const { places } = campaign
  const known = places.size
  for (const lead of leads) for (const place of lead.places ?? []) places.add(place)
  if (places.size === known) return
  campaign.lawOfDay = Number.NaN
  followLaw(step, campaign)
}

/** How long a place may bind without a lead there, at most. */
const countPlacesEveryMs = hourMs

/** Asks now and then which places still have leads: what has none any more shall not bind. */
export function askForPlaces(step: Step, campaign: Campaign): void {
  const { places, settings } = campaign
  if (places.size === 0 || step.state.laws.book.jurisdictions.length === 0) return
  campaign.countPlacesAt ??= step.now + countPlacesEveryMs
  if (step.now < campaign.countPlacesAt) return
  campaign.countPlacesAt = step.now + countPlacesEveryMs
  step.effects.push({ kind: 'count-places', campaignId: settings.campaignId })
}

/** A place without an unfinished lead binds no more; who is about to be dialed, or is being called, stays whatever the store says. */
export function onPlacesCounted(step: Step, answer: AnswerOf<'places-counted'>): void {
  const campaign = find(step, answer.campaignId)
  if (campaign === undefined) return
  const { places, hopper } = campaign
  const kept = new Set(answer.places)
  for (const lead of hopper.leads) for (const place of lead.places ?? []) kept.add(place)
  for (const { offer } of step.state.agents.values()) for (const place of offer?.lead.places ?? []) kept.add(place)
  for (const call of step.state.calls.values())
    if (call.campaignId === answer.campaignId) for (const place of call.lead?.places ?? []) kept.add(place)
  const gone = [...places].filter(place => !kept.has(place))
  if (gone.length === 0) return
  for (const place of gone) places.delete(place)
  campaign.lawOfDay = Number.NaN
  campaign.dirty = true
}

/** New leads have come: ask again at once. */
export function onLeadsChanged(step: Step, campaignId: CampaignId): void {
  const campaign = find(step, campaignId)
  if (campaign === undefined) return
  campaign.hopper.emptyUntil = 0
  campaign.countPlacesAt = 0
  campaign.dirty = true
}
