import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { NodeHealth } from '../api/system.ts'
import type { SessionLimits } from '../app/access/book.ts'
import type { AppContext, AppOptions } from '../app/context.ts'
import type { TlsFiles } from '../config/apiSection.ts'
import type { Passwords } from '../credentials/passwords.ts'
import type { Log } from '../log.ts'
import type { Clock } from '../ports/clock.ts'

/** The server with typebox schemas as types of its routes. */
export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** What the API stands on. */
export interface ApiOptions extends AppOptions {
  /** Asks every PBX; never rejects. */
  readonly health: () => Promise<readonly NodeHealth[]>
  /** Absent: no token is asked for, and only the loopback may be listened on. */
  readonly token?: string
  readonly log: Log
  /** How long a browser stays logged in. Absent: half an hour unused, twelve in all. */
  readonly sessions?: SessionLimits
  /** Absent: unencrypted. */
  readonly tls?: TlsFiles
  /** The daemon's address for people, `https://dialer.example.org`. Absent: nobody has said. */
  readonly url?: string
  /** How passwords are hashed. Absent: as it should be. */
  readonly passwords?: Passwords
  /** By which answers to wrong tokens are held back. Absent: the system's. */
  readonly clock?: Clock
  /** How often whoever waits for an answer is told that it is worked at, in milliseconds. Absent: a second. */
  readonly beatMs?: number
  /** False while the engine restores what a previous run left: requests are asked to come again. Absent: always. */
  readonly ready?: () => boolean
  /** After so long without their page an agent pauses. Absent: a minute and a half. */
  readonly pageGoneMs?: number
  /** Where the built pages lie. Absent: there are none. */
  readonly pages?: string
  /** The program's version, for health and the API's description. */
  readonly version: string
}

/** What the routes use. */
export interface ApiContext extends ApiOptions, AppContext {}
