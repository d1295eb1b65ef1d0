import type { Agent } from '../agents/agent.ts'
import { askPending, pushAgentDeadline } from '../agents/agentFlow.ts'
import { isFree, waitsForAgent } from '../calls/personalCalls.ts'
import type { SkipReason } from '../campaigns/campaign.ts'
import { agentModeOf, previewOf } from '../campaigns/dialModes.ts'
import type { HopperLead } from '../campaigns/lead.ts'
import type { Command } from '../inputs.ts'
import type { Campaign } from '../state.ts'
import { reject, type Step, takeOfferBack, tellOffer } from '../step.ts'
import { callByHand, findDialer } from './byHand.ts'
import { isTaken } from './originate.ts'
import { usableTrunks } from './trunks.ts'

/*
 * Preview: an agent who is free is shown one lead, and nobody else is shown it meanwhile.
 *
 *     free ---> shown ---- Call ------------------> reserved for the call, from here until its end
 *      ^          |------- Skip, with a reason ---> the lead rests as the reason says; the next one is shown
 *      |          |------- the time is over ------> `skip`: the lead is the next for somebody else, and the agent pauses: a
 *      |          |                                 chair may be empty, and what is shown to it is lost to the others
 *      |          |                                 `call`: as if they had pressed Call, where they can be heard
 *      |          +------- they pause, leave, fall silent, a person answers whom pacing had called before,
 *      |                   the campaign pauses or changes its mode: the lead is taken back
 *      +--- the campaign runs in this mode, nothing stands in the way of a call, none of pacing's calls is in flight
 *
 * The hopper's order is kept. What the gate says of the lead is asked when it is shown and once more when it is called. Nothing of
 * this is on disk: after a restart nobody is shown anything that they have not been shown anew.
 */

/** Why an agent pauses who has let the time pass. */
export const undecidedReason = 'no-decision'

type CommandOf<Kind extends Command['kind']> = Extract<Command, { kind: Kind }>

/** Shows leads to agents who are free, whoever has been free longest first. */
export function offerLeads(step: Step, campaign: Campaign): void {
  if (agentModeOf(campaign.pacing) !== 'preview' || campaign.hopper.leads.length === 0) return
  const free = [...step.state.agents.values()].filter(agent => mayBeShown(step, campaign, agent))
  free.sort((one, other) => one.phase.since - other.phase.since)
  for (const agent of free) {
    const lead = takeFor(step, campaign, agent)
    if (lead !== undefined) show(step, campaign, { agent, lead })
  }
}

/** Somebody could be shown a lead, and there is none. */
export function lacksLeads(step: Step, campaign: Campaign): boolean {
  if (agentModeOf(campaign.pacing) !== 'preview' || step.now >= campaign.hopper.emptyUntil) return false
  return [...step.state.agents.values()].some(agent => mayBeShown(step, campaign, agent))
}

function mayBeShown(step: Step, campaign: Campaign, agent: Agent): boolean {
  const { nodeId } = agent
  if (agent.offer !== undefined || !isFree(step, campaign, { agent, nodeId })) return false
  // Whom pacing has called before the mode changed needs the agents who are free.
  if ((campaign.picture.nodes.get(nodeId)?.calls.length ?? 0) > 0) return false
  return usableTrunks(step, campaign, nodeId).length > 0
}

/** A call-back that they have promised, else the first of the hopper that is nobody's. */
function takeFor(step: Step, campaign: Campaign, { agentId }: Agent): HopperLead | undefined {
  const { leads } = campaign.hopper
  const isForThem = (lead: HopperLead) => lead.agentId === agentId && !isTaken(step, lead)
  const isAnybodys = (lead: HopperLead) => !isTaken(step, lead) && !waitsForAgent(step, campaign, lead)
  const own = leads.findIndex(isForThem)
  const index = own === -1 ? leads.findIndex(isAnybodys) : own
  return index === -1 ? undefined : leads.splice(index, 1)[0]
}

function show(
  step: Step,
  { settings }: Campaign,
  { agent, lead }: { readonly agent: Agent; readonly lead: HopperLead },
): void {
  const until = step.now + previewOf(settings).decideMs
  agent.offer = { lead, since: step.now, until }
  pushAgentDeadline(step, agent, { what: 'offer', at: until })
  tellOffer(step, agent, { leadId: lead.leadId, state: 'shown' })
}

/** The agent calls whom they are shown. */
export function onOfferCall(step: Step, { agentId, leadId }: CommandOf<'offer-call'>): void {
  const found = findDialer(step, agentId, 'preview')
  if (found === undefined || !isShown(step, found.agent, leadId)) return
  callOffered(step, found)
}

/** Where it cannot be called now it stays with them, until the time is over. */
function callOffered(step: Step, { agent, campaign }: Offered): boolean {
  const { offer } = agent
  if (offer === undefined) return false
  delete agent.offer
  if (!callByHand(step, { agent, campaign, lead: offer.lead })) {
    agent.offer = offer
    return false
  }
  tellOffer(step, agent, { leadId: offer.lead.leadId, state: 'called' })
  return true
}

interface Offered {
  readonly agent: Agent
  readonly campaign: Campaign
}

function isShown(step: Step, { agentId, offer }: Agent, leadId: number): boolean {
  if (offer?.lead.leadId === leadId) return true
  reject(step, 'offer-gone', `agent ${agentId} is not shown lead ${leadId} any more: see whom they are shown now`)
  return false
}

/** The agent does not call whom they are shown, and says why. */
export function onOfferSkip(step: Step, { agentId, leadId, reason }: CommandOf<'offer-skip'>): void {
  const found = findDialer(step, agentId, 'preview')
  if (found === undefined || !isShown(step, found.agent, leadId)) return
  const { agent, campaign } = found
  const reasons = previewOf(campaign.settings).skipReasons
  const known = reasons.find(({ name }) => name === reason)
  if (known === undefined) {
    const names = reasons.map(({ name }) => name).join(', ')
    reject(step, 'unknown-skip-reason', `"${reason}" is no reason of this campaign: use ${names}`)
    return
  }
  skip(step, found, known)
  // Pauses and the like that wait are heeded before the next one is shown.
  campaign.dirty = true
  delete agent.refused
}

function skip(step: Step, { agent }: Offered, { name, afterMs }: SkipReason): void {
  const leadId = agent.offer?.lead.leadId
  if (leadId === undefined) return
  delete agent.offer
  step.effects.push({ kind: 'skip-lead', leadId, until: afterMs === undefined ? null : step.now + afterMs })
  tellOffer(step, agent, { leadId, state: 'skipped', skipReason: name })
}

/** Nobody has decided in time. */
export function onOfferTimeUp(step: Step, agent: Agent): void {
  const { offer, campaignId } = agent
  const campaign = campaignId === undefined ? undefined : step.state.campaigns.get(campaignId)
  // An older lead's time: another one is shown by now.
  if (offer === undefined || campaign === undefined || step.now < offer.until) return
  if (previewOf(campaign.settings).timeUp === 'call' && callOffered(step, { agent, campaign })) return
  tellOffer(step, agent, { leadId: offer.lead.leadId, state: 'time-up' })
  takeOfferBack(step, agent)
  askPending(step, agent, { kind: 'pause', reason: undecidedReason, force: false })
}

/** Whoever is shown a lead that may not be shown any more is shown it no longer. */
export function recallOffers(step: Step, campaign: Campaign): void {
  const { campaignId } = campaign.settings
  if (campaign.state === 'running' && agentModeOf(campaign.pacing) === 'preview') return
  for (const agent of step.state.agents.values()) if (agent.campaignId === campaignId) takeOfferBack(step, agent)
}
