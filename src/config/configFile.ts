import { type Static, Type } from 'typebox'
import type { AgentSettings } from '../core/agents/agent.ts'
import {
  type CampaignSettings,
  type DayCaps,
  type PromptLanguage,
  promptLanguages,
  type Seller,
} from '../core/campaigns/campaign.ts'
import type { TrunkSettings } from '../core/dialing/trunk.ts'
import { type LogLevel, logLevels } from '../core/vocabulary.ts'
import { type AlarmsConfig, alarmsSchema } from './alarmsSection.ts'
import { type ApiConfig, apiSchema } from './apiSection.ts'
import { campaignSchema, durationSchema, idSchema, phoneNumberSchema } from './campaignFile.ts'
import { sellerSchema } from './complianceFile.ts'
import { dayCapsKeys } from './dayCapsSection.ts'
import { type PhonesConfig, phonesSchema } from './phonesSection.ts'
import { type RulesConfig, rulesSchema } from './rulesSection.ts'
import { type TransferTarget, transfersSchema } from './transfersSection.ts'

const closed = { additionalProperties: false }
const text = Type.String({ minLength: 1, maxLength: 500 })
const port = Type.Integer({ minimum: 1, maximum: 65_535 })

/** Either the secret itself (`secret`, often `${ENV_VARIABLE}`) or the file that holds it (`secretFile`). */
const secretKeys = { secret: Type.Optional(text), secretFile: Type.Optional(text) }

const amiSchema = Type.Object(
  { host: Type.Optional(text), port: Type.Optional(port), user: text, ...secretKeys },
  closed,
)

const ariSchema = Type.Object(
  {
    url: Type.Optional(
      Type.String({ pattern: '^https?://[^\\s/]+(/[^\\s]*)?$', 'x-says': 'an address like http://127.0.0.1:8088/ari' }),
    ),
    user: text,
    ...secretKeys,
  },
  closed,
)

/** Where the daemon hears the PBX's copies of SIP messages. */
const hepSchema = Type.Object({ host: Type.Optional(text), port: Type.Optional(port) }, closed)

/** Where telephones reach the PBX. */
const sipSchema = Type.Object({ host: Type.Optional(text), port: Type.Optional(port) }, closed)

const nodeSchema = Type.Object(
  { id: idSchema, ami: amiSchema, ari: ariSchema, hep: Type.Optional(hepSchema), sip: Type.Optional(sipSchema) },
  closed,
)

const trunkSchema = Type.Object(
  {
    id: idSchema,
    node: Type.Optional(idSchema),
    dialString: Type.String({
      pattern: '^[A-Za-z0-9]+/[^\\s,&]*\\{number\\}[^\\s,&]*$',
      'x-says': 'a PBX endpoint with {number} in it, like PJSIP/{number}@trunk-main',
    }),
    stripPlus: Type.Optional(Type.Boolean()),
    channels: Type.Integer({ minimum: 1, maximum: 10_000 }),
    callsPerSecond: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1000,
      'x-says': 'calls per second above 0, at most 1000',
    }),
    callerIds: Type.Optional(Type.Array(phoneNumberSchema, { maxItems: 1000 })),
    maxCall: Type.Optional(durationSchema),
  },
  closed,
)

/** An agent as written in the file or sent over the API. */
export const agentSchema = Type.Object(
  {
    id: idSchema,
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    endpoint: Type.Optional(
      Type.String({ pattern: '^[A-Za-z0-9]+/[^\\s,&]{1,200}$', 'x-says': 'a PBX endpoint like PJSIP/1001' }),
    ),
    node: Type.Optional(idSchema),
    campaign: Type.Optional(idSchema),
  },
  closed,
)

/** An agent as a file or the API has them. */
export type AgentDocument = Static<typeof agentSchema>

