import type { Place } from '../../core/compliance/rules.ts'
import { type AddressPlace, placeOfAddress } from '../../numbers/addresses.ts'
import { keyText } from '../../numbers/keyText.ts'
import { subdivisions } from '../../numbers/placeTables.ts'
import type { Header } from './header.ts'

/** Where the address of a row lies, and what of it nobody knows. */
export interface RowPlace {
  readonly places: readonly Place[]
  readonly zones: readonly string[]
  /** For the report. */
  readonly warning?: string
}

const nowhere: RowPlace = { places: [], zones: [] }
/** So many different addresses are remembered: rows of one file come from the same towns. */
const rememberedMax = 50_000

/** Makes the reader of the address in a row, in the country that the row says; `undefined` where the file has none. */
export function createAddressReader(
  header: Pick<Header, 'country' | 'region' | 'postcode'>,
  defaultCountry: string,
): ((cells: readonly string[], said?: string) => RowPlace) | undefined {
  const { country, region, postcode } = header
  if (country === undefined && region === undefined && postcode === undefined) return undefined
  const cell = (cells: readonly string[], index: number | undefined) =>
    index === undefined ? '' : keyText(cells[index] ?? '')
  const known = new Map<string, RowPlace>()
  return (cells, said) => {
    const parts = [said ?? cell(cells, country), cell(cells, region), cell(cells, postcode)] as const
    if (said !== undefined && [country, region, postcode].every(index => cell(cells, index) === '')) return nowhere
    const key = parts.join('|')
    const found = known.get(key) ?? placeOf(parts, defaultCountry)
    if (known.size >= rememberedMax) known.clear()
    known.set(key, found)
    return found
  }
}

function placeOf(
  [written, region, postcode]: readonly [country: string, region: string, postcode: string],
  defaultCountry: string,
): RowPlace {
  if (written === '' && region === '' && postcode === '') return nowhere
  // Some lists have the country's telephone code there.
  const country = written === '' || /^\+?\d+$/.test(written) ? defaultCountry : written
  const place = placeOfAddress({ country, region, postcode })
  if (place === undefined) return { ...nowhere, warning: `unknown-country: "${country}" is no country with a clock` }
  if (!isVague(place, { region, postcode })) return place
  const warning = 'unknown-address: neither state nor postal code is known; every zone of the country must permit'
  return { ...place, warning }
}

/** State or postal code were given, and said nothing although the country has states with clocks of their own. */
function isVague({ places }: AddressPlace, { region, postcode }: { region: string; postcode: string }): boolean {
  const [only = ''] = places
  if ((region === '' && postcode === '') || places.length !== 1 || only.includes('-')) return false
  return [...subdivisions().keys()].some(place => place.startsWith(`${only}-`))
}
