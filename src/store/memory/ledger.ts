import type { CampaignSettings } from '../../core/campaigns/campaign.ts'
import type { CallId, CampaignId, InstantMs, LeadId, PhoneNumber } from '../../core/ids.ts'
import { StoreError } from '../../errors.ts'
import type { BulkListStore } from '../../ports/bulkLists.ts'
import type { LedgerEntry, LedgerHead, LedgerKind, LedgerStore, LedgerSubject } from '../../ports/ledger.ts'
import type { Store } from '../../ports/store.ts'
import type { LedgerBook, LedgerOwner } from '../ledger/book.ts'
import { canonicalJson, digestOf, genesisEntry, newSubject, nextEntry } from '../ledger/chain.ts'
import { ledgerEntriesMax, ledgerProblems } from '../ledger/problems.ts'
import { recordOperation } from '../ledger/record.ts'
import type { WriteOperation } from '../operations.ts'

/** The person of a lead, as the operator names it. */
export type PersonOf = (leadId: LeadId) => string | undefined

/** A ledger in memory. */
export interface MemoryLedger extends LedgerStore {
  /** Writes what an operation that was carried out is about. */
  record(operation: WriteOperation, answer?: unknown): void
}

interface Pending {
  readonly kind: LedgerKind
  readonly at: InstantMs
  readonly entry: object
}

/** A ledger that has begun. Entries are chained when somebody looks: a simulated month does not pay for hashes. */
export function createMemoryLedger(personOf: PersonOf): MemoryLedger {
  const pending: Pending[] = [{ kind: 'genesis', at: 0, entry: genesisEntry() }]
  const entries: LedgerEntry[] = []
  const numbers = new Map<CallId, PhoneNumber>()
  const subjects = new Map<PhoneNumber, LedgerSubject>()
  const book = {
    ...createBook(personOf, { entries: pending, subjects }),
    numberOf: (callId: CallId) => numbers.get(callId),
  }

  function chained(): readonly LedgerEntry[] {
    for (const { kind, at, entry } of pending.splice(0))
      entries.push(nextEntry(entries.at(-1), { kind, at, entry: canonicalJson(entry) }))
    return entries
  }

  return {
    record(operation, answer) {
      if (operation.kind === 'begin-attempt') numbers.set(operation.attempt.callId, operation.attempt.number)
      recordOperation(book, operation, answer)
    },
    async ledgerHead(): Promise<LedgerHead> {
      const last = chained().at(-1)
      if (last === undefined) throw ledgerProblems.noBeginning()
      return { seq: last.seq, hash: last.hash, at: last.at }
    },
    ledgerEntries: async (afterSeq, limit) => chained().slice(afterSeq, afterSeq + Math.min(limit, ledgerEntriesMax)),
    async recordRules(rules, at) {
      if (!book.changed('rules', digestOf(rules))) return false
      book.append('rules', at, rules)
      return true
    },
    ledgerSubject: async number => subjects.get(number),
    async eraseSubject(number, at) {
      const subject = book.forget(number)
      if (subject !== undefined) book.append('erasure', at, { subject })
      return subject !== undefined
    },
    async rotateLedger() {
      throw new StoreError('no-file', 'a ledger in memory cannot be rotated: use a database file')
    },
  }
}

function createBook(
  personOf: PersonOf,
  { entries, subjects }: { readonly entries: Pending[]; readonly subjects: Map<PhoneNumber, LedgerSubject> },
): Omit<LedgerBook, 'numberOf'> {
  const persons = new Map<string, string>()
  const owners = new Map<CampaignId, LedgerOwner>()
  const digests = new Map<string, string>()
  let lastAt = 0
  return {
    append(kind, at, entry) {
      lastAt = Math.max(lastAt, at)
      entries.push({ kind, at, entry })
      if (kind === 'campaign') keepOwner(owners, entry)
    },
    // The overload promises a subject only where one is made.
    subject: ((number: PhoneNumber, make?: 'make') => {
      const known = subjects.get(number)
      if (known !== undefined || make === undefined) return known
      const made = newSubject(number)
      subjects.set(number, made)
      return made
    }) as LedgerBook['subject'],
    person(leadId) {
      const personId = personOf(leadId)
      if (personId === undefined) return undefined
      const known = persons.get(personId) ?? newSubject('').subject
      persons.set(personId, known)
      return known
    },
    forget(number) {
      const known = subjects.get(number)
      subjects.delete(number)
      return known?.subject
    },
    owner: campaignId => owners.get(campaignId) ?? { seller: 'default', purpose: 'sales', topic: 'sales' },
    changed(name, digest) {
      if (digests.get(name) === digest) return false
      digests.set(name, digest)
      return true
    },
    // Simulated time stands still between events: the last instant that was told.
    now: () => lastAt,
  }
}

function keepOwner(owners: Map<CampaignId, LedgerOwner>, entry: object): void {
  // recordCampaign has written it, with these members.
  const { campaign, seller, purpose, topic } = entry as LedgerOwner & { readonly campaign: CampaignId }
  owners.set(campaign, { seller, purpose, topic })
}

/** Methods that leave a trace in the ledger. */
type Recorded = Pick<
  Store & BulkListStore,
  | 'beginAttempt'
  | 'endAttempt'
  | 'recordWrapUp'
  | 'addDoNotCall'
  | 'removeDoNotCall'
  | 'addDoNotCallPrefix'
  | 'removeDoNotCallPrefix'
  | 'installBulkList'
  | 'dropDoNotCallList'
  | 'saveCampaign'
>

/** The same methods, each writing into the ledger once it has been carried out. */
export function recorded(store: Recorded, ledger: MemoryLedger): Recorded {
  return {
    async beginAttempt(attempt, clearance) {
      await store.beginAttempt(attempt, clearance)
      ledger.record({ kind: 'begin-attempt', attempt, ...(clearance === undefined ? {} : { clearance }) })
    },
    async endAttempt(end) {
      await store.endAttempt(end)
      ledger.record({ kind: 'end-attempt', end })
    },
    async recordWrapUp(wrapUp) {
      await store.recordWrapUp(wrapUp)
      ledger.record({ kind: 'record-wrap-up', wrapUp })
    },
    async addDoNotCall(entry) {
      await store.addDoNotCall(entry)
      ledger.record({ kind: 'add-do-not-call', entry })
    },
    async removeDoNotCall(number) {
      const removed = await store.removeDoNotCall(number)
      ledger.record({ kind: 'remove-do-not-call', number }, removed)
      return removed
    },
    async addDoNotCallPrefix(entry) {
      await store.addDoNotCallPrefix(entry)
      ledger.record({ kind: 'add-do-not-call-prefix', entry })
    },
    async removeDoNotCallPrefix(prefix) {
      const removed = await store.removeDoNotCallPrefix(prefix)
      ledger.record({ kind: 'remove-do-not-call-prefix', prefix }, removed)
      return removed
    },
    async installBulkList(version) {
      await store.installBulkList(version)
      ledger.record({ kind: 'install-bulk-list', version })
    },
    async dropDoNotCallList(list) {
      const dropped = await store.dropDoNotCallList(list)
      if (dropped) ledger.record({ kind: 'drop-bulk-list', list })
      return dropped
    },
    async saveCampaign(settings: CampaignSettings) {
      await store.saveCampaign(settings)
      ledger.record({ kind: 'save-campaign', settings })
    },
  }
}
