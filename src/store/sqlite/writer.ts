import Database from 'better-sqlite3'
import { StoreError } from '../../errors.ts'
import { unpackLeads } from '../../ports/importing/packedLeads.ts'
import { unpackMoved } from '../../ports/importing/packedMoved.ts'
import { recordOperation } from '../ledger/record.ts'
import { type WriteHandlers, type WriteOperation, type WriteResult, writeModes } from '../operations.ts'
import type { Identity } from './keeping/marker.ts'
import { checkSchema, migrate } from './migrate.ts'
import { storeErrorOf } from './problems.ts'
import { prepareHasRow, prepareLettingGo } from './queries/archive/archiveWrites.ts'
import { prepareCallWrites } from './queries/calls/callWrites.ts'
import { prepareMovedWrites } from './queries/calls/movedCalls.ts'
import { prepareCampaignWrites } from './queries/campaigns.ts'
import { prepareKeepJournalPlace } from './queries/journalPlace.ts'
import { prepareLeadUpkeep } from './queries/leads/leadUpkeep.ts'
import { prepareLeadWrites } from './queries/leads/leadWrites.ts'
import { type LedgerWrites, prepareLedgerWrites } from './queries/ledgerWrites.ts'
import { prepareDoNotCallWrites } from './queries/people/doNotCall.ts'
import { prepareErasure } from './queries/people/erasure.ts'
import { preparePermissionWrites } from './queries/people/permissionWrites.ts'
import { prepareRestorationWrites } from './queries/restorations.ts'
import { prepareUserWrites } from './queries/users.ts'

/** The one connection that writes. */
export interface Writer {
  /** Commits a batch in one transaction; each operation has its own answer. An empty one tries whether the disk takes anything. @throws StoreError */
  apply(batch: readonly WriteOperation[]): readonly WriteResult[]
  /** Rows of discarded imports and leads of a release that was broken off: `work` deals with some of them. */
  readonly leftovers: { exist(): boolean; work(): void }
  close(): void
}

/** Only these leave rows behind them. */
const leavingRows: ReadonlySet<WriteOperation['kind']> = new Set(['discard-import', 'discard-permissions'])

/** How long another program may hold the database before an operation gives up. */
const lockedMaxMs = 5_000

/**
 * Opens the database for writing, creating it or bringing it to the newest schema; imports that a crash left open are
 * discarded.
 * @throws StoreError
 */
export function openWriter(file: string, identity?: Identity): Writer {
  try {
    const database = new Database(file, { timeout: lockedMaxMs })
    try {
      const writer = prepareWriter(database, file)
      if (identity !== undefined) keepIdentity(database, identity)
      return writer
    } catch (error) {
      database.close()
      throw error
    }
  } catch (error) {
    throw storeErrorOf(error, file)
  }
}

/** From now on the file alone, without its log, is the database that it is. */
function keepIdentity(database: Database.Database, { databaseId, runId }: Identity): void {
  const keep = database.transaction(() => {
    database.exec('DELETE FROM identity')
    database.prepare('INSERT INTO identity (databaseId, runId) VALUES (?, ?)').run(databaseId, runId)
  })
  database.pragma('synchronous = FULL')
  keep.immediate()
  database.pragma('wal_checkpoint(PASSIVE)')
}

function prepareWriter(database: Database.Database, file: string): Writer {
  checkSchema(database, file)
  setUp(database)
  migrate(database, file)
  const ledger = prepareLedgerWrites(database)
  const handlers = prepareHandlers(database, ledger)
  const leads = prepareLeadWrites(database)
  leads.discardOpen()
  const permissions = preparePermissionWrites(database)
  permissions.discardOpen()
  const upkeep = prepareLeadUpkeep(database)
  const tryWriting = prepareProbe(database, file)
  let full: boolean | undefined
  let mayHaveLeftovers = true

  function synchronous(durable: boolean): void {
    if (full !== durable) database.pragma(`synchronous = ${durable ? 'FULL' : 'NORMAL'}`)
    full = durable
  }

  function applyOne(operation: WriteOperation): WriteResult {
    try {
      // The table pairs each kind with its operation; TypeScript cannot carry that pairing through an index.
      const handler = handlers[operation.kind] as (operation: WriteOperation) => unknown
      const value = handler(operation)
      recordOperation(ledger, operation, value)
      return { ok: true, value }
    } catch (error) {
      // A StoreError is the caller's mistake and has changed nothing; anything else is the transaction's end.
      if (!(error instanceof StoreError)) throw error
      return { ok: false, code: error.code, message: error.message }
    }
  }

  const applyAll = database.transaction((batch: readonly WriteOperation[]) => {
    ledger.begin()
    mayHaveLeftovers ||= batch.some(({ kind }) => leavingRows.has(kind))
    return batch.map(applyOne)
  })

  /** Where a batch cannot be committed whole, each operation is tried alone, so that one bad one harms no other. */
  function apply(batch: readonly WriteOperation[]): readonly WriteResult[] {
    if (batch.length === 0) {
      synchronous(true)
      return tryWriting()
    }
    try {
      synchronous(batch.some(({ kind }) => writeModes[kind].durable))
      return applyAll.immediate(batch)
    } catch (error) {
      if (batch.length > 1) return batch.flatMap(operation => apply([operation]))
      const { code, message } = storeErrorOf(error, file)
      return [{ ok: false, code, message }]
    }
  }

  return {
    apply,
    leftovers: {
      exist: () => mayHaveLeftovers,
      work() {
        synchronous(false)
        mayHaveLeftovers = leads.sweep() || permissions.sweep() || upkeep.sweep()
      },
    },
    close: () => void database.close(),
  }
}

