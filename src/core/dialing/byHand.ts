import type { Agent } from '../agents/agent.ts'
import { type AgentMode, agentModeOf } from '../campaigns/dialModes.ts'
import type { HopperLead } from '../campaigns/lead.ts'
import type { Command } from '../inputs.ts'
import type { Campaign } from '../state.ts'
import { reject, type Step } from '../step.ts'
import { followDayCap } from './dayCap.ts'
import { mayDialOn } from './nodeBreaker.ts'
import { obstacleOf } from './obstacle.ts'
import { isTaken, originateByHand } from './originate.ts'
import { freeTrunk, usableTrunks } from './trunks.ts'

/** An agent and the campaign for which they dial by themselves. */
interface Dialing {
  readonly agent: Agent
  readonly campaign: Campaign
}

/** The agent with their campaign, where it runs in this mode; else the command is answered with why not. */
export function findDialer(step: Step, agentId: string, mode: AgentMode): Dialing | undefined {
  const agent = step.state.agents.get(agentId)
  if (agent === undefined) {
    reject(step, 'unknown-agent', `no agent ${agentId}: \`dialwright agents\` shows those there are`)
    return undefined
  }
  const campaign = agent.campaignId === undefined ? undefined : step.state.campaigns.get(agent.campaignId)
  if (campaign === undefined) {
    reject(step, 'unknown-campaign', `agent ${agentId} is in no campaign: log them in to one`)
    return undefined
  }
  const { campaignId } = campaign.settings
  if (agentModeOf(campaign.pacing) !== mode) {
    reject(step, 'wrong-mode', `campaign ${campaignId} is ${campaign.pacing.mode}: this is for the mode ${mode}`)
    return undefined
  }
  if (campaign.state === 'running') return { agent, campaign }
  reject(step, 'wrong-mode', `campaign ${campaignId} is ${campaign.state}: nobody is called for it until it is started`)
  return undefined
}

/** The agent calls a lead of their own choice. */
export function onAgentDial(step: Step, { agentId, lead }: Extract<Command, { kind: 'agent-dial' }>): void {
  const found = findDialer(step, agentId, 'manual')
  if (found !== undefined) callByHand(step, { ...found, lead })
}

/** Originates an agent's own call, or answers why it cannot be made now. */
export function callByHand(step: Step, what: Dialing & { readonly lead: HopperLead }): boolean {
  const { agent, campaign, lead } = what
  if (!isReady(step, agent)) return false
  const why = obstacleTo(step, what)
  if (why !== undefined) {
    reject(step, 'cannot-dial', why)
    return false
  }
  const trunk = freeTrunk(usableTrunks(step, campaign, agent.nodeId), step.now)
  if (trunk === undefined) {
    reject(step, 'cannot-dial', 'every line to the carrier is in use, or fails: try again in a moment')
    return false
  }
  delete agent.refused
  originateByHand(step, campaign, { agent, trunk, lead })
  campaign.dirty = true
  return true
}

function isReady(step: Step, { agentId, phase, pending, mediaFlowing, heldFor, nodeId }: Agent): boolean {
  if (step.state.nodes.get(nodeId)?.link !== 'up') {
    reject(step, 'node-down', `the PBX ${nodeId} is not reachable: see \`dialwright doctor\``)
    return false
  }
  if (phase.state === 'available' && pending === undefined && heldFor === undefined && mediaFlowing) return true
  const is = pending === undefined ? phase.state : `about to leave (${pending.kind})`
  const text = mediaFlowing ? is : 'not heard on their line'
  reject(step, 'illegal-transition', `agent ${agentId} is ${text}: whoever calls must be available`)
  return false
}

/** What keeps everybody, or this person, from being called now. */
function obstacleTo(
  step: Step,
  { agent, campaign, lead }: Dialing & { readonly lead: HopperLead },
): string | undefined {
  const obstacle = obstacleOf(step.state)
  if (obstacle !== undefined) return `nothing is dialed now: ${obstacle}; see \`dialwright status\``
  if (followDayCap(step, campaign)) return "the campaign's cap of the day is reached"
  if (!mayDialOn(step, agent.nodeId)) return 'the PBX does badly and is left alone: try again in a moment'
  if (isTaken(step, lead)) return 'somebody is talking with this person, or calls them'
  const { calls } = campaign.picture.nodes.get(agent.nodeId) ?? { calls: [] }
  return calls.length === 0 ? undefined : 'calls of before the mode was changed still ring: try again in a moment'
}
