import { countryOf, type Place } from '../core/compliance/rules.ts'
import type { PhoneNumber } from '../core/ids.ts'
import { placesOfNumber } from './places.ts'
import { countryZones } from './placeTables.ts'
import { showSameTime, zoneData } from './zoneOffsets.ts'
import { tellsPlace, zonesOfNumber } from './zones.ts'

/** What a row says of where its person is. */
export interface Hints {
  readonly number: PhoneNumber
  /** IANA zone that the row states. */
  readonly stated?: string
  /** Of the row's address, or of what is known of it. */
  readonly address?: { readonly places: readonly Place[]; readonly zones: readonly string[] }
}

/**
 * Every IANA zone in which the person may be. What is more exact counts alone where nothing contradicts it: a stated zone within the
 * address's and the number's country, an address within the country of a number that tells no place. Of what contradicts
 * each other all must permit.
 */
export function zonesOfPerson({ number, stated, address }: Hints): readonly string[] {
  const byAddress = address?.zones ?? []
  const countries = countryZonesOfNumber(number)
  if (stated !== undefined) {
    const others = [byAddress, countries].filter(zones => zones.length > 0 && !isAmong(stated, zones))
    return others.length === 0
      ? [stated]
      : union([stated], ...others.map(zones => (zones === countries ? zonesOfNumber(number) : zones)))
  }
  if (byAddress.length > 0 && !tellsPlace(number) && isWithin(address?.places ?? [], placesOfNumber(number)))
    return byAddress
  return union(zonesOfNumber(number), byAddress)
}

function isWithin(places: readonly Place[], countries: readonly Place[]): boolean {
  return places.length > 0 && places.every(place => countries.includes(countryOf(place)))
}

/** All zones of the countries in which the number may be: a person moves within one and keeps the number. */
function countryZonesOfNumber(number: PhoneNumber): readonly string[] {
  return placesOfNumber(number).flatMap(place => countryZones().get(countryOf(place)) ?? [])
}

const answers = new Map<string, boolean>()

/** Whether one of the zones shows the same time as a zone; each pair is worked out once. */
function isAmong(zone: string, zones: readonly string[]): boolean {
  return zones.some(other => {
    if (other === zone) return true
    const key = `${zone} ${other}`
    const same = answers.get(key) ?? showSameTime(zone, other, Date.parse(zoneData.published))
    answers.set(key, same)
    return same
  })
}

function union(first: readonly string[], ...more: readonly (readonly string[])[]): readonly string[] {
  const others = more.flat().filter(zone => !first.includes(zone))
  return others.length === 0 ? first : [...new Set([...first, ...others])]
}
