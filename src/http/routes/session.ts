import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  codeBody,
  codesBegunView,
  codesOnView,
  logInBody,
  ownPasswordBody,
  proofBody,
  sessionListView,
  sessionsQuery,
  sessionView,
} from '../../api/access/sessions.ts'
import { handleParams, setupBody, setupView } from '../../api/access/users.ts'
import { ApiError } from '../../api/apiError.ts'
import { answers } from '../../api/schemas.ts'
import { done, doneView } from '../../api/views.ts'
import type { Access } from '../../app/access/access.ts'
import { logIn, TooManyTries } from '../../app/access/logIn.ts'
import {
  beginCodes,
  changeOwnPassword,
  confirmCodes,
  endCodes,
  endSession,
  listSessions,
  type OwnSession,
  showSession,
} from '../../app/access/ownAccount.ts'
import { localAdmin, principalOfUser } from '../../app/access/principals.ts'
import { setUp } from '../../app/access/users.ts'
import { isLoopback } from '../../config.ts'
import { Defect } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { setSessionCookie } from '../access/cookies.ts'
import { principalOf, sessionOf } from '../access/guard.ts'
import type { Api } from '../context.ts'
import { networkOf } from '../wrongTokens.ts'

const tags = ['users']

/** What the routes of users stand on. */
export interface UserRoutesContext {
  readonly access: Access
  /** Cookies are for encrypted connections alone. */
  readonly secure: boolean
  readonly log: Log
}

/** Logging in and out, and the set-up by a link. */
export function sessionRoutes(app: Api, { access, secure, log }: UserRoutesContext): void {
  app.post(
    '/v1/session',
    {
      schema: {
        tags,
        description:
          'Sets the cookie of a session. `code-needed`: send the same with the code of the authenticator. Mistakes make the next try wait, by name and by address.',
        security: [],
        body: logInBody,
        response: answers(sessionView),
      },
    },
    async (request, reply) => {
      const { ip, headers } = request
      const caller = { address: isLoopback(ip) ? ip : networkOf(ip), program: headers['user-agent'] ?? '' }
      const secret = await logIn(access, request.body, caller).catch(error => sayWhen(reply, error, log))
      const found = access.book.sessionOf(secret)
      if (found === undefined) throw new ApiError(401, 'session-over', 'the user has just been changed: log in again')
      void reply.header('set-cookie', setSessionCookie(secret, secure)).header('cache-control', 'no-store')
      return showSession(access, principalOfUser(found.user), { session: found.session, secret })
    },
  )

  app.get('/v1/session', { schema: { tags, response: answers(sessionView) } }, async (request, reply) => {
    void reply.header('cache-control', 'no-store')
    return showSession(access, principalOf(request), sessionOf(request))
  })

  app.delete('/v1/session', { schema: { tags, response: answers(doneView) } }, async (request, reply) => {
    void reply.header('set-cookie', setSessionCookie(undefined, secure))
    await access.book.end([own(request).session.sessionId])
    return done
  })

  app.post(
    '/v1/setup',
    {
      schema: {
        tags,
        description: 'Sets the password of whoever was given the link (what stands behind its #): once, within a day.',
        security: [],
        body: setupBody,
        response: answers(setupView),
      },
    },
    async request => setUp(access, request.body),
  )
  ownRoutes(app, access)
  sessionListRoutes(app, access)
}

function sayWhen(reply: FastifyReply, error: unknown, log: Log): never {
  if (error instanceof TooManyTries) {
    const { retryAfterSec } = error
    void reply.header('retry-after', retryAfterSec)
    // Which name was tried is not said: people type their passwords there.
    log.warn(
      { address: reply.request.ip, waitSec: retryAfterSec },
      'wrong passwords come from here: the next try must wait',
    )
  }
  throw error
}

function own(request: FastifyRequest): OwnSession {
  const found = sessionOf(request)
  if (found === undefined) throw new Defect('a route of whoever is logged in was reached by somebody else')
  return found
}

function ownRoutes(app: Api, access: Access): void {
  app.put(
    '/v1/session/password',
    {
      schema: {
        tags,
        description: 'Every other session of the user ends.',
        body: ownPasswordBody,
        response: answers(doneView),
      },
    },
    async request => {
      await changeOwnPassword(access, own(request), request.body)
      return done
    },
  )

  const path = '/v1/session/one-time-codes'
  app.post(
    path,
    {
      schema: {
        tags,
        description: 'They are asked for at the log-in once one of them was confirmed.',
        body: proofBody,
        response: answers(codesBegunView),
      },
    },
    async request => beginCodes(access, own(request), request.body.password),
  )
  app.put(path, { schema: { tags, body: codeBody, response: answers(codesOnView) } }, async request =>
    confirmCodes(access, own(request), request.body.code),
  )
  app.delete(path, { schema: { tags, body: proofBody, response: answers(doneView) } }, async request => {
    await endCodes(access, own(request), request.body.password)
    return done
  })
}

function sessionListRoutes(app: Api, access: Access): void {
  app.get(
    '/v1/sessions',
    {
      schema: {
        tags,
        description: 'The own ones; whoever may manage users sees those of all, or of one.',
        querystring: sessionsQuery,
        response: answers(sessionListView),
      },
    },
    async request => {
      const user = onlyOwn(request) ?? request.query.user
      return listSessions(access, { user, own: sessionOf(request) })
    },
  )
  app.delete(
    '/v1/sessions/:id',
    { schema: { tags, params: handleParams, response: answers(doneView) } },
    async request => {
      await endSession(access, request.params.id, { user: onlyOwn(request), by: principalOf(request).name })
      return done
    },
  )
}

/** Whose sessions alone somebody may see; undefined: everybody's. A program has none. */
function onlyOwn(request: FastifyRequest): string | undefined {
  const { rights, name } = principalOf(request)
  return rights.has('manage-users') ? undefined : sessionOf(request) === undefined ? localAdmin.name : name
}