/** `dialwright.yaml`. */
export const configSchema = Type.Object(
  {
    nodes: Type.Array(nodeSchema, { minItems: 1, maxItems: 100 }),
    trunks: Type.Array(trunkSchema, { minItems: 1, maxItems: 1000 }),
    agents: Type.Optional(Type.Array(agentSchema, { maxItems: 10_000 })),
    agentLanguage: Type.Optional(Type.Enum([...promptLanguages], { 'x-says': 'en, es or zh' })),
    transfers: Type.Optional(transfersSchema),
    seller: Type.Optional(sellerSchema),
    campaigns: Type.Optional(Type.Array(campaignSchema, { maxItems: 1000 })),
    api: Type.Optional(apiSchema),
    store: Type.Optional(Type.Object({ path: Type.Optional(text) }, closed)),
    defaultCountry: Type.Optional(
      Type.String({ pattern: '^[A-Z]{2}$', 'x-says': 'a country of two capital letters, like US' }),
    ),
    dayCaps: Type.Optional(Type.Object({ ...dayCapsKeys, zone: Type.Optional(text) }, closed)),
    respectLine: Type.Optional(
      Type.Object({ maxCalls: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })) }, closed),
    ),
    phones: Type.Optional(phonesSchema),
    rules: Type.Optional(rulesSchema),
    alarms: Type.Optional(alarmsSchema),
    log: Type.Optional(Type.Object({ level: Type.Optional(Type.Enum([...logLevels])) }, closed)),
    recorder: Type.Optional(Type.Object({ path: text }, closed)),
    journal: Type.Optional(Type.Object({ path: text }, closed)),
    debugInvariants: Type.Optional(Type.Boolean()),
  },
  closed,
)

/** The configuration as a file has it. */
export type ConfigDocument = Static<typeof configSchema>

/** How to reach one Asterisk. */
export interface NodeConfig {
  readonly nodeId: string
  readonly ami: { readonly host: string; readonly port: number; readonly user: string; readonly secret: string }
  readonly ari: { readonly url: string; readonly user: string; readonly secret: string }
  /** Where we listen for its copies of SIP messages. */
  readonly hep: { readonly host: string; readonly port: number }
  /** Where telephones reach it, SIP over UDP. */
  readonly sip: { readonly host: string; readonly port: number }
}

/** A trunk with the caller identities that its campaigns use unless they name their own. */
export interface TrunkConfig extends TrunkSettings {
  readonly callerIds: readonly string[]
}

/** The daemon's configuration: checked, every default filled in, frozen. */
export interface Config {
  readonly file: string
  /** As it was read, without defaults. */
  readonly document: ConfigDocument
  readonly nodes: readonly NodeConfig[]
  readonly trunks: readonly TrunkConfig[]
  readonly agents: readonly AgentSettings[]
  /** Where agents may give people to. */
  readonly transfers: readonly TransferTarget[]
  /** In which agents are spoken to on their phones. */
  readonly agentLanguage: PromptLanguage
  readonly campaigns: readonly CampaignSettings[]
  readonly api: ApiConfig
  readonly store: { readonly path: string }
  /** Where every input goes with its time, for replays; absent: nowhere. */
  readonly recorder?: { readonly path: string }
  /** Where refusals, withdrawals and erasures are kept beside the database; absent: nowhere. */
  readonly journal?: { readonly path: string }
  /** ISO 3166 country of numbers without a country code. */
  readonly defaultCountry: string
  /** Whom calls are made for where a campaign names nobody; absent: somebody in the default country. */
  readonly seller?: Seller
  /** Caps of a day over all campaigns. */
  readonly dayCaps: DayCaps
  /** Zones whose clocks say when a day is over, for these caps and the campaigns': it is when it is in all of them. */
  readonly dayZones: readonly string[]
  /** For those who call a shown number back: how many at a time. */
  readonly respectLine: { readonly callsMax: number }
  readonly phones: PhonesConfig
  /** Overrides, profiles and own files of rules, for `loadRuleBook`. */
  readonly rules: RulesConfig
  readonly alarms: AlarmsConfig
  readonly log: { readonly level: LogLevel }
  /** Check the engine's invariants after every step, in production too. */
  readonly debugInvariants: boolean
  /** What works and should be put right, one line each. */
  readonly warnings: readonly string[]
}
