import { Type } from 'typebox'

const closed = { additionalProperties: false }
const words = Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' })
const place = Type.String({
  pattern: '^[A-Z]{2}(?:-[A-Z0-9]{1,3})?$',
  'x-says': "a place like US or US-FL ('NO' in quotes)",
})

const overrideSchema = Type.Object(
  {
    rule: Type.String({ pattern: '^[^/\\s]+/[^/\\s]+$', 'x-says': 'the name of a rule like US-FTC/hours' }),
    by: words,
    reason: words,
    off: Type.Optional(Type.Literal(true, { 'x-says': 'true (to keep the rule, remove the key)' })),
    set: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { minProperties: 1, 'x-says': 'keys of the rule, like { max: 2 }' }),
    ),
  },
  closed,
)

/** `rules:` of the configuration: what the operator changes of the rules shipped. */
export const rulesSchema = Type.Object(
  {
    folder: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
    overrides: Type.Optional(Type.Array(overrideSchema, { maxItems: 1000 })),
    profiles: Type.Optional(
      Type.Record(place, place, { ...closed, 'x-says': 'places under the rules of others, like { ES: FR }' }),
    ),
  },
  closed,
)

/** A change of a rule as asked for. Exactly one of `off` and `set` makes sense; the loader of the rules says so. */
export interface OverrideRequest {
  readonly rule: string
  readonly by: string
  readonly reason: string
  readonly off?: true
  /** Keys of the rule's line in its file, with their new values in the file's units. */
  readonly set?: Readonly<Record<string, unknown>>
  /** `FILE:LINE` of the override, for messages. */
  readonly where: string
}

/** The operator's say on the rules, not yet held against them. */
export interface RulesConfig {
  /** The operator's own rule files; absent: none. */
  readonly folder?: string
  readonly overrides: readonly OverrideRequest[]
  readonly profiles: Readonly<Record<string, string>>
  /** `FILE:LINE` of the profiles, for messages. */
  readonly profilesWhere: string
}