function setUp(database: Database.Database): void {
  database.pragma('journal_mode = WAL')
  database.pragma('foreign_keys = OFF')
  database.pragma('cache_size = -32768')
  // The log is tidied by a thread of its own, not inside a commit that somebody waits for.
  database.pragma('wal_autocheckpoint = 0')
  database.pragma('journal_size_limit = 1048576')
}

/** Writes the schema's number again: through to the disk, and nothing has changed. */
function prepareProbe(database: Database.Database, file: string): () => readonly WriteResult[] {
  const write = database.transaction(() => {
    database.pragma(`user_version = ${database.pragma('user_version', { simple: true })}`)
  })
  return () => {
    try {
      write.immediate()
      return []
    } catch (error) {
      throw storeErrorOf(error, file)
    }
  }
}

function prepareHandlers(database: Database.Database, ledger: LedgerWrites): WriteHandlers {
  const leads = prepareLeadWrites(database)
  const calls = prepareCallWrites(database, leads)
  const campaigns = prepareCampaignWrites(database)
  const doNotCall = prepareDoNotCallWrites(database)
  const permissions = preparePermissionWrites(database)
  const erase = prepareErasure(database, ledger)
  const moved = prepareMovedWrites(database, doNotCall)
  const upkeep = prepareLeadUpkeep(database)
  const restorations = prepareRestorationWrites(database)
  const keepJournalPlace = prepareKeepJournalPlace(database)
  const letRowsGo = prepareLettingGo(database)
  const hasRow = prepareHasRow(database)
  return {
    'begin-attempt': ({ attempt }) => calls.begin(attempt),
    'end-attempt': ({ end }) => calls.end(end),
    'record-wrap-up': ({ wrapUp }) => calls.wrapUp(wrapUp),
    'record-line': ({ callId, line }) => calls.line(callId, line),
    'defer-lead'({ leadId, until, reason }) {
      const place = leads.place(leadId)
      if (place === undefined || place.state === 'finished') return
      leads.move(leadId, { until, reason }, place.state)
      if (reason === 'do-not-call') calls.countBlocked(place.campaignKey)
    },
    'add-do-not-call': ({ entry }) => doNotCall.add(entry),
    'remove-do-not-call': ({ number, list }) => doNotCall.remove(number, list),
    'add-do-not-call-prefix': ({ entry }) => doNotCall.addPrefix(entry),
    'remove-do-not-call-prefix': ({ prefix }) => doNotCall.removePrefix(prefix),
    'save-campaign': ({ settings }) => campaigns.save(settings),
    'save-progress': ({ progress }) => campaigns.saveProgress(progress),
    'save-agent': ({ settings }) => campaigns.saveAgent(settings),
    'remove-agent': ({ agentId }) => campaigns.removeAgent(agentId),
    'import-agents': ({ agents }) => campaigns.importAgents(agents),
    'install-bulk-list': ({ version }) => doNotCall.install(version),
    'drop-bulk-list': ({ list }) => doNotCall.drop(list),
    'import-leads': ({ importId, campaignId, leads: packed }) =>
      leads.importRows(importId, campaignId, unpackLeads(packed)),
    'activate-import': ({ importId, summary }) => leads.activate(importId, summary),
    'discard-import': ({ importId }) => leads.discard(importId),
    'add-permission': ({ permission }) => permissions.add(permission),
    'withdraw-permission': ({ withdrawal }) => permissions.withdraw(withdrawal),
    'set-person-hours': ({ hours }) => permissions.setHours(hours),
    'erase-person': erase,
    'import-permissions': ({ importId, permissions: packed }) => permissions.importRows(importId, JSON.parse(packed)),
    'activate-permissions': ({ importId, at, source }) => permissions.activate(importId, at, source),
    'discard-permissions': ({ importId }) => permissions.discard(importId),
    'move-in': ({ campaignId, moved: packed }) => moved.moveIn(campaignId, unpackMoved(packed)),
    'take-back-calls': ({ campaignId, callIds }) => moved.takeBack(campaignId, callIds),
    'release-leads': ({ step }) => upkeep.release(step),
    'release-number': ({ number, reasons }) => upkeep.releaseNumber(number, reasons),
    'recycle-leads': recycling => upkeep.recycle(recycling),
    'record-rules': ({ book, at }) => ledger.recordRules(book, at),
    'erase-subject': ({ number, at }) => ledger.eraseSubject(number, at),
    'rotate-ledger': ({ rotation }) => ledger.rotate(rotation),
    'ledger-dropped': ({ segment, at }) => ledger.dropped(segment, at),
    'record-restore': ({ restoration }) => restorations.record(restoration),
    'confirm-restore': ({ confirmation }) => restorations.confirm(confirmation),
    'keep-journal-place': ({ place }) => keepJournalPlace(place),
    'name-subjects'({ numbers }) {
      for (const number of numbers.filter(hasRow)) ledger.subject(number, 'make')
    },
    'let-rows-go': ({ rows }) => letRowsGo(rows),
    'record-archive'() {},
    ...userHandlers(database),
  }
}

type UserKind =
  | 'save-user'
  | 'remove-user'
  | 'save-user-session'
  | 'end-user-sessions'
  | 'add-api-token'
  | 'revoke-api-token'
  | 'record-act'

function userHandlers(database: Database.Database): WriteHandlers<UserKind> {
  const users = prepareUserWrites(database)
  return {
    'save-user': ({ change }) => users.save(change),
    'remove-user': ({ name }) => users.remove(name),
    'save-user-session': ({ session }) => users.saveSession(session),
    'end-user-sessions': ({ sessionIds }) => users.endSessions(sessionIds),
    'add-api-token': ({ token }) => users.addToken(token),
    'revoke-api-token': ({ tokenId }) => users.revokeToken(tokenId),
    // It stands in the ledger alone.
    'record-act': () => {},
  }
}
