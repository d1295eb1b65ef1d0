import { progressiveWish } from '../../core/pacing/progressive.ts'
import type { Policy } from './policies.ts'
import { createRival } from './rival.ts'

/** One call per available agent, none while one rings for them: the floor that every rule has to beat. */
export const progressive: Policy = {
  name: 'progressive',
  defaults: {},
  create: (_knobs, { settings }) =>
    createRival({ wish: (_snapshot, counts) => progressiveWish(counts).calls }, settings),
}
