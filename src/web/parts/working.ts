import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { Refusal, signedHeaders } from './api.ts'

/** How far the daemon is; empty where it cannot be counted. */
export interface WorkProgress {
  readonly what?: string
  readonly done?: number
  readonly total?: number
}

interface LongWork {
  readonly method: string
  readonly path: string
  readonly body?: Blob | string
  /** Of the body; absent: JSON. */
  readonly type?: string
  /** Whoever leaves: the connection ends, and the daemon's work with it. */
  readonly signal: AbortSignal
  /** Share 0..1 of the body that is on its way. */
  readonly onSent?: (share: number) => void
  readonly onProgress?: (progress: WorkProgress) => void
}

const working = 'application/x-ndjson'

/**
 * Asks for what takes a while: the daemon tells how far it is, a line a second, and answers in the last one. By XMLHttpRequest, for
 * fetch does not tell how much of a body has been sent. @throws Refusal
 */
export function workFor<Answer>({ method, path, body, type, signal, onSent, onProgress }: LongWork): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const stop = (): void => request.abort()
    const refuse = (status: number, error: { code?: string; message?: string } = {}): void =>
      reject(new Refusal({ status, code: error.code ?? 'unreadable', message: error.message ?? '' }))
    request.open(method, path)
    for (const [name, value] of signedHeaders()) request.setRequestHeader(name, value)
    request.setRequestHeader('accept', `${working}, application/json`)
    if (body !== undefined) request.setRequestHeader('content-type', type ?? 'application/json')
    if (onSent !== undefined)
      request.upload.onprogress = ({ loaded, total }) => onSent(total === 0 ? 1 : loaded / total)
    request.onprogress = () => {
      const last = lastLine(request.responseText, false)
      const told = isWorking(request) ? last?.working : undefined
      if (told !== undefined) onProgress?.(told)
    }
    request.onerror = () => refuse(0, { code: 'unreachable', message: 'the daemon does not answer' })
    request.onabort = () => refuse(0, { code: 'left', message: '' })
    request.onload = () => {
      signal.removeEventListener('abort', stop)
      const last = lastLine(request.responseText, true)
      const status = last?.status ?? request.status
      if (last?.error !== undefined || status >= 400) return refuse(status, last?.error)
      // The API's types say what an answer is.
      resolve((isWorking(request) ? last?.answer : last) as Answer)
    }
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    else request.send(body ?? null)
  })
}

/** The same by `POST`, with an answer as JSON, or with a file; `onProgress` and `signal` as there. @throws Refusal */
export function askAtWork<Answer>(
  path: string,
  body: unknown,
  waiter: Pick<LongWork, 'signal' | 'onProgress'>,
): Promise<Answer> {
  const sent = body instanceof Blob ? { body, type: 'text/csv' } : { body: JSON.stringify(body) }
  return workFor<Answer>({ method: 'POST', path, ...sent, ...waiter })
}

function isWorking(request: XMLHttpRequest): boolean {
  return request.getResponseHeader('content-type')?.startsWith(working) === true
}

interface Line {
  readonly working?: WorkProgress
  readonly answer?: unknown
  readonly error?: { readonly code?: string; readonly message?: string }
  readonly status?: number
}

/** The last line that is whole; at the end what is there is whole. */
function lastLine(text: string, isEnd: boolean): Line | undefined {
  const lines = text.split('\n')
  const whole = (isEnd ? lines : lines.slice(0, -1)).filter(line => line !== '')
  const last = whole.at(-1)
  try {
    return last === undefined ? undefined : JSON.parse(last)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Work that somebody waits for on a page. */
export interface Working<Answer> {
  readonly answer: Signal<Answer | undefined>
  readonly refused: Signal<Refusal | undefined>
  /** Undefined: nothing goes on. */
  readonly progress: Signal<(WorkProgress & { readonly sent?: number }) | undefined>
  begin(work: Omit<LongWork, 'signal' | 'onSent' | 'onProgress'>): Promise<void>
  /** Nobody waits any more. */
  leave(): void
}

/** For one piece of work at a time; whoever leaves the page waits no more. `keeps`: an answer stays until the next one. */
export function useWorking<Answer>({ keeps = false }: { readonly keeps?: boolean } = {}): Working<Answer> {
  const answer = useSignal<Answer | undefined>(undefined)
  const refused = useSignal<Refusal | undefined>(undefined)
  const progress = useSignal<(WorkProgress & { readonly sent?: number }) | undefined>(undefined)
  const stop = useRef<AbortController | undefined>(undefined)
  const leave = (): void => stop.current?.abort()
  useEffect(() => leave, [])
  const begin: Working<Answer>['begin'] = async work => {
    leave()
    const mine = new AbortController()
    stop.current = mine
    if (!keeps) answer.value = undefined
    refused.value = undefined
    progress.value = {}
    try {
      answer.value = await workFor<Answer>({
        ...work,
        signal: mine.signal,
        onSent: sent => (progress.value = { ...progress.value, sent }),
        onProgress: told => (progress.value = { ...told, sent: 1 }),
      })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      if (error.code !== 'left') refused.value = error
    } finally {
      if (stop.current === mine) progress.value = undefined
    }
  }
  return { answer, refused, progress, begin, leave }
}
