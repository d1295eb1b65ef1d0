import { getCountries, getCountryCallingCode } from 'libphonenumber-js/max'
import type { Place } from '../core/compliance/rules.ts'
import type { PhoneNumber } from '../core/ids.ts'
import { areaCodePlaces, countryZones, subdivisions } from './placeTables.ts'
import { readingOf } from './readings.ts'

/** Parts of the United States that ISO 3166-1 counts as countries too: their law is that of the United States. */
const unitedStates: ReadonlySet<string> = new Set(['PR', 'VI', 'GU', 'AS', 'MP'])

const nowhere: readonly Place[] = []

/** `PR` as the part of the United States that it is, `US-PR`; other countries as they are. */
export function placeOfCountry(country: string): Place {
  return unitedStates.has(country) ? `US-${country}` : country
}

/** Whether the product knows the place: a country, or a part of one that numbers or addresses can give. */
export function isKnownPlace(place: Place): boolean {
  return subdivisions().has(place) || (countryZones().has(place) && placeOfCountry(place) === place)
}

/**
 * Every place where the person with this number may be, by its area or country code: `US-FL`, `CA-NS` and `CA-PE`, `DE`. Empty
 * for numbers of no place (toll-free, satellite, a code not given out). What a mobile's prefix says is where it was bought.
 */
export function placesOfNumber(number: PhoneNumber): readonly Place[] {
  if (number.startsWith('+1')) return northAmerica()[Number(number.slice(2, 5))] ?? nowhere
  const byCode = countriesByCode()
  for (let length = 1; length <= 3; length += 1) {
    const code = number.slice(1, length + 1)
    const countries = byCode.get(code)
    if (countries === undefined) continue
    return countries.length === 1 ? countries : sharedCode(number, countries)
  }
  return nowhere
}

let areas: readonly (readonly Place[])[] | undefined

function northAmerica(): readonly (readonly Place[])[] {
  if (areas !== undefined) return areas
  const filled: (readonly Place[])[] = Array.from({ length: 1000 }, () => nowhere)
  for (const [code, places] of areaCodePlaces()) filled[Number(code)] = places
  areas = filled
  return filled
}

let codes: ReadonlyMap<string, readonly Place[]> | undefined

function countriesByCode(): ReadonlyMap<string, readonly Place[]> {
  if (codes !== undefined) return codes
  const byCode = new Map<string, Place[]>()
  for (const country of getCountries()) {
    const code = getCountryCallingCode(country)
    byCode.set(code, [...(byCode.get(code) ?? []), country])
  }
  codes = byCode
  return byCode
}

/** One of the countries of a shared calling code by the library; where it cannot say, all of them. */
function sharedCode(number: PhoneNumber, countries: readonly Place[]): readonly Place[] {
  const country = readingOf(number)?.country
  return country === undefined ? countries : (single.get(country) ?? countries)
}

/** Every country as a list of one, made once. */
const single: ReadonlyMap<string, readonly Place[]> = new Map(getCountries().map(country => [country, [country]]))
