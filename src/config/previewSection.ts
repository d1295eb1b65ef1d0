import { type Static, Type } from 'typebox'
import type { PreviewSettings } from '../core/campaigns/campaign.ts'
import { defaultPreview } from '../core/campaigns/dialModes.ts'
import { given } from '../core/given.ts'
import { minuteMs } from '../core/time.ts'
import { durationMs, durationPattern, formatDuration } from './durations.ts'

const closed = { additionalProperties: false }
const duration = [Type.Number({ minimum: 0 }), Type.String({ pattern: durationPattern })] as const

/** How agents decide on the leads that they are shown, as written in a campaign's file or sent over the API. */
export const previewSchema = Type.Object(
  {
    decide: Type.Optional(Type.Union([...duration], { 'x-says': 'a duration like 30s, from 5s to 10m' })),
    timeUp: Type.Optional(Type.Enum(['skip', 'call'], { 'x-says': 'skip or call' })),
    skipReasons: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[a-z0-9-]{1,40}$' }),
        Type.Union([...duration, Type.Literal('never')], { 'x-says': 'a duration like 1h, or never' }),
        { ...closed, minProperties: 1, maxProperties: 20, 'x-says': 'reasons like { not-now: 1h, wrong-data: never }' },
      ),
    ),
  },
  closed,
)

/** The settings that it means. */
export function previewSettings({ decide, timeUp, skipReasons }: Static<typeof previewSchema>): PreviewSettings {
  const reasons = Object.entries(skipReasons ?? {}).map(([name, after]) => ({
    name,
    ...given({ afterMs: after === 'never' ? undefined : durationMs(after) }),
  }))
  return {
    decideMs: decide === undefined ? defaultPreview.decideMs : durationMs(decide),
    timeUp: timeUp ?? defaultPreview.timeUp,
    skipReasons: skipReasons === undefined ? defaultPreview.skipReasons : reasons,
  }
}

/** As files and the API write it. */
export function writtenPreview({ decideMs, timeUp, skipReasons }: PreviewSettings): Static<typeof previewSchema> {
  const reasons = skipReasons.map(({ name, afterMs }) => [
    name,
    afterMs === undefined ? ('never' as const) : formatDuration(afterMs),
  ])
  return { decide: formatDuration(decideMs), timeUp, skipReasons: Object.fromEntries(reasons) }
}

/** Too short to read a name, or so long that a chair may be empty, is no time to decide in. */
export function checkPreview(
  { decideMs, skipReasons }: PreviewSettings,
  wrong: (key: string, text: string) => never,
): void {
  if (decideMs < 5_000 || decideMs > 10 * minuteMs) wrong('preview.decide', 'must be from 5s to 10m')
  if (skipReasons.length === 0) wrong('preview.skipReasons', 'is empty: name a reason, or leave it out')
}
