import { type TSchema, Type } from 'typebox'
import { idSchema } from '../config/campaignFile.ts'
import { errorView } from './views.ts'

/** A group of keys that takes no others. */
export const closed = { additionalProperties: false }

/**
 * A group of keys like {@link closed} that takes other names for its own too: those of the files, and those that programs
 * have sent since before requests were named like answers. Both at once are refused where they differ.
 */
export function closedAlso(names: Readonly<Record<string, string>>) {
  return { ...closed, 'x-also': names }
}

/** Whose campaign: the name that answers have, and the file's. */
export const campaignToo = closedAlso({ campaign: 'campaignId' })

/** Answers of a route: what it gives when all is well, and the error's body everywhere else. */
export function answers<Schema extends TSchema>(view: Schema) {
  return { 200: view, '4xx': errorView, '5xx': errorView }
}

/** An answer that is a stream of one of these content types. */
export function streamed(types: Readonly<Record<string, TSchema>>) {
  const content = Object.entries(types).map(([type, schema]) => [type, { schema }] as const)
  return { description: 'A stream', content: Object.fromEntries(content) }
}

/** A text of a request, at least one character long. */
export function textUpTo(maxLength: number) {
  return Type.String({ minLength: 1, maxLength })
}

/** A path with the id of a campaign or an agent in it. */
export const idParams = Type.Object({ id: idSchema })

/** A path with a number in it, as somebody writes it. */
export const numberParams = Type.Object({ number: textUpTo(50) })

/** The country of numbers without a country code. */
export const countrySchema = Type.String({ pattern: '^[A-Za-z]{2}$', 'x-says': 'a country of two letters, like US' })

/** The name of a list of leads or numbers. */
export const listNameSchema = Type.String({
  pattern: '^[A-Za-z0-9_-]{1,40}$',
  'x-says': 'a name of at most 40 letters, digits, _ and -',
})

/** How many leads or calls one page holds at most. */
export const pageMax = 1000

/** How many leads or calls a page shall hold. */
export const limitSchema = Type.Integer({ minimum: 1, maximum: pageMax })
