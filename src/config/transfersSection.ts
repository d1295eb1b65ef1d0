import { type Static, Type } from 'typebox'
import { given } from '../core/given.ts'
import { idSchema } from './campaignFile.ts'

/** Where agents may give people to, and nowhere else: `transfers:` of the configuration. */
export const transfersSchema = Type.Array(
  Type.Object(
    {
      id: idSchema,
      name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      endpoint: Type.String({
        pattern: '^[A-Za-z0-9]+/[^\\s,&]{1,200}$',
        'x-says': 'a PBX endpoint like PJSIP/2001, or PJSIP/12125550199@trunk-main',
      }),
      campaigns: Type.Optional(Type.Array(idSchema, { minItems: 1, maxItems: 1000 })),
    },
    { additionalProperties: false },
  ),
  { maxItems: 200 },
)

/** Somebody to whom agents may give people. */
export interface TransferTarget {
  readonly targetId: string
  readonly name: string
  readonly endpoint: string
  /** Of whose calls; absent: of all. */
  readonly campaigns?: readonly string[]
}

/** The targets from the section. */
export function transferTargets(written: Static<typeof transfersSchema> = []): readonly TransferTarget[] {
  return written.map(({ id, name = id, endpoint, campaigns }) => ({
    targetId: id,
    name,
    endpoint,
    ...given({ campaigns }),
  }))
}
