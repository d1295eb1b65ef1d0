import type { Static, TSchema } from 'typebox'
import { workingType } from '../api/working.ts'
import { given } from '../core/given.ts'
import { errorCode, errorMessage, OperatingError } from '../errors.ts'
import { readAnswer, refusal, type Told } from './answer.ts'
import { breaking, type Silence, startSilence } from './silence.ts'

/** A daemon at work says so every second: one that says nothing for so long, and takes nothing, does not work at it. */
const defaultSilenceMs = 30_000
/** A file that is made while it is sent says nothing while it is begun. */
const downloadSilenceMs = 300_000

/** Who is told while an answer is waited for that takes more than a second. */
interface Waiting {
  /** The daemon is at work, and so far where it can tell. */
  working(told: Told): void
  /** The answer is there, or will not come. */
  end(): void
}

const nobody: Waiting = { working() {}, end() {} }

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

/** Where the daemon is spoken to, and who is told while it is waited for. */
export interface ClientOptions {
  readonly host: string
  readonly port: number
  readonly token?: string
  /** Absent: unencrypted. */
  readonly tls?: { readonly certificateFile: string }
  readonly waiting?: Waiting
  /** Absent: half a minute. */
  readonly silenceMs?: number
}

type Request = Pick<RequestInit, 'method' | 'headers' | 'body'> & { readonly duplex?: 'half' }

/** Speaks to the daemon at this address. */
export function createApiClient(options: ClientOptions): ApiClient {
  const { url, fetch } = reach(options)
  const { waiting = nobody, silenceMs = defaultSilenceMs } = options
  const authorization = given({ authorization: options.token === undefined ? undefined : `Bearer ${options.token}` })
  const accept = `application/json, ${workingType}`

  /** `sending`: whether bytes are still being sent, which show by themselves how far it is. */
  const converse = async <Schema extends TSchema>(
    path: string,
    request: (silence: Silence) => Request,
    sending: () => boolean = () => false,
  ): Promise<Static<Schema>> => {
    const silence = startSilence(url, silenceMs)
    const { signal } = silence
    const working = (told: Told): void => {
      if (!sending()) waiting.working(told)
    }
    try {
      const { headers, ...rest } = request(silence)
      const response = await fetch(`${url}${path}`, {
        ...rest,
        headers: { ...authorization, accept, ...headers },
        signal,
      })
      // The daemon that answers is of this version and is tested against these schemas.
      return (await readAnswer(response, { silence, working })) as Static<Schema>
    } catch (cause) {
      throw failure(url, cause)
    } finally {
      silence.end()
      waiting.end()
    }
  }

  return {
    url,
    get: (_view, path, query) => converse(`${path}${queryText(query)}`, () => ({})),
    send: (_view, { method, path, body }) =>
      converse(path, () =>
        body === undefined
          ? { method }
          : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
      ),
    upload(_view, { path, query, bytes }) {
      let sent = false
      const request = (silence: Silence): Request => {
        const pieces = breaking(bytes, silence, () => {
          sent = true
        })
        const headers = { 'content-type': 'text/csv' }
        return { method: 'POST', headers, duplex: 'half', body: ReadableStream.from(pieces) }
      }
      return converse(`${path}${queryText(query)}`, request, () => !sent)
    },
    async download(path, query) {
      const silence = startSilence(url, downloadSilenceMs)
      const { signal } = silence
      try {
        const response = await fetch(`${url}${path}${queryText(query)}`, { headers: authorization, signal })
        if (!response.ok) throw await refusal(response)
        const { body } = response
        if (body === null) throw new OperatingError('no-answer', `the daemon at ${url} sent nothing: try again`)
        return breaking(body, silence, silence.end)
      } catch (cause) {
        silence.end()
        throw failure(url, cause)
      }
    },
  }
}

/** Where the daemon is reached, and by what. */
function reach({ host, port, tls }: ClientOptions): { readonly url: string; readonly fetch: typeof globalThis.fetch } {
  const address = `${reachableHost(host)}:${port}`
  if (tls === undefined) return { url: `http://${address}`, fetch: globalThis.fetch }
  return { url: `https://${address}`, fetch: pinned(tls.certificateFile) }
}

/** Loaded where it is needed: most daemons are spoken to without. */
function pinned(certificateFile: string): typeof globalThis.fetch {
  const fetch = import('./secureFetch.ts').then(({ fetchPinned }) => fetchPinned(certificateFile))
  fetch.catch(() => {})
  return async (url, init) => (await fetch)(url, init)
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

function failure(url: string, cause: unknown): OperatingError {
  const inner = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause
  // A refusal, or an error of the source of an upload (a file that cannot be read), is its own message.
  for (const error of [cause, inner]) if (error instanceof OperatingError) return error
  const code = errorCode(inner)
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EHOSTUNREACH') {
    return new OperatingError(
      'daemon-not-running',
      `the daemon is not running at ${url}: start it with \`dialwright serve\``,
      { cause },
    )
  }
  // Some of fetch's own refusals have no code, of a port that it does not speak to for one.
  const why = code === 'unexpected' ? errorMessage(inner) : code
  return new OperatingError(
    'daemon-gone',
    `the connection to the daemon at ${url} broke (${why}): see its log, then try again`,
    { cause },
  )
}
