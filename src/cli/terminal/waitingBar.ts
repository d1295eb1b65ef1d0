import type { Told } from '../answer.ts'
import { elapsed } from './format.ts'
import { createProgressBar, type ProgressBar, type ProgressUnit } from './progressBar.ts'
import type { Screen } from './screen.ts'

/** Shows that the daemon is at work, and how far it is; on a terminal only. */
export interface WaitingBar {
  working(told: Told): void
  /** The answer is there, or will not come. */
  end(): void
}

/** A bar for whatever the daemon is asked: nothing of it is seen while answers come at once. `who` does it. */
export function createWaitingBar(screen: Screen, who = 'the daemon is at work'): WaitingBar {
  let shown: { readonly what: string; readonly bar: ProgressBar } | undefined
  let done = 0
  const startedAt = Date.now()
  const inTime: ProgressUnit = () => elapsed(Date.now() - startedAt)
  const inPieces =
    (what: string): ProgressUnit =>
    at =>
      at.total === undefined ? `${at.done} ${what}` : `${at.done} of ${at.total} ${what}`

  function barFor({ what, total }: Told): ProgressBar {
    const name = what ?? ''
    if (shown?.what !== name) {
      shown?.bar.end()
      const said = what === undefined ? { unit: inTime } : { unit: inPieces(what), total }
      shown = { what: name, bar: createProgressBar(screen, { what: who, ...said }) }
      done = 0
    }
    return shown.bar
  }

  return {
    working(told) {
      const bar = barFor(told)
      bar.add(Math.max(0, (told.done ?? 0) - done))
      done = Math.max(done, told.done ?? 0)
    },
    end() {
      shown?.bar.end()
      shown = undefined
    },
  }
}

/** A bar for work that is done here. */
export async function withBar<Answer>(
  screen: Screen,
  work: (onProgress: (told: Told) => void) => Promise<Answer>,
): Promise<Answer> {
  const bar = createWaitingBar(screen, 'at work')
  try {
    return await work(told => bar.working(told))
  } finally {
    bar.end()
  }
}
