import type { Agent } from './agent.ts'
import type { Call } from './call.ts'
import { endCall, release } from './callEnd.ts'
import { type InstantMs, type NodeId, nextCallId } from './ids.ts'
import type { ShellAnswer } from './inputs.ts'
import type { HopperLead } from './lead.ts'
import { pushCallDeadline } from './matching.ts'
import { isWorking } from './metrics.ts'
import type { PacingAgent, PacingCall, PacingDecision, PacingSnapshot } from './pacing/pacer.ts'
import type { Campaign } from './state.ts'
import { markDirty, reject, type Step } from './step.ts'
import { dialEndpoint, nextTokenAt, refillTokens, shortCallRate, type Trunk } from './trunk.ts'

/** Without an event a campaign decides this often. */
const decisionEveryMs = 200
/** The hopper holds this many leads per working agent, within these bounds. */
const hopperPerAgent = 6
const hopperMin = 30
const hopperMax = 1_000
/** How long past the PBX's own time limit a call without any news is given up. */
const overdueMs = 5_000

interface NodeView {
  readonly agents: PacingAgent[]
  readonly calls: PacingCall[]
}

/** The pacing decision of a campaign, node by node: an agent can only take calls of his own node. The only place that dials. */
export function decide(step: Step, campaign: Campaign): void {
  campaign.dirty = false
  campaign.decideAt = step.now + decisionEveryMs
  if (campaign.state !== 'running') return
  const views = viewByNode(step, campaign)
  refillHopper(step, campaign, workingAgents(views))
  for (const [nodeId, view] of views) decideNode(step, campaign, { nodeId, view })
  if (views.size === 0) explainNobody(step, campaign)
}

/** Without a working agent there is nothing to decide, and still something to say. */
function explainNobody(step: Step, campaign: Campaign): void {
  const decision: PacingDecision = { originate: 0, withdraw: [], reason: 'no-agents', figures: { agents: 0 } }
  step.effects.push({ kind: 'decision', campaignId: campaign.settings.campaignId, decision })
}

function workingAgents(views: ReadonlyMap<NodeId, NodeView>): number {
  let agents = 0
  for (const view of views.values()) agents += view.agents.length
  return agents
}

function decideNode(step: Step, campaign: Campaign, on: { readonly nodeId: NodeId; readonly view: NodeView }): void {
  const trunks = usableTrunks(step, campaign, on.nodeId)
  const limits = limitsOf(campaign, trunks)
  const decision = campaign.pacer.decide({ ...on.view, limits }, step.now)
  step.effects.push({
    kind: 'decision',
    campaignId: campaign.settings.campaignId,
    decision: explained(step, decision, on.nodeId),
  })
  const serving = on.view.agents.some(agent => !agent.leaving)
  if (serving) originateMany(step, campaign, { count: decision.originate, trunks })
  wakeForTokens(campaign, trunks)
}

/** A node that is down explains itself before any figure does. */
function explained(step: Step, decision: PacingDecision, nodeId: NodeId): PacingDecision {
  if (step.state.nodes.get(nodeId)?.link === 'up') return decision
  return { ...decision, originate: 0, reason: 'node-down' }
}

/** What pacing sees, by node. Agents on a silent phone take no call, so pacing does not count on them. */
function viewByNode(step: Step, campaign: Campaign): ReadonlyMap<NodeId, NodeView> {
  const views = new Map<NodeId, NodeView>()
  for (const agent of step.state.agents.values()) {
    if (agent.campaignId !== campaign.settings.campaignId || !isWorking(agent)) continue
    if (agent.phase.state === 'available' && !agent.mediaFlowing) continue
    const view = views.get(agent.nodeId) ?? { agents: [], calls: [] }
    views.set(agent.nodeId, view)
    view.agents.push(pacingAgent(agent, step.now))
  }
  for (const call of step.state.calls.values()) {
    if (call.campaignId !== campaign.settings.campaignId) continue
    const seen = pacingCall(call, step.now)
    if (seen !== undefined) views.get(call.nodeId)?.calls.push(seen)
  }
  return views
}

function pacingAgent(agent: Agent, now: InstantMs): PacingAgent {
  const { state, since } = agent.phase
  const working = state === 'available' || state === 'reserved' || state === 'on-call' ? state : 'wrap-up'
  return { state: working, elapsedMs: Math.max(0, now - since), leaving: agent.pending !== undefined }
}

function pacingCall(call: Call, now: InstantMs): PacingCall | undefined {
  const { phase, callId } = call
  const { answerProbability } = call.lead
  const probability = answerProbability === undefined ? {} : { answerProbability }
  switch (phase.state) {
    case 'originating':
      return { callId, state: 'originating', elapsedMs: Math.max(0, now - call.originatedAt), ...probability }
    case 'ringing': {
      const ringingMs = Math.max(0, now - phase.ringingAt)
      return { callId, state: 'ringing', elapsedMs: Math.max(0, now - call.originatedAt), ringingMs, ...probability }
    }
    case 'waiting':
      return { callId, state: 'waiting', elapsedMs: Math.max(0, now - phase.answeredAt) }
    default:
      return undefined
  }
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

/** The next lead whose number has no call in flight in any campaign; the others wait their turn in the hopper. */
function nextLead(step: Step, campaign: Campaign): HopperLead | undefined {
  const { leads } = campaign.hopper
  const index = leads.findIndex(lead => !step.state.numbersInFlight.has(lead.number))
  return index === -1 ? undefined : leads.splice(index, 1)[0]
}

function originate(step: Step, campaign: Campaign, what: { readonly trunk: Trunk; readonly lead: HopperLead }): void {
  const { trunk, lead } = what
  const { settings } = campaign
  const callerId = settings.callerIds[campaign.nextCallerId % settings.callerIds.length]
  if (callerId === undefined) return
  campaign.nextCallerId += 1
  const { trunkId, nodeId } = trunk.settings
  const callId = nextCallId(step.state.callIds)
  const { campaignId } = settings
  const { number } = lead
  const call: Call = {
    ...{ callId, campaignId, lead, number, nodeId, trunkId, callerId },
    originatedAt: step.now,
    phase: { state: 'originating' },
  }
  hold(step, call, trunk)
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
  step.state.numbersInFlight.add(call.number)
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
  if (call !== undefined) endCall(step, call, { cause: 'failed', at: step.now })
}
