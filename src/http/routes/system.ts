import { courseView } from '../../api/course.ts'
import { eventView } from '../../api/events.ts'
import { answers, streamed } from '../../api/schemas.ts'
import { eventQuery, healthView, nodeListView, readyView } from '../../api/system.ts'
import { statusView } from '../../api/views.ts'
import type { PageWatch } from '../../app/desk/pageWatch.ts'
import { topicsIn, wantedEvents } from '../../app/events.ts'
import { readHealth } from '../../app/health.ts'
import type { Course } from '../../app/live/course.ts'
import { createReadyAnswer } from '../../app/monitoring/ready.ts'
import { buildStatus } from '../../app/status.ts'
import { given } from '../../core/given.ts'
import { type Guard, principalOf } from '../access/guard.ts'
import type { Api, ApiContext } from '../context.ts'
import type { EventStreams } from '../stream.ts'

const tags = ['system']

/** The streams, and what each listener sees of them. */
export interface LiveParts {
  readonly streams: EventStreams
  readonly guard: Pick<Guard, 'sight' | 'checkTopics'>
  readonly pageWatch: Pick<PageWatch, 'opened'>
  readonly course: Pick<Course, 'view'>
}

/** Health, the board's figures, the PBXs, the event stream. */
export function systemRoutes(app: Api, context: ApiContext, { streams, guard, pageWatch, course }: LiveParts): void {
  const { gateway, version } = context

  app.get(
    '/v1/health',
    {
      schema: {
        tags,
        description:
          'Without a token. Degraded: a PBX is not reachable, a carrier fails, or an alarm that holds and is not silenced stops dialing or is about store, clock, a PBX or a trunk.',
        security: [],
        response: answers(healthView),
      },
    },
    async () => readHealth(gateway, version),
  )

  readyRoute(app, context)

  figureRoutes(app, context, course)

  app.get(
    '/v1/events',
    {
      // Without a body there is nothing to end.
      exposeHeadRoute: false,
      schema: {
        tags,
        description:
          'Server-Sent Events: each with its kind as `event`, and as `data` one of these. Of each topic a `snapshot`, then every `patch` (RFC 7396) of it. Whoever reads too slowly is cut off; who comes back with the last id hears what they have missed, or `reset` where that is no longer known.',
        querystring: eventQuery,
        response: { ...answers(eventView), 200: streamed({ 'text/event-stream': eventView }) },
      },
    },
    (request, reply) => {
      const { event: isTheirs, eyes, name } = guard.sight(request)
      const isWanted = wantedEvents(request.query)
      const topics = topicsIn(request.query.topics)
      guard.checkTopics(request, topics)
      const { after = lastEventId(request.headers) } = request.query
      streams.open(reply.raw, {
        wanted: event => isWanted(event) && isTheirs(event),
        topics,
        eyes,
        after,
        ...given({ name }),
      })
      const { agentId } = principalOf(request)
      if (agentId !== undefined && topics.includes(`agent:${agentId}`))
        reply.raw.once('close', pageWatch.opened(agentId))
      reply.hijack()
    },
  )
}

/** The board's figures, now and over the last hours, and every PBX. */
function figureRoutes(app: Api, context: ApiContext, course: LiveParts['course']): void {
  app.get('/v1/status', { schema: { tags, response: answers(statusView) } }, async () => buildStatus(context.gateway))

  app.get(
    '/v1/status/course',
    {
      schema: {
        tags,
        description:
          'Minute by minute since the daemon began, half a day at most; what is asked for again each minute.',
        response: answers(courseView),
      },
    },
    async () => course.view(),
  )

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
}

function readyRoute(app: Api, context: ApiContext): void {
  const readReady = createReadyAnswer(context.gateway, context.store, context)

  app.get(
    '/v1/ready',
    {
      schema: {
        tags,
        description:
          'Without a token. 503 with the reasons where no call can be made: the store, the clock, every PBX or every trunk, the rules or the zone data are in the way, or the daemon starts or ends.',
        security: [],
        response: { ...answers(readyView), 503: readyView },
      },
    },
    async (_request, reply) => {
      const answer = await readReady()
      return reply.status(answer.ready ? 200 : 503).send(answer)
    },
  )
}

/** What a browser that has lost its stream sends by itself. */
function lastEventId(headers: Readonly<Record<string, string | string[] | undefined>>): string | undefined {
  const id = headers['last-event-id']
  return typeof id === 'string' ? id.slice(0, 60) : undefined
}
