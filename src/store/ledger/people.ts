import { unpackMoved } from '../../ports/packedMoved.ts'
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
      const { number, basis, topics, channels, givenAt, expiresAt, recordedAt } = operation.permission
      const what = { basis, topics, channels, givenAt, expiresAt }
      book.append('consent', recordedAt, { event: 'given', ...named(book.subject(number, 'make')), ...what })
      return
    }
    case 'withdraw-permission': {
      const { number, topic, at } = operation.withdrawal
      book.append('consent', at, { event: 'withdrawn', ...named(book.subject(number, 'make')), topic })
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
  batch.refusals.forEach(({ number, list, source, at }, position) => {
    if (!known.has(position)) book.append('opt-out', at, { ...named(book.subject(number, 'make')), list, source })
  })
}
