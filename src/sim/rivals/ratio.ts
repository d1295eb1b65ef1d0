import { ratioWish } from '../../core/pacing/ratio.ts'
import type { Policy } from './policies.ts'
import { createRival, knobOf } from './rival.ts'

const defaults = { ratio: 2 }

/** A fixed number of lines per available agent, minus the lines in flight. `ratio`: 1..10. */
export const ratio: Policy = {
  name: 'ratio',
  defaults,
  create(knobs, { settings }) {
    const lines = knobOf(knobs, defaults, 'ratio')
    return createRival({ wish: (_snapshot, counts) => ratioWish(counts, lines).calls }, settings)
  },
}
