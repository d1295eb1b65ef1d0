import type { PhoneNumber } from '../../core/ids.ts'
import type { JournalEntry } from './entries.ts'
import type { JournalLine, JournalPlace } from './line.ts'
import { lastRefusals, nameOf } from './replay.ts'

/** What says no for itself. An erasure does not: it is journalled when the database has it. */
export type SaidNo = Extract<JournalEntry, { kind: 'refusal' | 'prefix' | 'withdrawal' }> | SaidHours

type SaidHours = Extract<JournalEntry, { kind: 'hours' }> & {
  readonly days: NonNullable<Extract<JournalEntry, { kind: 'hours' }>['days']>
}

/** Collects what a database cannot be known to have of its journal. */
export interface Unsettled {
  take(line: JournalLine): void
  /** What of it says no, and still does: what was taken back later does not come back, nor hours of somebody who was erased later. */
  nos(seal: (number: PhoneNumber) => string): readonly SaidNo[]
}

/** `settled`: everything up to here is in the database. Where the journal has no such place, nothing of it is known to be there. */
export function createUnsettled(settled: JournalPlace | undefined): Unsettled {
  let entries: JournalEntry[] = []
  return {
    take({ seq, hash, entry, kept }) {
      // Long in the database.
      if (kept) return
      if (seq === settled?.seq && hash === settled.hash) entries = []
      else entries.push(entry)
    },
    nos: seal => standingNos(entries, seal),
  }
}

function standingNos(entries: readonly JournalEntry[], seal: (number: PhoneNumber) => string): readonly SaidNo[] {
  const said = lastRefusals(entries)
  const takenBack = new Set<string>()
  /** By the seal of whose they are, as an erasure names them. */
  const lastHours = new Map<string, JournalEntry>()
  for (const entry of entries) {
    if (entry.kind === 'refusal-removed' || entry.kind === 'prefix-removed') {
      const name = nameOf(entry)
      // Who refused again in that moment has refused.
      if ((said.get(name) ?? Number.POSITIVE_INFINITY) < entry.at) takenBack.add(name)
    } else if (entry.kind === 'hours') lastHours.set(seal(entry.number), entry)
    else if (entry.kind === 'erasure' || entry.kind === 'subject-erasure') lastHours.delete(entry.seal)
  }
  const standingHours = new Set(lastHours.values())
  return entries.filter((entry): entry is SaidNo => {
    if (entry.kind === 'refusal' || entry.kind === 'prefix') return !takenBack.has(nameOf(entry))
    if (entry.kind === 'hours') return entry.days !== null && standingHours.has(entry)
    return entry.kind === 'withdrawal'
  })
}
