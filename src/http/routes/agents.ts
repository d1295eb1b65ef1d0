import { type Static, Type } from 'typebox'
import { done, doneView, errorView, instant, iso, provenanceView, viewProvenance } from '../../api/views.ts'
import { idSchema } from '../../config/campaignFile.ts'
import { agentSchema } from '../../config/configFile.ts'
import { agentSettings } from '../../config.ts'
import type { Agent } from '../../core/agents/agent.ts'
import type { Call } from '../../core/calls/call.ts'
import { given } from '../../core/given.ts'
import { occupancyOf, timesAt } from '../../core/metrics.ts'
import { ApiError, obeyed } from '../apiError.ts'
import type { Api, ApiContext } from '../context.ts'

const closed = { additionalProperties: false }
const failures = { '4xx': errorView, '5xx': errorView }
const params = Type.Object({ id: idSchema })
const text = Type.String()

/** An agent in lists. */
export const agentView = Type.Object({
  agentId: idSchema,
  name: text,
  endpoint: text,
  nodeId: idSchema,
  campaignId: Type.Optional(idSchema),
  state: Type.Enum(['offline', 'calling', 'available', 'reserved', 'on-call', 'wrap-up', 'paused']),
  since: instant,
  pauseReason: Type.Optional(text),
  wrapUpUntil: Type.Optional(instant),
  pending: Type.Optional(Type.Enum(['pause', 'logout'])),
  registered: Type.Optional(Type.Boolean()),
  mediaFlowing: Type.Boolean(),
  calls: Type.Integer(),
  occupancy: Type.Number(),
  callId: Type.Optional(text),
})
/** See {@link agentView}. */
export type AgentView = Static<typeof agentView>

/** The call an agent is in or wraps up, with its lead. */
export const agentCallView = Type.Object({
  callId: text,
  campaignId: idSchema,
  leadId: Type.Optional(Type.Integer()),
  number: Type.Optional(text),
  callerId: text,
  state: text,
  connectedAt: Type.Optional(instant),
  lead: Type.Record(Type.String(), text),
  /** What the person who asks is told; absent: the lead came in without. */
  provenance: Type.Optional(provenanceView),
  wrapUpCodes: Type.Record(Type.String(), text),
})

/** An agent with his call. */
export const agentShowView = Type.Object({ agent: agentView, call: Type.Optional(agentCallView) })

/** What an agent is doing, for lists. */
function viewAgent(agent: Agent, now: number): AgentView {
  const { agentId, name, endpoint, nodeId, campaignId, phase, pending, registered, mediaFlowing } = agent
  return {
    agentId,
    name,
    endpoint,
    nodeId,
    ...(campaignId === undefined ? {} : { campaignId }),
    state: phase.state,
    since: iso(phase.since),
    ...(phase.state === 'paused' ? { pauseReason: phase.reason } : {}),
    ...(phase.state === 'wrap-up' ? { wrapUpUntil: iso(phase.until) } : {}),
    ...(pending === undefined ? {} : { pending: pending.kind }),
    ...(registered === undefined ? {} : { registered }),
    mediaFlowing,
    calls: timesAt(agent, now).calls,
    occupancy: occupancyOf([agent], now),
    ...('callId' in phase ? { callId: phase.callId } : {}),
  }
}

function findAgent({ gateway }: ApiContext, agentId: string): Agent {
  const agent = gateway.state().agents.get(agentId)
  if (agent === undefined) throw new ApiError(404, 'unknown-agent', `no agent ${agentId}: see GET /v1/agents`)
  return agent
}

/** The agent's call, live or in wrap-up. */
function callOfAgent({ gateway }: ApiContext, { phase }: Agent): Call | undefined {
  if (!('callId' in phase)) return undefined
  const state = gateway.state()
  return state.calls.get(phase.callId) ?? state.recentCalls.get(phase.callId)?.call
}

