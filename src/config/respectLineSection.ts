import { type Static, Type } from 'typebox'
import { promptLanguages, type RespectLine } from '../core/campaigns/campaign.ts'
import { given } from '../core/given.ts'

/** What whoever calls a shown number back is told, as written in a campaign's file or sent over the API. */
export const respectLineSchema = Type.Object(
  {
    language: Type.Optional(Type.Enum([...promptLanguages], { 'x-says': 'en, es or zh' })),
    who: Type.Optional(
      Type.String({
        pattern: '^[a-zA-Z0-9/_-]{1,200}$',
        'x-says': 'the name of the sound (without its ending) that says who calls, for whom and why',
      }),
    ),
    source: Type.Optional(
      Type.String({
        pattern: '^[a-zA-Z0-9/_-]{1,200}$',
        'x-says': 'the name of the sound (without its ending) that says where the numbers come from',
      }),
    ),
  },
  { additionalProperties: false },
)

/** The settings that it means. */
export function respectLineOf({ language = 'en', who, source }: Static<typeof respectLineSchema>): RespectLine {
  return { language, ...given({ whoSound: who, sourceSound: source }) }
}

/** As files and the API write it. */
export function writtenRespectLine({ language, whoSound, sourceSound }: RespectLine): Static<typeof respectLineSchema> {
  return { language, ...given({ who: whoSound, source: sourceSound }) }
}
