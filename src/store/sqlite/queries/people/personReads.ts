import type { Database } from 'better-sqlite3'
import type { PhoneNumber } from '../../../../core/ids.ts'
import { integerToNumber, numberToInteger } from '../../../../numbers/e164.ts'
import type { LedgerEntry } from '../../../../ports/ledger.ts'
import type { PermissionRecord, PersonData, PersonHoursRecord } from '../../../../ports/people.ts'
import { instantsOf } from '../../../decisions/personLedger.ts'
import { type CallRow, callOfRow, selectCall } from '../calls/callRows.ts'
import { prepareLeadLookups } from '../leads/leadReads.ts'
import { prepareLedgerLookups } from '../ledgerReads.ts'
import { prepareSellerLookups, sellerKeyOf } from '../sellers.ts'
import { prepareDoNotCallLookups } from './doNotCall.ts'
import { type HoursRow, hoursOfRow, type PermissionRow, permissionOfRow, selectPermissions } from './permissionRows.ts'

/** Look-ups of what is kept of a person, some microseconds each, `data` aside. */
export interface PersonLookups {
  /** The number, and all other numbers of the persons who have it. */
  numbersOf(number: PhoneNumber): readonly PhoneNumber[]
  permissionsOf(number: PhoneNumber): readonly PermissionRecord[]
  hoursOf(number: PhoneNumber): PersonHoursRecord | undefined
  data(number: PhoneNumber): PersonData
}

/** Prepares the look-ups on a connection. */
export function preparePersonLookups(database: Database): PersonLookups {
  const numbersOf = prepareNumbersOf(database)
  const permissions = database.prepare<[number], PermissionRow>(selectPermissions)
  const sellers = prepareSellerLookups(database)
  const hours = database.prepare<[number], HoursRow>('SELECT * FROM personHours WHERE number = ?')
  const persons = database
    .prepare<[{ number: number }], string>(
      `SELECT personId FROM person WHERE personKey IN (SELECT personKey FROM lead WHERE number = @number
         UNION SELECT personKey FROM personLeft WHERE number = @number) ORDER BY personId`,
    )
    .pluck()
  const calls = database.prepare<[number], CallRow>(`${selectCall} WHERE number = ? ORDER BY originatedAt`)
  const leads = prepareLeadLookups(database)
  const doNotCall = prepareDoNotCallLookups(database)
  const ledgerOf = prepareLedgerOf(database)

  function permissionsOf(number: PhoneNumber): readonly PermissionRecord[] {
    return numbersOf(numberToInteger(number)).flatMap(one =>
      permissions.all(one).map(row => permissionOfRow(row, sellers)),
    )
  }

  return {
    numbersOf: number => numbersOf(numberToInteger(number)).map(integerToNumber),
    permissionsOf,
    hoursOf(number) {
      for (const one of numbersOf(numberToInteger(number))) {
        const row = hours.get(one)
        if (row !== undefined) return hoursOfRow(row)
      }
      return undefined
    },
    data(number) {
      const numbers = numbersOf(numberToInteger(number))
      const data = {
        numbers: numbers.map(integerToNumber),
        personIds: persons.all({ number: numberToInteger(number) }),
        leads: numbers.flatMap(one => leads.leadsByNumber(integerToNumber(one))),
        calls: numbers.flatMap(one => calls.all(one).map(callOfRow)),
        permissions: permissionsOf(number),
        hours: numbers.flatMap(one => hours.all(one).map(hoursOfRow)),
        doNotCall: numbers.flatMap(one => doNotCall.entriesOf(one)),
      }
      return { ...data, ledger: ledgerOf(data) }
    },
  }
}

/** Ledger entries about the numbers, at the instants of what else is kept. */
function prepareLedgerOf(database: Database): (data: Omit<PersonData, 'ledger'>) => readonly LedgerEntry[] {
  const ledger = prepareLedgerLookups(database)
  return data => {
    const subjects = data.numbers.map(number => ledger.subject(number)?.subject).filter(name => name !== undefined)
    const found = new Map<number, LedgerEntry>()
    for (const at of subjects.length === 0 ? [] : instantsOf(data)) {
      for (const entry of ledger.between(at, at + 1)) {
        if (subjects.some(subject => entry.entry.includes(subject))) found.set(entry.seq, entry)
      }
    }
    return [...found.values()].sort((a, b) => a.seq - b.seq)
  }
}