async function viewAgentCall(context: ApiContext, call: Call): Promise<Static<typeof agentCallView>> {
  const { callId, campaignId, lead, number, callerId, phase } = call
  const connectedAt = phase.state === 'connected' ? (phase.connectedAt ?? phase.connectingAt) : undefined
  const live = context.gateway.state().calls.has(callId)
  const record = lead === undefined ? undefined : await context.store.lead(lead.leadId)
  return {
    ...{ callId, campaignId, callerId },
    ...given({ leadId: lead?.leadId, number }),
    state: live ? phase.state : 'ended',
    ...(connectedAt === undefined ? {} : { connectedAt: iso(connectedAt) }),
    lead: { ...record?.data },
    ...(record?.provenance === undefined ? {} : { provenance: viewProvenance(record.provenance) }),
    wrapUpCodes: { ...context.gateway.state().campaigns.get(campaignId)?.settings.wrapUpCodes },
  }
}

/** Agents: list, show with the current call, add, log in and out, pause, resume. */
export function agentRoutes(app: Api, context: ApiContext): void {
  const { gateway } = context

  const listQuery = Type.Object({ campaign: Type.Optional(idSchema) }, closed)
  app.get(
    '/v1/agents',
    {
      schema: {
        tags: ['agents'],
        querystring: listQuery,
        response: { 200: Type.Object({ agents: Type.Array(agentView) }), ...failures },
      },
    },
    async request => {
      const { campaign } = request.query
      const all = [...gateway.state().agents.values()]
      const agents = all.filter(agent => campaign === undefined || agent.campaignId === campaign)
      return { agents: agents.map(agent => viewAgent(agent, gateway.now())) }
    },
  )

  app.get(
    '/v1/agents/:id',
    {
      schema: {
        tags: ['agents'],
        description: "The agent with the call he is in or wraps up, and that call's lead.",
        params,
        response: { 200: agentShowView, ...failures },
      },
    },
    async request => {
      const agent = findAgent(context, request.params.id)
      const view = viewAgent(agent, gateway.now())
      const call = callOfAgent(context, agent)
      return call === undefined ? { agent: view } : { agent: view, call: await viewAgentCall(context, call) }
    },
  )

  app.post(
    '/v1/agents',
    {
      schema: {
        tags: ['agents'],
        description: 'Adds an agent, or changes one who keeps his session.',
        body: agentSchema,
        response: { 200: agentView, ...failures },
      },
    },
    async request => {
      const settings = agentSettings(request.body, context.nodeIds)
      obeyed(await gateway.command({ kind: 'agent-add', settings }))
      return viewAgent(findAgent(context, settings.agentId), gateway.now())
    },
  )

  sessionRoutes(app, context)
}

/** What moves an agent's session. */
function sessionRoutes(app: Api, { gateway }: ApiContext): void {
  const response = { 200: doneView, ...failures }
  const force = Type.Optional(Type.Boolean())

  const loginBody = Type.Optional(Type.Object({ campaign: Type.Optional(idSchema) }, closed))
  app.post(
    '/v1/agents/:id/login',
    { schema: { tags: ['agents'], description: "Rings the agent's phone.", params, body: loginBody, response } },
    async request => {
      const campaignId = request.body?.campaign
      const agentId = request.params.id
      obeyed(
        await gateway.command({ kind: 'agent-login', agentId, ...(campaignId === undefined ? {} : { campaignId }) }),
      )
      return done
    },
  )

  const logoutBody = Type.Optional(Type.Object({ force }, closed))
  app.post(
    '/v1/agents/:id/logout',
    { schema: { tags: ['agents'], params, body: logoutBody, response } },
    async request => {
      const agentId = request.params.id
      obeyed(await gateway.command({ kind: 'agent-logout', agentId, force: request.body?.force ?? false }))
      return done
    },
  )

  const reason = Type.Optional(Type.String({ minLength: 1, maxLength: 100 }))
  const pauseBody = Type.Optional(Type.Object({ reason, force }, closed))
  app.post(
    '/v1/agents/:id/pause',
    {
      schema: {
        tags: ['agents'],
        description: 'Waits for the calls that ring for the agent, unless forced.',
        params,
        body: pauseBody,
        response,
      },
    },
    async request => {
      const { reason: why = 'break', force: now = false } = request.body ?? {}
      obeyed(await gateway.command({ kind: 'agent-pause', agentId: request.params.id, reason: why, force: now }))
      return done
    },
  )

  app.post('/v1/agents/:id/resume', { schema: { tags: ['agents'], params, response } }, async request => {
    obeyed(await gateway.command({ kind: 'agent-resume', agentId: request.params.id }))
    return done
  })
}
