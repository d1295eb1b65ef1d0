import { agentModeOf } from '../campaigns/dialModes.ts'
import type { Campaign } from '../state.ts'
import type { Step } from '../step.ts'
import { obstacleOf } from './obstacle.ts'

/** The hopper holds this many leads per working agent, within these bounds. */
const hopperPerAgent = 6
const hopperMin = 30
const hopperMax = 1_000

/** Asks for leads where the hopper is half empty and the store has not just said that it has none. */
export function refillHopper(step: Step, campaign: Campaign, agents: number): void {
  const { hopper } = campaign
  // Whom agents call is their own choice.
  if (agentModeOf(campaign.pacing) === 'manual') return
  const wanted = Math.min(hopperMax, Math.max(hopperMin, agents * hopperPerAgent))
  if (campaign.dayCap !== undefined || obstacleOf(step.state) !== undefined) return
  if (agents === 0 || hopper.refilling || hopper.leads.length > wanted / 2 || step.now < hopper.emptyUntil) return
  hopper.refilling = true
  const exclude = hopper.leads.map(lead => lead.leadId)
  for (const call of step.state.calls.values()) {
    if (call.campaignId === campaign.settings.campaignId && call.lead !== undefined) exclude.push(call.lead.leadId)
  }
  for (const { offer } of step.state.agents.values()) if (offer !== undefined) exclude.push(offer.lead.leadId)
  step.effects.push({
    kind: 'refill-hopper',
    campaignId: campaign.settings.campaignId,
    count: wanted - hopper.leads.length,
    exclude,
  })
}
