import { type Static, Type } from 'typebox'
import { type AlarmThresholds, defaultThresholds } from '../core/alarms/alarm.ts'
import { durationSchema } from './campaignFile.ts'
import { durationMs } from './durations.ts'

const closed = { additionalProperties: false }
const text = Type.String({ minLength: 1, maxLength: 500 })

/** `alarms:` of the configuration: who is sent alarms, and from where on there are some. */
export const alarmsSchema = Type.Object(
  {
    webhook: Type.Optional(
      Type.Object({ url: text, secret: Type.Optional(text), secretFile: Type.Optional(text) }, closed),
    ),
    noAgentsAfter: Type.Optional(durationSchema),
    listLeft: Type.Optional(durationSchema),
    budgetUsedRatio: Type.Optional(
      Type.Number({ minimum: 0.5, maximum: 1, 'x-says': 'a ratio from 0.5 to 1, like 0.8' }),
    ),
    diskFreeMinMb: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000_000 })),
    certificateMinDays: Type.Optional(Type.Integer({ minimum: 0, maximum: 365 })),
  },
  closed,
)

/** The section as written. */
type WrittenAlarms = Static<typeof alarmsSchema>

/** Where alarms are sent, and the key that signs them. */
export interface AlarmWebhook {
  readonly url: string
  /** `whsec_` and at least 24 bytes in base64. */
  readonly secret: string
}

/** Whom alarms are sent to, and from where on there are some. */
export interface AlarmsConfig {
  readonly thresholds: AlarmThresholds
  /** Absent: nobody is sent any. */
  readonly webhook?: AlarmWebhook
}

const mebibyte = 1024 * 1024

/** The thresholds that it means. */
function alarmThresholds(written: WrittenAlarms): AlarmThresholds {
  const { noAgentsAfter, listLeft, budgetUsedRatio, diskFreeMinMb, certificateMinDays } = written
  const otherwise = defaultThresholds
  return {
    noAgentsAfterMs: noAgentsAfter === undefined ? otherwise.noAgentsAfterMs : durationMs(noAgentsAfter),
    listLeftMs: listLeft === undefined ? otherwise.listLeftMs : durationMs(listLeft),
    budgetUsedRatio: budgetUsedRatio ?? otherwise.budgetUsedRatio,
    diskFreeMinBytes: diskFreeMinMb === undefined ? otherwise.diskFreeMinBytes : diskFreeMinMb * mebibyte,
    certificateMinDays: certificateMinDays ?? otherwise.certificateMinDays,
  }
}

/** What a section needs of whoever loads the file. */
export interface SectionReader {
  isLoopback(host: string): boolean
  /** The secret, from the file, the environment or a file of its own; undefined: there is none. */
  secret(written: { readonly secret?: string; readonly secretFile?: string }): string | undefined
  /** Refuses what stands there. @throws ConfigError */
  fail(key: readonly string[], text: string): never
}

/** The section with its defaults. @throws ConfigError for a receiver that cannot be one */
export function alarmsConfig(written: WrittenAlarms = {}, reader: SectionReader): AlarmsConfig {
  const thresholds = alarmThresholds(written)
  const { webhook } = written
  if (webhook === undefined) return { thresholds }
  const { url } = webhook
  const problem = receiverProblem(url, reader)
  if (problem !== undefined) reader.fail(['url'], problem)
  const secret = reader.secret(webhook) ?? reader.fail([], 'has no secret: add secret: or secretFile:')
  const weak = secretProblem(secret)
  if (weak !== undefined) reader.fail([], weak)
  return { thresholds, webhook: { url, secret } }
}

/** Why alarms cannot be sent there, as the rest of a sentence; undefined: they can. */
function receiverProblem(url: string, { isLoopback }: SectionReader): string | undefined {
  if (!URL.canParse(url)) return 'is no address: write one like https://example.org/hooks/dialwright'
  const { protocol, hostname, username } = new URL(url)
  if (username !== '') return 'has a user in it: the secret signs every message, leave the user out'
  if (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))) return undefined
  return 'goes over the network in the clear: use https, or http to 127.0.0.1'
}

const keyMinBytes = 24
const keyMaxBytes = 64

/** Why a secret is none, as the rest of a sentence; undefined: it is one. */
function secretProblem(secret: string): string | undefined {
  const [, key = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? []
  const bytes = Math.floor((key.replace(/=+$/, '').length * 3) / 4)
  if (bytes >= keyMinBytes && bytes <= keyMaxBytes) return undefined
  return `has a secret that is not whsec_ and ${keyMinBytes} to ${keyMaxBytes} bytes in base64: echo "whsec_$(openssl rand -base64 32)" makes one`
}
