import { Type } from 'typebox'
import { errorView, statusView } from '../../api/views.ts'
import { buildStatus } from '../../app/status.ts'
import { idSchema } from '../../config/campaignFile.ts'
import type { EngineEvent } from '../../core/effects.ts'
import type { Api, ApiContext } from '../context.ts'
import type { EventStreams } from '../stream.ts'

const failures = { '4xx': errorView, '5xx': errorView }

/** Whether the daemon and its PBXs are well. */
export const healthView = Type.Object({
  status: Type.Enum(['ok', 'degraded']),
  version: Type.String(),
  nodesUp: Type.Integer(),
  nodes: Type.Integer(),
})

/** Health, the board's snapshot, the PBXs, the event stream. */
export function systemRoutes(app: Api, context: ApiContext, streams: EventStreams): void {
  const { gateway } = context

  app.get(
    '/v1/health',
    {
      config: { open: true },
      schema: {
        tags: ['system'],
        description: 'Without a token. Degraded: a PBX is not reachable.',
        security: [],
        response: { 200: healthView },
      },
    },
    async () => {
      const nodes = [...gateway.state().nodes.values()]
      const nodesUp = nodes.filter(node => node.link === 'up').length
      const status = nodesUp === nodes.length ? 'ok' : 'degraded'
      return { status, version: context.version, nodesUp, nodes: nodes.length } as const
    },
  )

  app.get('/v1/status', { schema: { tags: ['system'], response: { 200: statusView, ...failures } } }, async () =>
    buildStatus(gateway),
  )

  app.get(
    '/v1/nodes',
    {
      schema: {
        tags: ['system'],
        description: 'Every PBX with its version, load, modules, contexts and endpoints, asked now.',
        response: { 200: Type.Object({ nodes: Type.Array(Type.Unknown()) }), ...failures },
      },
    },
    async () => ({ nodes: [...(await context.health())] }),
  )

  const query = Type.Object(
    { campaign: Type.Optional(idSchema), agent: Type.Optional(idSchema) },
    { additionalProperties: false },
  )
  app.get(
    '/v1/events',
    {
      schema: {
        tags: ['system'],
        description:
          'Server-Sent Events: call-connected, call-abandoned, agent-state, campaign-state; lost when you read too slowly.',
        querystring: query,
      },
    },
    (request, reply) => {
      const { campaign, agent } = request.query
      streams.open(reply.raw, event => concerns(event, 'campaignId', campaign) && concerns(event, 'agentId', agent))
      reply.hijack()
    },
  )
}

function concerns(event: EngineEvent, key: 'campaignId' | 'agentId', id: string | undefined): boolean {
  if (id === undefined) return true
  return Object.entries(event).some(([name, value]) => name === key && value === id)
}
