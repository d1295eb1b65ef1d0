import { randomBytes } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import type { InstantMs, PhoneNumber } from '../../../../core/ids.ts'
import { dayMs } from '../../../../core/time.ts'
import { integerToNumber, numberToInteger } from '../../../../numbers/e164.ts'
import type { ErasureReport } from '../../../../ports/people.ts'
import { type ErasedNumber, erasureReport } from '../../../decisions/erasure.ts'
import { isOfPerson } from '../../../decisions/ownList.ts'
import { storeProblems } from '../../../decisions/problems.ts'
import { prepareForgetNames, prepareForgetPerson } from './forgetPerson.ts'
import { prepareNumbersOf } from './personReads.ts'

/** What an erasure needs beside the database. */
export interface ErasureParts {
  /** Destroys what ties a number to its ledger entries; false where nothing did. It looks at the number's leads. */
  eraseSubject(number: PhoneNumber, at: InstantMs): boolean
}

/** Prepares the erasure of a person on the writer's connection; it runs in the writer's transaction. */
export function prepareErasure(
  database: Database,
  { eraseSubject }: ErasureParts,
): (erasure: { readonly number: PhoneNumber; readonly at: InstantMs }) => ErasureReport {
  const numbersOf = prepareNumbersOf(database)
  const rows = prepareRows(database)

  function eraseNumber(integer: number): Omit<ErasedNumber, 'subject'> {
    const calls = rows.calls(integer)
    const { permissions, withdrawals } = rows.permissions(integer)
    return { leads: rows.leads(integer), calls, permissions, withdrawals, doNotCall: rows.doNotCallNote(integer) }
  }

  return ({ number, at }) => {
    const numbers = numbersOf(numberToInteger(number))
    if (numbers.some(rows.inFlight)) throw storeProblems.callInFlight(number)
    rows.spreadRefusals(numbers)
    // First, because it finds the person by the leads.
    const subjects = numbers.map(one => eraseSubject(integerToNumber(one), at))
    // What is deleted is overwritten as well: nothing of it is to be found in a free page.
    database.pragma('secure_delete = ON')
    try {
      return erasureReport(numbers.map((one, index) => ({ ...eraseNumber(one), subject: subjects[index] ?? false })))
    } finally {
      database.pragma('secure_delete = OFF')
    }
  }
}

/** A number that nobody has: attempts to the erased one still count as attempts to one number. 48 bits of chance. */
function surrogate(): number {
  return -1 - randomBytes(6).readUIntBE(0, 6)
}

function prepareRows(database: Database) {
  const open = database.prepare<[number]>('SELECT 1 FROM attempt WHERE number = ? AND endedAt IS NULL LIMIT 1')
  // The carrier's record of the call would be found by its Call-ID.
  const hideCalls = database.prepare<[number, number]>(
    'UPDATE attempt SET number = ?, wrapUpNote = NULL, wrapUpForm = NULL, sipCallId = NULL, line = NULL WHERE number = ?',
  )
  const removeLeads = database.prepare<[number], { importKey: number; personKey: number | null }>(
    'DELETE FROM lead WHERE number = ? RETURNING importKey, personKey',
  )
  const removeTies = database
    .prepare<[number], number>('DELETE FROM personLeft WHERE number = ? RETURNING personKey')
    .pluck()
  const uncount = database.prepare<[number]>('UPDATE import SET leads = leads - 1 WHERE importKey = ?')
  const [forgetPerson, forgetNames] = [prepareForgetPerson(database), prepareForgetNames(database)]
  const removePermissions = database.prepare<[number]>(
    'DELETE FROM permission WHERE number = ? AND withdrawnAt IS NULL',
  )
  const bareWithdrawals = database.prepare<[string, string, number]>(
    // To the day: an instant to the millisecond would lead back to the ledger's entry.
    `UPDATE permission SET how = ?, withdrawnHow = ?, givenAt = givenAt / 86400000 * 86400000,
       withdrawnAt = withdrawnAt / 86400000 * 86400000, recordedAt = recordedAt / 86400000 * 86400000
     WHERE number = ?`,
  )
  const removeLeft = database.prepare<[number]>('DELETE FROM attemptsLeft WHERE number = ?')
  const removeHours = database.prepare<[number]>('DELETE FROM personHours WHERE number = ?')
  // The instant is also that of the call and of its ledger entries: it would tell whose they were. The day must do.
  const bareDoNotCall = database.prepare<[number]>(
    `UPDATE doNotCall SET note = NULL, at = at - at % ${dayMs} WHERE number = ?`,
  )
  const said = database.prepare<[number], { readonly list: string; readonly source: string; readonly at: number }>(
    'SELECT list, source, at FROM doNotCall WHERE number = ? ORDER BY list',
  )
  const say = database.prepare<[number, string, string, number]>(
    'INSERT INTO doNotCall (number, list, source, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  return {
    /** The numbers are about to be torn apart: what was said at one of them stands at each. */
    spreadRefusals(numbers: readonly number[]) {
      const all = numbers.flatMap(number => said.all(number)).filter(({ list }) => isOfPerson(list))
      for (const number of numbers) for (const { list, source, at } of all) say.run(number, list, source, at)
    },
    inFlight: (integer: number) => open.get(integer) !== undefined,
    calls(integer: number): number {
      removeLeft.run(integer)
      return hideCalls.run(surrogate(), integer).changes
    },
    leads(integer: number): number {
      const removed = removeLeads.all(integer)
      const persons = new Set<number | null>(removeTies.all(integer))
      for (const { importKey, personKey } of removed) {
        uncount.run(importKey)
        persons.add(personKey)
      }
      for (const personKey of persons) {
        if (personKey === null) continue
        forgetPerson(personKey)
        forgetNames(personKey)
      }
      return removed.length
    },
    permissions(integer: number) {
      removeHours.run(integer)
      const permissions = removePermissions.run(integer).changes
      return { permissions, withdrawals: bareWithdrawals.run('erased', 'erased', integer).changes }
    },
    doNotCallNote: (integer: number) => bareDoNotCall.run(integer).changes,
  }
}
