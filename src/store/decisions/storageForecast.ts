import type { InstantMs } from '../../core/ids.ts'
import { dayMs } from '../../core/time.ts'

/** What a database has grown by, and what is left. */
export interface StorageFacts {
  readonly usedBytes: number
  readonly freeBytes: number
  /** Entries of the ledger that are in the database: every call makes two. */
  readonly entries: number
  /** Of these, those of the time that is looked at. */
  readonly entriesLately: number
  /** How long that time is. */
  readonly spanMs: number
  readonly at: InstantMs
}

/** How a database will grow if calls go on as lately. */
export interface StorageForecast {
  readonly bytesPerDay: number
  /** When nothing is left on its disk; absent: it does not grow. */
  readonly fullAt?: InstantMs
}

/** Calls take the room: a database has grown by the share of its entries that came lately. */
export function storageForecast(facts: StorageFacts): StorageForecast {
  const { usedBytes, freeBytes, entries, entriesLately, spanMs, at } = facts
  if (entries === 0 || spanMs <= 0 || entriesLately === 0) return { bytesPerDay: 0 }
  const bytesPerDay = (usedBytes * (entriesLately / entries)) / (spanMs / dayMs)
  return { bytesPerDay: Math.round(bytesPerDay), fullAt: at + Math.floor(freeBytes / bytesPerDay) * dayMs }
}
