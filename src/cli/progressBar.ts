import { byteCount, elapsed } from './format.ts'
import type { Terminal } from './terminal.ts'

const redrawMs = 100
const barWidth = 24

/** Shows how far a transfer is; on a terminal only. */
export interface ProgressBar {
  add(bytes: number): void
  /** Takes the bar away. */
  end(): void
}

/** A bar on stderr; `total` is unknown for a pipe. */
export function createProgressBar(terminal: Terminal, what: string, total: number | undefined): ProgressBar {
  const startedAt = Date.now()
  let bytes = 0
  let drawnAt = 0
  return {
    add(more) {
      bytes += more
      if (!terminal.errIsTty || Date.now() - drawnAt < redrawMs) return
      drawnAt = Date.now()
      terminal.err(`\r\u001b[K${progressLine({ what, bytes, total, ms: drawnAt - startedAt })}`)
    },
    end() {
      if (terminal.errIsTty && drawnAt > 0) terminal.err('\r\u001b[K')
    },
  }
}

/** One line of a transfer: name, bar, share, speed, what is left. */
export function progressLine(at: {
  readonly what: string
  readonly bytes: number
  readonly total: number | undefined
  readonly ms: number
}): string {
  const perSecond = at.ms === 0 ? 0 : (at.bytes * 1000) / at.ms
  const speed = `${byteCount(at.bytes)}  ${byteCount(Math.round(perSecond))}/s`
  if (at.total === undefined || at.total === 0) return `${at.what}  ${speed}`
  const share = Math.min(1, at.bytes / at.total)
  const filled = Math.round(share * barWidth)
  const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`
  const left = perSecond === 0 ? '' : `  ${elapsed(((at.total - at.bytes) * 1000) / perSecond)} left`
  return `${at.what}  ${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${speed}${left}`
}

/** The bytes with every piece counted on the bar. */
export async function* counted(bytes: AsyncIterable<Uint8Array>, bar: ProgressBar): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    bar.add(chunk.length)
    yield chunk
  }
}
