import type { Static, TSchema } from 'typebox'
import { given } from '../core/given.ts'
import { errorCode, InputError, OperatingError } from '../errors.ts'

/** A plain request is answered within this time. */
const answerLimitMs = 30_000

/** Query parameters; absent ones are left out. */
export type Query = Readonly<Record<string, string | number | undefined>>

/** The daemon's HTTP API. Every failure is an OperatingError whose message is one line with the next step. */
export interface ApiClient {
  readonly url: string
  get<Schema extends TSchema>(view: Schema, path: string, query?: Query): Promise<Static<Schema>>
  /** PUT, POST, PATCH and DELETE, with a JSON body where there is one. */
  send<Schema extends TSchema>(view: Schema, request: SendRequest): Promise<Static<Schema>>
  /** A body that is read while it is sent. */
  upload<Schema extends TSchema>(view: Schema, request: UploadRequest): Promise<Static<Schema>>
  /** An answer that is read while it arrives. */
  download(path: string, query?: Query): Promise<AsyncIterable<Uint8Array>>
}

/** A request with a body or without. */
interface SendRequest {
  readonly method: 'PUT' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: unknown
}

/** A request whose body is a file. */
interface UploadRequest {
  readonly path: string
  readonly query: Query
  readonly bytes: AsyncIterable<Uint8Array>
}

/** A path with its variable parts made safe: `path('/v1/agents', id, 'login')`. */
export function apiPath(base: string, ...parts: readonly string[]): string {
  return [base, ...parts.map(encodeURIComponent)].join('/')
}

/** Speaks to the daemon at this address. */
export function createApiClient(api: {
  readonly host: string
  readonly port: number
  readonly token?: string
}): ApiClient {
  const url = `http://${reachableHost(api.host)}:${api.port}`
  const headers = given({ authorization: api.token === undefined ? undefined : `Bearer ${api.token}` })

  const ask = async (path: string, init: RequestInit & { duplex?: 'half' }): Promise<Response> => {
    const response = await fetch(`${url}${path}`, init).catch((cause: unknown) => {
      throw unreachable(url, cause)
    })
    if (!response.ok) throw await refusal(response)
    return response
  }
  // The daemon that answers is of this version and is tested against these schemas.
  const answer = async <Schema extends TSchema>(response: Response) => (await response.json()) as Static<Schema>

  return {
    url,
    async get(_view, path, query) {
      return answer(await ask(`${path}${queryText(query)}`, { headers, signal: AbortSignal.timeout(answerLimitMs) }))
    },
    async send(_view, { method, path, body }) {
      const json = given({ body: body === undefined ? undefined : JSON.stringify(body) })
      const type = given({ 'content-type': body === undefined ? undefined : 'application/json' })
      const signal = AbortSignal.timeout(answerLimitMs)
      return answer(await ask(path, { method, headers: { ...headers, ...type }, ...json, signal }))
    },
    async upload(_view, { path, query, bytes }) {
      const init = { method: 'POST', headers: { ...headers, 'content-type': 'text/csv' }, duplex: 'half' as const }
      return answer(await ask(`${path}${queryText(query)}`, { ...init, body: ReadableStream.from(bytes) }))
    },
    async download(path, query) {
      const { body } = await ask(`${path}${queryText(query)}`, { headers })
      if (body === null) throw new OperatingError('no-answer', `the daemon at ${url} sent nothing: try again`)
      return body
    },
  }
}

function reachableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
}

function queryText(query: Query = {}): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value))
  return parameters.size === 0 ? '' : `?${parameters}`
}

function unreachable(url: string, cause: unknown): OperatingError {
  const inner = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause
  // An error of the source of an upload (a file that cannot be read) is its own message.
  if (inner instanceof OperatingError) return inner
  const code = errorCode(inner)
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EHOSTUNREACH') {
    return new OperatingError(
      'daemon-not-running',
      `the daemon is not running at ${url}: start it with \`dialwright serve\``,
      { cause },
    )
  }
  if (cause instanceof Error && cause.name === 'TimeoutError') {
    return new OperatingError('daemon-silent', `the daemon at ${url} does not answer: see its log`, { cause })
  }
  return new OperatingError(
    'daemon-gone',
    `the connection to the daemon at ${url} broke (${code}): see its log, then try again`,
    { cause },
  )
}

async function refusal(response: Response): Promise<OperatingError> {
  const body: unknown = await response.json().catch(() => undefined)
  const error = part(body, 'error')
  const code = part(error, 'code')
  const message = part(error, 'message')
  if (typeof code === 'string' && typeof message === 'string') return new InputError(code, message)
  return new OperatingError(
    'not-dialwright',
    `${response.url} answered ${response.status}, and not as dialwright does: check api.host and api.port`,
  )
}

function part(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.entries(value).find(([name]) => name === key)?.[1]
}