/** The number itself first, the others ascending: see `MemoryLeads.numbersOf` for whose they are. */
export function prepareNumbersOf(database: Database): (integer: number) => readonly number[] {
  const ofOne = database.prepare<[{ of: number }], NumberRow>(sellersNumbers('= @of')).raw()
  // Most numbers are nobody's in particular, and most installations have one seller: they pay for no more.
  const hasPerson = database
    .prepare<[{ number: number }], number>(
      `SELECT 1 FROM lead INDEXED BY leadPersonOfNumber WHERE number = @number AND personKey IS NOT NULL
       UNION ALL SELECT 1 FROM personLeft WHERE number = @number LIMIT 1`,
    )
    .pluck()
  const others = database
    .prepare<[{ number: number }], number>(
      `WITH mine AS (SELECT personKey FROM lead INDEXED BY leadPersonOfNumber
           WHERE number = @number AND personKey IS NOT NULL
         UNION SELECT personKey FROM personLeft WHERE number = @number)
       SELECT other.number FROM mine CROSS JOIN lead AS other INDEXED BY leadOfPerson ON other.personKey = mine.personKey
       WHERE other.number <> @number
       UNION SELECT other.number FROM mine CROSS JOIN personLeft AS other ON other.personKey = mine.personKey
       WHERE other.number <> @number ORDER BY 1`,
    )
    .pluck()
  const ofSeveral = database
    .prepare<[{ of: string }], NumberRow>(sellersNumbers('IN (SELECT value FROM json_each(@of))'))
    .raw()
  const { only } = prepareSellerLookups(database)

  /** Numbers that were not known, of persons of sellers that were not known. */
  function widen(rows: readonly NumberRow[], found: Set<number>, sellers: Set<number>): readonly number[] {
    const fresh = rows.filter(([, seller]) => !sellers.has(seller))
    for (const [, seller] of fresh) sellers.add(seller)
    const numbers = fresh.map(([number]) => number).filter(number => !found.has(number))
    for (const number of numbers) found.add(number)
    return numbers
  }

  return integer => {
    if (hasPerson.get({ number: integer }) === undefined) return [integer]
    if (only() !== undefined) return [integer, ...others.all({ number: integer })]
    const [found, sellers] = [new Set([integer]), new Set<number>()]
    let fresh = widen(ofOne.all({ of: integer }), found, sellers)
    while (fresh.length > 0) fresh = widen(ofSeveral.all({ of: JSON.stringify(fresh) }), found, sellers)
    found.delete(integer)
    return [integer, ...[...found].sort((a, b) => a - b)]
  }
}

/** A number of a person, and the seller whose person it is. */
type NumberRow = readonly [number: number, sellerKey: number]

/**
 * Numbers of the persons who have these numbers with one seller, by their leads and by those that have left; with that seller. The
 * indexes are walked from the numbers to the persons to the numbers.
 */
function sellersNumbers(numbers: string): string {
  const [mine, theirs] = [sellerKeyOf('mine'), sellerKeyOf('theirs')]
  const of = (other: string) => `SELECT other.number, mine.sellerKey
    FROM mine CROSS JOIN ${other} ON other.personKey = mine.personKey
      LEFT JOIN campaignSeller AS theirs ON theirs.campaignKey = other.campaignKey
    WHERE mine.sellerKey = ${theirs}`
  return `WITH known AS (SELECT personKey, campaignKey FROM lead INDEXED BY leadPersonOfNumber
        WHERE number ${numbers} AND personKey IS NOT NULL
      UNION SELECT personKey, campaignKey FROM personLeft WHERE number ${numbers}),
    mine AS (SELECT DISTINCT personKey, ${mine} AS sellerKey
      FROM known LEFT JOIN campaignSeller AS mine ON mine.campaignKey = known.campaignKey)
    ${of('lead AS other INDEXED BY leadOfPerson')} UNION ${of('personLeft AS other')}`
}
