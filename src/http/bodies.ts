import type { FastifyRequest } from 'fastify'
import { ApiError } from '../api/apiError.ts'
import type { Api } from './context.ts'

/**
 * Takes JSON, and nothing else that a page of another site could send without asking. A body of no length is none, whatever
 * its content type says: many programs send a type with every POST.
 */
export function takeBodies(app: Api): void {
  app.removeAllContentTypeParsers()
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else parseJson(request, body, done)
  })
  app.addContentTypeParser('*', (request, _payload, done) => {
    // Where there is no such address, that is the answer.
    if (request.is404 || !mayHaveBody(request)) done(null, undefined)
    else done(new ApiError(415, 'unknown-content-type', 'send the body as JSON, with content-type: application/json'))
  })
}

function mayHaveBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}
