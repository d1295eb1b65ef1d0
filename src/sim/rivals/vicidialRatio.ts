import type { Policy } from './policies.ts'
import { createRival, knobOf } from './rival.ts'
import { VicidialLines } from './vicidialLines.ts'

const defaults = { level: 1 }

/** VICIdial's ratio method: a fixed number of lines per agent, the talking ones too. `level`: 1..10. */
export const vicidialRatio: Policy = {
  name: 'vicidial-ratio',
  defaults,
  create: (knobs, { settings }) =>
    createRival(new VicidialLines({ level: Math.max(1, knobOf(knobs, defaults, 'level')) }), settings),
}
