import { type LineLight, lineLights } from '../../core/calls/lineFigures.ts'

/** Lines of calls since the start, by how they sounded. */
export interface LineTally {
  add(light: LineLight): void
  counts(): Readonly<Record<LineLight, number>>
}

/** Nothing has been told yet. */
export function createLineTally(): LineTally {
  const counted = new Map<LineLight, number>()
  return {
    add: light => void counted.set(light, (counted.get(light) ?? 0) + 1),
    counts: () => {
      const [good = 0, fair = 0, poor = 0, silent = 0] = lineLights.map(light => counted.get(light))
      return { good, fair, poor, silent }
    },
  }
}
