import type { SessionView } from '../../api/access/sessions.ts'

/** What the daemon has refused, or why it could not be asked (`unreachable`). */
export class Refusal extends Error {
  readonly code: string
  readonly status: number

  constructor({ status, code, message, cause }: { status: number; code: string; message: string; cause?: unknown }) {
    super(message, { cause })
    this.name = 'Refusal'
    this.code = code
    this.status = status
  }
}

let csrf: string | undefined

/** Asks the daemon. @throws Refusal */
export async function ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await send(path, requestOf(method, body))
  const answer: unknown = await response.json().catch(() => undefined)
  if (response.ok) return answer as Answer
  throw refusalOf(response, answer)
}

function requestOf(method: string, body: unknown): RequestInit & { readonly headers: Headers } {
  const headers = new Headers()
  if (body !== undefined) headers.set('content-type', 'application/json')
  if (csrf !== undefined) headers.set('x-csrf-token', csrf)
  return { method, headers, body: body === undefined ? null : JSON.stringify(body) }
}

/** A packed file says so by its own bytes. */
function uploadOf(file: Blob): ReturnType<typeof requestOf> {
  const request = requestOf('POST', undefined)
  request.headers.set('content-type', 'text/csv')
  return { ...request, body: file }
}

function refusalOf({ status, statusText }: Pick<Response, 'status' | 'statusText'>, answer: unknown): Refusal {
  const { code = 'unreadable', message = statusText } =
    (answer as { error?: { code?: string; message?: string } } | undefined)?.error ?? {}
  return new Refusal({ status, code, message })
}

/** How far a piece of work is; without a total nobody knows how much there is. */
export interface Progress {
  readonly what?: string
  readonly done?: number
  readonly total?: number
}

/** What takes a while, an upload too: whoever asks is told how far it is, and ends it by `signal`. @throws Refusal */
export async function askAtWork<Answer>(
  path: string,
  body: unknown,
  { onProgress, signal }: { readonly onProgress: (progress: Progress) => void; readonly signal: AbortSignal },
): Promise<Answer> {
  const request = body instanceof Blob ? uploadOf(body) : requestOf('POST', body)
  request.headers.set('accept', 'application/x-ndjson')
  const response = await send(path, { ...request, signal })
  if (!response.headers.get('content-type')?.startsWith('application/x-ndjson')) {
    const answer: unknown = await response.json().catch(() => undefined)
    if (response.ok) return answer as Answer
    throw refusalOf(response, answer)
  }
  for await (const line of linesOf(response)) {
    if ('working' in line) onProgress(line.working as Progress)
    else if ('answer' in line) return line.answer as Answer
    else throw refusalOf({ status: Number(line.status), statusText: '' }, line)
  }
  throw new Refusal({ status: 0, code: 'unreachable', message: 'the daemon does not answer' })
}

/** Each line of an answer that grows; one that breaks off has no more of them. */
async function* linesOf({ body }: Response): AsyncGenerator<Readonly<Record<string, unknown>>> {
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (;;) {
    const { done, value = '' } = (await reader?.read().catch(() => undefined)) ?? { done: true }
    text += value
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) yield JSON.parse(line)
    if (done) return
  }
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { ...init, credentials: 'same-origin', cache: 'no-store' })
  } catch (cause) {
    throw new Refusal({ status: 0, code: 'unreachable', message: 'the daemon does not answer', cause })
  }
}

/** Who is logged in here; undefined: nobody. @throws Refusal where that cannot be told */
export async function whoAmI(): Promise<SessionView | undefined> {
  try {
    return remember(await ask<SessionView>('GET', '/v1/session'))
  } catch (error) {
    if (error instanceof Refusal && (error.status === 401 || error.status === 403)) return undefined
    throw error
  }
}

/** Keeps what goes with every request that changes something. */
export function remember(session: SessionView): SessionView {
  csrf = session.csrf
  return session
}

/** Where somebody works, by what they may. */
export function homeOf({ agentId, rights }: SessionView): string {
  if (agentId !== undefined) return '/agent'
  return rights.includes('see-status') ? '/board' : '/login'
}
