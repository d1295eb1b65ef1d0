import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { createRequire } from 'node:module'
import { codeOfAriStatus, telephonyError } from '../errors.ts'

/** Where the REST interface is and who we are. */
export interface AriOptions {
  /** `http://127.0.0.1:8088/ari`; the path may carry the PBX's own prefix. */
  readonly url: string
  readonly user: string
  readonly secret: string
  /** Our name for events; one daemon a name. */
  readonly app: string
}

/** The Authorization header of these credentials. The password is never in a URL. */
export function basicAuthorization({ user, secret }: Pick<AriOptions, 'user' | 'secret'>): string {
  return `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`
}

/** What swagger-client, below ari-client, hands to its HTTP. */
interface SwaggerCall {
  readonly url: string
  readonly method: string
  readonly body?: string
  readonly on: {
    readonly response: (answer: { readonly status: number; readonly data: string }) => void
    readonly error: (failure: unknown) => void
  }
}

/** The HTTP of one node, beneath the operations that ari-client builds. */
export interface AriTransport {
  /** Asks for something small: whether the PBX is there and knows us. */
  probe(): Promise<void>
  close(): void
}

/** By host; the newest of a host is used. Two exist while a doctor looks at a node that a link is being made to. */
const transports = new Map<string, readonly Transport[]>()
let installed = false

/**
 * ari-client keeps building the operations from the server's own description; the HTTP below it is ours. Its own, of
 * 2013, never answers at all when a connection breaks, has no time limit, loses the status, and keeps one password
 * for the whole process, so that a second node would be called with the first one's.
 */
export function installTransport(options: AriOptions, requestTimeoutMs: number): AriTransport {
  const { host } = new URL(options.url)
  const transport = new Transport(options, requestTimeoutMs)
  transports.set(host, [...(transports.get(host) ?? []), transport])
  replaceHttp()
  return {
    probe: () =>
      new Promise((resolve, reject) => {
        const on = { response: () => resolve(), error: reject }
        transport.execute({ url: `${options.url}/asterisk/ping`, method: 'GET', on })
      }),
    close: () => {
      transport.destroy()
      transports.set(host, transports.get(host)?.filter(other => other !== transport) ?? [])
    },
  }
}

/** The parts of swagger-client that are touched; it has no types. */
interface Swagger {
  readonly SwaggerHttp: { readonly prototype: { execute: (call: SwaggerCall) => void } }
  readonly authorizations: { apply: () => boolean }
}

function replaceHttp(): void {
  if (installed) return
  installed = true
  // The very copy that ari-client uses, wherever npm put it.
  const require = createRequire(createRequire(import.meta.url).resolve('ari-client'))
  const swagger = require('swagger-client') as Swagger
  // It also leaks a function of that name into the global scope, and prints through it.
  Object.assign(globalThis, { log: () => {} })
  // The one password for everything; by a deprecated Buffer() that costs more than the rest of a request.
  swagger.authorizations.apply = () => true
  swagger.SwaggerHttp.prototype.execute = call => {
    const transport = transports.get(new URL(call.url).host)?.at(-1)
    if (transport) transport.execute(call)
    else call.on.error(telephonyError('unreachable', 'The ARI connection is closed'))
  }
}

/** Connections for what a waiting person hangs on: connects, messages, hang-ups. */
const urgentSocketsMax = 32
/** Connections for the rest; a burst of originates queues here and delays nothing else. */
const bulkSocketsMax = 12

class Transport {
  readonly #base: URL
  readonly #authorization: string
  readonly #requestTimeoutMs: number
  readonly #urgent: HttpAgent
  readonly #bulk: HttpAgent
  readonly #request: (options: RequestOptions, listener: (response: IncomingMessage) => void) => ClientRequest

