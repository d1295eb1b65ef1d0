import {
  agentBody,
  agentListQuery,
  agentListView,
  agentShowView,
  agentView,
  loginBody,
  logoutBody,
  pauseBody,
  removedView,
} from '../../api/agents/agents.ts'
import { answers, idParams as params } from '../../api/schemas.ts'
import { done, doneView } from '../../api/views.ts'
import { addAgent, changeSession, listAgents, raiseHand, removeAgent, showAgent } from '../../app/agents.ts'
import type { Api, ApiContext } from '../context.ts'

const tags = ['agents']

/** Agents: list, show with the current call, add, log in and out, pause, resume. */
export function agentRoutes(app: Api, context: ApiContext): void {
  app.get(
    '/v1/agents',
    { schema: { tags, querystring: agentListQuery, response: answers(agentListView) } },
    async request => ({ agents: [...listAgents(context, request.query.campaignId)] }),
  )

  app.get(
    '/v1/agents/:id',
    {
      schema: {
        tags,
        description: "The agent with the call they are in or wrap up, and that call's lead.",
        params,
        response: answers(agentShowView),
      },
    },
    async request => showAgent(context, request.params.id),
  )

  app.post(
    '/v1/agents',
    {
      schema: {
        tags,
        description: 'Adds an agent, or changes one who keeps their session.',
        body: agentBody,
        response: answers(agentView),
      },
    },
    async request => addAgent(context, request.body),
  )

  app.delete(
    '/v1/agents/:id',
    {
      schema: {
        tags,
        description: 'Removes an agent: at once, or when they are off the line, which is asked for.',
        params,
        response: answers(removedView),
      },
    },
    async request => removeAgent(context, request.params.id),
  )

  sessionRoutes(app, context)
  careRoutes(app, context)
}

/** What moves an agent's session. */
function sessionRoutes(app: Api, context: ApiContext): void {
  const response = answers(doneView)

  app.post(
    '/v1/agents/:id/login',
    { schema: { tags, description: "Rings the agent's phone.", params, body: loginBody, response } },
    async request => {
      await changeSession(context, request.params.id, { kind: 'login', campaignId: request.body?.campaignId })
      return done
    },
  )

  app.post('/v1/agents/:id/logout', { schema: { tags, params, body: logoutBody, response } }, async request => {
    await changeSession(context, request.params.id, { kind: 'logout', force: request.body?.force })
    return done
  })

  app.post(
    '/v1/agents/:id/pause',
    {
      schema: {
        tags,
        description: 'Waits for the calls that ring for the agent, unless forced.',
        params,
        body: pauseBody,
        response,
      },
    },
    async request => {
      const { pauseReason: reason, force } = request.body ?? {}
      await changeSession(context, request.params.id, { kind: 'pause', reason, force })
      return done
    },
  )

  app.post('/v1/agents/:id/resume', { schema: { tags, params, response } }, async request => {
    await changeSession(context, request.params.id, { kind: 'resume' })
    return done
  })
}

/** What is for an agent's own good. */
function careRoutes(app: Api, context: ApiContext): void {
  const response = answers(doneView)

  app.post(
    '/v1/agents/:id/breather',
    {
      schema: {
        tags,
        description:
          'Two minutes without calls, after abuse: no pause, and counted apart. Once for each conversation; in a call it begins behind the wrap-up.',
        params,
        response,
      },
    },
    async request => {
      await changeSession(context, request.params.id, { kind: 'breather' })
      return done
    },
  )

  for (const [method, raised] of [
    ['PUT', true],
    ['DELETE', false],
  ] as const)
    app.route({
      method,
      url: '/v1/agents/:id/help',
      schema: {
        tags,
        description: raised
          ? 'The agent raises their hand: the board and the event stream show it until it is lowered.'
          : 'The hand is lowered, by the agent or by whoever has come.',
        params,
        response,
      },
      handler: async request => {
        await raiseHand(context, request.params.id, raised)
        return done
      },
    })
}
