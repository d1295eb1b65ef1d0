import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../api/apiError.ts'
import { ConfigError, errorMessage, InputError, OperatingError, StoreError, TelephonyError } from '../errors.ts'
import type { Log } from '../log.ts'

/** An error's body, the same everywhere. */
interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string }
}

/** Status and body of anything that was thrown on the way to an answer. */
export function errorAnswer(error: unknown): { readonly status: number; readonly body: ErrorBody } {
  const answer = (status: number, code: string, message: string) => ({ status, body: { error: { code, message } } })
  if (error instanceof ApiError) return answer(error.status, error.code, error.message)
  if (error instanceof InputError || error instanceof ConfigError) return answer(422, error.code, error.message)
  if (error instanceof StoreError || error instanceof TelephonyError) return answer(503, error.code, error.message)
  if (error instanceof OperatingError) return answer(500, error.code, error.message)
  if (isClientFault(error)) return answer(error.statusCode, clientFaultCode(error), error.message)
  return answer(500, 'unexpected', 'the daemon failed unexpectedly: see its log')
}

/** The server's one error handler. */
export function errorHandler(log: Log): (error: unknown, request: FastifyRequest, reply: FastifyReply) => void {
  return (error, request, reply) => {
    const { status, body } = errorAnswer(error)
    const route = request.routeOptions.url
    if (status >= 500) log.error({ code: body.error.code, route, reason: errorMessage(error) }, 'a request failed')
    void reply.status(status).send(body)
  }
}

/** Says that there is no such route. */
export function notFoundHandler(request: FastifyRequest, reply: FastifyReply): void {
  const message = `there is no ${request.method} ${request.url.split('?')[0]}: see /v1/openapi.json`
  const body: ErrorBody = { error: { code: 'unknown-route', message } }
  void reply.status(404).send(body)
}

function isClientFault(error: unknown): error is FastifyError & { readonly statusCode: number } {
  if (!(error instanceof Error) || !('statusCode' in error)) return false
  return typeof error.statusCode === 'number' && error.statusCode >= 400 && error.statusCode < 500
}

/** The framework's codes in our words. */
function clientFaultCode(error: FastifyError): string {
  const codes: Readonly<Record<string, string>> = {
    FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
    FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unknown-content-type',
    FST_ERR_CTP_EMPTY_JSON_BODY: 'body-missing',
    FST_ERR_CTP_INVALID_JSON_BODY: 'body-not-json',
  }
  return codes[error.code] ?? 'bad-request'
}
