import { resolve } from 'node:path'
import Database from 'better-sqlite3'
import type { LeadId, PhoneNumber } from '../../core/ids.ts'
import { numberToInteger } from '../../numbers/e164.ts'
import type { BulkListStore } from '../../ports/bulkLists.ts'
import type { DoNotCallLookup } from '../../ports/doNotCall.ts'
import { type PackedLeadStore, packLeads } from '../../ports/packedLeads.ts'
import type { MoveInStore } from '../../ports/packedMoved.ts'
import type { Store } from '../../ports/store.ts'
import { type AnsweringThread, startAnswering, workerAt } from '../../threads/threads.ts'
import { factsOf } from '../decisions/facts.ts'
import { storeProblems } from '../decisions/problems.ts'
import type { WriteAnswers, WriteOperation, WriteResult } from '../operations.ts'
import { abandonmentPort } from './abandonmentPort.ts'
import { type BulkListFiles, openBulkLists } from './bulkListFiles.ts'
import { censusPort } from './censusPort.ts'
import { lockDatabase } from './databaseLock.ts'
import { doNotCallPort } from './doNotCallPort.ts'
import { leadUpkeepPort } from './leadUpkeepPort.ts'
import { ledgerPort } from './ledgerPort.ts'
import { createLogTidier, type LogTidier, type TidyData, type TidyQuestion } from './logTidier.ts'
import { createPendingWrites } from './pendingWrites.ts'
import { personPort } from './personPort.ts'
import { storeErrorOf } from './problems.ts'
import { prepareCallLookups } from './queries/calls/callReads.ts'
import { prepareCampaignLookups } from './queries/campaigns.ts'
import { prepareLeadLookups } from './queries/leads/leadReads.ts'
import { prepareDoNotCallLookups } from './queries/people/doNotCall.ts'
import { preparePersonFacts } from './queries/people/personFacts.ts'
import type { ReaderData, ScanQuestion } from './scans.ts'
import type { BackupData } from './workers/backupWorker.ts'
import type { WriterData } from './workers/writerWorker.ts'
import { createWriteQueue } from './writeQueue.ts'

/** A store in an SQLite database, with bulk do-not-call lists in files beside it. */
export interface SqliteStore extends Store, BulkListStore, PackedLeadStore, MoveInStore {}

/** An import row set larger than this is written in several transactions. */
const importRowsMax = 100

/**
 * Opens the database at `file`, creating it or bringing its schema up to date, and makes this process its owner until
 * `close`. One thread writes, one answers what
 * scans, one keeps the log short; look-ups of single rows are read here in microseconds.
 * @throws StoreError `in-use`, `read-only`, `disk-full`, `newer-schema`, `not-a-database`, `cannot-open`, `list-missing`
 */
export async function openSqliteStore(options: { readonly file: string }): Promise<SqliteStore> {
  const file = resolve(options.file)
  const undo: (() => unknown)[] = []
  try {
    undo.push(lockDatabase(file))
    const writer = await startAnswering<readonly WriteOperation[], readonly WriteResult[]>(
      workerAt('./workers/writerWorker', import.meta.url),
      {
        file,
      } satisfies WriterData,
    )
    undo.push(() => writer.close())
    const reader = await startAnswering<ScanQuestion, unknown>(workerAt('./workers/readerWorker', import.meta.url), {
      file,
    } satisfies ReaderData)
    undo.push(() => reader.close())
    const tidyThread = await startAnswering<TidyQuestion, boolean>(workerAt('./workers/tidyWorker', import.meta.url), {
      file,
    } satisfies TidyData)
    undo.push(() => tidyThread.close())
    const database = new Database(file, { readonly: true, fileMustExist: true })
    undo.push(() => database.close())
    const lists = await openBulkLists(file, prepareDoNotCallLookups(database).bulkLists(), {
      install: version => writer.ask([{ kind: 'install-bulk-list', version }]),
    })
    undo.push(() => lists.close())
    return composeStore({ file, writer, reader, tidier: createLogTidier(file, tidyThread), database, lists, undo })
  } catch (error) {
    for (const step of undo.reverse()) await step()
    throw storeErrorOf(error, file)
  }
}

