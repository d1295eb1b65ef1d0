import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { CampaignDefaults } from '../config/campaignFile.ts'
import type { Seller } from '../core/campaigns/campaign.ts'
import type { PhoneNumber } from '../core/ids.ts'
import type { Log } from '../log.ts'
import type { EngineGateway } from '../ports/engine.ts'
import type { Importer } from '../ports/importer.ts'
import type { Store } from '../ports/store.ts'
import type { PbxHealth } from '../ports/telephony.ts'

/** The server with typebox schemas as types of its routes. */
export type Api = FastifyInstance<
  RawServerDefault,
  import('node:http').IncomingMessage,
  import('node:http').ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** One PBX as `doctor` and the API see it. */
export type NodeHealth =
  | ({ readonly nodeId: string; readonly reachable: true } & PbxHealth)
  | { readonly nodeId: string; readonly reachable: false; readonly message: string }

/** What the API stands on. */
export interface ApiOptions {
  readonly gateway: EngineGateway
  readonly store: Store
  readonly importer: Importer
  /** Asks every PBX; never rejects. */
  readonly health: () => Promise<readonly NodeHealth[]>
  /** Absent: no token is asked for, and only the loopback may be listened on. */
  readonly token?: string
  readonly log: Log
  /** False while the engine restores what a previous run left: requests are asked to come again. Absent: always. */
  readonly ready?: () => boolean
  /** The program's version, for health and the API's description. */
  readonly version: string
  readonly nodeIds: readonly string[]
  /** Trunks with their caller identities: the defaults of campaigns. */
  readonly trunks: CampaignDefaults['trunks']
  /** ISO 3166 country of numbers without a country code. */
  readonly defaultCountry: string
  /** Whom campaigns call for where they name nobody. */
  readonly seller?: Seller
}

/** What the routes use. */
export interface ApiContext extends ApiOptions {
  /** A number as written by somebody, in E.164. @throws ApiError 422 */
  readonly readNumber: (written: string) => PhoneNumber
  /** Runs an import unless too many run already. @throws ApiError 429 */
  readonly runImport: <Report>(run: () => Promise<Report>) => Promise<Report>
}
