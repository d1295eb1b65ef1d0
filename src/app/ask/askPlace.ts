import type { AskCase } from '../../api/rules/ask.ts'
import { InputError } from '../../errors.ts'
import { type Address, type AddressPlace, placeOfAddress } from '../../numbers/addresses.ts'
import { createNumberReader, isCountry, type NumberReader, type NumberReading } from '../../numbers/phone.ts'
import { isKnownPlace } from '../../numbers/places.ts'
import { canonicalZone } from '../../numbers/zoneOffsets.ts'

/** Whom a case is about: the number as read, its address, and the zones that a list states. */
export interface AskedPerson {
  readonly reading: NumberReading
  /** Absent: no address was given, or it is no place. */
  readonly address?: AddressPlace
  readonly stated: readonly string[]
}

/** So many countries' readers and addresses are remembered: cases of one file come from the same places. */
const rememberedMax = 20_000

/** Makes the reader of a case's number and address. The country is that of numbers and addresses which name none. */
export function createPersonReader(defaultCountry: string): (asked: AskCase) => AskedPerson {
  const readers = new Map<string, NumberReader>()
  const addresses = new Map<string, { readonly place: AddressPlace | undefined }>()
  const readerOf = (country: string): NumberReader => {
    const reader = readers.get(country) ?? createNumberReader(country)
    readers.set(country, reader)
    return reader
  }
  const placeOf = (address: Address): AddressPlace | undefined => {
    const key = JSON.stringify(address)
    const found = addresses.get(key) ?? { place: placeOfAddress(address) }
    if (addresses.size >= rememberedMax) addresses.clear()
    addresses.set(key, found)
    return found.place
  }
  return asked => {
    const country = asked.country?.toUpperCase() ?? defaultCountry
    if (!isCountry(country)) throw new InputError('bad-case', `country: "${country}" is no country: write one like US`)
    const reading = readerOf(country)(asked.number)
    const stated = (asked.zones ?? []).map(readZone)
    const written = asked.address === undefined ? undefined : addressOf(asked.address, { reading, country })
    const address = written === undefined ? undefined : placeOf(written)
    return address === undefined ? { reading, stated } : { reading, stated, address }
  }
}

function readZone(text: string, index: number): string {
  const zone = statedZone(text)
  if (zone !== undefined) return zone
  throw new InputError('bad-case', `zones[${index}]: "${text}" is no zone with people: write one like America/New_York`)
}

/** `US-FL 33101`, `GB SW1A 1AA`. */
const addressForm = /^([A-Za-z]{2})(?:-([A-Za-z0-9]{1,3}))?(?:[\s,]+([A-Za-z0-9][A-Za-z0-9 -]*))?$/

function addressOf(
  written: NonNullable<AskCase['address']>,
  { reading, country }: { readonly reading: NumberReading; readonly country: string },
): Address {
  if (typeof written !== 'string') return { ...written, country: written.country ?? country }
  const [whole, first = '', region = '', postcode = ''] = addressForm.exec(written.trim()) ?? []
  if (whole === undefined) {
    throw new InputError('bad-address', `address: "${written}" is none: write 'US-FL 33101', 'GB SW1A 1AA' or 'US-FL'`)
  }
  const american = reading.valid && reading.number.startsWith('+1')
  if (american && region === '' && /^\d{5}(-\d{4})?$/.test(postcode) && isKnownPlace(`US-${first.toUpperCase()}`)) {
    const text = `"${written}" may be a state or a country: write US-${first.toUpperCase()} ${postcode}, or { country, postcode }`
    throw new InputError('bad-address', `address: ${text}`)
  }
  return { country: first, region, postcode }
}

/** A zone as people state it; `undefined` where it is none. Nobody lives in UTC: programs write it that know no zone. */
function statedZone(text: string): string | undefined {
  const zone = canonicalZone(text)
  return zone === undefined || /^(?:Etc\/)?UTC$/.test(zone) ? undefined : zone
}
