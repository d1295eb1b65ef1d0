import type { AgentBody, AgentCallView, AgentShowView, AgentView } from '../api/agents/agents.ts'
import { ApiError, obeyed } from '../api/apiError.ts'
import { refusalSentences } from '../api/sentences.ts'
import { iso, isoOf, viewProvenance } from '../api/views.ts'
import { agentSettings } from '../config.ts'
import type { AgentSettings, RefusedDial } from '../core/agents/agent.ts'
import { given } from '../core/given.ts'
import type { AgentSnapshot, CallSnapshot } from '../ports/engine.ts'
import { targetsOf } from './calls.ts'
import { type AppContext, instantMs } from './context.ts'
import { checkReason, pauseUntil } from './pauses.ts'

/** Every agent, or those of one campaign. */
export function listAgents(context: AppContext, wanted: string | undefined): readonly AgentView[] {
  return context.gateway
    .agents()
    .filter(({ campaignId }) => wanted === undefined || campaignId === wanted)
    .map(agent => viewAgent(context, agent))
}

/** One agent, with the call they are in or wrap up and that call's lead. */
export async function showAgent(context: AppContext, agentId: string): Promise<AgentShowView> {
  const agent = findAgent(context, agentId)
  const call = 'callId' in agent.phase ? context.gateway.call(agent.phase.callId) : undefined
  return { agent: viewAgent(context, agent), ...given({ call: call && (await viewAgentCall(context, call)) }) }
}

/** Adds an agent, or changes one who keeps their session; what is not said of them stays as it is. */
export async function addAgent(context: AppContext, body: AgentBody): Promise<AgentView> {
  const known = context.gateway.agent(body.agentId)
  const said = known === undefined ? body : { ...settingsOf(known), ...body }
  const { agentId: id, nodeId: node, campaignId: campaign, ...rest } = said
  const settings = agentSettings({ id, ...rest, ...given({ node, campaign }) }, context.nodeIds)
  if (known !== undefined) checkSession(known, settings)
  obeyed(await context.gateway.command({ kind: 'agent-add', settings }))
  void context.phones?.look()
  return viewAgent(context, findAgent(context, settings.agentId))
}

function settingsOf({ agentId, name, endpoint, nodeId, campaignId }: AgentSnapshot): AgentBody {
  return { agentId, name, endpoint, nodeId, ...given({ campaignId }) }
}

/** Whoever is on the line stays where they are. */
function checkSession(known: AgentSnapshot, settings: AgentSettings): void {
  if (known.phase.state === 'offline') return
  for (const field of ['nodeId', 'campaignId', 'endpoint'] as const) {
    if (known[field] === settings[field]) continue
    const { agentId } = known
    const message = `agent ${agentId} is on the line (${known.phase.state}), so their ${field} cannot change: \`dialwright agents logout ${agentId}\` first`
    throw new ApiError(409, 'agent-on-the-line', message)
  }
}

/** Removes an agent: at once, or when they are off the line. Answers whether they are gone. */
export async function removeAgent(context: AppContext, agentId: string): Promise<{ readonly removed: boolean }> {
  findAgent(context, agentId)
  obeyed(await context.gateway.command({ kind: 'agent-remove', agentId }))
  void context.phones?.look()
  return { removed: context.gateway.agent(agentId) === undefined }
}

/** What moves an agent's session. */
type SessionChange =
  | { readonly kind: 'login'; readonly campaignId: string | undefined }
  | { readonly kind: 'logout'; readonly force: boolean | undefined }
  | { readonly kind: 'pause'; readonly reason: string | undefined; readonly force: boolean | undefined }
  | { readonly kind: 'resume' }
  | { readonly kind: 'breather' }

/**
 * Rings an agent's phone, ends their session, or lets them rest. Asked for what is so already, it is done: whoever has not heard
 * the answer asks again.
 */
export async function changeSession(context: AppContext, agentId: string, change: SessionChange): Promise<void> {
  const { gateway } = context
  if (change.kind === 'pause') checkReason(context, agentId, change.reason)
  const answer = await gateway.command(sessionCommand(agentId, change))
  const agent = gateway.agent(agentId)
  const late = !answer.accepted && answer.code === 'illegal-transition'
  if (late && agent !== undefined && isSo(agent, change)) return
  obeyed(answer)
}