interface Parts {
  readonly file: string
  readonly writer: AnsweringThread<readonly WriteOperation[], readonly WriteResult[]>
  readonly reader: AnsweringThread<ScanQuestion, unknown>
  readonly tidier: LogTidier
  readonly database: Database.Database
  readonly lists: BulkListFiles
  /** Closes everything, last first. */
  readonly undo: (() => unknown)[]
}

function composeStore(parts: Parts): SqliteStore {
  const writes = createWriting(parts)
  const doNotCall = doNotCallPort(parts, writes)
  return {
    ...leadPort(parts, writes, doNotCall.doNotCall),
    ...attemptPort(parts, writes),
    ...doNotCall,
    ...campaignPort(parts, writes),
    ...abandonmentPort(writes),
    ...ledgerPort(parts, writes),
    ...personPort(parts.database, writes),
    ...leadUpkeepPort(writes),
    ...moveInPort(writes),
    ...censusPort(parts.file, writes.settled),
    ...ownerPort(parts, writes),
  }
}

/** The way to the writer, and the order between writes and reads. */
interface Writing {
  write(operation: WriteOperation): Promise<void>
  /** For operations that answer something. */
  writeFor<Kind extends keyof WriteAnswers>(
    operation: Extract<WriteOperation, { kind: Kind }>,
  ): Promise<WriteAnswers[Kind]>
  /** A read sees every write that was asked for before it: this waits for those on their way. */
  settled(): Promise<void>
  /** Waits only for writes about this lead or number. */
  settledFor(leadOrNumber: LeadId | PhoneNumber): Promise<void> | undefined
  scan(question: ScanQuestion): Promise<unknown>
  close(): Promise<void>
}

function createWriting({ writer, reader, tidier }: Parts): Writing {
  const queue = createWriteQueue(async batch => {
    const results = await writer.ask(batch)
    tidier.look()
    return results
  }, tidier.underWay)
  const pending = createPendingWrites()

  async function write(operation: WriteOperation): Promise<unknown> {
    const answer = await pending.follow(operation, queue.write(operation))
    // What was overwritten in the database stands in its log yet.
    if (operation.kind === 'erase-person' || operation.kind === 'erase-subject') await tidier.empty()
    return answer
  }

  return {
    write: async operation => void (await write(operation)),
    async writeFor<Kind extends keyof WriteAnswers>(operation: Extract<WriteOperation, { kind: Kind }>) {
      // The writer's handler of this kind answers with this type.
      return (await write(operation)) as WriteAnswers[Kind]
    },
    async settled() {
      if (queue.busy()) await queue.settled()
    },
    settledFor: leadOrNumber => pending.of(leadOrNumber),
    async scan(question) {
      if (queue.busy()) await queue.settled()
      return reader.ask(question)
    },
    close: () => queue.close(),
  }
}

type LeadPort = Pick<
  Store,
  | 'dialableLeads'
  | 'facts'
  | 'deferLead'
  | 'lead'
  | 'leadsByNumber'
  | 'listLeads'
  | 'leadCounts'
  | 'importLeads'
  | 'activateImport'
  | 'discardImport'
> &
  PackedLeadStore

