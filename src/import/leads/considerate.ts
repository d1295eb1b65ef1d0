import { setTimeout } from 'node:timers/promises'
import type { PackedLeadStore } from '../../ports/importing/packedLeads.ts'

/** While calls are made an import rests after each batch for so many times the time that the batch took. */
const restShare = 2

/**
 * A store that takes an import's rows more slowly while calls are made: each batch costs the machine what an answer waits for.
 * Without calls it takes them as they come.
 */
export function considerateOf<Target extends PackedLeadStore>(store: Target, isDialing: () => boolean): Target {
  return {
    ...store,
    async importPackedLeads(importId, campaignId, packed) {
      const startedAt = performance.now()
      const answer = await store.importPackedLeads(importId, campaignId, packed)
      if (isDialing()) await setTimeout(restShare * (performance.now() - startedAt))
      return answer
    },
  }
}
