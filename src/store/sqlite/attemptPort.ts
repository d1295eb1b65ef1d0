import type { Database } from 'better-sqlite3'
import type { Store } from '../../ports/store.ts'
import { prepareCallLookups } from './queries/calls/callReads.ts'
import type { Writing } from './writing/writing.ts'

type AttemptReads = Pick<Store, 'openAttempts' | 'dayTotals' | 'calls' | 'call' | 'abandonmentSpans' | 'abandonedCalls'>

/** What is read of attempts, and of abandonment. */
export function attemptPort(database: Database, writes: Writing): AttemptReads {
  const lookups = prepareCallLookups(database)
  return {
    async openAttempts() {
      await writes.settled()
      return lookups.openAttempts()
    },
    dayTotals: day => writes.scan({ kind: 'day-totals', day }),
    calls: query => writes.scan({ kind: 'calls', query }),
    async call(callId) {
      await writes.settled()
      return lookups.call(callId)
    },
    abandonmentSpans: query => writes.scan({ kind: 'abandonment-spans', query }),
    abandonedCalls: query => writes.scan({ kind: 'abandoned-calls', query }),
  }
}
