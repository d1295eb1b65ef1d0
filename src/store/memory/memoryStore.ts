import type { InstantMs } from '../../core/ids.ts'
import { StoreError } from '../../errors.ts'
import type { ArchiveWrites } from '../../ports/archives.ts'
import type { BulkListVersion } from '../../ports/bulkLists.ts'
import type { PackedLeadStore } from '../../ports/importing/packedLeads.ts'
import type { MoveInStore } from '../../ports/importing/packedMoved.ts'
import type { Store } from '../../ports/store.ts'
import { recordOperation } from '../ledger/record.ts'
import type { AnswerOf, OperationOf, Write, WriteKind, WriteOperation } from '../operations.ts'
import { writePort } from '../writePort.ts'
import { MemoryAttempts } from './attempts.ts'
import { MemoryCampaigns } from './campaigns.ts'
import { type ListContent, MemoryDoNotCall } from './doNotCall.ts'
import { leadReads } from './leadReads.ts'
import { MemoryLeads } from './leads.ts'
import { createMemoryUpkeep } from './leadUpkeep.ts'
import { createMemoryLedger } from './ledger.ts'
import type { Model } from './model.ts'
import { MemoryPeople } from './people.ts'
import { personReads } from './personReads.ts'
import { MemoryUsers } from './users.ts'
import { modelWrites } from './writes.ts'

/** The model of a store: everything in memory, nothing in files. */
export interface MemoryStore extends Store, PackedLeadStore, MoveInStore, ArchiveWrites {
  /** Puts a bulk do-not-call list in the place of the one of its name: here it has no file to be built in. */
  replaceBulkList(version: Omit<BulkListVersion, 'file'>, content: ListContent): void
}

/**
 * Makes an empty store that says in plain code what each write means and what each read gives; nothing survives it. `now`: the
 * time of ledger entries that come without one; absent: the last instant that was told.
 */
export function createMemoryStore({ now }: { readonly now?: () => InstantMs } = {}): MemoryStore {
  const model = createModel(now)
  const write = modelWrite(model)
  const { campaigns, leads, attempts, doNotCall, ledger } = model
  return {
    ...writePort(write),
    ...leadReads(model),
    ...createMemoryUpkeep(model, write),
    ...attempts.reads(),
    ...campaigns.reads(),
    ...doNotCall.reads(number => leads.numbersOf(number)),
    ...personReads(model),
    ...ledger.reads,
    ...model.users.reads(),
    async dropDoNotCallList(list) {
      if (!doNotCall.has(list)) return false
      await write({ kind: 'drop-bulk-list', list })
      return true
    },
    replaceBulkList(version, content) {
      const kept = { ...version, file: '' }
      doNotCall.replace(kept, content)
      recordOperation(ledger.book, { kind: 'install-bulk-list', version: kept }, undefined)
    },
    trouble: () => undefined,
    onTrouble: () => () => {},
    async tryWriting() {},
    async close() {},
  }
}

function createModel(now: (() => InstantMs) | undefined): Model {
  const campaigns = new MemoryCampaigns()
  const leads = new MemoryLeads(campaigns)
  const attempts = new MemoryAttempts(leads, campaigns)
  const ledger = createMemoryLedger({
    personOf: leadId => leads.personOf(leadId),
    personsOf: number => leads.personsOf(number),
    numberOf: callId => attempts.numberOf(callId),
    ownerOf: campaignId => campaigns.ledgerOwner(campaignId),
    now,
  })
  return {
    campaigns,
    leads,
    attempts,
    doNotCall: new MemoryDoNotCall(),
    people: new MemoryPeople(leads, campaigns),
    ledger,
    users: new MemoryUsers(),
  }
}

/** Carries a write out and lets the ledger tell of it; one that is refused has changed nothing. */
function modelWrite(model: Model): Write {
  const handlers: Partial<Record<WriteKind, unknown>> = modelWrites(model)
  return async <Kind extends WriteKind>(operation: OperationOf<Kind>) => {
    // The table pairs each kind with its operation; TypeScript cannot carry that pairing through an index.
    const handler = handlers[operation.kind] as ((operation: WriteOperation) => AnswerOf<Kind>) | undefined
    if (handler === undefined) throw new StoreError('no-files', `a store in memory has no files: ${operation.kind}`)
    const answer = handler(operation)
    recordOperation(model.ledger.book, operation, answer)
    return answer
  }
}
