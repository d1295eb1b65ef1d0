import { type HopperLead, leadKind } from '../campaigns/lead.ts'
import { followLaw } from '../campaigns/ownerFlow.ts'
import { type NodeId, nextCallId } from '../ids.ts'
import type { ShellAnswer } from '../inputs.ts'
import type { PacingDecision, PacingSnapshot } from '../pacing/pacer.ts'
import type { NodePicture } from '../picture.ts'
import type { Campaign } from '../state.ts'
import { markDirty, reject, type Step } from '../step.ts'
import { type Call, createCall } from './call.ts'
import { endCall, release } from './callEnd.ts'
import { withdrawWhenLawful } from './callFlow.ts'
import { pushCallDeadline } from './matching.ts'
import { dueForAgents, holdAgent, waitsForAgent } from './personalCalls.ts'
import { dialEndpoint, nextTokenAt, refillTokens, shortCallRate, type Trunk } from './trunk.ts'

/** Without an event a campaign decides this often, unless its pacer says when the next look is worth while. */
const decisionEveryMs = 200
const againMinMs = 20
/** Without anybody to decide for. */
const idleDecisionMs = 5_000
/** The hopper holds this many leads per working agent, within these bounds. */
const hopperPerAgent = 6
const hopperMin = 30
const hopperMax = 1_000
/** How long past the PBX's own time limit a call without any news is given up. */
const overdueMs = 5_000

/** The pacing decision of a campaign, node by node: an agent can only take calls of his own node. The only place that dials. */
export function decide(step: Step, campaign: Campaign): void {
  campaign.dirty = false
  campaign.decideAt = step.now + idleDecisionMs
  if (campaign.state !== 'running') return
  followLaw(step, campaign)
  const { picture } = campaign
  // First: whoever is held for a call-back is not pacing's to count on.
  dialForAgents(step, campaign)
  const agents = picture.countAgents(step.state, campaign.settings.campaignId)
  refillHopper(step, campaign, agents)
  for (const view of picture.nodes.values()) if (view.agents.length > 0) decideNode(step, campaign, view)
  if (agents === 0) explainNobody(step, campaign)
}

/** Without a working agent there is nothing to decide, and still something to say. */
function explainNobody(step: Step, campaign: Campaign): void {
  const decision: PacingDecision = { originate: 0, withdraw: [], reason: 'no-agents', figures: { agents: 0 } }
  step.effects.push({ kind: 'decision', campaignId: campaign.settings.campaignId, decision })
}

function decideNode(step: Step, campaign: Campaign, view: NodePicture): void {
  const { nodeId, agents, calls } = view
  const trunks = usableTrunks(step, campaign, nodeId)
  const limits = limitsOf(campaign, trunks)
  const [next] = campaign.hopper.leads
  const nextAnswerProbability = next === undefined ? undefined : probabilityOf(step, campaign, next)
  const decision = campaign.pacer.decide({ agents, calls, limits, nextAnswerProbability }, step.now)
  // Calls that were wanted may not all have been made: no token, no lead that is free.
  const wanted = decision.originate > 0 ? decisionEveryMs : (decision.againInMs ?? decisionEveryMs)
  const againInMs = Math.max(againMinMs, wanted)
  campaign.decideAt = Math.min(campaign.decideAt, step.now + againInMs)
  step.effects.push({
    kind: 'decision',
    campaignId: campaign.settings.campaignId,
    decision: explained(step, decision, nodeId),
  })
  for (const callId of decision.withdraw) {
    const call = step.state.calls.get(callId)
    if (call !== undefined && call.endingAs === undefined) withdrawWhenLawful(step, call, 'withdrawn')
  }
  const serving = agents.some(agent => !agent.leaving)
  if (serving) originateMany(step, campaign, { count: decision.originate, trunks })
  wakeForTokens(campaign, trunks)
}

/** What the store knows of a lead, else what its like have taught. */
function probabilityOf(step: Step, campaign: Campaign, lead: HopperLead): number | undefined {
  return lead.answerProbability ?? campaign.pacer.answerProbability?.(leadKind(lead, step.now), step.now)
}

