import { dayMs, hourMs, minuteMs } from '../core/time.ts'

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: minuteMs, h: hourMs, d: dayMs }
const part = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g

/** Text that is a duration: `20s`, `1m`, `1h30m`, `500ms`, `3d`. */
export const durationPattern = '^(?:\\d+(?:\\.\\d+)?(?:ms|s|m|h|d))+$'

/** Milliseconds of a duration as written in a file: a number of seconds, or text like `20s` or `1h30m`. */
export function durationMs(written: number | string): number {
  if (typeof written === 'number') return Math.round(written * 1000)
  let sumMs = 0
  for (const [, amount, unit] of written.matchAll(part)) sumMs += Number(amount) * (unitsMs[unit ?? ''] ?? 0)
  return Math.round(sumMs)
}

/** The shortest way to write a duration: `20s`, `4h`, `1h30m`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s'
  let restMs = Math.round(ms)
  let text = ''
  for (const unit of ['d', 'h', 'm', 's', 'ms']) {
    const unitMs = unitsMs[unit] ?? 1
    const amount = Math.floor(restMs / unitMs)
    if (amount > 0) text += `${amount}${unit}`
    restMs -= amount * unitMs
  }
  return text
}
