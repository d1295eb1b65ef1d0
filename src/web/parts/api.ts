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

/** What shows that a request comes from this page. */
export function signedHeaders(): Headers {
  const headers = new Headers()
  if (csrf !== undefined) headers.set('x-csrf-token', csrf)
  return headers
}

/** Asks the daemon. @throws Refusal */
export async function ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const headers = signedHeaders()
  if (body !== undefined) headers.set('content-type', 'application/json')
  const response = await send(path, { method, headers, body: body === undefined ? null : JSON.stringify(body) })
  const answer: unknown = await response.json().catch(() => undefined)
  if (response.ok) return answer as Answer
  const { code = 'unreadable', message = response.statusText } =
    (answer as { error?: { code?: string; message?: string } } | undefined)?.error ?? {}
  throw new Refusal({ status: response.status, code, message })
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
