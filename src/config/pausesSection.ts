import { type Static, Type } from 'typebox'
import type { PauseReason } from '../core/campaigns/campaign.ts'
import { given } from '../core/given.ts'
import { hourMs, minuteMs } from '../core/time.ts'
import { durationMs, durationPattern, formatDuration } from './durations.ts'

/** Why agents of a campaign pause and how long each reason lasts at most, as written in its file or sent over the API. */
export const pausesSchema = Type.Record(
  Type.String({ pattern: '^[a-z0-9-]{1,40}$' }),
  Type.Union([Type.String({ pattern: durationPattern }), Type.Literal('any')], {
    'x-says': 'a duration like 15m, or any',
  }),
  {
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 20,
    'x-says': 'reasons like { break: 15m, training: any }',
  },
)

/** The settings that it means. */
export function pauseReasons(document: Static<typeof pausesSchema>): readonly PauseReason[] {
  return Object.entries(document).map(([name, max]) => ({
    name,
    ...given({ maxMs: max === 'any' ? undefined : durationMs(max) }),
  }))
}

/** As files and the API write it. */
export function writtenPauses(reasons: readonly PauseReason[]): Static<typeof pausesSchema> {
  return Object.fromEntries(
    reasons.map(({ name, maxMs }) => [name, maxMs === undefined ? 'any' : formatDuration(maxMs)]),
  )
}

/** A pause of seconds is none, and one of more than a working day has no end. */
export function checkPauses(reasons: readonly PauseReason[], wrong: (key: string, text: string) => never): void {
  for (const { name, maxMs } of reasons)
    if (maxMs !== undefined && (maxMs < minuteMs || maxMs > 12 * hourMs))
      wrong(`pauses.${name}`, 'must be from 1m to 12h, or any')
}