  constructor(options: AriOptions, requestTimeoutMs: number) {
    this.#base = new URL(options.url)
    this.#authorization = basicAuthorization(options)
    this.#requestTimeoutMs = requestTimeoutMs
    const isTls = this.#base.protocol === 'https:'
    // Idle connections are dropped before the PBX would drop them (15 s unless configured), which would race a request.
    const agent = (maxSockets: number) => {
      const settings = { keepAlive: true, maxSockets, timeout: 10_000 }
      return isTls ? new HttpsAgent(settings) : new HttpAgent(settings)
    }
    this.#urgent = agent(urgentSocketsMax)
    this.#bulk = agent(bulkSocketsMax)
    this.#request = isTls ? httpsRequest : httpRequest
  }

  execute(call: SwaggerCall): void {
    this.#send(call, true)
  }

  destroy(): void {
    this.#urgent.destroy()
    this.#bulk.destroy()
  }

  #send(call: SwaggerCall, mayRetry: boolean): void {
    const started = this.#request(this.#requestOptions(call), response => {
      readAll(response, (failure, data) => {
        clearTimeout(timer)
        if (failure) call.on.error(lost(failure))
        else this.#answer(call, response.statusCode ?? 0, data)
      })
    })
    const timer = setTimeout(() => {
      started.destroy(
        telephonyError('timeout', `Asterisk did not answer ${call.method} in ${this.#requestTimeoutMs} ms`),
      )
    }, this.#requestTimeoutMs)
    started.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer)
      // A kept connection that the PBX closed just now: the request never arrived.
      if (mayRetry && started.reusedSocket && error.code === 'ECONNRESET') this.#send(call, false)
      else call.on.error(lost(error))
    })
    started.end(call.body)
  }

  #requestOptions(call: SwaggerCall): RequestOptions {
    const isBulk =
      call.method.toLowerCase() === 'get' || (call.body !== undefined && call.method.toLowerCase() === 'post')
    const headers: Record<string, string | number> = { Authorization: this.#authorization }
    if (call.body !== undefined) {
      headers['Content-Type'] = 'application/json'
      headers['Content-Length'] = Buffer.byteLength(call.body)
    }
    return {
      protocol: this.#base.protocol,
      hostname: this.#base.hostname,
      port: this.#base.port,
      method: call.method.toUpperCase(),
      path: this.#pathOf(call.url),
      agent: isBulk ? this.#bulk : this.#urgent,
      headers,
    }
  }

  /** ari-client knows only `/ari`; the configured URL may have the PBX's prefix before it. */
  #pathOf(url: string): string {
    const at = url.indexOf('/ari/')
    return `${this.#base.pathname.replace(/\/$/, '')}/${url.slice(at + '/ari/'.length)}`
  }

  #answer(call: SwaggerCall, status: number, data: string): void {
    if (status >= 200 && status < 300) {
      call.on.response({ status, data })
      return
    }
    const message = messageOf(data)
    call.on.error(telephonyError(codeOfAriStatus(status, message), `ARI answered ${status}: ${message}`))
  }
}

/** Our own time-out keeps its code; whatever else broke the connection means that the PBX is not reachable. */
function lost(error: NodeJS.ErrnoException): Error {
  return error.code === 'timeout'
    ? error
    : telephonyError('unreachable', `ARI connection failed: ${error.message}`, error)
}

function readAll(response: IncomingMessage, done: (failure: Error | undefined, data: string) => void): void {
  let data = ''
  let settled = false
  const finish = (failure?: Error) => {
    if (settled) return
    settled = true
    done(failure, data)
  }
  response.setEncoding('utf8')
  response.on('data', (chunk: string) => {
    data += chunk
  })
  response.on('end', () => finish())
  response.on('error', finish)
  response.on('close', () => {
    if (!settled) finish(telephonyError('unreachable', 'ARI cut its answer short'))
  })
}

/** `{"message":"Channel not found"}` or `{"error":...}`. */
function messageOf(data: string): string {
  try {
    const body: unknown = JSON.parse(data)
    if (typeof body === 'object' && body !== null) {
      if ('message' in body && typeof body.message === 'string') return body.message
      if ('error' in body && typeof body.error === 'string') return body.error
    }
  } catch {
    // Not JSON: an HTML error page of a proxy. Its text says nothing that the status does not.
  }
  return 'no message'
}
