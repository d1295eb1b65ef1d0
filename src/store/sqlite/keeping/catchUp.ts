import type { Database } from 'better-sqlite3'
import { dayMs } from '../../../core/time.ts'
import { StoreError } from '../../../errors.ts'
import { numberToInteger } from '../../../numbers/e164.ts'
import { isReplayable, steppedOver, type TrimmedAt } from '../../journal/entries.ts'
import { type Journal, openJournal } from '../../journal/journal.ts'
import type { JournalPlace } from '../../journal/line.ts'
import { fromJournal } from '../../journal/replay.ts'
import { createUnsettled, type SaidNo } from '../../journal/unsettled.ts'
import type { WriteOperation } from '../../operations.ts'
import { readJournalPlace } from '../queries/journalPlace.ts'
import { prepareDoNotCallLookups } from '../queries/people/doNotCall.ts'
import { preparePersonLookups } from '../queries/people/personReads.ts'
import type { WritingThreads } from '../writing/sender.ts'

interface CaughtUp {
  /** To read. */
  readonly database: Database
  readonly writer: Pick<WritingThreads['writer'], 'ask'>
  readonly file: string
  readonly databaseId: string
  /** Is told in one line what of the journal was stepped over. */
  readonly warn?: (line: string) => void
}

/**
 * Opens a database's journal, and brings into the database what only the journal has: who refused while the database could not be
 * written, and the process was killed. `close` keeps the place up to which the database has everything, so that no more than what
 * lies behind it is looked at the next time.
 * @throws StoreError where the database does not take it, and as {@link openJournal}
 */
export async function openJournalCaughtUp({ database, writer, file, databaseId, warn }: CaughtUp): Promise<Journal> {
  const known = readJournalPlace(database)
  const unsettled = createUnsettled(known)
  let trimmed: TrimmedAt | undefined
  const journal = await openJournal({
    file,
    databaseId,
    onLine(line) {
      if (line.entry.kind === 'begin') trimmed = line.entry.trimmed
      unsettled.take(line)
    },
  })
  const keepPlace = (place: JournalPlace) => carryOut(writer, [{ kind: 'keep-journal-place', place }])
  try {
    const nos = unsettled.nos(journal.seal)
    const said = nos.filter(isReplayable)
    if (said.length < nos.length) warn?.(steppedOver(file, nos.length - said.length))
    const missing = said.filter(prepareIsMissing(database)).map(again)
    for (let from = 0; from < missing.length; from += batchMax)
      await carryOut(writer, missing.slice(from, from + batchMax))
    const place = journal.settled()
    if (trimmed !== undefined && trimmed.seq > (known?.seq ?? 0)) await recordOlder(writer, { file, trimmed, place })
    if (place.hash !== known?.hash) await keepPlace(place)
  } catch (error) {
    await journal.close()
    throw error
  }
  return {
    ...journal,
    async close() {
      // Without it, more is looked at the next time.
      await keepPlace(journal.settled()).catch(() => {})
      await journal.close()
    },
  }
}

/** A database that is older than what its journal still has: what was said between is not known, as after a restore. */
async function recordOlder(
  writer: CaughtUp['writer'],
  { file, trimmed, place }: { readonly file: string; readonly trimmed: TrimmedAt; readonly place: JournalPlace },
): Promise<void> {
  const at = Date.now()
  const gap = `the database is older than what is left of the journal ${file}, which was trimmed on ${new Date(trimmed.at).toISOString()}: who refused before is not known`
  const restoration = { backupAt: Math.min(trimmed.at, at), restoredAt: at, replayed: 0, gaps: [gap] }
  await carryOut(writer, [
    { kind: 'record-restore', restoration },
    { kind: 'keep-journal-place', place },
  ])
}

const batchMax = 100

async function carryOut(writer: CaughtUp['writer'], operations: readonly WriteOperation[]): Promise<void> {
  for (const result of await writer.ask(operations)) if (!result.ok) throw new StoreError(result.code, result.message)
}

/** Looks whether the database has what was said. */
function prepareIsMissing(database: Database): (said: SaidNo) => boolean {
  const lists = prepareDoNotCallLookups(database)
  const people = preparePersonLookups(database)
  const prefixes = new Set(lists.prefixes().map(({ prefix }) => prefix))
  return said => {
    switch (said.kind) {
      case 'refusal':
        return !lists.entriesOf(numberToInteger(said.number)).some(({ list }) => list === said.list)
      case 'prefix':
        return !prefixes.has(said.prefix)
      case 'withdrawal': {
        const { number, topic, at } = said
        // Of somebody who was erased, the day has stayed.
        const times = [at, at - (at % dayMs)]
        return !people.permissionsOf(number).some(({ topics, withdrawnAt }) => {
          const isAbout = topics.length === 0 || (topic !== undefined && topics.includes(topic))
          return isAbout && withdrawnAt !== undefined && times.includes(withdrawnAt)
        })
      }
      case 'hours':
        return (people.hoursOf(said.number)?.recordedAt ?? Number.NEGATIVE_INFINITY) < said.at
    }
  }
}

function again(said: SaidNo): WriteOperation {
  switch (said.kind) {
    case 'refusal': {
      const { kind: _, ...entry } = said
      return { kind: 'add-do-not-call', entry }
    }
    case 'prefix': {
      const { kind: _, ...entry } = said
      return { kind: 'add-do-not-call-prefix', entry }
    }
    case 'withdrawal': {
      const { kind, ...what } = said
      return { kind: 'withdraw-permission', withdrawal: { ...what, how: fromJournal } }
    }
    case 'hours': {
      const { number, days, at } = said
      return { kind: 'set-person-hours', hours: { number, days, how: fromJournal, recordedAt: at } }
    }
  }
}
