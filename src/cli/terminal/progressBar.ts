import { printable } from '../../core/printable.ts'
import { byteCount, elapsed } from './format.ts'
import type { Screen } from './screen.ts'

const redrawMs = 100
const barWidth = 24

/** Shows how far something is; on a terminal only. */
export interface ProgressBar {
  /** So much more is done. */
  add(amount: number): void
  /** So much more there is to do than was known. */
  expect(amount: number): void
  /** Takes the bar away. */
  end(): void
}

/** What a bar counts, and how it tells how far it is. */
export type ProgressUnit = (at: {
  readonly done: number
  readonly total: number | undefined
  readonly perSecond: number
}) => string

/** `1.2 MB  300.0 kB/s` */
const inBytes: ProgressUnit = ({ done, perSecond }) => `${byteCount(done)}  ${byteCount(Math.round(perSecond))}/s`

/** `12 of 100 runs` */
export const inRuns: ProgressUnit = ({ done, total }) => `${done} of ${total ?? '?'} runs`

/** A bar on stderr; `total` is unknown for a pipe. */
export function createProgressBar(
  terminal: Screen,
  { what, total: known, unit = inBytes }: { what: string; total?: number | undefined; unit?: ProgressUnit },
): ProgressBar {
  const startedAt = Date.now()
  let total = known
  let done = 0
  let drawnAt = 0
  return {
    add(amount) {
      done += amount
      if (!terminal.errIsTty || Date.now() - drawnAt < redrawMs) return
      drawnAt = Date.now()
      terminal.steer(
        `\r\u001b[K${printable(progressLine({ what, done, total, unit, ms: drawnAt - startedAt }))}`,
        'err',
      )
    },
    expect(amount) {
      total = (total ?? 0) + amount
    },
    end() {
      if (terminal.errIsTty && drawnAt > 0) terminal.steer('\r\u001b[K', 'err')
    },
  }
}

/** One line: name, bar, share, how much, what is left. */
function progressLine(at: {
  readonly what: string
  readonly done: number
  readonly total: number | undefined
  readonly unit: ProgressUnit
  readonly ms: number
}): string {
  const { what, done, total, ms } = at
  const perSecond = ms === 0 ? 0 : (done * 1000) / ms
  const words = at.unit({ done, total, perSecond })
  if (total === undefined || total === 0) return `${what}  ${words}`
  const share = Math.min(1, done / total)
  const filled = Math.round(share * barWidth)
  const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`
  const left = perSecond === 0 ? '' : `  ${elapsed(((total - done) * 1000) / perSecond)} left`
  return `${what}  ${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${words}${left}`
}

/** The bytes with every piece counted on the bar. */
export async function* counted(bytes: AsyncIterable<Uint8Array>, bar: ProgressBar): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    bar.add(chunk.length)
    yield chunk
  }
}
