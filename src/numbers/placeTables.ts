import { readFileSync } from 'node:fs'
import type { NumberKind } from '../core/compliance/numberKinds.ts'
import type { Place } from '../core/compliance/rules.ts'
import { showSameTime, zoneData } from './zoneOffsets.ts'

/** The build copies it beside the compiled file. */
const dataFolder = new URL('./data/', import.meta.url)

/** A part of a country that has laws or clocks of its own. */
export interface Subdivision {
  readonly place: Place
  /** How people write it. */
  readonly names: readonly string[]
  /** Every zone in it. */
  readonly zones: readonly string[]
}

/** Where a beginning of a postal code lies. */
export interface PostalArea {
  readonly place: Place
  readonly zones: readonly string[]
}

/** Lines of a table without comments. */
function linesOf(file: string): readonly string[] {
  const text = readFileSync(new URL(file, dataFolder), 'utf8')
  return text.split('\n').filter(line => line !== '' && !line.startsWith('#'))
}

function remembered<Value>(make: () => Value): () => Value {
  let value: { readonly made: Value } | undefined
  return () => {
    value ??= { made: make() }
    return value.made
  }
}

/** Area codes of North America by the places or, in small letters, the kind of their numbers. */
const areaCodes = remembered((): ReadonlyMap<string, string> => {
  const byCode = new Map<string, string>()
  for (const line of linesOf('areaCodes.txt')) {
    const [names = '', codes = ''] = line.split(': ')
    for (const code of codes.split(' ')) byCode.set(code, names)
  }
  return byCode
})

/** Places of each area code of North America. */
export const areaCodePlaces = remembered((): ReadonlyMap<string, readonly Place[]> => {
  const ofPlaces = [...areaCodes()].filter(([, names]) => /^[A-Z]/.test(names))
  return new Map(ofPlaces.map(([code, names]) => [code, names.split(' & ')]))
})

/** Kinds of the area codes of North America that belong to no place. */
export const areaCodeKinds = remembered((): ReadonlyMap<string, NumberKind> => {
  const ofKinds = [...areaCodes()].filter(([, names]) => /^[a-z]/.test(names))
  // A test holds the words of the table.
  return new Map(ofKinds.map(([code, kind]) => [code, kind as NumberKind]))
})

/** Zones of each country. */
export const countryZones = remembered((): ReadonlyMap<Place, readonly string[]> => {
  return new Map(
    linesOf('countryZones.txt').map(line => {
      const [country = '', zones = ''] = line.split(': ')
      return [country, zones.split(' ')]
    }),
  )
})

/** Countries by their codes of three letters, `GBR`. */
export const alpha3Countries = remembered((): ReadonlyMap<string, Place> => {
  return new Map(linesOf('alpha3.txt').map(line => [line.slice(0, 3), line.slice(4)]))
})

/** All subdivisions that are known, by place. */
export const subdivisions = remembered((): ReadonlyMap<Place, Subdivision> => {
  return new Map(
    linesOf('subdivisions.txt').map(line => {
      const [place = '', name = '', others = '', zones = ''] = line.split('|')
      const names = [name, ...others.split('&').filter(other => other !== '')]
      return [place, { place, names, zones: zones.split('&') }]
    }),
  )
})

/** Areas by country and beginning of the postal code, `US 324`. */
export const postalAreas = remembered((): ReadonlyMap<string, PostalArea> => {
  const areas = new Map<string, PostalArea>()
  for (const line of linesOf('postcodes.txt')) {
    const [country = '', prefixes = '', place = '', zones = ''] = line.split('|')
    const area = { place, zones: zones === '' ? zonesOfPlace(place) : zones.split('&') }
    for (const prefix of prefixes.split(',').flatMap(expandRange)) areas.set(`${country} ${prefix}`, area)
  }
  for (const line of linesOf('zipZones.txt')) {
    const [prefix = '', zones = ''] = line.split('|')
    const area = areas.get(`US ${prefix}`) ?? areas.get(`US ${prefix.slice(0, 3)}`)
    if (area !== undefined) areas.set(`US ${prefix}`, { ...area, zones: withClocksOf(area.zones, zones.split('&')) })
  }
  return areas
})

/** Zones with those of others whose clock none of them shows. */
function withClocksOf(zones: readonly string[], others: readonly string[]): readonly string[] {
  const from = Date.parse(zoneData.published)
  return [...zones, ...others.filter(other => !zones.some(zone => showSameTime(zone, other, from)))]
}

/** `010-027`: every number between, both included, with as many digits. */
function expandRange(written: string): readonly string[] {
  const [first = '', last = first] = written.split('-')
  if (first === last) return [first]
  const count = Number(last) - Number(first) + 1
  return Array.from({ length: count }, (_, at) => String(Number(first) + at).padStart(first.length, '0'))
}

/** Every zone in a place, `US-FL` or `DE`; empty where the place is unknown. */
export function zonesOfPlace(place: Place): readonly string[] {
  return subdivisions().get(place)?.zones ?? countryZones().get(place) ?? []
}
