import { Type } from 'typebox'
import type { InstantMs } from '../core/ids.ts'

/** An instant in answers: ISO 8601 in UTC. */
export const instant = Type.String({ format: 'date-time', 'x-says': "an instant like '2026-01-31T14:30:00Z'" })

/** An instant as the API writes it. */
export function iso(at: InstantMs): string {
  return new Date(at).toISOString()
}

/** An instant as the API writes it, where there is one. */
export function isoOf(at: InstantMs | undefined): string | undefined {
  return at === undefined ? undefined : iso(at)
}
