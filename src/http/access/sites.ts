import type { FastifyRequest } from 'fastify'
import { ApiError } from '../../api/apiError.ts'
import { isLoopback } from '../../config.ts'

/** What a browser says of a request that a page of another site has sent: `none` is a person at the address bar. */
const ownSites = [undefined, 'none', 'same-origin']

function isOwnSite({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site']
  return site === undefined || ownSites.includes(String(site))
}

/**
 * Without a token: only requests that name this machine as host and come from no web page, so that no page in a browser on this
 * machine can steer the dialer, or read what it says. @throws ApiError 403
 */
export function refuseForeigners(request: FastifyRequest): void {
  const { headers, raw } = request
  const named = [headers.host ?? '', ...absoluteHost(raw.url)]
  const hostOurs = named.every(host => isLoopback(hostName(host)))
  if (hostOurs && headers.origin === undefined && isOwnSite(request)) return
  const what = hostOurs ? 'a page of another site has sent this' : `${hostName(named.join(' '))} is not this machine`
  throw new ApiError(
    403,
    'forbidden',
    `${what}: without a token the API answers only to programs on this machine that call it 127.0.0.1 or localhost; set api.tokenFile`,
  )
}

/** A browser's request comes from a page of this very host, or of the address that the configuration names. @throws ApiError 403 */
export function refuseOtherSites(request: FastifyRequest, url: string | undefined): void {
  const { host, origin } = request.headers
  const own = origin === undefined || originHost(origin) === host || (url !== undefined && originOf(url) === origin)
  if (own && isOwnSite(request)) return
  throw new ApiError(
    403,
    'forbidden',
    'a page of another site has sent this: open the daemon’s own address, or name it (api.url in dialwright.yaml)',
  )
}

function originHost(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}

function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined
}

/** `GET http://host/path` names a host of its own. */
function absoluteHost(url: string | undefined): readonly string[] {
  const found = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url ?? '')?.[1]
  return found === undefined ? [] : [found]
}

function hostName(host: string): string {
  return host.replace(/:\d+$/, '').replace(/\.$/, '').toLowerCase().slice(0, 100)
}
