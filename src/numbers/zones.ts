import { readFileSync } from 'node:fs'
import { getCountries, getCountryCallingCode } from 'libphonenumber-js/max'
import type { PhoneNumber } from '../core/ids.ts'
import { placesOfNumber } from './places.ts'
import { countryZones, zonesOfPlace } from './placeTables.ts'
import { readingOf } from './readings.ts'
import { showSameTime, zoneData } from './zoneOffsets.ts'

type ZoneTable = ReadonlyMap<string, readonly string[]>

/** The build copies it beside the compiled file. */
const dataFolder = new URL('./data/', import.meta.url)

/** Longest prefix in the table; a test holds it. */
export const longestPrefix = 8

let table: ZoneTable | undefined

/**
 * The IANA zones in which a person with this number may be. A fixed line outside North America, and every number in it, tells them
 * by the longest prefix in Google's table with our corrections. A number that tells no place (a mobile's, one that may be a
 * mobile's, the network's own, one that is not in use) may be anywhere in its country: every clock of it, by one zone each. Empty:
 * nothing is known. A mobile number of North America cannot be told from a fixed one, nor does it tell where its owner lives: its
 * prefix's zones are given.
 */
export function zonesOfNumber(number: PhoneNumber): readonly string[] {
  const code = codeOfSeveralClocks(number)
  if (code === undefined) return zonesByTable(number)
  const found = tellsPlace(number) ? byPrefix(number) : undefined
  return found !== undefined && found.length > code.length ? found.zones : clocksOf(placesOfNumber(number))
}

/** An area code of North America that is newer than Google's table has the zones of its places. */
function zonesByTable(number: PhoneNumber): readonly string[] {
  const found = byPrefix(number)
  const isBare = found?.length === 1 && number.startsWith('+1')
  const places = isBare ? placesOfNumber(number) : []
  return places.length > 0 ? [...new Set(places.flatMap(zonesOfPlace))] : (found?.zones ?? none)
}

/** Whether the number itself says in which part of its country it is: where there is one clock only, none needs to. */
export function tellsPlace(number: PhoneNumber): boolean {
  return codeOfSeveralClocks(number) === undefined || readingOf(number)?.type === 'FIXED_LINE'
}

const none: readonly string[] = []

function byPrefix(number: PhoneNumber): { readonly zones: readonly string[]; readonly length: number } | undefined {
  table ??= loadZoneTable()
  const digits = number.slice(1)
  for (let length = Math.min(digits.length, longestPrefix); length > 0; length -= 1) {
    const zones = table.get(digits.slice(0, length))
    if (zones !== undefined) return { zones, length }
  }
  return undefined
}

let severalClocks: ReadonlySet<string> | undefined

/** The number's country code, where a country that has it has several clocks; never North America's. */
function codeOfSeveralClocks(number: PhoneNumber): string | undefined {
  severalClocks ??= new Set(
    getCountries().flatMap(country => {
      const code = getCountryCallingCode(country)
      return code !== '1' && clocksOf([country]).length > 1 ? [code] : []
    }),
  )
  for (let length = 1; length <= 3; length += 1) {
    const code = number.slice(1, length + 1)
    if (severalClocks.has(code)) return code
  }
  return undefined
}

const clocksByPlaces = new Map<string, readonly string[]>()

/** Every clock of some countries, each by the first zone that keeps it. */
function clocksOf(countries: readonly string[]): readonly string[] {
  const key = countries.join(' ')
  const known = clocksByPlaces.get(key)
  if (known !== undefined) return known
  const zones = countries.flatMap(country => countryZones().get(country) ?? [])
  table ??= loadZoneTable()
  // The zones that the table names are the ones that people know: Sydney, not Macquarie Island.
  const wellKnown = new Set([...table].flatMap(([prefix, names]) => (prefix.length <= 3 ? names : [])))
  const clocks = differentClocks([...zones.filter(zone => wellKnown.has(zone)), ...zones])
  clocksByPlaces.set(key, clocks)
  return clocks
}

function differentClocks(zones: readonly string[]): readonly string[] {
  const from = Date.parse(zoneData.published)
  const found: string[] = []
  for (const zone of zones) if (!found.some(other => showSameTime(zone, other, from))) found.push(zone)
  return found
}

/** The table as shipped. */
export function loadZoneTable(): ZoneTable {
  const read = (file: string) => readZoneTable(readFileSync(new URL(file, dataFolder), 'utf8'))
  return corrected(read('map_data.txt'), read('corrections.txt'))
}

/** Reads lines `prefix|Zone&Zone`; `#` begins a comment. `Etc/Unknown` says that nothing is known. */
export function readZoneTable(text: string): ZoneTable {
  const zonesByPrefix = new Map<string, readonly string[]>()
  const interned = new Map<string, readonly string[]>()
  for (const line of text.split('\n')) {
    const bar = line.indexOf('|')
    if (bar <= 0 || line.startsWith('#')) continue
    const names = line.slice(bar + 1).trim()
    const zones = interned.get(names) ?? names.split('&').filter(name => name !== 'Etc/Unknown')
    interned.set(names, zones)
    zonesByPrefix.set(line.slice(0, bar), zones)
  }
  return zonesByPrefix
}

/** A correction stands for its prefix and everything longer. */
function corrected(table: ZoneTable, corrections: ZoneTable): ZoneTable {
  const covered = (prefix: string) =>
    Array.from(prefix, (_, index) => prefix.slice(0, index + 1)).some(shorter => corrections.has(shorter))
  return new Map([...[...table].filter(([prefix]) => !covered(prefix)), ...corrections])
}
