import type { AbandonmentStore } from '../../ports/abandonment.ts'
import type { ScanQuestion } from './scans.ts'

/** Abandonment's side of the SQLite store: the reader's thread looks. */
export function abandonmentPort(writes: { scan(question: ScanQuestion): Promise<unknown> }): AbandonmentStore {
  return {
    async abandonmentSpans(query) {
      // The reader answers each of these questions with what the port promises.
      return (await writes.scan({ kind: 'abandonment-spans', query })) as Awaited<
        ReturnType<AbandonmentStore['abandonmentSpans']>
      >
    },
    async abandonedCalls(query) {
      return (await writes.scan({ kind: 'abandoned-calls', query })) as Awaited<
        ReturnType<AbandonmentStore['abandonedCalls']>
      >
    },
  }
}
