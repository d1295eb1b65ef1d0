import { type Signal, signal } from '@preact/signals'

/** Topics as they are now, and whether the line to the daemon is up. */
export interface Live<States extends object> {
  /** Undefined: nothing has come yet; null: it is no more. */
  state<Topic extends keyof States>(topic: Topic): Signal<States[Topic] | null | undefined>
  /** When the line was lost; undefined: it is up. */
  readonly lostAt: Signal<number | undefined>
}

/** A stream that was refused is asked for again after this time, milliseconds. */
const againMs = 3_000

/**
 * Follows topics over one stream. A snapshot of each comes first, and again after every break, so nothing is missed. The browser comes back
 * by itself when the line breaks; what was refused is asked for again by us, for the daemon may only be starting. `onOut`: whoever
 * looked is no longer logged in.
 */
export function follow<States extends object>(
  topics: readonly (keyof States & string)[],
  onOut: () => void,
): Live<States> {
  const lostAt = signal<number | undefined>(undefined)
  const states = new Map<PropertyKey, Signal<unknown>>(topics.map(topic => [topic, signal(undefined)]))
  const url = `/v1/events?topics=${encodeURIComponent(topics.join(','))}`
  const open = (): void => {
    const source = new EventSource(url)
    source.addEventListener('snapshot', ({ data }) => {
      const { topic, state } = JSON.parse(data)
      const kept = states.get(topic)
      if (kept !== undefined) kept.value = state
      lostAt.value = undefined
    })
    source.addEventListener('patch', ({ data }) => {
      const { topic, patch } = JSON.parse(data)
      const kept = states.get(topic)
      if (kept !== undefined) kept.value = patched(kept.value, patch)
    })
    source.addEventListener('error', () => {
      lostAt.value ??= Date.now()
      if (source.readyState === EventSource.CLOSED) void refused()
    })
  }
  const refused = async (): Promise<void> => {
    const status = await statusOf(url)
    if (status === 401 || status === 403) return onOut()
    // What is followed is not there.
    if (status === 404) for (const kept of states.values()) kept.value = null
    setTimeout(open, againMs)
  }
  open()
  // Each signal holds what its topic says; the API's types say what that is.
  return { state: topic => states.get(topic) as Signal<never>, lostAt }
}

/** Why a stream was refused; 0: nobody answers. */
async function statusOf(url: string): Promise<number> {
  const end = new AbortController()
  try {
    return (await fetch(url, { credentials: 'same-origin', signal: end.signal })).status
  } catch {
    return 0
  } finally {
    end.abort()
  }
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
