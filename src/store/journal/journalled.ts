import { StoreError } from '../../errors.ts'
import type { AnswerOf, OperationOf, Write, WriteKind } from '../operations.ts'
import { entriesAfter, entriesBefore, isReplayable } from './entries.ts'
import type { Journal } from './journal.ts'

/**
 * Writes what people said to the journal as well: a no on its way to the database, so that it is kept though the database be lost
 * in that moment; what takes one back when the database has it. Who asked hears of it when both have it.
 */
export function journalled(write: Write, journal: Journal, now: () => number = Date.now): Write {
  return async <Kind extends WriteKind>(operation: OperationOf<Kind>): Promise<AnswerOf<Kind>> => {
    const at = now()
    const before = entriesBefore(operation)
    if (!before.every(isReplayable))
      throw new StoreError('bad-number', 'what is no number in E.164 cannot be journalled')
    const kept = before.length === 0 ? undefined : journal.append(before)
    const answer = await write(operation)
    kept?.done()
    const after = entriesAfter(operation, { answer, at, seal: journal.seal })
    if (after.length > 0) {
      const told = journal.append(after)
      told.done()
      await told.written
      // What was taken back must not be done again at the next start.
      await write({ kind: 'keep-journal-place', place: journal.settled() }).catch(() => {})
    }
    await kept?.written
    return answer
  }
}
