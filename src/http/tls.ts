import { readFileSync, statSync } from 'node:fs'
import type { RequestListener, Server } from 'node:http'
import { createServer, type Server as TlsServer } from 'node:https'
import { createSecureContext } from 'node:tls'
import type { TlsFiles } from '../config/apiSection.ts'
import { ConfigError, errorCode, errorMessage } from '../errors.ts'
import type { Log } from '../log.ts'

/** Whoever renews certificates writes two files, one after the other: both are looked at this often. */
const lookEveryMs = 10_000

/** A server's certificate, taken anew when its files change. */
export interface Certificate {
  /** A server that shows it. */
  serve(listener: RequestListener, options: object): Server
  /** Looks whether the files have changed; one that cannot be used changes nothing and is told once. */
  look(): void
  close(): void
}

interface Pair {
  readonly cert: Buffer
  readonly key: Buffer
}

/** Reads certificate and key. @throws ConfigError `certificate-wrong` */
export function openCertificate(files: TlsFiles, log: Log): Certificate {
  let stamp = stampOf(files)
  let pair = readPair(files)
  const servers = new Set<TlsServer>()

  function look(): void {
    const now = stampOf(files)
    if (now === stamp) return
    stamp = now
    try {
      pair = readPair(files)
      for (const server of servers) server.setSecureContext(pair)
      log.info({ certificateFile: files.certificateFile }, 'the certificate has been renewed')
    } catch (error) {
      log.error({ reason: errorMessage(error) }, 'the new certificate cannot be used: the one from before is shown on')
    }
  }

  const looks = setInterval(look, lookEveryMs)
  looks.unref()
  return {
    serve(listener, options) {
      const server = createServer({ ...options, ...pair, minVersion: 'TLSv1.2' }, listener)
      servers.add(server)
      // It is the same to whoever answers requests; its types say tls.Server where those of the framework say net.Server.
      return server as unknown as Server
    },
    look,
    close: () => clearInterval(looks),
  }
}

function readPair({ certificateFile, keyFile }: TlsFiles): Pair {
  const pair = { cert: read(certificateFile), key: read(keyFile) }
  try {
    createSecureContext(pair)
    return pair
  } catch (cause) {
    const message = `${certificateFile} and ${keyFile} are no certificate with its key (${errorCode(cause)}): give PEM files that belong together`
    throw new ConfigError('certificate-wrong', message, { cause })
  }
}

function read(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (cause) {
    throw new ConfigError('certificate-wrong', `${file} cannot be read (${errorCode(cause)}): see api.tls`, { cause })
  }
}

/** Changes when a file does, or what a link leads to. */
function stampOf({ certificateFile, keyFile }: TlsFiles): string {
  return [certificateFile, keyFile]
    .map(file => {
      try {
        const { ino, mtimeMs, size } = statSync(file)
        return `${ino} ${mtimeMs} ${size}`
      } catch (error) {
        return errorCode(error)
      }
    })
    .join(', ')
}
