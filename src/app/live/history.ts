import type { EngineEvent } from '../../core/effects.ts'
import type { InstantMs } from '../../core/ids.ts'
import type { EngineGateway } from '../../ports/engine.ts'

/** Events kept for those who come back: some minutes of a busy floor. */
const keptMax = 5_000

/** An event under its number. */
export interface NumberedEvent {
  /** Of this run of the daemon: another run's ids are unknown here. */
  readonly id: string
  readonly at: InstantMs
  readonly event: EngineEvent
}

/** The engine's last events, numbered, so that whoever was away hears what they have missed. */
export interface EventHistory {
  /** All that came after this one; undefined: it is of another run, or too long ago. */
  after(id: string): readonly NumberedEvent[] | undefined
  /** The id of the newest; of an empty history one that everything comes after. */
  newest(): string
  subscribe(listener: (event: NumberedEvent) => void): () => void
  close(): void
}

/** Begins to listen. `run` tells this run of the daemon from others. */
export function createEventHistory(gateway: Pick<EngineGateway, 'subscribe'>, run: string): EventHistory {
  const listeners = new Set<(event: NumberedEvent) => void>()
  let kept: NumberedEvent[] = []
  let count = 0
  const idOf = (number: number): string => `${run}-${number}`
  const end = gateway.subscribe((event, at) => {
    count += 1
    const numbered = { id: idOf(count), at, event }
    kept.push(numbered)
    if (kept.length >= 2 * keptMax) kept = kept.slice(-keptMax)
    for (const listener of listeners) listener(numbered)
  })
  return {
    after(id) {
      const number = numberIn(id, run)
      if (number === undefined || number > count || number < count - kept.length) return undefined
      return kept.slice(kept.length - (count - number))
    },
    newest: () => idOf(count),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: end,
  }
}

function numberIn(id: string, run: string): number | undefined {
  const digits = id.startsWith(`${run}-`) ? id.slice(run.length + 1) : ''
  return /^\d{1,15}$/.test(digits) ? Number(digits) : undefined
}
