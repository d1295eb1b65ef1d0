import type { Call } from '../calls/call.ts'
import { orderHold } from '../calls/holding.ts'
import { given } from '../given.ts'
import type { CampaignId } from '../ids.ts'
import type { Command } from '../inputs.ts'
import { agentsChanged, pushCallDeadline, reject, type Step } from '../step.ts'
import { type Agent, type AgentSettings, createAgentView, newTimes } from './agent.ts'
import {
  applyPending,
  askPending,
  clearPending,
  forgetAgent,
  pushAgentDeadline,
  ringAgent,
  workAgain,
  wrapUpDone,
} from './agentFlow.ts'
import { tellAgent, whyIdle } from './agentVoice.ts'
import { isRefusal, refusedCode, wordObstacle, writeWrapUp } from './wrapUp.ts'

/** A refused talk is ended after this time: long enough to say goodbye. */
const farewellMs = 5_000

type CommandOf<Kind extends Command['kind']> = Extract<Command, { kind: Kind }>

function find(step: Step, agentId: string): Agent | undefined {
  const agent = step.state.agents.get(agentId)
  if (agent === undefined)
    reject(
      step,
      'unknown-agent',
      `no agent ${agentId}: add them with \`dialwright agents add\`, or name them in the configuration and restart the daemon`,
    )
  return agent
}

/** A new agent, or changed settings of an agent who keeps their session. */
export function onAgentAdd(step: Step, settings: AgentSettings): void {
  const known = step.state.agents.get(settings.agentId)
  if (known?.removed) clearPending(step, known)
  step.state.agents.set(settings.agentId, {
    agentId: settings.agentId,
    name: settings.name,
    endpoint: settings.endpoint,
    nodeId: settings.nodeId,
    campaignId: campaignOf(known, settings),
    phase: known?.phase ?? { state: 'offline', since: step.now },
    pending: known?.pending,
    mediaFlowing: known?.mediaFlowing ?? true,
    failedJoins: known?.failedJoins ?? 0,
    registered: known?.registered,
    times: known?.times ?? newTimes(),
    ...given({ heldFor: known?.heldFor, unreached: known?.unreached }),
    ...given({ helpSince: known?.helpSince, mayBreathe: known?.mayBreathe }),
    ...given({ offer: known?.offer, refused: known?.refused }),
    view: known?.view ?? createAgentView(),
  })
  agentsChanged(step, known?.campaignId)
  agentsChanged(step, settings.campaignId)
}

/** A session keeps its campaign; whoever is off the line joins the new one. */
function campaignOf(known: Agent | undefined, { campaignId }: AgentSettings): CampaignId | undefined {
  if (known === undefined) return campaignId
  return known.phase.state === 'offline' ? (campaignId ?? known.campaignId) : known.campaignId
}

/** The agent is no more: at once, or when they are off the line. */
export function onAgentRemove(step: Step, { agentId }: CommandOf<'agent-remove'>): void {
  const agent = find(step, agentId)
  if (agent === undefined) return
  agent.removed = true
  if (agent.phase.state === 'offline') forgetAgent(step, agent)
  else askPending(step, agent, { kind: 'logout', reason: 'removed', force: false })
}

/** Why an agent cannot be logged in now, or undefined. */
function loginObstacle(step: Step, agent: Agent): Parameters<typeof reject> | undefined {
  const { agentId, endpoint, phase } = agent
  if (phase.state !== 'offline')
    return [step, 'illegal-transition', `agent ${agentId} is logged in already (${phase.state})`]
  if (step.state.nodes.get(agent.nodeId)?.link !== 'up') {
    return [step, 'node-down', `the PBX ${agent.nodeId} is not reachable: see \`dialwright doctor\``]
  }
  if (agent.registered !== false) return undefined
  return [
    step,
    'agent-not-registered',
    `the softphone of agent ${agentId} (${endpoint}) is not registered: start it first`,
  ]
}

/** The engine rings the agent's phone. */
export function onAgentLogin(step: Step, command: CommandOf<'agent-login'>): void {
  const agent = find(step, command.agentId)
  if (agent === undefined) return
  const campaignId = command.campaignId ?? agent.campaignId
  if (campaignId === undefined || !step.state.campaigns.has(campaignId)) {
    const name = campaignId === undefined ? 'no campaign to log in to' : `no campaign ${campaignId}`
    reject(step, 'unknown-campaign', `${name}: name one that \`dialwright campaign list\` shows`)
    return
  }
  const obstacle = loginObstacle(step, agent)
  if (obstacle !== undefined) {
    reject(...obstacle)
    return
  }
  joinCampaign(step, agent, campaignId)
  ringAgent(step, agent)
}

function joinCampaign(step: Step, agent: Agent, campaignId: string): void {
  if (agent.campaignId === campaignId) return
  agentsChanged(step, agent.campaignId)
  agent.campaignId = campaignId
  agentsChanged(step, campaignId)
  const { agentId, name, endpoint, nodeId } = agent
  step.effects.push({ kind: 'agent-saved', settings: { agentId, name, endpoint, nodeId, campaignId } })
}

/** A pause: at once if no ringing call counts on the agent, else when those are settled. */
export function onPause(step: Step, command: CommandOf<'agent-pause'>): void {
  const agent = find(step, command.agentId)
  if (agent === undefined) return
  const { state } = agent.phase
  if (state === 'offline' || state === 'calling') {
    reject(step, 'illegal-transition', `agent ${agent.agentId} is not logged in`)
  } else if (state !== 'paused') {
    askPending(step, agent, { kind: 'pause', reason: command.reason, force: command.force })
  }
}

