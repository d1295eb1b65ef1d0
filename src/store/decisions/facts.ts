import type { Permission, PersonHours } from '../../core/compliance/consent.ts'
import type { DoNotCallListState } from '../../core/compliance/doNotCall.ts'
import type { VerdictFacts } from '../../core/compliance/facts.ts'
import type { PastAttempt } from '../../core/compliance/history.ts'
import type { ZoneOffset } from '../../core/compliance/localTime.ts'
import type { Place } from '../../core/compliance/rules.ts'
import type { InstantMs, PhoneNumber } from '../../core/ids.ts'
import { isE164, numberToInteger } from '../../numbers/e164.ts'
import { refusedKind } from '../../numbers/kinds.ts'
import { placesOfNumber } from '../../numbers/places.ts'
import { zoneClocks } from '../../numbers/zoneOffsets.ts'
import { hitsOfPerson, type NumberLists } from './personHits.ts'

/** Who holds a number, and what lists there are: answered at once, for the gate before every originate. */
export interface DoNotCallLookup extends NumberLists {
  /** The imported lists by name. */
  lists(): readonly DoNotCallListState[]
}

/** What the verdict needs of a lead as stored. */
export interface LeadFacts {
  readonly number: PhoneNumber
  readonly state: VerdictFacts['leadState']
  readonly dialableAt: InstantMs
  readonly attempts: number
  readonly list: string
  readonly timeZones: readonly string[]
  /** By address. */
  readonly places: readonly Place[]
  /** The row's columns, where they were asked for. */
  readonly columns?: Readonly<Record<string, string>>
}

/** What the verdict needs of the person: of the number itself and of the person's other numbers. */
export interface PersonFacts {
  /** The person's other numbers, as the digits of their E.164 form. */
  readonly others: readonly number[]
  readonly history: readonly PastAttempt[]
  readonly permissions: readonly Permission[]
  readonly ownHours?: PersonHours
}

/** So many earlier attempts that cost something are looked at: no law's window is larger. Those that cost nothing would hide them. */
export const historyMax = 100

/** Makes the verdict's facts from a lead, its person and the lists. */
export function factsOf(
  {
    lead,
    person,
    doNotCall,
    attemptsUnknownUntil,
  }: {
    readonly lead: LeadFacts
    readonly person: PersonFacts
    readonly doNotCall: DoNotCallLookup
    /** Of a store that came from a backup. */
    readonly attemptsUnknownUntil?: InstantMs | undefined
  },
  now: InstantMs,
): VerdictFacts {
  const { number, columns } = lead
  const { others, ...known } = person
  const numberPlaces = placesOfNumber(number)
  const kind = refusedKind(number)
  return {
    number,
    numberValid: isE164(number),
    numberPlaces,
    doNotCall: hitsOfPerson(doNotCall, numberToInteger(number), others),
    lists: doNotCall.lists(),
    places: placesOf(numberPlaces, lead.places),
    zones: zonesAt(lead.timeZones, now),
    leadState: lead.state,
    dialableAt: lead.dialableAt,
    attempts: lead.attempts,
    list: lead.list,
    ...known,
    ...(columns !== undefined && { columns }),
    ...(kind !== undefined && { refusedKind: kind }),
    ...(attemptsUnknownUntil !== undefined && { attemptsUnknownUntil }),
  }
}

/** By number and by address: the rules of both places apply. */
export function placesOf(byNumber: readonly Place[], byAddress: readonly Place[]): readonly Place[] {
  const more = byAddress.filter(place => !byNumber.includes(place))
  return more.length === 0 ? byNumber : [...byNumber, ...more]
}

/** Every clock that may hold. One zone that nobody knows makes the whole place unknown: dropping it would permit more. */
function zonesAt(names: readonly string[], now: InstantMs): readonly ZoneOffset[] {
  const offsets: ZoneOffset[] = []
  for (const name of names) {
    const clocks = zoneClocks(name, now)
    if (clocks.length === 0) return []
    offsets.push(...clocks)
  }
  return offsets
}
