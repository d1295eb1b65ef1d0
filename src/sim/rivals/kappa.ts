import type { Policy } from './policies.ts'
import { createRival, knobOf, ringingForServing } from './rival.ts'

const defaults = { kappa: 2 }

/**
 * `kappa * free - ringing`: lines in proportion to the agents who are free right now, whatever the others do. Against `ratio`
 * it knows no upper bound, and a person who waits takes no line from anybody. `kappa`: lines per free agent, 0.5..25.
 */
export const kappa: Policy = {
  name: 'kappa',
  defaults,
  create(knobs, { settings }) {
    const lines = knobOf(knobs, defaults, 'kappa')
    return createRival(
      { wish: (_snapshot, counts) => Math.floor(lines * counts.available) - ringingForServing(counts) },
      settings,
    )
  },
}
