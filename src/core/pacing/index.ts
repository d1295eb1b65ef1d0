import { ceiling, census } from './limits.ts'
import type { Pacer, PacerMemory, PacingSettings } from './pacer.ts'
import { progressiveWish } from './progressive.ts'
import { ratioWish } from './ratio.ts'

/**
 * Makes the pacer of one campaign. `memory` is what an earlier pacer of that campaign (of whatever mode) gave from
 * `memory()`; without it the pacer starts from its priors. Deterministic: no clock, no chance.
 */
export function createPacer(settings: PacingSettings, _memory?: PacerMemory): Pacer {
  let current = settings
  return {
    get mode() {
      return current.mode
    },
    configure(next) {
      current = next
    },
    observe() {},
    decide(snapshot) {
      const counts = census(snapshot)
      const limit = ceiling(snapshot, current, counts)
      const wish = current.mode === 'progressive' ? progressiveWish(counts) : ratioWish(counts, current.ratio)
      const bound = limit.calls < wish.calls || limit.calls === 0
      return {
        originate: Math.min(wish.calls, limit.calls),
        withdraw: [],
        reason: bound ? limit.reason : wish.reason,
        figures: { freeNow: counts.available, inFlight: counts.inFlight },
      }
    },
    memory() {
      return {}
    },
  }
}
