import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { ApiError, statusOfStore } from '../api/apiError.ts'
import { ConfigError, errorMessage, InputError, OperatingError, StoreError, TelephonyError } from '../errors.ts'
import type { Log } from '../log.ts'
import { seesNumbers } from './access/guard.ts'
import { maskedText } from './access/sight.ts'

/** An error's body, the same everywhere. */
interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string }
}

/** The body of an error. */
export function errorBody(code: string, message: string): ErrorBody {
  return { error: { code, message } }
}

/** Status and body of anything that was thrown on the way to an answer. */
export function errorAnswer(error: unknown): { readonly status: number; readonly body: ErrorBody } {
  const answer = (status: number, code: string, message: string) => ({ status, body: errorBody(code, message) })
  if (error instanceof ApiError) return answer(error.status, error.code, error.message)
  if (error instanceof InputError || error instanceof ConfigError) return answer(422, error.code, error.message)
  if (error instanceof StoreError) return answer(statusOfStore(error), error.code, error.message)
  if (error instanceof TelephonyError) return answer(503, error.code, error.message)
  if (error instanceof OperatingError) return answer(500, error.code, error.message)
  if (isClientFault(error)) {
    const [code, message] = clientFaults[error.code] ?? ['bad-request', error.message]
    return answer(error.statusCode, code, message)
  }
  return answer(500, 'unexpected', 'the daemon failed unexpectedly: see its log')
}

/** {@link errorAnswer}, and a line in the log where the fault is ours. */
export function loggedAnswer(log: Log): (error: unknown, request: FastifyRequest) => ReturnType<typeof errorAnswer> {
  return (error, request) => {
    const answer = forEyes(errorAnswer(error), request)
    const route = request.routeOptions.url
    const { code } = answer.body.error
    if (answer.status >= 500) log.error({ code, route, reason: errorMessage(error) }, 'a request failed')
    return answer
  }
}

/** What was written wrong, or stands in the way, is said without the numbers that somebody may not see. */
function forEyes(answer: ReturnType<typeof errorAnswer>, request: FastifyRequest): ReturnType<typeof errorAnswer> {
  if (seesNumbers(request)) return answer
  const { code, message } = answer.body.error
  return { ...answer, body: errorBody(code, maskedText(message)) }
}

/** The server's one error handler. */
export function errorHandler(log: Log): (error: unknown, request: FastifyRequest, reply: FastifyReply) => void {
  const answerOf = loggedAnswer(log)
  return (error, request, reply) => {
    const { status, body } = answerOf(error, request)
    void reply.status(status).send(body)
  }
}

/** Says that there is no such route. */
export function notFoundHandler(request: FastifyRequest, reply: FastifyReply): void {
  const message = `there is no ${request.method} ${request.url.split('?')[0]}: see /v1/openapi.json`
  void reply.status(404).send(errorBody('unknown-route', message))
}

function isClientFault(error: unknown): error is FastifyError & { readonly statusCode: number } {
  if (!(error instanceof Error) || !('statusCode' in error)) return false
  return typeof error.statusCode === 'number' && error.statusCode >= 400 && error.statusCode < 500
}

/** What the framework refuses, by its code, in our words. */
const clientFaults: Readonly<Record<string, readonly [code: string, message: string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['body-too-large', 'the body is too large: at most 256 KB, but for uploads'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unknown-content-type', 'the content type is none: application/json is one'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['body-not-json', 'the body is no JSON: write it as {"key": "value"}'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['bad-request', 'the body is not as long as its content-length says'],
}
