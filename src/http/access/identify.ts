import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../../api/apiError.ts'
import type { Access } from '../../app/access/access.ts'
import { csrfOf, type OwnSession } from '../../app/access/ownAccount.ts'
import { localAdmin, principalOfToken, principalOfUser } from '../../app/access/principals.ts'
import type { Principal } from '../../core/access/principal.ts'
import { isSameSecret } from '../../credentials/secrets.ts'
import type { Log } from '../../log.ts'
import type { WrongTokens } from '../wrongTokens.ts'
import { sessionCookie } from './cookies.ts'
import { refuseForeigners, refuseOtherSites } from './sites.ts'

/** Who asks, and whether they still would be let in. */
export interface Known {
  readonly principal: Principal
  /** Where a cookie says who it is. */
  readonly own?: OwnSession
  isStill(): boolean
}

/** What finding out who asks stands on. */
export interface IdentifyOptions {
  readonly access: Access
  /** The configuration's. */
  readonly token: string | undefined
  /** Cookies are for encrypted connections alone. */
  readonly secure: boolean
  readonly wrongTokens: WrongTokens
  readonly log: Log
}

/**
 * Who asks: by a token (`Authorization: Bearer ...`), whose wrong ones are held back the longer the more of them come from an address;
 * by the cookie of a session, with a CSRF token for all that is no GET; or, where no token is asked for and nobody may log in, anybody
 * on this machine. @throws ApiError 401, 403, 429
 */
export async function identify(request: FastifyRequest, reply: FastifyReply, options: IdentifyOptions): Promise<Known> {
  const { access, token, secure } = options
  if (isLocalOpen(options)) {
    refuseForeigners(request)
    return { principal: localAdmin, isStill: () => isLocalOpen(options) }
  }
  const { authorization } = request.headers
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
  if (given !== undefined) {
    if (token !== undefined && isSameSecret(given, token)) return { principal: localAdmin, isStill: () => true }
    const known = access.book.tokenOf(given)
    if (known === undefined) return slowDown(request, reply, options)
    return { principal: principalOfToken(known), isStill: () => access.book.tokenOf(given) !== undefined }
  }
  const secret = authorization === undefined ? sessionCookie(request.headers, secure) : undefined
  if (secret === undefined) throw unauthorized('is missing: send Authorization: Bearer TOKEN')
  return bySession(request, secret, access)
}

/** No token is asked for, and there is nobody who could log in. */
export function isLocalOpen({ access, token }: Pick<IdentifyOptions, 'access' | 'token'>): boolean {
  return token === undefined && access.book.users().length === 0
}

function bySession(request: FastifyRequest, secret: string, { book, url }: Access): Known {
  refuseOtherSites(request, url)
  const found = book.sessionOf(secret)
  if (found === undefined) throw new ApiError(401, 'session-over', 'the session has ended: log in again')
  const isWrite = request.method !== 'GET' && request.method !== 'HEAD'
  const csrf = request.headers['x-csrf-token']
  if (isWrite && (typeof csrf !== 'string' || !isSameSecret(csrf, csrfOf(secret))))
    throw new ApiError(403, 'csrf-missing', 'send the csrf of GET /v1/session as the header x-csrf-token')
  const { session, user } = found
  return {
    principal: principalOfUser(user),
    own: { session, secret },
    isStill: () => book.sessionOf(secret) !== undefined,
  }
}

function unauthorized(what: string): ApiError {
  return new ApiError(
    401,
    'unauthorized',
    `the token ${what} (the one of api.token or api.tokenFile in dialwright.yaml)`,
  )
}

async function slowDown(
  { ip }: FastifyRequest,
  reply: FastifyReply,
  { wrongTokens, log }: Pick<IdentifyOptions, 'wrongTokens' | 'log'>,
): Promise<never> {
  const answer = wrongTokens.count(ip)
  const { delayMs, wrong } = answer
  // Once a doubling: a guesser must not fill the disk.
  if (delayMs > 0 && Number.isInteger(Math.log2(wrong)))
    log.warn({ address: ip, wrong }, 'wrong tokens come from this address: its answers are held back')
  if (answer.kind === 'too-many') {
    const seconds = Math.ceil(delayMs / 1000)
    void reply.header('retry-after', seconds)
    throw new ApiError(429, 'too-many-wrong-tokens', `wrong tokens come too fast from ${ip}: wait ${seconds} s`)
  }
  await answer.until
  throw unauthorized('is wrong')
}
