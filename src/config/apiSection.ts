import { resolve } from 'node:path'
import { type Static, Type } from 'typebox'
import { given } from '../core/given.ts'
import { dayMs, minuteMs } from '../core/time.ts'
import { durationSchema } from './campaignFile.ts'
import { durationMs } from './durations.ts'
import type { SecretPlace } from './secrets.ts'

const closed = { additionalProperties: false }
const text = Type.String({ minLength: 1, maxLength: 500 })

/** `api:` of the configuration: where the API listens, and who is let in. */
export const apiSchema = Type.Object(
  {
    host: Type.Optional(text),
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
    token: Type.Optional(Type.String({ minLength: 16, maxLength: 500, 'x-says': 'a token of at least 16 characters' })),
    tokenFile: Type.Optional(text),
    url: Type.Optional(
      Type.String({
        pattern: '^https?://[^\\s/?#]+/?$',
        maxLength: 300,
        'x-says': 'an address like https://dialer.example.org',
      }),
    ),
    tls: Type.Optional(Type.Object({ certificateFile: text, keyFile: text }, closed)),
    plain: Type.Optional(Type.Boolean()),
    sessions: Type.Optional(
      Type.Object({ idle: Type.Optional(durationSchema), longest: Type.Optional(durationSchema) }, closed),
    ),
  },
  closed,
)

/** A certificate with what belongs to it, and its key, both as PEM. */
export interface TlsFiles {
  readonly certificateFile: string
  readonly keyFile: string
}

/** Where the HTTP API listens, and who is let in. */
export interface ApiConfig {
  readonly host: string
  readonly port: number
  /** Absent: the API asks for none, and refuses to listen beyond the loopback. */
  readonly token?: string
  /** The daemon's address for people; absent: nobody has said. */
  readonly url?: string
  /** Absent: unencrypted. */
  readonly tls?: TlsFiles
  /** How long a browser stays logged in; absent: as long as is usual. */
  readonly sessions?: { readonly idleMs: number; readonly longestMs: number }
}

/** What the section needs of whoever loads the file. */
export interface ApiReading {
  /** Files are named from here. */
  readonly folder: string
  isLoopback(host: string): boolean
  secret(place: SecretPlace): string | undefined
  fail(path: readonly string[], text: string): never
}

const defaultPort = 7420
const defaultIdle = '30m'
const defaultLongest = '12h'

/** Reads the section. */
export function readApiSection(written: Static<typeof apiSchema> = {}, reading: ApiReading): ApiConfig {
  const { host = '127.0.0.1', port = defaultPort, token, tokenFile, url, tls, plain = false } = written
  const { fail, folder } = reading
  const secret = reading.secret({ written: token, file: tokenFile, at: ['api'], keys: ['token', 'tokenFile'] })
  if (secret !== undefined && secret.length < 16)
    fail(['api'], 'has a token of less than 16 characters: make a longer one')
  const isBeyond = !reading.isLoopback(host)
  if (isBeyond && secret === undefined)
    fail(['api', 'host'], `is ${host}, beyond the loopback, and there is no token: add tokenFile: or use 127.0.0.1`)
  if (plain && tls !== undefined) fail(['api', 'plain'], 'is true, and there is tls: keep one of them')
  if (isBeyond && !plain && tls === undefined)
    fail(
      ['api', 'host'],
      `is ${host}, beyond the loopback, and passwords would go there unencrypted: add tls: (certificateFile, keyFile), or plain: true where something before it encrypts`,
    )
  if (tls !== undefined && url?.startsWith('http:') === true)
    fail(['api', 'url'], `is ${url}, and there is tls: write https://`)
  const files = tls && {
    certificateFile: resolve(folder, tls.certificateFile),
    keyFile: resolve(folder, tls.keyFile),
  }
  return { host, port, ...given({ token: secret, url, tls: files, sessions: sessionsOf(written, fail) }) }
}

function sessionsOf(
  { sessions }: Static<typeof apiSchema>,
  fail: ApiReading['fail'],
): ApiConfig['sessions'] | undefined {
  if (sessions === undefined) return undefined
  const idleMs = durationMs(sessions.idle ?? defaultIdle)
  const longestMs = durationMs(sessions.longest ?? defaultLongest)
  // The use of a session is written down once a minute.
  if (idleMs < 5 * minuteMs || longestMs > 31 * dayMs) fail(['api', 'sessions'], 'must be from 5m to 31d')
  if (idleMs > longestMs) fail(['api', 'sessions', 'idle'], 'is longer than longest: a session would never end unused')
  return { idleMs, longestMs }
}
