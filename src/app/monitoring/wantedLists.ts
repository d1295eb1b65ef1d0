import { listsAtSeller } from '../../core/compliance/law.ts'
import type { Place } from '../../core/compliance/rules.ts'
import type { EngineReads } from '../../ports/engine.ts'

/** The places whose do-not-call lists the law of running campaigns wants, and how old each may be, milliseconds: the strictest. */
export function wantedLists({
  campaigns,
  laws,
  now,
}: Pick<EngineReads, 'campaigns' | 'laws' | 'now'>): ReadonlyMap<Place, number> {
  const wanted = new Map<Place, number>()
  for (const { settings, state } of campaigns()) {
    if (state !== 'running') continue
    const { seller, purpose } = settings
    for (const { place, ageMaxMs } of listsAtSeller(laws, { place: seller.place, purpose }, now()))
      wanted.set(place, Math.min(ageMaxMs, wanted.get(place) ?? ageMaxMs))
  }
  return wanted
}
