import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Value } from 'typebox/value'
import { ApiError } from '../api/apiError.ts'
import { type Problem, pathText, problemsOf } from '../config/problems.ts'

const partNames: Readonly<Record<string, string>> = {
  body: 'the body',
  querystring: 'the query',
  params: 'the path',
  headers: 'the headers',
}

/**
 * Checks requests against the routes' schemas, with the same words as the configuration file. Text in query and path
 * becomes a number or a boolean where the schema wants one; a body is taken as it is, a missing one as an empty group of keys.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart = 'body' }) => {
  const check = Compile(schema)
  return (received: unknown) => {
    const named = underOwnNames(schema, received ?? {}, httpPart)
    if (named instanceof ApiError) return { error: named }
    const value = httpPart === 'body' ? named : Value.Convert(schema, named)
    if (check.Check(value)) return { value }
    return { error: invalid(httpPart, problemsOf(schema, value)) }
  }
}

/** Puts what came under another name under the schema's own (`x-also`). What is said twice must be said alike. */
function underOwnNames(schema: TSchema, received: unknown, httpPart: string): unknown {
  const also: unknown = 'x-also' in schema ? schema['x-also'] : undefined
  if (!isGroup(also) || !isGroup(received)) return received
  const value: Record<string, unknown> = { ...received }
  for (const [other, name] of Object.entries(also)) {
    if (typeof name !== 'string' || !Object.hasOwn(value, other)) continue
    if (Object.hasOwn(value, name) && value[name] !== value[other]) return saidTwice(httpPart, { other, name })
    value[name] = value[other]
    delete value[other]
  }
  return value
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function saidTwice(httpPart: string, { other, name }: { readonly other: string; readonly name: string }): ApiError {
  const part = partNames[httpPart] ?? httpPart
  const message = `${other} and ${name} in ${part} are the same and say different things: send ${name} alone`
  return new ApiError(statusOf(httpPart), 'contradiction', message)
}

function statusOf(httpPart: string): number {
  return httpPart === 'body' ? 422 : 400
}

function invalid(httpPart: string, problems: readonly Problem[]): ApiError {
  const [first = { path: [], text: 'does not fit' }] = problems
  const part = partNames[httpPart] ?? httpPart
  const where = first.path.length === 0 ? part : `${pathText(first.path)} in ${part}`
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  return new ApiError(statusOf(httpPart), 'invalid-request', `${where} ${first.text}${more}`)
}
