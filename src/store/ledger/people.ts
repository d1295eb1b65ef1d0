import type { PhoneNumber } from '../../core/ids.ts'
import type { DoNotCallEntry } from '../../ports/doNotCall.ts'
import { unpackMoved } from '../../ports/importing/packedMoved.ts'
import type { WriteOperation } from '../operations.ts'
import type { LedgerBook } from './book.ts'
import { named } from './chain.ts'

type PeopleOperation = Extract<
  WriteOperation,
  {
    kind:
      | 'add-permission'
      | 'set-person-hours'
      | 'withdraw-permission'
      | 'activate-permissions'
      | 'erase-person'
      | 'move-in'
  }
>

/** Writes what people permitted, took back and had erased. Their words stay outside: they may name somebody. */
export function recordPeople(book: LedgerBook, operation: PeopleOperation, answer: unknown): void {
  switch (operation.kind) {
    case 'add-permission': {
      const { number, basis, topics, channels, givenAt, expiresAt, recordedAt, seller } = operation.permission
      const what = { basis, topics, channels, givenAt, expiresAt, seller, ...personsOf(book, number) }
      book.append('consent', recordedAt, { event: 'given', ...named(book.subject(number, 'make')), ...what })
      return
    }
    case 'withdraw-permission': {
      const { number, topic, at } = operation.withdrawal
      const about = { ...named(book.subject(number, 'make')), ...personsOf(book, number), topic }
      book.append('consent', at, { event: 'withdrawn', ...about })
      return
    }
    case 'set-person-hours': {
      const { hours } = operation
      const { number, days } = hours
      // That the person asked for hours is the evidence; which they are is the person's own.
      const at = 'recordedAt' in hours ? hours.recordedAt : undefined
      if (at === undefined) return
      const event = days === null ? 'hours-forgotten' : 'hours'
      book.append('consent', at, { event, ...named(book.subject(number, 'make')) })
      return
    }
    case 'activate-permissions': {
      const { source, permissions, at } = operation
      book.append('consent', at, { event: 'imported', source, permissions })
      return
    }
    case 'erase-person': {
      const { by, at } = operation
      book.append('erasure', at, { event: 'carried-out', by })
      return
    }
    case 'move-in':
      recordMoved(book, operation, answer)
      return
  }
}

/** Writes who refuses: the number, and the persons who have it, for they refuse with all their numbers. */
export function recordOptOut(book: LedgerBook, { number, list, source, at }: DoNotCallEntry): void {
  book.append('opt-out', at, { ...named(book.subject(number, 'make')), ...personsOf(book, number), list, source })
}

function personsOf(book: LedgerBook, number: PhoneNumber): { readonly persons?: readonly string[] } {
  const persons = book.personsOf(number)
  return persons.length === 0 ? {} : { persons }
}

function recordMoved(
  book: LedgerBook,
  { moved }: Extract<PeopleOperation, { kind: 'move-in' }>,
  answer: unknown,
): void {
  const batch = unpackMoved(moved)
  if (batch.kind !== 'refusals') return
  // The handler of this operation answers so.
  const { duplicates } = answer as { readonly duplicates: readonly number[] }
  const known = new Set(duplicates)
  for (const [position, entry] of batch.refusals.entries()) if (!known.has(position)) recordOptOut(book, entry)
}
