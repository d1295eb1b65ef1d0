import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { TLSSocket } from 'node:tls'
import { Agent, buildConnector, fetch } from 'undici'
import { ConfigError, errorCode, OperatingError } from '../errors.ts'

/** The daemon may have begun to show a new certificate, or not yet. */
const newWords =
  'the certificate that the daemon shows is not that of api.tls: was it renewed just now? Try again in 10 s'

/**
 * A `fetch` for the daemon of this configuration alone: what it must show is the very certificate of the file, whatever name stands in
 * it and whoever has signed it. So a command line reaches it under 127.0.0.1, and is fooled by no other program.
 * @throws ConfigError `certificate-wrong`
 */
export function fetchPinned(certificateFile: string): typeof globalThis.fetch {
  const { raw } = readCertificate(certificateFile)
  // A session that goes on shows no certificate.
  const connect = buildConnector({ rejectUnauthorized: false, maxCachedSessions: 0 })
  const dispatcher = new Agent({
    connect: (options, done) =>
      connect(options, (...[error, socket]) => {
        if (error !== null) return done(error, null)
        const shown = socket instanceof TLSSocket ? socket.getPeerX509Certificate()?.raw : undefined
        if (shown?.equals(raw) === true) return done(null, socket)
        socket.destroy()
        return done(new OperatingError('certificate-differs', newWords), null)
      }),
  })
  // The library's own fetch has the types of its own; it is the one that Node has built in.
  return ((url: string, init: object) => fetch(url, { ...init, dispatcher })) as unknown as typeof globalThis.fetch
}

function readCertificate(file: string): X509Certificate {
  try {
    return new X509Certificate(readFileSync(file))
  } catch (cause) {
    const message = `${file} is no certificate that can be read (${errorCode(cause)}): see api.tls`
    throw new ConfigError('certificate-wrong', message, { cause })
  }
}
