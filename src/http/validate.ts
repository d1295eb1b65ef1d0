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
    const value = httpPart === 'body' ? (received ?? {}) : Value.Convert(schema, received)
    if (check.Check(value)) return { value }
    return { error: invalid(httpPart, problemsOf(schema, value)) }
  }
}

function invalid(httpPart: string, problems: readonly Problem[]): ApiError {
  const [first = { path: [], text: 'does not fit' }] = problems
  const part = partNames[httpPart] ?? httpPart
  const where = first.path.length === 0 ? part : `${pathText(first.path)} in ${part}`
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  return new ApiError(httpPart === 'body' ? 422 : 400, 'invalid-request', `${where} ${first.text}${more}`)
}
