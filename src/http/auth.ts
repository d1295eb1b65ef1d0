import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../api/apiError.ts'
import { isLoopback } from '../config.ts'
import type { Log } from '../log.ts'
import type { WrongTokens } from './wrongTokens.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered without a token. */
    readonly open?: boolean
  }
}

/** What the check of a server stands on. */
export interface GuardOptions {
  /** Absent: no token is asked for. */
  readonly token: string | undefined
  /** False while the daemon starts. Absent: always. */
  readonly ready: (() => boolean) | undefined
  readonly wrongTokens: WrongTokens
  readonly log: Log
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/**
 * The check that stands in front of every route. With a token: `Authorization: Bearer ...`, compared in constant time; the
 * answer to a wrong one is held back the longer the more of them come from an address, and the right one never waits.
 * Without one: only requests that name this machine as host and come from no web page, so that no page in a browser on
 * this machine can steer the dialer, or read what it says.
 */
export function createGuard({ token, ready, wrongTokens, log }: GuardOptions) {
  const expected = token === undefined ? undefined : digest(token)
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (expected === undefined) refuseForeigners(request)
    if (request.routeOptions.config.open === true) return
    if (expected !== undefined && !hasToken(request, expected)) await slowDown(request, reply, { wrongTokens, log })
    if (ready !== undefined && !ready())
      throw new ApiError(503, 'starting', 'the daemon is starting: try again in a moment')
  }
}

/** True where the token is the right one; false where it is another. @throws ApiError 401 where there is none */
function hasToken(request: FastifyRequest, expected: Buffer): boolean {
  const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (given !== undefined) return timingSafeEqual(digest(given), expected)
  throw unauthorized('is missing: send Authorization: Bearer TOKEN')
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
  { wrongTokens, log }: Pick<GuardOptions, 'wrongTokens' | 'log'>,
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

/** What a browser says of a request that a page of another site has sent: `none` is a person at the address bar. */
const ownSites = [undefined, 'none', 'same-origin']

function refuseForeigners({ headers, raw }: FastifyRequest): void {
  const named = [headers.host ?? '', ...absoluteHost(raw.url)]
  const site = headers['sec-fetch-site']
  const hostOurs = named.every(host => isLoopback(hostName(host)))
  if (hostOurs && headers.origin === undefined && (site === undefined || ownSites.includes(String(site)))) return
  const what = hostOurs ? 'a page of another site has sent this' : `${hostName(named.join(' '))} is not this machine`
  throw new ApiError(
    403,
    'forbidden',
    `${what}: without a token the API answers only to programs on this machine that call it 127.0.0.1 or localhost; set api.tokenFile`,
  )
}

/** `GET http://host/path` names a host of its own. */
function absoluteHost(url: string | undefined): readonly string[] {
  const found = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url ?? '')?.[1]
  return found === undefined ? [] : [found]
}

function hostName(host: string): string {
  return host.replace(/:\d+$/, '').replace(/\.$/, '').toLowerCase().slice(0, 100)
}
