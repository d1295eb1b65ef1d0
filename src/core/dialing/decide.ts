import { withdrawWhenLawful } from '../calls/hangUp.ts'
import { askForPlaces } from '../campaigns/campaignFlow.ts'
import { agentModeOf } from '../campaigns/dialModes.ts'
import { followLaw } from '../campaigns/ownerFlow.ts'
import type { NodeId } from '../ids.ts'
import type { PacingDecision } from '../pacing/pacer.ts'
import type { NodePicture } from '../picture.ts'
import type { Campaign } from '../state.ts'
import type { Step } from '../step.ts'
import { followDayCap } from './dayCap.ts'
import { mayDialOn } from './nodeBreaker.ts'
import { obstacleOf } from './obstacle.ts'
import { lacksLeads, offerLeads } from './offers.ts'
import { answerFactorOf, dialForAgents, originateMany } from './originate.ts'
import { refillHopper } from './refill.ts'
import { allFail, limitsOf, usableTrunks, wakeForTrunks } from './trunks.ts'

/*
 * When a campaign dials. Agents are connected on event, in the step that brings an answer or a free agent (see matching); calls
 * are made on decision, here and nowhere else. At the end of every step each campaign is asked whether it is time:
 *
 *     something changed that pacing sees: dirty --------+
 *                                                       v
 *     resting --- decideAt has come, an agent works --> deciding: the law of the day, the call-backs that agents
 *        ^                                              |         promised, a refill of the hopper
 *        |                                              v
 *        |                     each node with agents: its picture, the limits of its trunks --> pacer
 *        |                                              |
 *        |                                              v
 *        +--- decideAt: the soonest of the nodes' <--- originate n, withdraw some, look again in so many ms
 *             next looks and their trunks' tokens
 *
 * Where agents dial by themselves the pacer wants nothing, and leads are shown instead (see offers).
 *
 * An agent can only take calls of their own node, so every node is decided for itself. What pacing wants is cut by what there is:
 * a node that is up, a trunk with a channel and a token, a lead whose person has no call. What was cut off is not owed: the next
 * decision starts from what is seen then. A campaign that is not running decides nothing, and nobody is woken for one that has no
 * agent at work.
 */

/** Without an event a campaign decides this often, unless its pacer says when the next look is worth while. */
const decisionEveryMs = 200
const againMinMs = 20
/** Whom agents call is decided by them; a look now and then finds what no event tells. */
const eventsOnlyMs = 1_000
/** Without anybody to decide for. */
const idleDecisionMs = 5_000

/** The pacing decision of a campaign, node by node. */
export function decide(step: Step, campaign: Campaign): void {
  campaign.dirty = false
  campaign.decideAt = step.now + idleDecisionMs
  if (campaign.state !== 'running') return
  followLaw(step, campaign)
  askForPlaces(step, campaign)
  followDayCap(step, campaign)
  const { picture } = campaign
  // First: whoever is held for a call-back is not pacing's to count on.
  if (agentModeOf(campaign.pacing) === undefined) dialForAgents(step, campaign)
  const agents = picture.countAgents(step.state.agents, campaign.settings.campaignId)
  refillHopper(step, campaign, agents)
  offerLeads(step, campaign)
  for (const view of picture.nodes.values()) if (view.agents.length > 0) decideNode(step, campaign, view)
  if (agents === 0) explainNobody(step, campaign)
}

/** Without a working agent there is nothing to decide, and still something to say. */
function explainNobody(step: Step, campaign: Campaign): void {
  const decision: PacingDecision = { originate: 0, withdraw: [], reason: 'no-agents', figures: { agents: 0 } }
  step.effects.push({ kind: 'decision', campaignId: campaign.settings.campaignId, decision })
}

function agentsDial(agents: number): PacingDecision {
  return { originate: 0, withdraw: [], reason: 'agents-dial', againInMs: eventsOnlyMs, figures: { agents } }
}

function decideNode(step: Step, campaign: Campaign, view: NodePicture): void {
  const { nodeId, agents, calls } = view
  const trunks = usableTrunks(step, campaign, nodeId)
  const limits = limitsOf(campaign, trunks, step.now)
  const [next] = campaign.hopper.leads
  const nextAnswerFactor = next === undefined ? undefined : answerFactorOf(step, campaign, next)
  // Whatever paces is not asked where agents dial: it need not know of that.
  const decision =
    agentModeOf(campaign.pacing) === undefined
      ? campaign.pacer.decide({ agents, calls, limits, nextAnswerFactor }, step.now)
      : agentsDial(agents.length)
  // Calls that were wanted may not all have been made: no token, no lead that is free.
  const wanted = decision.originate > 0 ? decisionEveryMs : (decision.againInMs ?? decisionEveryMs)
  const againInMs = Math.max(againMinMs, wanted)
  campaign.decideAt = Math.min(campaign.decideAt, step.now + againInMs)
  step.effects.push({
    kind: 'decision',
    campaignId: campaign.settings.campaignId,
    decision: explained(step, decision, { nodeId, campaign }),
  })
  for (const callId of decision.withdraw) {
    const call = step.state.calls.get(callId)
    if (call !== undefined && call.endingAs === undefined) withdrawWhenLawful(step, call, 'withdrawn')
  }
  const serving = agents.some(agent => !agent.leaving)
  if (serving) originateMany(step, campaign, { count: decision.originate, trunks })
  wakeForTrunks(step, campaign, trunks)
}

interface Explaining {
  readonly nodeId: NodeId
  readonly campaign: Campaign
}

/** What stands in the way of every call, a PBX that is down or does badly, and carriers that fail explain themselves before any figure does. */
function explained(step: Step, decision: PacingDecision, { nodeId, campaign }: Explaining): PacingDecision {
  const { nodes } = step.state
  const obstacle = obstacleOf(step.state)
  if (obstacle !== undefined) return { ...decision, originate: 0, reason: obstacle }
  if (campaign.dayCap !== undefined) return { ...decision, originate: 0, reason: 'day-cap' }
  if (nodes.get(nodeId)?.link !== 'up') return { ...decision, originate: 0, reason: 'node-down' }
  if (!mayDialOn(step, nodeId)) return { ...decision, originate: 0, reason: 'node-breaker' }
  if (decision.reason === 'agents-dial' && lacksLeads(step, campaign)) return { ...decision, reason: 'no-leads' }
  if (decision.reason === 'no-leads' && campaign.hopper.failed) return { ...decision, reason: 'store-unavailable' }
  if (decision.originate > 0 || !allFail(step, campaign, nodeId)) return decision
  return { ...decision, reason: 'trunk-failing' }
}
