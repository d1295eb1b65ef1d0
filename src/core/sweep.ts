import type { Call, CallState } from './calls/call.ts'
import { isWithAgent } from './calls/holding.ts'
import type { AgentId, CallId, PhoneNumber, TrunkId } from './ids.ts'
import type { Campaign, EngineState } from './state.ts'

/** Looks through the whole state for what can never be. `open`: originates that have not ended. Adds what is wrong, in words. */
export function sweep(state: EngineState, open: ReadonlySet<CallId>, wrong: string[]): void {
  for (const callId of open) if (!state.calls.has(callId)) wrong.push(`call ${callId} is gone without a disposition`)
  const inUse = new Map<TrunkId, number>()
  const numbers = new Set<PhoneNumber>()
  const agents = new Set<string>()
  let callers = 0
  for (const call of state.calls.values()) {
    inUse.set(call.trunkId, (inUse.get(call.trunkId) ?? 0) + 1)
    if (call.origin !== 'inbound') {
      if (numbers.has(call.number)) wrong.push(`two calls to one number: ${call.callId}`)
      numbers.add(call.number)
    } else callers += 1
    checkCall(state, call, wrong)
    if (call.phase.state !== 'connected' || !isWithAgent(call.phase)) continue
    if (agents.has(call.phase.agentId)) wrong.push(`agent ${call.phase.agentId} has two customers`)
    agents.add(call.phase.agentId)
  }
  for (const agentId of state.agents.keys()) checkAgent(state, agentId, wrong)
  for (const { settings, channelsInUse } of state.trunks.values()) {
    const counted = inUse.get(settings.trunkId) ?? 0
    if (counted !== channelsInUse)
      wrong.push(`trunk ${settings.trunkId} counts ${channelsInUse} channels, ${counted} calls use it`)
  }
  if (numbers.size !== state.numbersInFlight.size) wrong.push('numbers in flight differ from the calls')
  if (callers !== state.callers.size) wrong.push('callers differ from the calls')
  for (const campaign of state.campaigns.values()) sweepPicture(state, campaign, wrong)
}

const inFlight: ReadonlySet<CallState> = new Set(['originating', 'ringing', 'screening', 'waiting'])

/** What pacing is shown is what there is. */
function sweepPicture(state: EngineState, campaign: Campaign, wrong: string[]): void {
  const { campaignId } = campaign.settings
  let flying = 0
  for (const call of state.calls.values()) {
    if (call.campaignId !== campaignId || call.origin !== 'campaign') continue
    const { state: phase } = call.phase
    const flies = call.lead.agentId === undefined && inFlight.has(phase)
    if (flies) flying += 1
    const shown = campaign.picture.nodes.get(call.nodeId)?.calls[call.view.slot] === call.view
    if (flies !== shown)
      wrong.push(`call ${call.callId} is ${call.phase.state} and pacing ${shown ? 'sees' : 'misses'} it`)
    // Pacing makes no difference between those who have answered.
    const as = phase === 'screening' ? 'waiting' : phase
    if (flies && call.view.state !== as) wrong.push(`pacing sees ${call.callId} as ${call.view.state}`)
  }
  let pictured = 0
  for (const { calls } of campaign.picture.nodes.values()) pictured += calls.length
  if (pictured !== flying) wrong.push(`pacing sees ${pictured} calls of ${flying}`)
  let working = 0
  for (const agent of state.agents.values()) {
    const { phase, view } = agent
    const works = ['available', 'reserved', 'on-call', 'wrap-up'].includes(phase.state)
    const shown = works && agent.mediaFlowing && agent.heldFor === undefined
    if (agent.campaignId === campaignId && shown) working += 1
    if (view.working !== works || (works && view.state !== phase.state))
      wrong.push(`agent ${agent.agentId} is ${phase.state}, pacing sees them ${view.state}`)
    if (view.leaving !== (agent.pending !== undefined))
      wrong.push(`agent ${agent.agentId}: pacing is wrong about their leaving`)
  }
  const counted = campaign.picture.countAgents(state.agents, campaignId)
  if (counted !== working) wrong.push(`pacing counts ${counted} agents of ${working}`)
}

/** A connected call and its agent know each other. */
export function checkCall(state: EngineState, call: Call | undefined, wrong: string[]): void {
  if (call?.held !== undefined && call.phase.state !== 'connected')
    wrong.push(`call ${call.callId} is ${call.phase.state} and on hold`)
  if (call?.phase.state !== 'connected' || !isWithAgent(call.phase)) return
  const { agentId } = call.phase
  const phase = state.agents.get(agentId)?.phase
  const theirs = phase !== undefined && 'callId' in phase && phase.callId === call.callId
  if (!theirs) wrong.push(`call ${call.callId} is with ${agentId}, who is ${phase?.state}`)
}

/** An agent with a call has the call that has them. */
export function checkAgent(state: EngineState, agentId: AgentId, wrong: string[]): void {
  const { phase, heldFor, offer, campaignId = '' } = state.agents.get(agentId) ?? {}
  const campaign = state.campaigns.get(campaignId)
  const isShown = campaign?.state === 'running' && campaign.pacing.mode === 'preview' && phase?.state === 'available'
  if (offer !== undefined && !isShown) wrong.push(`agent ${agentId} is ${phase?.state} and is shown a lead`)
  if (heldFor !== undefined && state.calls.get(heldFor)?.lead?.agentId !== agentId)
    wrong.push(`agent ${agentId} is held for ${heldFor}, which is not theirs`)
  if (phase?.state !== 'reserved' && phase?.state !== 'on-call') return
  const call = state.calls.get(phase.callId)
  const made = call?.origin === 'manual' && call.agentId === agentId && call.phase.state !== 'connected'
  const taken = call?.phase.state === 'connected' && call.phase.agentId === agentId
  if (!made && !taken) wrong.push(`agent ${agentId} is ${phase.state} with ${phase.callId}, which is not with them`)
}
