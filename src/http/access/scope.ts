import { ApiError } from '../../api/apiError.ts'
import type { Topic } from '../../app/live/topics.ts'
import { concernsCampaign, isBound, type Principal } from '../../core/access/principal.ts'
import type { EngineGateway } from '../../ports/engine.ts'
import type { Store } from '../../ports/store.ts'
import type { RouteRule } from './rules.ts'

/** What tells whose something is. */
export interface ScopeContext {
  readonly gateway: EngineGateway
  readonly store: Store
}

/** The parts of a request that say what it is about. */
export interface Asked {
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
}

/** Holds the path against who asks, before anything else of the request is read. @throws ApiError 403, 404 */
export async function checkPath(
  context: ScopeContext,
  principal: Principal,
  { rule, params }: { readonly rule: RouteRule; readonly params: unknown },
): Promise<void> {
  if (!isBound(principal)) return
  const id = textOf(params, 'id') ?? ''
  switch (rule.of) {
    case 'all':
      throw new ApiError(403, 'forbidden', `${principal.name} may not: this is not about some campaigns alone`)
    case 'campaign':
      // One that is theirs and not there yet is named in the same words.
      if (principal.agentId !== undefined || !isTheirCampaign(context, principal, id)) throw noCampaign(id)
      return
    case 'agent':
    case 'line':
      if (!isTheirAgent(context, principal, id))
        throw new ApiError(404, 'unknown-agent', `no agent ${id}: see GET /v1/agents`)
      return
    case 'call':
      if (!(await isTheirCall(context, principal, id)))
        throw new ApiError(404, 'unknown-call', `no call ${id}: see GET /v1/calls`)
      return
    default:
  }
}

function isTheirCampaign({ gateway }: ScopeContext, principal: Principal, id: string): boolean {
  return (
    concernsCampaign(principal, id) && (gateway.campaign(id) !== undefined || principal.rights.has('change-campaigns'))
  )
}

function isTheirAgent({ gateway }: ScopeContext, principal: Principal, id: string): boolean {
  if (principal.agentId !== undefined) return id === principal.agentId
  const agent = gateway.agent(id)
  return agent !== undefined && (agent.campaignId === undefined || concernsCampaign(principal, agent.campaignId))
}

async function isTheirCall({ gateway, store }: ScopeContext, principal: Principal, id: string): Promise<boolean> {
  const record = await store.call(id)
  const { agentId } = principal
  if (agentId !== undefined) {
    const phase = gateway.agent(agentId)?.phase
    return record?.end?.agentId === agentId || (phase !== undefined && 'callId' in phase && phase.callId === id)
  }
  return concernsCampaign(principal, gateway.call(id)?.campaignId ?? record?.campaignId)
}

/** Holds what somebody wants to follow against who they are. @throws ApiError 403, 404 */
export function checkTopics(context: ScopeContext, principal: Principal, topics: readonly Topic[]): void {
  for (const topic of topics) {
    const right = topic === 'board' ? 'see-status' : 'see-agents'
    if (!principal.rights.has(right))
      throw new ApiError(403, 'forbidden', `${principal.name} may not follow ${topic}: it takes the right ${right}`)
    const agentId = topic.startsWith('agent:') ? topic.slice('agent:'.length) : undefined
    if (agentId !== undefined && isBound(principal) && !isTheirAgent(context, principal, agentId))
      throw new ApiError(404, 'unknown-agent', `no agent ${agentId}: see GET /v1/agents`)
  }
}

/** Holds query and body against who asks, once they have been read. @throws ApiError 403, 404, 422 */
export function checkAsked(
  { gateway }: ScopeContext,
  principal: Principal,
  { rule, asked: { query, body, params } }: { readonly rule: RouteRule; readonly asked: Asked },
): void {
  const isStream = rule.of === 'named' || textOf(query, 'format') === 'csv'
  const showsNumbers = rule.of === 'named' || memberOf(query, 'numbers') === true
  if (showsNumbers && !principal.rights.has('see-numbers'))
    throw new ApiError(403, 'forbidden', `${principal.name} may not see numbers as they are, and these are not masked`)
  // Whether a number was ever called is nobody's to find out who may not see it.
  if (rule.of === 'asked' && textOf(query, 'number') !== undefined) {
    if (!principal.rights.has('see-numbers') || principal.agentId !== undefined)
      throw new ApiError(403, 'forbidden', `${principal.name} may not look for numbers`)
    if (isBound(principal)) nameCampaign(principal, query)
  }
  if (!isBound(principal)) return
  if (isStream) nameCampaign(principal, query)
  const named = textOf(query, 'campaignId')
  if (named !== undefined && (rule.of === 'asked' || rule.of === 'named')) checkNamed(gateway, principal, named)
  const joined = rule.of === 'line' ? textOf(body, 'campaignId') : undefined
  if (joined !== undefined && !mayJoin(gateway, principal, { joined, agentId: textOf(params, 'id') ?? '' }))
    throw noCampaign(joined)
}

function checkNamed(gateway: EngineGateway, principal: Principal, named: string): void {
  const isTheirs =
    principal.agentId === undefined
      ? concernsCampaign(principal, named)
      : gateway.agent(principal.agentId)?.campaignId === named || principal.joins?.has(named) === true
  if (!isTheirs || gateway.campaign(named) === undefined) throw noCampaign(named)
}

function mayJoin(
  gateway: EngineGateway,
  principal: Principal,
  { joined, agentId }: { readonly joined: string; readonly agentId: string },
): boolean {
  if (principal.agentId === undefined) return concernsCampaign(principal, joined)
  return gateway.agent(agentId)?.campaignId === joined || principal.joins?.has(joined) === true
}

/** Nothing is left out of a stream: it is one campaign's. */
function nameCampaign({ name, campaigns, agentId }: Principal, query: unknown): void {
  if (agentId !== undefined) throw new ApiError(403, 'forbidden', `${name} may not: this is of more than one line`)
  if (textOf(query, 'campaignId') !== undefined || !isGroup(query)) return
  const [only, ...others] = campaigns ?? []
  if (only === undefined || others.length > 0)
    throw new ApiError(
      422,
      'campaign-needed',
      `say of which campaign: campaignId=${[...(campaigns ?? [])].sort().join(' or ')}`,
    )
  query.campaignId = only
}

function noCampaign(id: string): ApiError {
  return new ApiError(404, 'unknown-campaign', `there is no campaign ${id}: see GET /v1/campaigns`)
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function memberOf(value: unknown, key: string): unknown {
  return isGroup(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

/** A text of a part of a request, where it is one. */
export function textOf(value: unknown, key: string): string | undefined {
  const found = memberOf(value, key)
  return typeof found === 'string' ? found : undefined
}