/** A log-in of one who is on the line rings no phone: that is said. */
function isSo({ phase, campaignId }: AgentSnapshot, change: SessionChange): boolean {
  switch (change.kind) {
    case 'login':
      return phase.state === 'calling' && (change.campaignId ?? campaignId) === campaignId
    case 'logout':
      return phase.state === 'offline'
    case 'pause':
      return phase.state === 'paused'
    case 'resume':
      return !['offline', 'calling', 'paused', 'breather'].includes(phase.state)
    case 'breather':
      return phase.state === 'breather'
  }
}

function sessionCommand(agentId: string, change: SessionChange) {
  switch (change.kind) {
    case 'login':
      return { kind: 'agent-login', agentId, ...given({ campaignId: change.campaignId }) } as const
    case 'logout':
      return { kind: 'agent-logout', agentId, force: change.force ?? false } as const
    case 'pause':
      return {
        kind: 'agent-pause',
        agentId,
        reason: change.reason ?? 'break',
        force: change.force ?? false,
      } as const
    case 'resume':
      return { kind: 'agent-resume', agentId } as const
    case 'breather':
      return { kind: 'agent-breather', agentId } as const
  }
}

/** Raises an agent's hand, or lowers it; once it is so, it stays so. */
export async function raiseHand({ gateway }: AppContext, agentId: string, raised: boolean): Promise<void> {
  obeyed(await gateway.command({ kind: 'agent-help', agentId, raised }))
}

/** The agent writes up for longer. `wrapUpUntil`: the end as they saw it. */
export async function giveMoreTime(context: AppContext, agentId: string, wrapUpUntil: string): Promise<void> {
  findAgent(context, agentId)
  const until = instantMs(wrapUpUntil, 'wrapUpUntil')
  obeyed(await context.gateway.command({ kind: 'agent-more-time', agentId, until }))
}

/** @throws ApiError 404 */
export function findAgent({ gateway }: AppContext, agentId: string): AgentSnapshot {
  const agent = gateway.agent(agentId)
  if (agent === undefined) throw new ApiError(404, 'unknown-agent', `no agent ${agentId}: see GET /v1/agents`)
  return agent
}

function viewAgent(context: AppContext, agent: AgentSnapshot): AgentView {
  const { agentId, name, endpoint, nodeId, campaignId, phase, pending, registered, mediaFlowing } = agent
  const { calls, breathers, occupancy, removed, unreached, helpSince, offer, refused } = agent
  return {
    agentId,
    name,
    endpoint,
    nodeId,
    ...given({ campaignId }),
    state: phase.state,
    since: iso(phase.since),
    ...given({
      pauseReason: phase.state === 'paused' ? phase.reason : undefined,
      pauseUntil: isoOf(pauseUntil(context, agent)),
      wrapUpUntil: phase.state === 'wrap-up' ? iso(phase.until) : undefined,
      breatherUntil: phase.state === 'breather' ? iso(phase.until) : undefined,
      helpSince: isoOf(helpSince),
      pending: pending?.kind,
      removed,
      unreached: unreached?.cause,
      offer: offer && { leadId: offer.leadId, until: iso(offer.until) },
      refused: refused && viewRefused(refused),
      registered,
    }),
    mediaFlowing,
    calls,
    breathers,
    occupancy,
    ...given({ callId: 'callId' in phase ? phase.callId : undefined }),
  }
}

function viewRefused({ at, reason, retryAt }: RefusedDial): NonNullable<AgentView['refused']> {
  return { at: iso(at), reason, says: refusalSentences[reason], ...given({ retryAt: isoOf(retryAt) }) }
}

async function viewAgentCall(context: AppContext, call: CallSnapshot): Promise<AgentCallView> {
  const { gateway, store } = context
  const { callId, campaignId, leadId, number, callerId, phase, ended, heldSince, longestHoldMs } = call
  const connectedAt = phase.state === 'connected' ? (phase.connectedAt ?? phase.connectingAt) : undefined
  const record = leadId === undefined ? undefined : await store.lead(leadId)
  return {
    callId,
    campaignId,
    ...given({ leadId, number }),
    callerId,
    state: ended ? 'ended' : phase.state,
    ...given({ connectedAt: isoOf(connectedAt), heldSince: isoOf(heldSince), longestHoldMs }),
    lead: { ...record?.data },
    ...given({ provenance: record?.provenance && viewProvenance(record.provenance) }),
    wrapUpCodes: { ...gateway.campaign(campaignId)?.settings.wrapUpCodes },
    ...given({ transfer: call.transfer }),
    targets: targetsOf(context, campaignId).map(({ targetId, name }) => ({ targetId, name })),
  }
}
