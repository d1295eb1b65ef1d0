import type { Place } from '../core/compliance/rules.ts'
import { plainText } from './keyText.ts'
import { placeOfCountry } from './places.ts'
import {
  alpha3Countries,
  countryZones,
  type PostalArea,
  postalAreas,
  subdivisions,
  zonesOfPlace,
} from './placeTables.ts'

/** A postal address as lists have it; only the country must be there. */
export interface Address {
  /** ISO 3166 code (`US`, `USA`), or the name in a language of {@link countryLanguages}. */
  readonly country: string
  /** State, province: code or name. */
  readonly region?: string
  readonly postcode?: string
}

/** Where an address lies. */
export interface AddressPlace {
  /** The country, or its parts; two where region and postal code contradict each other. */
  readonly places: readonly Place[]
  /** Every IANA zone that may hold there. */
  readonly zones: readonly string[]
}

/** How people write countries that no list of names has. */
const otherNames: Readonly<Record<string, string>> = {
  'U S A': 'US',
  'U S': 'US',
  'UNITED STATES OF AMERICA': 'US',
  AMERICA: 'US',
  UK: 'GB',
  'U K': 'GB',
  'GREAT BRITAIN': 'GB',
  ENGLAND: 'GB',
  SCOTLAND: 'GB',
  WALES: 'GB',
  'NORTHERN IRELAND': 'GB',
  PRC: 'CN',
}
/** Military addresses: the person may be anywhere. */
const military: ReadonlySet<string> = new Set(['AA', 'AE', 'AP'])

/**
 * The places and zones of an address. Where nothing says which part of a country it is, the country with all its zones.
 * `undefined` where the country is unknown, or the address (an army's post) is no place.
 */
export function placeOfAddress({ country, region = '', postcode = '' }: Address): AddressPlace | undefined {
  const code = countryNamed(country)
  if (code === undefined) return undefined
  const whole = placeOfCountry(code)
  const within = whole.startsWith('US-') ? 'US' : code
  if (within === 'US' && military.has(plain(region))) return undefined
  const byRegion = whole === code ? regionPlace(code, region) : whole
  const byPostcode = postalArea(within, postcode)
  const places = [...new Set([byRegion, byPostcode?.place].flatMap(place => place ?? []))]
  if (places.length === 0) return { places: [whole], zones: zonesOfPlace(whole) }
  return { places, zones: zonesOf(byRegion, byPostcode) }
}

/** The postal code says more about the clock than the region; where they name different places, both count. */
function zonesOf(byRegion: Place | undefined, byPostcode: PostalArea | undefined): readonly string[] {
  if (byRegion === undefined || byRegion === byPostcode?.place) return byPostcode?.zones ?? []
  return [...new Set([...zonesOfPlace(byRegion), ...(byPostcode?.zones ?? [])])]
}

/** The longest beginning that the table has. */
function postalArea(country: string, postcode: string): PostalArea | undefined {
  let text = plainText(postcode)
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')
  // A spreadsheet has eaten a leading zero. Of three digits nobody can tell whether they are a beginning or an end.
  if (country === 'US' && /^\d{4}$/.test(text)) text = `0${text}`
  if (country === 'US' && /^\d{8}$/.test(text)) text = `0${text}`
  if (country === 'US' && /^\d{1,3}$/.test(text)) return undefined
  if (country === 'FR' && /^\d{4}$/.test(text)) text = `0${text}`
  if (country === 'AU' && /^\d{3}$/.test(text)) text = `0${text}`
  for (let length = Math.min(text.length, 5); length > 0; length -= 1) {
    const area = postalAreas().get(`${country} ${text.slice(0, length)}`)
    if (area !== undefined) return area
  }
  return undefined
}

/** Capitals and digits with single spaces: `  Washington, D.C.` is `WASHINGTON D C`. */
function plain(text: string): string {
  const letters = plainText(text).normalize('NFD').replace(/\p{M}/gu, '').toUpperCase()
  return letters
    .replace(/['\u2019]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

let regions: ReadonlyMap<string, Place> | undefined

function regionPlace(country: string, region: string): Place | undefined {
  const text = plain(region).replace(new RegExp(`^${country} (?=[A-Z]{2,3}$)`), '')
  return text === '' ? undefined : knownRegions().get(`${country} ${text}`)
}

function knownRegions(): ReadonlyMap<string, Place> {
  if (regions !== undefined) return regions
  const byName = new Map<string, Place>()
  for (const { place, names } of subdivisions().values()) {
    const [country = '', code = ''] = place.split('-')
    for (const name of [code, ...names]) byName.set(`${country} ${plain(name)}`, place)
  }
  regions = byName
  return byName
}

let countries: ReadonlyMap<string, string> | undefined

/** Languages in which lists name countries. */
const countryLanguages = [
  ...['en', 'fr', 'de', 'es', 'it', 'pt', 'nl', 'pl', 'sv', 'da', 'nb', 'fi', 'cs', 'hu', 'ro', 'el', 'tr', 'ru'],
  ...['uk', 'zh', 'ja', 'ko', 'ar'],
] as const

/** The ISO 3166 code (`US`) of a country that is written as a code of two or three letters, or by its name. */
export function countryNamed(written: string): string | undefined {
  countries ??= countryNames()
  const text = plain(written)
  return countryZones().has(text) ? text : countries.get(text)
}

function countryNames(): ReadonlyMap<string, string> {
  const names = new Map([...alpha3Countries(), ...Object.entries(otherNames)])
  for (const language of countryLanguages) {
    const display = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' })
    for (const code of countryZones().keys()) {
      const name = plain(display.of(code) ?? '')
      if (name !== '' && !names.has(name)) names.set(name, code)
    }
  }
  return names
}
