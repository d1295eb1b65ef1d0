import { type Static, Type } from 'typebox'
import type { SectionReader } from './alarmsSection.ts'

const closed = { additionalProperties: false }
const text = Type.String({ minLength: 1, maxLength: 500 })

/** `phones:` of the configuration: whether agents' phones are made here, and how browsers find a way to the PBX. */
export const phonesSchema = Type.Object(
  {
    provision: Type.Optional(Type.Boolean()),
    stun: Type.Optional(
      Type.Array(
        Type.String({
          pattern: '^stuns?:[^\\s/?]+$',
          maxLength: 300,
          'x-says': 'a server like stun:stun.example.org:3478',
        }),
        { maxItems: 4 },
      ),
    ),
    turn: Type.Optional(
      Type.Object(
        {
          url: Type.String({
            pattern: '^turns?:[^\\s/]+$',
            maxLength: 300,
            'x-says': 'a server like turn:turn.example.org:3478',
          }),
          secret: Type.Optional(text),
          secretFile: Type.Optional(text),
        },
        closed,
      ),
    ),
  },
  closed,
)

/** Whether phones are made here, and how browsers find a way to the PBX. */
export interface PhonesConfig {
  /** False: they all stand in the PBX's files. */
  readonly provision: boolean
  /** STUN servers, `stun:host:port`; neither these nor `turn`: only addresses that both sides have themselves. */
  readonly stun: readonly string[]
  /** A TURN server that makes passwords out of the secret that it shares with us. */
  readonly turn?: TurnServer
}

/** A TURN server and the secret that it shares with us. */
export interface TurnServer {
  /** `turn:host:port`, perhaps with `?transport=tcp`. */
  readonly url: string
  readonly secret: string
}

/** The section with its defaults. @throws ConfigError */
export function phonesConfig(written: Static<typeof phonesSchema> = {}, reader: SectionReader): PhonesConfig {
  const { provision = true, stun = [], turn } = written
  if (turn === undefined) return { provision, stun }
  const secret = reader.secret(turn) ?? reader.fail([], 'has no secret: add secret: or secretFile:')
  return { provision, stun, turn: { url: turn.url, secret } }
}
