import { countryOf, type Place } from '../../core/compliance/rules.ts'
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
    const { lists } = laws.law({ seller: seller.place, purpose, person: [seller.place] }, now())
    for (const { place, ageMaxMs } of lists) {
      if (place !== seller.place && place !== countryOf(seller.place)) continue
      wanted.set(place, Math.min(ageMaxMs, wanted.get(place) ?? ageMaxMs))
    }
  }
  return wanted
}
