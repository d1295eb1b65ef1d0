import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { FastifyRequest } from 'fastify'
import { browserPhoneView, deskPhoneView, phoneView } from '../../api/agents/phones.ts'
import { ApiError } from '../../api/apiError.ts'
import { answers, idParams as params } from '../../api/schemas.ts'
import { done, doneView, iso } from '../../api/views.ts'
import {
  givePhoneBack,
  makeDeskPhone,
  phoneSocketPath,
  showPhone,
  socketOf,
  takePhoneIntoBrowser,
} from '../../app/phones/phones.ts'
import { given } from '../../core/given.ts'
import { principalOf, sessionOf } from '../access/guard.ts'
import type { Api, ApiContext } from '../context.ts'
import { joinPhoneSocket } from '../phoneSocket.ts'

const tags = ['phones']

/** Agents' phones: the one in the page, and what is typed into one on the desk. */
export function phoneRoutes(app: Api, context: ApiContext): void {
  app.post(
    '/v1/session/phone',
    {
      schema: {
        tags,
        description:
          'Makes the line of the agent who is logged in the page’s: a short-lived password, told once. A desk phone rests meanwhile.',
        response: answers(browserPhoneView),
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store')
      const { agentId, sessionId } = ownLine(request)
      const phone = await takePhoneIntoBrowser(context, agentId, sessionId)
      return { ...phone, ...given({ certificateEndsAt: certificateEnd(context.tls) }) }
    },
  )
  app.delete('/v1/session/phone', { schema: { tags, response: answers(doneView) } }, async request => {
    await givePhoneBack(context, ownLine(request).agentId)
    return done
  })
  app.get(
    phoneSocketPath,
    {
      schema: {
        tags,
        description:
          'A WebSocket (RFC 7118, subprotocol `sip`): the messages of the page’s phone, on their way to the PBX.',
        response: answers(doneView),
      },
    },
    async (request, reply) => joinPhoneSocket(request, reply, socketOf(context, ownLine(request).agentId)),
  )
  app.get('/v1/agents/:id/phone', { schema: { tags, params, response: answers(phoneView) } }, async request =>
    showPhone(context, request.params.id),
  )
  app.post(
    '/v1/agents/:id/phone',
    {
      schema: {
        tags,
        description:
          'Makes a password for a telephone and says what to type in, once. The password before holds no more.',
        params,
        response: answers(deskPhoneView),
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store')
      return makeDeskPhone(context, request.params.id, principalOf(request).name)
    },
  )
}

/** As the file has it now; the watch over certificates tells of one that cannot be read. */
function certificateEnd(tls: ApiContext['tls']): string | undefined {
  if (tls === undefined) return undefined
  try {
    return iso(Date.parse(new X509Certificate(readFileSync(tls.certificateFile)).validTo))
  } catch {
    return undefined
  }
}

function ownLine(request: FastifyRequest): { readonly agentId: string; readonly sessionId: string } {
  const { agentId } = principalOf(request)
  const session = sessionOf(request)?.session
  if (agentId !== undefined && session !== undefined) return { agentId, sessionId: session.sessionId }
  throw new ApiError(403, 'no-line', 'this is for agents: the user who asks has no line')
}