function leadPort({ database }: Parts, writes: Writing, doNotCall: DoNotCallLookup): LeadPort {
  const leads = prepareLeadLookups(database)
  const people = preparePersonFacts(database)
  return {
    dialableLeads: query => scan(writes, 'dialableLeads', { kind: 'dialable-leads', query }),
    async facts({ now, ...query }) {
      const { leadId, campaignId } = query
      const moving = writes.settledFor(leadId)
      if (moving !== undefined) await moving
      const lead = leads.facts(query)
      if (lead === undefined) throw storeProblems.unknownLead(leadId, campaignId)
      const numbering = writes.settledFor(lead.number)
      if (numbering !== undefined) await numbering
      const person = people(numberToInteger(lead.number))
      return factsOf({ lead, person, doNotCall }, now)
    },
    deferLead: (leadId, until, reason) => writes.write({ kind: 'defer-lead', leadId, until, reason }),
    async lead(leadId) {
      await writes.settled()
      return leads.lead(leadId)
    },
    async leadsByNumber(number) {
      await writes.settled()
      return leads.leadsByNumber(number)
    },
    listLeads: query => scan(writes, 'listLeads', { kind: 'list-leads', query }),
    leadCounts: campaignId => scan(writes, 'leadCounts', { kind: 'lead-counts', campaignId }),
    async importLeads(importId, campaignId, rows) {
      const duplicates: number[] = []
      for (let from = 0; from < Math.max(1, rows.length); from += importRowsMax) {
        const batch = rows.slice(from, from + importRowsMax)
        const answer = await writes.writeFor({ kind: 'import-leads', importId, campaignId, leads: packLeads(batch) })
        for (const position of answer.duplicates) duplicates.push(from + position)
      }
      return { duplicates }
    },
    importPackedLeads: (importId, campaignId, leads) =>
      writes.writeFor({ kind: 'import-leads', importId, campaignId, leads }),
    activateImport: (importId, summary) => writes.write({ kind: 'activate-import', importId, summary }),
    discardImport: importId => writes.write({ kind: 'discard-import', importId }),
  }
}

/** Asks the reader; the type of the answer is that of the port's method which the question stands for. */
async function scan<Method extends 'dialableLeads' | 'listLeads' | 'leadCounts' | 'calls'>(
  writes: Writing,
  _method: Method,
  question: ScanQuestion,
): Promise<Awaited<ReturnType<Store[Method]>>> {
  return (await writes.scan(question)) as Awaited<ReturnType<Store[Method]>>
}

type AttemptPort = Pick<Store, 'beginAttempt' | 'endAttempt' | 'recordWrapUp' | 'openAttempts' | 'calls' | 'call'>

function attemptPort({ database }: Parts, writes: Writing): AttemptPort {
  const lookups = prepareCallLookups(database)
  return {
    beginAttempt: (attempt, clearance) =>
      writes.write({ kind: 'begin-attempt', attempt, ...(clearance === undefined ? {} : { clearance }) }),
    endAttempt: end => writes.write({ kind: 'end-attempt', end }),
    recordWrapUp: wrapUp => writes.write({ kind: 'record-wrap-up', wrapUp }),
    async openAttempts() {
      await writes.settled()
      return lookups.openAttempts()
    },
    calls: query => scan(writes, 'calls', { kind: 'calls', query }),
    async call(callId) {
      await writes.settled()
      return lookups.call(callId)
    },
  }
}

function moveInPort(writes: Writing): MoveInStore {
  return {
    moveIn: (campaignId, moved) => writes.writeFor({ kind: 'move-in', campaignId, moved }),
    takeBackCalls: (campaignId, callIds) => writes.write({ kind: 'take-back-calls', campaignId, callIds }),
  }
}

type CampaignPort = Pick<Store, 'saveCampaign' | 'saveCampaignProgress' | 'campaigns' | 'saveAgent' | 'agents'>

function campaignPort({ database }: Parts, writes: Writing): CampaignPort {
  const lookups = prepareCampaignLookups(database)
  return {
    saveCampaign: settings => writes.write({ kind: 'save-campaign', settings }),
    saveCampaignProgress: progress => writes.write({ kind: 'save-progress', progress }),
    async campaigns() {
      await writes.settled()
      return lookups.campaigns()
    },
    saveAgent: settings => writes.write({ kind: 'save-agent', settings }),
    async agents() {
      await writes.settled()
      return lookups.agents()
    },
  }
}

function ownerPort({ file, undo }: Parts, writes: Writing): Pick<Store, 'backup' | 'close'> {
  let closing: Promise<void> | undefined

  async function closeAll(): Promise<void> {
    await writes.close()
    for (const step of undo.reverse()) await step()
  }

  return {
    async backup(target) {
      await writes.settled()
      const thread = await startAnswering<string, void>(workerAt('./workers/backupWorker', import.meta.url), {
        file,
      } satisfies BackupData)
      try {
        await thread.ask(resolve(target))
      } finally {
        await thread.close()
      }
    },
    close() {
      closing ??= closeAll()
      return closing
    },
  }
}
