import { type Static, Type } from 'typebox'
import { idSchema } from '../config/campaignFile.ts'
import { campaignToo, closedAlso, limitSchema, textUpTo } from './schemas.ts'
import { callView, formSchema, instant, provenanceView } from './views.ts'

const text = textUpTo(50)

/** A path with a call's id in it. */
export const callParams = Type.Object({ id: text })

/** A page of call records. */
export const callListView = Type.Object({ calls: Type.Array(callView), next: Type.Optional(Type.String()) })
/** A page of call records; `next`: ask again with it as `after`. */
export type CallListView = Static<typeof callListView>

/** One call, with where its number came from. */
export const callShowView = Type.Object({ ...callView.properties, provenance: Type.Optional(provenanceView) })
/** One call, with where its number came from where that is known. */
export type CallShowView = Static<typeof callShowView>

const filters = {
  campaignId: Type.Optional(idSchema),
  number: Type.Optional(text),
  since: Type.Optional(instant),
}

/** Which call records: absent filters let every one pass. */
export interface CallFilters {
  readonly campaignId?: string
  readonly number?: string
  readonly since?: string
}

/** Which call records, a page at a time. */
export const callListQuery = Type.Object(
  { ...filters, limit: Type.Optional(limitSchema), after: Type.Optional(text) },
  campaignToo,
)

/** Which call records, and how they are written. */
export const callExportQuery = Type.Object(
  { ...filters, format: Type.Optional(Type.Enum(['csv', 'jsonl'])) },
  campaignToo,
)

/** The agent's word on a conversation. */
export const wrapUpBody = Type.Object(
  {
    wrapUpCode: textUpTo(40),
    note: Type.Optional(Type.String({ maxLength: 4000 })),
    /** Answers to the form of the campaign's script, by the names of its fields; a duty that was said has the answer `said`. */
    form: Type.Optional(formSchema),
    callbackAt: Type.Optional(instant),
    /** The call-back is the agent's own: made when they are free, with them held for it. */
    callbackOwn: Type.Optional(Type.Boolean()),
    refusal: Type.Optional(Type.Boolean()),
    /** Of a refusal, where lists are kept per seller: the person wants no call of any seller. */
    everybody: Type.Optional(Type.Boolean()),
  },
  closedAlso({ code: 'wrapUpCode' }),
)
/** The agent's word on a conversation, as it is sent. */
export type WrapUpBody = Static<typeof wrapUpBody>

/** Keys to press on the person's line. */
export const digitsBody = Type.Object(
  { digits: Type.String({ pattern: '^[0-9*#A-D]{1,32}$', 'x-says': 'up to 32 keys of 0 to 9, * and #' }) },
  { additionalProperties: false },
)
/** Keys to press, as they are sent. */
export type DigitsBody = Static<typeof digitsBody>

/** To whom the person is to be given; `blind`: as soon as they answer, without a word of the agent's. */
export const transferBody = Type.Object(
  { targetId: idSchema, blind: Type.Optional(Type.Boolean()) },
  closedAlso({ target: 'targetId' }),
)
/** To whom the person is to be given, as it is sent. */
export type TransferBody = Static<typeof transferBody>
