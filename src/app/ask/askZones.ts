import type { PhoneNumber } from '../../core/ids.ts'
import { canonicalZone } from '../../numbers/zoneOffsets.ts'
import { zonesOfNumber } from '../../numbers/zones.ts'

/** Every zone in which the person may be, as an import of leads reads them: what a list states wins over number and address. */
export function zonesOfPerson(hints: {
  readonly number: PhoneNumber
  readonly stated?: string
  readonly address?: { readonly zones: readonly string[] }
}): readonly string[] {
  const { number, stated, address } = hints
  return stated === undefined ? [...new Set([...zonesOfNumber(number), ...(address?.zones ?? [])])] : [stated]
}

/** A zone as people state it; `undefined` where it is none. Nobody lives in UTC: programs write it that know no zone. */
export function statedZone(text: string): string | undefined {
  const zone = canonicalZone(text)
  return zone === undefined || /^(?:Etc\/)?UTC$/.test(zone) ? undefined : zone
}