/** A node that is down explains itself before any figure does. */
function explained(step: Step, decision: PacingDecision, nodeId: NodeId): PacingDecision {
  if (step.state.nodes.get(nodeId)?.link === 'up') return decision
  return { ...decision, originate: 0, reason: 'node-down' }
}

function usableTrunks(step: Step, campaign: Campaign, nodeId: NodeId): readonly Trunk[] {
  if (step.state.nodes.get(nodeId)?.link !== 'up') return []
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

function freeChannels(trunk: Trunk): number {
  return Math.max(0, trunk.settings.channelsMax - trunk.channelsInUse)
}

function limitsOf(campaign: Campaign, trunks: readonly Trunk[]): PacingSnapshot['limits'] {
  let channels = 0
  let callsPerSecond = 0
  for (const trunk of trunks) {
    channels += freeChannels(trunk)
    callsPerSecond += Math.floor(trunk.tokens)
  }
  return { channels, callsPerSecond, leads: campaign.hopper.leads.length }
}

/** A trunk without a token gives its next one soon: decide again then, not only at the tick. */
function wakeForTokens(campaign: Campaign, trunks: readonly Trunk[]): void {
  for (const trunk of trunks) {
    if (trunk.tokens < 1) campaign.decideAt = Math.min(campaign.decideAt, nextTokenAt(trunk))
  }
}

function originateMany(
  step: Step,
  campaign: Campaign,
  what: { readonly count: number; readonly trunks: readonly Trunk[] },
): void {
  for (let made = 0; made < what.count; made += 1) {
    const trunk = what.trunks.find(candidate => candidate.tokens >= 1 && freeChannels(candidate) > 0)
    const lead = trunk === undefined ? undefined : nextLead(step, campaign)
    if (trunk === undefined || lead === undefined) return
    originate(step, campaign, { trunk, lead })
  }
}

/** The next lead whose person has no call in flight in any campaign; the others wait their turn in the hopper. */
function nextLead(step: Step, campaign: Campaign): HopperLead | undefined {
  const { leads } = campaign.hopper
  const index = leads.findIndex(lead => !isInFlight(step, lead) && !waitsForAgent(step, campaign, lead))
  const [lead] = index === -1 ? [] : leads.splice(index, 1)
  if (lead?.agentId === undefined) return lead
  // Its agent has left: nobody is reserved for the call, and the gate must not think so.
  const { agentId: _, ...anybodys } = lead
  return anybodys
}

/** Call-backs that agents promised, each for its agent alone. */
function dialForAgents(step: Step, campaign: Campaign): void {
  if (!campaign.hopper.leads.some(lead => lead.agentId !== undefined)) return
  for (const nodeId of campaign.picture.nodes.keys()) {
    const trunks = usableTrunks(step, campaign, nodeId)
    for (const lead of dueForAgents(step, campaign, nodeId)) originatePersonal(step, campaign, { lead, trunks })
  }
}

function originatePersonal(
  step: Step,
  campaign: Campaign,
  { lead, trunks }: { readonly lead: HopperLead; readonly trunks: readonly Trunk[] },
): void {
  const trunk = trunks.find(candidate => candidate.tokens >= 1 && freeChannels(candidate) > 0)
  if (trunk === undefined || isInFlight(step, lead)) return
  const { leads } = campaign.hopper
  leads.splice(leads.indexOf(lead), 1)
  originate(step, campaign, { trunk, lead })
}

function isInFlight(step: Step, { number, personKey }: HopperLead): boolean {
  const { numbersInFlight, personsInFlight, unresolved, wrapUpAwaited: wordAwaited } = step.state
  if (numbersInFlight.has(number) || (personKey !== undefined && personsInFlight.has(personKey))) return true
  for (const talk of wordAwaited.values()) {
    if (talk.number === number || (personKey !== undefined && talk.personKey === personKey)) return true
  }
  // A call of before a restart may still ring on a node that has not come back.
  for (const attempt of unresolved.values()) if (attempt.number === number) return true
  return false
}

function originate(step: Step, campaign: Campaign, what: { readonly trunk: Trunk; readonly lead: HopperLead }): void {
  const { trunk, lead } = what
  const { settings } = campaign
  const callerIds = lead.callerIds ?? settings.callerIds
  const callerId = callerIds[campaign.nextCallerId % callerIds.length]
  if (callerId === undefined) return
  campaign.nextCallerId += 1
  const { trunkId, nodeId } = trunk.settings
  const callId = nextCallId(step.state.callIds)
  const { campaignId } = settings
  const { number } = lead
  const call = createCall({
    callId,
    campaignId,
    lead,
    number,
    nodeId,
    trunkId,
    callerId,
    originatedAt: step.now,
    phase: { state: 'originating' },
  })
  call.view.answerProbability = probabilityOf(step, campaign, lead)
  hold(step, call, trunk)
  holdAgent(step, call)
  trunk.tokens -= 1
  campaign.progress.counters.attempts += 1
  const timeoutMs = settings.setupTimeoutMs + settings.ringTimeoutMs
  pushCallDeadline(step, call, { what: 'overdue', at: step.now + timeoutMs + overdueMs })
  step.effects.push({
    kind: 'originate',
    order: {
      attempt: { callId, campaignId, leadId: lead.leadId, number, nodeId, trunkId, callerId, originatedAt: step.now },
      route: { trunkId, nodeId, endpoint: dialEndpoint(trunk.settings, number), callerId },
      timeoutMs,
      messageSound: settings.messageSound,
      optOutKey: settings.optOutKey,
    },
  })
}

/** A call takes its channel and its number. */
export function hold(step: Step, call: Call, trunk: Trunk | undefined): void {
  step.state.calls.set(call.callId, call)
  step.state.campaigns.get(call.campaignId)?.picture.follow(call)
  step.state.numbersInFlight.add(call.number)
  if (call.lead.personKey !== undefined) step.state.personsInFlight.add(call.lead.personKey)
  if (trunk !== undefined) trunk.channelsInUse += 1
}

function refillHopper(step: Step, campaign: Campaign, agents: number): void {
  const { hopper } = campaign
  const wanted = Math.min(hopperMax, Math.max(hopperMin, agents * hopperPerAgent))
  if (agents === 0 || hopper.refilling || hopper.leads.length > wanted / 2 || step.now < hopper.emptyUntil) return
  hopper.refilling = true
  const exclude = hopper.leads.map(lead => lead.leadId)
  for (const call of step.state.calls.values()) {
    if (call.campaignId === campaign.settings.campaignId) exclude.push(call.lead.leadId)
  }
  step.effects.push({
    kind: 'refill-hopper',
    campaignId: campaign.settings.campaignId,
    count: wanted - hopper.leads.length,
    exclude,
  })
}

/** The verdict at the moment of the originate was no: nothing has been dialed, nothing is counted but the block. */
export function onRefused(step: Step, answer: Extract<ShellAnswer, { kind: 'originate-refused' }>): void {
  const call = step.state.calls.get(answer.callId)
  const campaign = call === undefined ? undefined : step.state.campaigns.get(call.campaignId)
  if (call === undefined || campaign === undefined) {
    reject(step, 'unknown-call', `no call ${answer.callId} waits for a verdict`)
    return
  }
  release(step, call, { cause: 'failed', at: step.now })
  campaign.progress.counters.attempts -= 1
  if (answer.reason === 'do-not-call') campaign.progress.counters.doNotCallBlocked += 1
  markDirty(step, call.campaignId)
}

/** The PBX did not take the order: the attempt is written and ends, without cost to the lead. */
export function onOriginateFailed(step: Step, answer: Extract<ShellAnswer, { kind: 'originate-failed' }>): void {
  const call = step.state.calls.get(answer.callId)
  // Only the answer was lost where the leg has been heard of since: a person may be on it.
  if (call?.phase.state === 'originating') endCall(step, call, { cause: 'failed', at: step.now })
}
