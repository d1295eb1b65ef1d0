import { type Signal, signal } from '@preact/signals'

/** A topic as it is now, and whether the line to the daemon is up. */
export interface Live<State> {
  /** Undefined: nothing has come yet; null: it is no more. */
  readonly state: Signal<State | null | undefined>
  /** When the line was lost; undefined: it is up. */
  readonly lostAt: Signal<number | undefined>
  close(): void
}

/**
 * Follows a topic. The browser comes back by itself after a break; a snapshot comes first each time, so nothing is missed. An answer
 * that is no stream (the session has ended) closes it for good: `onRefused`.
 */
export function follow<State>(topic: string, onRefused: () => void): Live<State> {
  const state = signal<State | null | undefined>(undefined)
  const lostAt = signal<number | undefined>(undefined)
  const source = new EventSource(`/v1/events?topics=${encodeURIComponent(topic)}`)
  source.addEventListener('snapshot', ({ data }) => {
    const message = JSON.parse(data)
    if (message.topic !== topic) return
    state.value = message.state
    lostAt.value = undefined
  })
  source.addEventListener('patch', ({ data }) => {
    const message = JSON.parse(data)
    if (message.topic === topic) state.value = patched(state.value, message.patch) as State | null
  })
  source.addEventListener('error', () => {
    lostAt.value ??= Date.now()
    if (source.readyState === EventSource.CLOSED) onRefused()
  })
  return { state, lostAt, close: () => source.close() }
}

/** What a merge patch makes of it (RFC 7396, section 2). */
export function patched(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const result = new Map(Object.entries(isObject(target) ? target : {}))
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result.delete(key)
    else result.set(key, patched(result.get(key), value))
  }
  return Object.fromEntries(result)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
