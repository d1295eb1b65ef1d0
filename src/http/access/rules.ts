import type { Principal } from '../../core/access/principal.ts'
import type { Right } from '../../core/access/rights.ts'
import { isRoute, type Route } from '../operations.ts'

/**
 * Whose it is that a route is about, for those who see some campaigns or one line alone. What is none of theirs is not there (404).
 *
 * - `all`: the whole house; whoever is bound to campaigns or to a line may not
 * - `any`: nobody's in particular; what an answer has of other campaigns is left out
 * - `asked`: `any`, and a campaign that the query names must be theirs
 * - `named`: a stream, that nothing is left out of: the query names one of their campaigns
 * - `campaign`, `agent`, `call`: the `:id` in the path is theirs
 * - `line`: `agent`, and the campaign in the body is one that the line may work for
 */
export type Scope = 'all' | 'any' | 'asked' | 'named' | 'campaign' | 'agent' | 'call' | 'line'

/** Who may ask for a route. `open`: everybody; `known`: whoever is known; `own`: whoever is logged in, about themselves. */
export interface RouteRule {
  readonly right: Right | 'open' | 'known' | 'own'
  readonly of: Scope
  /** It changes nothing, whatever its method is. */
  readonly looks?: true
}

function may(right: RouteRule['right'], of: Scope = 'any'): RouteRule {
  return { right, of }
}

function mayLook(right: RouteRule['right'], of: Scope = 'any'): RouteRule {
  return { right, of, looks: true }
}

