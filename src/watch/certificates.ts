import { isIP } from 'node:net'
import { connect } from 'node:tls'
import type { CertificateSeen } from '../core/alarms/upkeep.ts'
import { given } from '../core/given.ts'

/** An address must show its certificate within this time. */
const timeLimitMs = 5_000

/** The addresses among these URLs that show a certificate, each once: `example.org:443`. */
export function tlsAddresses(urls: readonly string[]): readonly string[] {
  const secure = urls.filter(url => URL.canParse(url)).map(url => new URL(url))
  return [
    ...new Set(
      secure
        .filter(({ protocol }) => protocol === 'https:' || protocol === 'wss:')
        .map(({ hostname, port }) => `${hostname}:${port === '' ? 443 : port}`),
    ),
  ]
}

/**
 * The certificate that an address shows, and whether Node trusts it. Nothing is sent there. Undefined where nobody answers with one:
 * that is another trouble, and others tell it.
 */
export function certificateAt(address: string): Promise<CertificateSeen | undefined> {
  const colon = address.lastIndexOf(':')
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '')
  return new Promise(resolve => {
    // It is looked at and then closed: what is not trusted is to be told, not to be hidden.
    const socket = connect({
      host,
      port: Number(address.slice(colon + 1)),
      rejectUnauthorized: false,
      ...given({ servername: isIP(host) === 0 ? host : undefined }),
    })
    const end = (seen: CertificateSeen | undefined): void => {
      socket.destroy()
      resolve(seen)
    }
    socket.setTimeout(timeLimitMs, () => end(undefined))
    socket.once('error', () => end(undefined))
    socket.once('close', () => end(undefined))
    socket.once('secureConnect', () => {
      const validUntil = Date.parse(socket.getPeerCertificate().valid_to ?? '')
      // Node's types say Error; what stands there is the code of OpenSSL.
      const refused = socket.authorized ? undefined : String(socket.authorizationError)
      end(Number.isFinite(validUntil) ? { address, validUntil, ...given({ refused }) } : undefined)
    })
  })
}
