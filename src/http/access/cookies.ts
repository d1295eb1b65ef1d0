import type { IncomingHttpHeaders } from 'node:http'

/** `__Host-`: no other host, and no page that came unencrypted, can have set it (RFC 6265bis section 4.1.3.2). */
function cookieName(secure: boolean): string {
  return secure ? '__Host-dialwright' : 'dialwright'
}

/** What the session's cookie holds; undefined: there is none. */
export function sessionCookie({ cookie }: IncomingHttpHeaders, secure: boolean): string | undefined {
  const name = cookieName(secure)
  for (const pair of (cookie ?? '').split(';')) {
    const [key, value] = pair.trim().split('=')
    if (key === name && value !== undefined && /^[\w-]{20,100}$/.test(value)) return value
  }
  return undefined
}

/**
 * The header that sets it; without a secret, that takes it away. No script reads it, and no other site's page sends it, links to here
 * included: the set-up link needs no cookie.
 */
export function setSessionCookie(secret: string | undefined, secure: boolean): string {
  const life = secret === undefined ? '; Max-Age=0' : ''
  return `${cookieName(secure)}=${secret ?? ''}; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}${life}`
}