/** A log-out, under the same rule as a pause. */
export function onLogout(step: Step, command: CommandOf<'agent-logout'>): void {
  const agent = find(step, command.agentId)
  if (agent === undefined) return
  const awaited = agent.rejoinUntil !== undefined
  delete agent.rejoinUntil
  if (agent.phase.state !== 'offline')
    askPending(step, agent, { kind: 'logout', reason: 'logout', force: command.force })
  else if (!awaited) reject(step, 'illegal-transition', `agent ${agent.agentId} is not logged in`)
}

/** The agent is back; a request that still waits is taken back too. */
export function onResume(step: Step, command: CommandOf<'agent-resume'>): void {
  const agent = find(step, command.agentId)
  if (agent === undefined) return
  const { phase, pending } = agent
  if (phase.state === 'paused' || phase.state === 'breather') workAgain(step, agent)
  else if (pending?.kind === 'pause' || pending?.kind === 'breather') clearPending(step, agent)
  else reject(step, 'illegal-transition', `agent ${agent.agentId} is ${agent.phase.state}, not paused`)
}

/** How often the time for one wrap-up is given anew: WCAG 2.2.1 asks for ten times at least. */
const moreTimesMax = 10

/** The agent needs longer to write up: they have as long again. */
export function onMoreTime(step: Step, { agentId, until }: CommandOf<'agent-more-time'>): void {
  const agent = find(step, agentId)
  if (agent === undefined) return
  const { phase, campaignId } = agent
  const campaign = campaignId === undefined ? undefined : step.state.campaigns.get(campaignId)
  if (phase.state !== 'wrap-up' || campaign === undefined) {
    reject(
      step,
      'illegal-transition',
      `agent ${agentId} is ${phase.state}: there is no wrap-up whose time could be longer`,
    )
    return
  }
  if (phase.until !== until) return
  const { wrapUpTimeoutMs: againMs } = campaign.settings
  if (until + againMs > phase.since + againMs * (moreTimesMax + 1)) {
    const message = `agent ${agentId} has had ${moreTimesMax} times more for this wrap-up: give the code, it can be replaced afterwards`
    reject(step, 'illegal-transition', message)
    return
  }
  agent.phase = { ...phase, until: until + againMs }
  pushAgentDeadline(step, agent, { what: 'wrap-up', at: agent.phase.until })
  // A question that waits for a key goes on in the new phase.
  if (agent.asked !== undefined) pushAgentDeadline(step, agent, { what: 'asked', at: agent.asked.until })
  step.effects.push({ kind: 'notify', event: { kind: 'agent-state', agentId, state: 'wrap-up' } })
}

/** The agent's word over the API: during the call, in wrap-up, or afterwards if none but the timer's is there. */
export function onWrapUp(step: Step, command: CommandOf<'wrap-up'>): void {
  const live = step.state.calls.get(command.callId)
  const about = live ?? step.state.recentCalls.get(command.callId)?.call
  const obstacle = about && wordObstacle({ callId: about.callId, hasLead: about.lead !== undefined }, command)
  if (obstacle !== undefined) {
    reject(step, obstacle.code, obstacle.message)
    return
  }
  if (live?.phase.state === 'connected' && live.phase.transferred === undefined) {
    wrapUpEarly(step, live, { command, agentId: live.phase.agentId })
    return
  }
  const recent = step.state.recentCalls.get(command.callId)
  if (recent === undefined) {
    reject(step, 'unknown-call', `no conversation ${command.callId} waits for a wrap-up`)
    return
  }
  if (recent.wrappedUp) {
    reject(step, 'already-wrapped-up', `call ${command.callId} has its wrap-up already`)
    return
  }
  const agent = step.state.agents.get(recent.agentId)
  const writing = agent?.phase.state === 'wrap-up' && agent.phase.callId === command.callId
  if (agent !== undefined && writing) {
    wrapUpDone(step, agent, command)
    tellAgent(step, agent, ...whyIdle(step, agent))
  } else writeWrapUp(step, recent, command)
}

function wrapUpEarly(
  step: Step,
  call: Call,
  said: { readonly command: CommandOf<'wrap-up'>; readonly agentId: string },
): void {
  if (call.wrapUpGiven) {
    reject(step, 'already-wrapped-up', `call ${call.callId} has its wrap-up already`)
    return
  }
  call.wrapUpGiven = true
  writeWrapUp(step, { call, agentId: said.agentId, wrappedUp: false }, said.command)
  if (!isRefusal(said.command)) return
  // The goodbye is heard.
  orderHold(step, call, false)
  pushCallDeadline(step, call, { what: 'overdue', at: step.now + farewellMs })
}

/** The agent's refusal key in the middle of a talk: on the do-not-call list at once, a word of farewell, the end. */
export function refuseByKey(step: Step, call: Call, agentId: string): void {
  if (call.wrapUpGiven) return
  const command = { kind: 'wrap-up', callId: call.callId, code: refusedCode, refusal: true } as const
  wrapUpEarly(step, call, { command, agentId })
}

/** Requests that waited for calls which are settled now. */
export function settlePending(step: Step): void {
  for (const agentId of step.state.pendingAgents) {
    const agent = step.state.agents.get(agentId)
    if (agent !== undefined) applyPending(step, agent)
  }
}
