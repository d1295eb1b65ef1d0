import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { ApiError } from '../api/apiError.ts'
import { isLoopback } from '../config.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered without a token. */
    readonly open?: boolean
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/**
 * The check that stands in front of every route. With a token: `Authorization: Bearer ...`, compared in constant time.
 * Without one: only requests that name this machine as host and come from no web page, so that no page in a browser on
 * this machine can steer the dialer.
 */
export function createGuard(token: string | undefined, ready = (): boolean => true): (request: FastifyRequest) => void {
  const expected = token === undefined ? undefined : digest(token)
  return request => {
    if (request.routeOptions.config.open === true) return
    if (expected === undefined) refuseForeigners(request)
    else checkToken(request, expected)
    if (!ready()) throw new ApiError(503, 'starting', 'the daemon is starting: try again in a moment')
  }
}

function checkToken(request: FastifyRequest, expected: Buffer): void {
  const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (given !== undefined && timingSafeEqual(digest(given), expected)) return
  const what = given === undefined ? 'is missing: send Authorization: Bearer TOKEN' : 'is wrong'
  throw new ApiError(
    401,
    'unauthorized',
    `the token ${what} (the one of api.token or api.tokenFile in dialwright.yaml)`,
  )
}

function refuseForeigners(request: FastifyRequest): void {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '')
  if (isLoopback(host) && request.headers.origin === undefined) return
  throw new ApiError(
    403,
    'forbidden',
    'without a token the API answers only to programs on this machine: set api.tokenFile',
  )
}
