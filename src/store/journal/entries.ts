import type { PersonHours } from '../../core/compliance/consent.ts'
import { given } from '../../core/given.ts'
import type { InstantMs, PhoneNumber } from '../../core/ids.ts'
import { isE164 } from '../../numbers/e164.ts'
import type { DoNotCallEntry } from '../../ports/doNotCall.ts'
import { unpackMoved } from '../../ports/importing/packedMoved.ts'
import type { ImportedPermission } from '../../ports/people.ts'
import type { WriteOperation } from '../operations.ts'

/**
 * What stands in a journal: what people said that must not be lost with the database, with no more of them than it takes to do it
 * again. `begin` is the first line; an erased number stands as its seal (see `sealOf`). A list that came in is only named: its file
 * has to be imported again.
 */
export type JournalEntry =
  | {
      readonly kind: 'begin'
      /** 2: it was trimmed. */
      readonly format: 1 | 2
      readonly databaseId: string
      readonly key: string
      readonly at: InstantMs
      readonly trimmed?: TrimmedAt
    }
  | ({ readonly kind: 'refusal' } & Pick<DoNotCallEntry, 'number' | 'list' | 'source' | 'at'>)
  | {
      readonly kind: 'refusal-removed'
      readonly number: PhoneNumber
      readonly list: string
      readonly by?: string
      readonly at: InstantMs
    }
  | {
      readonly kind: 'prefix'
      readonly prefix: string
      readonly source: DoNotCallEntry['source']
      readonly at: InstantMs
    }
  | { readonly kind: 'prefix-removed'; readonly prefix: string; readonly by?: string; readonly at: InstantMs }
  | { readonly kind: 'withdrawal'; readonly number: PhoneNumber; readonly topic?: string; readonly at: InstantMs }
  | { readonly kind: 'hours'; readonly number: PhoneNumber; readonly days: PersonHours | null; readonly at: InstantMs }
  | { readonly kind: 'erasure'; readonly seal: string; readonly by: string; readonly at: InstantMs }
  | { readonly kind: 'subject-erasure'; readonly seal: string; readonly at: InstantMs }
  | { readonly kind: 'list-import'; readonly list: string; readonly version: string; readonly at: InstantMs }

/** Where a journal was trimmed: what stood up to that place is gone, but for erasures, which are kept behind the first line. */
export interface TrimmedAt {
  readonly seq: number
  readonly hash: string
  readonly at: InstantMs
  /** So many lines are kept of what stood there. They are numbered on from the first, and the next after them follows that place. */
  readonly kept: number
}

/** Whether an entry outlives every trimming: a backup that is older than the journal reaches must not bring back who was erased. */
export function outlivesTrimming({ kind }: JournalEntry): boolean {
  return kind === 'erasure' || kind === 'subject-erasure'
}

/** Whether a database takes what it says; of somebody who was erased, older versions may have written what none does. */
export function isReplayable(entry: JournalEntry): boolean {
  return !('number' in entry) || isE164(entry.number)
}

/** One line about entries that are not replayable. */
export function steppedOver(journal: string, count: number): string {
  return `${journal}: ${count} ${count === 1 ? 'line names' : 'lines name'} no number that can be called, of somebody who was erased: stepped over`
}

/** How a number is made a seal. */
type Seal = (number: PhoneNumber) => string

/** What is journalled of an operation while it is on its way: what says no holds, whatever becomes of the database. */
export function entriesBefore(operation: WriteOperation): readonly JournalEntry[] {
  switch (operation.kind) {
    case 'add-do-not-call':
      return [refusal(operation.entry)]
    case 'add-do-not-call-prefix': {
      const { prefix, source, at } = operation.entry
      return [{ kind: 'prefix', prefix, source, at }]
    }
    case 'withdraw-permission': {
      const { number, topic, at } = operation.withdrawal
      return [{ kind: 'withdrawal', number, at, ...given({ topic }) }]
    }
    case 'set-person-hours': {
      const { hours } = operation
      return 'recordedAt' in hours
        ? [{ kind: 'hours', number: hours.number, days: hours.days, at: hours.recordedAt }]
        : []
    }
    case 'move-in': {
      const batch = unpackMoved(operation.moved)
      return batch.kind === 'refusals' ? batch.refusals.map(refusal) : []
    }
    case 'import-permissions': {
      // They were packed by the store's own port.
      const rows = JSON.parse(operation.permissions) as readonly ImportedPermission[]
      return rows.flatMap(withdrawals)
    }
    default:
      return []
  }
}

/** What is journalled when the operation has been carried out: before that it would say more than is so. `at`: when it was asked for. */
export function entriesAfter(
  operation: WriteOperation,
  { answer, at, seal }: { readonly answer: unknown; readonly at: InstantMs; readonly seal: Seal },
): readonly JournalEntry[] {
  switch (operation.kind) {
    case 'remove-do-not-call': {
      const { number, by } = operation
      return typeof answer === 'string' ? [{ kind: 'refusal-removed', number, list: answer, at, ...given({ by }) }] : []
    }
    case 'remove-do-not-call-prefix': {
      const { prefix, by } = operation
      return answer === true ? [{ kind: 'prefix-removed', prefix, at, ...given({ by }) }] : []
    }
    case 'set-person-hours': {
      const { number, days } = operation.hours
      return days === null ? [{ kind: 'hours', number, days, at }] : []
    }
    case 'erase-person':
      return [{ kind: 'erasure', seal: seal(operation.number), by: operation.by, at: operation.at }]
    case 'erase-subject':
      return answer === true ? [{ kind: 'subject-erasure', seal: seal(operation.number), at: operation.at }] : []
    case 'install-bulk-list': {
      const { list, version, importedAt } = operation.version
      return [{ kind: 'list-import', list, version, at: importedAt }]
    }
    default:
      return []
  }
}

function refusal({ number, list, source, at }: DoNotCallEntry): JournalEntry {
  return { kind: 'refusal', number, list, source, at }
}

function withdrawals({ number, topics, withdrawnAt }: ImportedPermission): readonly JournalEntry[] {
  if (withdrawnAt === undefined) return []
  const all = topics.length === 0 ? [undefined] : topics
  return all.map(topic => ({ kind: 'withdrawal', number, at: withdrawnAt, ...given({ topic }) }))
}
