import type { LeadId, PhoneNumber } from '../../../core/ids.ts'
import type { AnswerOf, OperationOf, Write, WriteKind } from '../../operations.ts'
import type { QuestionOf, ScanAnswers } from '../scans.ts'
import { createPendingWrites } from './pendingWrites.ts'
import { createSender, type WritingThreads } from './sender.ts'
import { createWriteQueue, type WriteQueue } from './writeQueue.ts'

/** The way to the writer and the reader, and the order between writes and reads. */
export interface Writing {
  readonly write: Write
  readonly load: WriteQueue['load']
  /** A read sees every write that was asked for before it: this waits for those on their way. */
  settled(): Promise<void>
  /** Waits only for writes about this lead or number. */
  settledFor(leadOrNumber: LeadId | PhoneNumber): Promise<void> | undefined
  /** Asks the reader's thread, once everything that was asked for before is written. */
  scan<Kind extends keyof ScanAnswers>(question: QuestionOf<Kind>): Promise<ScanAnswers[Kind]>
  /** Takes no more writes and resolves when all have been answered. */
  close(): Promise<void>
}

/** Opens the way to these threads; `gatherMs`: how long a call's records may wait for others' commit. */
export function createWriting(threads: WritingThreads, gatherMs: number): Writing {
  const { reader, tidier } = threads
  const queue = createWriteQueue(createSender(threads), { holdImports: tidier.underWay, gatherMs })
  const pending = createPendingWrites()

  return {
    async write<Kind extends WriteKind>(operation: OperationOf<Kind>) {
      const answer = await pending.follow(operation, queue.write(operation))
      // What was overwritten in the database stands in its log yet.
      if (operation.kind === 'erase-person' || operation.kind === 'erase-subject') await tidier.empty()
      // The writer's handler of this kind answers with this type.
      return answer as AnswerOf<Kind>
    },
    load: queue.load,
    async settled() {
      if (queue.busy()) await queue.settled()
    },
    settledFor(leadOrNumber) {
      const settled = pending.of(leadOrNumber)
      if (settled !== undefined) queue.hurry()
      return settled
    },
    async scan<Kind extends keyof ScanAnswers>(question: QuestionOf<Kind>) {
      if (queue.busy()) await queue.settled()
      // The reader's handler of this kind answers with this type.
      return (await reader.ask(question)) as ScanAnswers[Kind]
    },
    close: () => queue.close(),
  }
}