/** Rights as one table: a route that is not here cannot be registered, and does not compile. */
const rules: { readonly [R in Route]: RouteRule } = {
  'GET /v1/campaigns': may('see-status'),
  'GET /v1/campaigns/:id': may('see-status', 'campaign'),
  'PUT /v1/campaigns/:id': may('change-campaigns', 'campaign'),
  'POST /v1/campaigns/:id/check': mayLook('run-campaigns', 'campaign'),
  'POST /v1/campaigns/:id/start': may('run-campaigns', 'campaign'),
  'POST /v1/campaigns/:id/pause': may('run-campaigns', 'campaign'),
  'POST /v1/campaigns/:id/stop': may('run-campaigns', 'campaign'),
  'GET /v1/campaigns/:id/explain': may('see-status', 'campaign'),
  'GET /v1/campaigns/:id/sounds': may('see-status', 'campaign'),
  'GET /v1/campaigns/:id/pacing': may('see-status', 'campaign'),
  'PATCH /v1/campaigns/:id/pacing': may('run-campaigns', 'campaign'),
  'POST /v1/campaigns/:id/pacing/what-if': may('run-campaigns', 'campaign'),
  'GET /v1/campaigns/:id/pacing/record': may('see-status', 'campaign'),
  'GET /v1/campaigns/:id/pacing/decisions': may('see-status', 'campaign'),
  'GET /v1/campaigns/:id/leads': may('see-leads', 'campaign'),
  'GET /v1/campaigns/:id/leads/lists': may('see-leads', 'campaign'),
  'POST /v1/campaigns/:id/leads/recycle': may('bring-leads', 'campaign'),
  'POST /v1/campaigns/:id/leads/preview': mayLook('bring-leads', 'campaign'),
  'POST /v1/campaigns/:id/leads/import': may('bring-leads', 'campaign'),
  'POST /v1/campaigns/:id/move-in/vicidial': may('bring-leads', 'campaign'),
  'GET /v1/leads/explain': may('see-leads'),
  'GET /v1/rules': may('see-status'),
  'GET /v1/rules/lines': may('see-status', 'asked'),
  'GET /v1/rules/number/:number': may('see-leads', 'asked'),
  'POST /v1/permissions': may('record-wishes'),
  'POST /v1/permissions/withdraw': may('record-wishes'),
  'GET /v1/permissions/:number': may('see-people'),
  'POST /v1/permissions/import': may('import-lists', 'all'),
  // All that is kept of somebody, in whatever campaign.
  'GET /v1/persons/:number': may('see-people', 'all'),
  'DELETE /v1/persons/:number': may('erase-people', 'all'),
  'PUT /v1/persons/:number/hours': may('record-wishes'),
  'DELETE /v1/persons/:number/hours': may('record-wishes'),
  'GET /v1/do-not-call': may('see-people'),
  'PUT /v1/do-not-call/:number': may('record-wishes'),
  'GET /v1/do-not-call/:number': may('see-people'),
  'DELETE /v1/do-not-call/:number': may('unlist-numbers', 'all'),
  'POST /v1/do-not-call/import': may('import-lists', 'all'),
  'DELETE /v1/do-not-call/lists/:list': may('import-lists', 'all'),
  'POST /v1/do-not-call/lists/:list/verify': may('import-lists', 'all'),
  'GET /v1/do-not-call/proposals': may('see-leads', 'asked'),
  'POST /v1/do-not-call/proposals/accept': may('record-wishes'),
  'GET /v1/agents': may('see-agents', 'asked'),
  'GET /v1/agents/:id': may('see-agents', 'agent'),
  'POST /v1/agents': may('change-campaigns', 'all'),
  'DELETE /v1/agents/:id': may('change-campaigns', 'all'),
  'POST /v1/agents/:id/login': may('steer-agents', 'line'),
  'POST /v1/agents/:id/logout': may('steer-agents', 'agent'),
  'POST /v1/agents/:id/pause': may('steer-agents', 'agent'),
  'POST /v1/agents/:id/resume': may('steer-agents', 'agent'),
  'GET /v1/agents/:id/phone': may('see-agents', 'agent'),
  'POST /v1/agents/:id/phone': may('set-up-phones', 'agent'),
  'POST /v1/agents/:id/breather': may('steer-agents', 'agent'),
  'PUT /v1/agents/:id/help': may('steer-agents', 'agent'),
  'DELETE /v1/agents/:id/help': may('steer-agents', 'agent'),
  // The person on the line is shown to whoever may see the line.
  'GET /v1/agents/:id/desk': may('see-agents', 'agent'),
  'GET /v1/agents/:id/call-backs': may('see-agents', 'agent'),
  'GET /v1/agents/:id/day': may('see-agents', 'agent'),
  'GET /v1/agents/:id/offer': may('see-agents', 'agent'),
  'POST /v1/agents/:id/offer/call': may('steer-agents', 'agent'),
  'POST /v1/agents/:id/offer/skip': may('steer-agents', 'agent'),
  'POST /v1/agents/:id/dial/look': may('steer-agents', 'agent'),
  'POST /v1/agents/:id/dial': may('steer-agents', 'agent'),
  'POST /v1/agents/:id/more-time': may('steer-agents', 'agent'),
  'GET /v1/calls': may('see-calls', 'asked'),
  'GET /v1/calls/export': may('see-calls', 'named'),
  'GET /v1/calls/:id': may('see-calls', 'call'),
  'POST /v1/calls/:id/hang-up': may('steer-agents', 'call'),
  'POST /v1/calls/:id/hold': may('steer-agents', 'call'),
  'POST /v1/calls/:id/unhold': may('steer-agents', 'call'),
  'POST /v1/calls/:id/digits': may('steer-agents', 'call'),
  'POST /v1/calls/:id/transfer': may('steer-agents', 'call'),
  'POST /v1/calls/:id/transfer/complete': may('steer-agents', 'call'),
  'POST /v1/calls/:id/transfer/return': may('steer-agents', 'call'),
  'POST /v1/calls/:id/wrap-up': may('steer-agents', 'call'),
  'PUT /v1/calls/:id/line': may('steer-agents', 'call'),
  'GET /v1/calls/:id/call-back': may('steer-agents', 'call'),
  'PUT /v1/calls/:id/hours': may('steer-agents', 'call'),
  'DELETE /v1/calls/:id/hours': may('steer-agents', 'call'),
  'PUT /v1/calls/:id/topics': may('steer-agents', 'call'),
  'GET /v1/ledger/head': may('see-reports'),
  'GET /v1/ledger/deeds': may('see-reports', 'all'),
  'POST /v1/ledger/verify': may('see-reports', 'all'),
  'POST /v1/ledger/audit': may('see-reports', 'all'),
  'POST /v1/ledger/rotate': may('keep-house', 'all'),
  'POST /v1/backups': may('keep-house', 'all'),
  'POST /v1/journal/trim': may('keep-house', 'all'),
  'POST /v1/archives': may('keep-house', 'all'),
  'GET /v1/dialing/restoration': may('see-status'),
  'POST /v1/dialing/confirm': may('keep-house', 'all'),
  'GET /v1/reports/abandonment': may('see-reports', 'asked'),
  'GET /v1/reports/abandonment/calls': may('see-reports', 'asked'),
  'GET /v1/alarms': may('see-status'),
  'PUT /v1/alarms/silences': may('keep-house', 'all'),
  'DELETE /v1/alarms/silences': may('keep-house', 'all'),
  'POST /v1/alarms/test': may('keep-house', 'all'),
  'GET /v1/drain': may('see-status'),
  'POST /v1/drain': may('keep-house', 'all'),
  'DELETE /v1/drain': may('keep-house', 'all'),
  'GET /v1/drain/end': may('see-status'),
  'GET /v1/log-level': may('keep-house', 'all'),
  'PUT /v1/log-level': may('keep-house', 'all'),
  'POST /v1/reload': may('keep-house', 'all'),
  'GET /v1/upgrade': may('see-status'),
  'POST /v1/upgrade': may('keep-house', 'all'),
  'GET /v1/health': may('open'),
  'GET /v1/ready': may('open'),
  'GET /metrics': may('see-metrics', 'all'),
  'GET /v1/status': may('see-status'),
  'GET /v1/status/course': may('see-status'),
  'GET /v1/nodes': may('see-status'),
  'GET /v1/events': may('see-events', 'asked'),
  'POST /v1/session': may('open'),
  'GET /v1/session': may('known'),
  'DELETE /v1/session': may('own'),
  'PUT /v1/session/password': may('own'),
  'POST /v1/session/one-time-codes': may('own'),
  'PUT /v1/session/one-time-codes': may('own'),
  'DELETE /v1/session/one-time-codes': may('own'),
  'POST /v1/session/phone': may('own'),
  'DELETE /v1/session/phone': may('own'),
  'GET /v1/session/phone/socket': may('own'),
  // Of others only with the right to it: the route looks.
  'GET /v1/sessions': may('known'),
  'DELETE /v1/sessions/:id': may('known'),
  'POST /v1/setup': may('open'),
  'GET /v1/users': may('manage-users', 'all'),
  'POST /v1/users': may('manage-users', 'all'),
  'GET /v1/users/:name': may('manage-users', 'all'),
  'PATCH /v1/users/:name': may('manage-users', 'all'),
  'DELETE /v1/users/:name': may('manage-users', 'all'),
  'POST /v1/users/:name/invite': may('manage-users', 'all'),
  'PUT /v1/users/:name/password': may('manage-users', 'all'),
  'DELETE /v1/users/:name/one-time-codes': may('manage-users', 'all'),
  'GET /v1/tokens': may('manage-users', 'all'),
  'POST /v1/tokens': may('manage-users', 'all'),
  'DELETE /v1/tokens/:id': may('manage-users', 'all'),
}

/** The rule of a route; undefined: there is no such route. */
export function ruleOf(method: string, url: string | undefined): RouteRule | undefined {
  const route = `${method === 'HEAD' ? 'GET' : method} ${url}`
  if (route === 'GET /v1/openapi.json') return may('known')
  return isRoute(route) ? rules[route] : undefined
}

/** Rights whose use changes nothing that others must be able to look up, or tells it in entries of its own. */
const untold: ReadonlySet<RouteRule['right']> = new Set(['open', 'known', 'own', 'manage-users'])

/**
 * Whether the ledger is told who asks. What agents do at their own line stands in the entries of their calls; what others do there, or
 * say for them, does not.
 */
export function isAct(method: string, { right, looks }: RouteRule, { agentId }: Pick<Principal, 'agentId'>): boolean {
  if (looks) return false
  if (right === 'steer-agents' && agentId !== undefined) return false
  return method !== 'GET' && method !== 'HEAD' && !untold.has(right)
}
