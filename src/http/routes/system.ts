import { answers } from '../../api/schemas.ts'
import { eventQuery, healthView, nodeListView } from '../../api/system.ts'
import { statusView } from '../../api/views.ts'
import { readHealth } from '../../app/health.ts'
import { buildStatus } from '../../app/status.ts'
import type { EngineEvent } from '../../core/effects.ts'
import type { Api, ApiContext } from '../context.ts'
import type { EventStreams } from '../stream.ts'

const tags = ['system']

/** Health, the board's figures, the PBXs, the event stream. */
export function systemRoutes(app: Api, context: ApiContext, streams: EventStreams): void {
  const { gateway, version } = context

  app.get(
    '/v1/health',
    {
      config: { open: true },
      schema: {
        tags,
        description: 'Without a token. Degraded: a PBX is not reachable.',
        security: [],
        response: { 200: healthView },
      },
    },
    async () => readHealth(gateway, version),
  )

  app.get('/v1/status', { schema: { tags, response: answers(statusView) } }, async () => buildStatus(gateway))

  app.get(
    '/v1/nodes',
    {
      schema: {
        tags,
        description: 'Every PBX with its version, load, modules, contexts and endpoints, asked now.',
        response: answers(nodeListView),
      },
    },
    async () => ({ nodes: [...(await context.health())] }),
  )

  app.get(
    '/v1/events',
    {
      schema: {
        tags,
        description:
          'Server-Sent Events: call-connected, call-abandoned, agent-state, campaign-state; lost when you read too slowly.',
        querystring: eventQuery,
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
