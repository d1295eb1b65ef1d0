import { printable } from '../../core/printable.ts'
import type { Ink, Paint } from './paint.ts'
import { displayWidth, fitting } from './width.ts'

/** How lines are drawn. */
export interface Draw {
  readonly width: number
  readonly paint: Paint
  readonly time: (at: string) => string
}

/** Text of one ink: widths are counted before colour is put on. */
export interface Span {
  readonly text: string
  readonly ink?: Ink
}

/** Joins spans to a line that is never wider than the board; what is cut off shows as an ellipsis. */
export function cut(written: readonly Span[], { width, paint }: Draw): string {
  const spans = written.map(({ text, ...span }): Span => ({ text: printable(text), ...span }))
  const whole = lengthOf(spans) <= width
  let left = whole ? width : width - 1
  let line = ''
  for (const { text, ink } of spans) {
    const shown = fitting(text, left)
    line += ink === undefined || shown === '' ? shown : paint(ink, shown)
    // Behind a letter that found no room none comes.
    left = shown === text ? left - displayWidth(shown) : 0
  }
  return whole ? line : `${line}…`
}

/** Columns of spans. */
export function lengthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { text }) => sum + displayWidth(text), 0)
}
