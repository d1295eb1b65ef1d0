import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../api/apiError.ts'
import { errorBody } from './errorAnswer.ts'
import { settleUnread } from './unread.ts'

/** How long a sender may take to read what was wrong. */
const lingerMs = 2_000

/** A request of HTTP/1.1 names its host once: whoever stands between may have read another one. */
export function checkHost({ raw }: FastifyRequest): void {
  const hosts = raw.headersDistinct.host ?? []
  if (hosts.length === 1 || (hosts.length === 0 && raw.httpVersion === '1.0')) return
  throw new ApiError(400, 'bad-http', 'a request has exactly one Host header: send one')
}

/** Answers a path that cannot be read: no route and no hook has seen it. */
export function pathError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const path = request.raw.url?.split('?')[0]?.slice(0, 100)
  const body =
    error.code === 'FST_ERR_MAX_PARAM_LENGTH'
      ? errorBody('path-too-long', `a part of the path ${path}... is too long: at most 200 characters`)
      : errorBody('bad-path', `the path ${path} is not percent-encoded as it should be: write % as %25`)
  settleUnread(request, reply)
  void reply
    .status(error.statusCode ?? 400)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(body))
}

/** What the parser of HTTP refuses, by its code; everything else is a bad request. */
const parserFaults: Readonly<Record<string, readonly [status: number, code: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'headers-too-large', 'path and headers together hold at most 16 KB'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'body-too-large', 'the extensions of a chunk are too long: leave them out'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'request-timeout', 'the request did not come to its end in time: send it again'],
}

/** Answers what is no request at all, in the words of every other error. */
export function parserError(error: NodeJS.ErrnoException & { readonly reason?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || socket.writableEnded) return
  // In the middle of an answer an error would be read as a part of it.
  if (answering.get(socket)?.headersSent === true) {
    socket.destroy()
    return
  }
  const [status, code, message] = parserFaults[error.code ?? ''] ?? [
    400,
    'bad-http',
    `this cannot be read as HTTP/1.1: ${error.reason ?? error.code ?? 'it breaks off'}`,
  ]
  answerRaw(socket, { status, code, message })
}

/** Answers that are on their way, by connection. */
const answering = new WeakMap<Socket, ServerResponse>()

/** What a server does about requests that never come to a route. */
export function answerStrangeRequests(server: Server): void {
  server.prependListener('request', (request, response: ServerResponse) => {
    answering.set(request.socket, response)
    response.on('close', () => {
      if (answering.get(request.socket) === response) answering.delete(request.socket)
    })
  })
  server.on('connect', (request, socket: Socket) => {
    const message = `there is no CONNECT ${request.url}: this is no proxy`
    answerRaw(socket, { status: 404, code: 'unknown-route', message })
  })
  server.on('checkExpectation', (request, response: ServerResponse) => {
    const message = `${request.headers.expect} cannot be expected here: leave the header out`
    response.writeHead(417, { 'content-type': 'application/json; charset=utf-8', connection: 'close' })
    response.end(JSON.stringify(errorBody('unknown-expectation', message)))
  })
}

interface RawError {
  readonly status: number
  readonly code: string
  readonly message: string
}

function answerRaw(socket: Socket, { status, code, message }: RawError): void {
  const body = JSON.stringify(errorBody(code, message))
  const head = [
    `HTTP/1.1 ${status} ${code}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  // What still comes is taken for a moment: a reset would take the answer with it.
  socket.on('error', () => {})
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
  const patience = setTimeout(() => socket.destroy(), lingerMs)
  socket.on('close', () => clearTimeout(patience))
}
