import { Agent, type Dispatcher, errors } from 'undici'
import type { DurationTally } from '../../core/tally.ts'
import { TelephonyError } from '../../errors.ts'
import { codeOfAriStatus, hasCode, telephonyError } from '../errors.ts'

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

/** One request. */
export interface AriRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below the REST interface, query included: `/channels/x/variable?variable=A&value=1`. */
  readonly path: string
  /** JSON. */
  readonly body?: string
  /** Somebody waits for it; absent: it may queue behind others of its kind. */
  readonly urgent?: boolean
}

/** Connections for what a waiting person hangs on: connects, messages, hang-ups. */
const urgentConnectionsMax = 32
/** Connections for the rest; a burst of originates queues here and delays nothing else. */
const bulkConnectionsMax = 12
/** Idle connections are dropped before the PBX would drop them (15 s unless configured), which would race a request. */
const keepAliveMs = 10_000

/**
 * The HTTP of one node. Requests go out on connections that are kept and do not wait for one another: the PBX holds some back for
 * as long as a sound plays, so they may not share a line.
 */
export class AriHttp {
  readonly #origin: string
  readonly #prefix: string
  readonly #headers: readonly string[]
  readonly #jsonHeaders: readonly string[]
  readonly #limitMs: number
  readonly #latency: DurationTally | undefined
  readonly #urgent = connections(urgentConnectionsMax)
  readonly #bulk = connections(bulkConnectionsMax)

  /** `latency`: counts how long each answer takes. */
  constructor(options: AriOptions, limitMs: number, latency?: DurationTally) {
    const url = new URL(options.url)
    this.#origin = url.origin
    this.#prefix = url.pathname.replace(/\/$/, '')
    this.#headers = ['authorization', basicAuthorization(options)]
    this.#jsonHeaders = [...this.#headers, 'content-type', 'application/json']
    this.#limitMs = limitMs
    this.#latency = latency
  }

  /** The body of a good answer. Settles within the time limit; rejects with a TelephonyError. */
  send(request: AriRequest): Promise<string> {
    // An originate has a body. Sent twice it would be refused as a channel that exists, so it is looked for instead.
    const mayRepeat = request.body === undefined
    const askedAt = performance.now()
    return new Promise((resolve, reject) => this.#send(request, { resolve, reject, mayRepeat, askedAt }))
  }

  /** What is on its way fails. */
  close(): void {
    const gone = telephonyError('unreachable', 'The ARI connection is closed')
    for (const agent of [this.#urgent, this.#bulk]) void agent.destroy(gone)
  }

  #send(request: AriRequest, asked: Asked): void {
    const { method, path, body = null, urgent = false } = request
    const answer = new Answer({
      limitMs: this.#limitMs,
      late: () => telephonyError('timeout', `Asterisk did not answer ${method} in ${this.#limitMs} ms`),
      settle: (failure, status, data) => {
        if (failure === undefined || hasCode(failure, 'timeout')) this.#latency?.add(performance.now() - asked.askedAt)
        if (failure === undefined) judge(asked, status, data)
        else if (asked.mayRepeat && neverArrived(failure)) this.#send(request, { ...asked, mayRepeat: false })
        else asked.reject(lost(failure))
      },
    })
    const headers = [...(body === null ? this.#headers : this.#jsonHeaders)]
    const agent = urgent ? this.#urgent : this.#bulk
    agent.dispatch({ origin: this.#origin, method, path: `${this.#prefix}${path}`, headers, body }, answer)
  }
}

interface Asked {
  resolve(body: string): void
  reject(error: Error): void
  readonly mayRepeat: boolean
  /** Of `performance`. */
  readonly askedAt: number
}

function connections(max: number): Agent {
  // Our own time limit counts from the asking; undici's would count from the sending, in whole seconds.
  const limits = { headersTimeout: 0, bodyTimeout: 0 }
  return new Agent({ connections: max, pipelining: 1, keepAliveTimeout: keepAliveMs, ...limits })
}

interface AnswerOptions {
  readonly limitMs: number
  late(): Error
  /** Told once. */
  settle(failure: Error | undefined, status: number, data: string): void
}

/** One answer while it comes. */
class Answer implements Dispatcher.DispatchHandler {
  readonly #options: AnswerOptions
  readonly #timer: NodeJS.Timeout
  #controller: Dispatcher.DispatchController | undefined
  #status = 0
  #data = ''
  #settled = false

  constructor(options: AnswerOptions) {
    this.#options = options
    this.#timer = setTimeout(() => {
      const late = options.late()
      this.#controller?.abort(late)
      this.#settle(late)
    }, options.limitMs)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    // It waited for a connection longer than anybody waits for it: the PBX must not carry it out now.
    if (this.#settled) controller.abort(this.#options.late())
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#data += chunk.toString('utf8')
  }

  onResponseEnd(): void {
    this.#settle(undefined)
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#settle(error)
  }

  #settle(failure: Error | undefined): void {
    if (this.#settled) return
    this.#settled = true
    clearTimeout(this.#timer)
    this.#options.settle(failure, this.#status, this.#data)
  }
}

function judge({ resolve, reject }: Asked, status: number, data: string): void {
  if (status >= 200 && status < 300) {
    resolve(data)
    return
  }
  const message = messageOf(data)
  reject(telephonyError(codeOfAriStatus(status, message), `ARI answered ${status}: ${message}`))
}

/** A kept connection that the PBX closed just as the request left: it had answered before, and answers this one never. */
function neverArrived(error: Error): boolean {
  return error instanceof errors.SocketError && (error.socket?.bytesRead ?? 0) > 0
}

/** Our own errors keep their code; whatever else broke the connection means that the PBX is not reachable. */
function lost(error: Error): Error {
  if (error instanceof TelephonyError) return error
  return telephonyError('unreachable', `ARI connection failed: ${error.message}`, error)
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
