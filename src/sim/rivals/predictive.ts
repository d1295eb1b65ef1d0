import { createPacer } from '../../core/pacing/index.ts'
import type { Policy } from './policies.ts'

/** The product's own rule, with what an earlier pacer remembered. It has no knob. */
export const predictive: Policy = {
  name: 'predictive',
  defaults: {},
  create: (_knobs, { settings, memory }) => createPacer({ ...settings, mode: 'predictive' }, memory),
}
