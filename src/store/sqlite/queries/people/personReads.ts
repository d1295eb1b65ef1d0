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
    .prepare<[number], string>(
      'SELECT DISTINCT personId FROM lead JOIN person USING (personKey) WHERE number = ? ORDER BY personId',
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
        personIds: persons.all(numberToInteger(number)),
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
  const [mine, theirs] = [sellerKeyOf('mine'), sellerKeyOf('theirs')]
  // The last WHERE comes at the end: the indexes are walked from the numbers to the persons to the numbers.
  const of = (numbers: string) => `SELECT DISTINCT other.number, ${mine}
    FROM lead INDEXED BY leadPersonOfNumber
      JOIN lead AS other INDEXED BY leadOfPerson ON other.personKey = lead.personKey
      LEFT JOIN campaignSeller AS mine ON mine.campaignKey = lead.campaignKey
      LEFT JOIN campaignSeller AS theirs ON theirs.campaignKey = other.campaignKey
    WHERE lead.number ${numbers} AND lead.personKey IS NOT NULL AND ${mine} = ${theirs}`
  const ofOne = database.prepare<[number], NumberRow>(of('= ?')).raw()
  // Most numbers are nobody's in particular, and most installations have one seller: they pay for no more.
  const hasPerson = database
    .prepare<[number], number>(
      'SELECT 1 FROM lead INDEXED BY leadPersonOfNumber WHERE number = ? AND personKey IS NOT NULL LIMIT 1',
    )
    .pluck()
  const others = database
    .prepare<[number, number], number>(
      `SELECT DISTINCT other.number FROM lead INDEXED BY leadPersonOfNumber
         JOIN lead AS other INDEXED BY leadOfPerson ON other.personKey = lead.personKey
       WHERE lead.number = ? AND lead.personKey IS NOT NULL AND other.number <> ? ORDER BY other.number`,
    )
    .pluck()
  const ofSeveral = database.prepare<[string], NumberRow>(of('IN (SELECT value FROM json_each(?))')).raw()
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
    if (hasPerson.get(integer) === undefined) return [integer]
    if (only() !== undefined) return [integer, ...others.all(integer, integer)]
    const [found, sellers] = [new Set([integer]), new Set<number>()]
    let fresh = widen(ofOne.all(integer), found, sellers)
    while (fresh.length > 0) fresh = widen(ofSeveral.all(JSON.stringify(fresh)), found, sellers)
    found.delete(integer)
    return [integer, ...[...found].sort((a, b) => a - b)]
  }
}

/** A number of a person, and the seller whose person it is. */
type NumberRow = readonly [number: number, sellerKey: number]
