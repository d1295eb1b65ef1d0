import type { RuleBook } from '../../core/compliance/rules.ts'
import type { CallId, CampaignId, InstantMs, LeadId, PhoneNumber } from '../../core/ids.ts'
import {
  type DeedsQuery,
  isDeedKind,
  type LedgerEntry,
  type LedgerKind,
  type LedgerStore,
  type LedgerSubject,
} from '../../ports/ledger.ts'
import type { LedgerBook, LedgerOwner } from '../ledger/book.ts'
import { canonicalJson, digestOf, genesisEntry, newSubject, nextEntry } from '../ledger/chain.ts'
import { ledgerEntriesMax, ledgerProblems } from '../ledger/problems.ts'
import type { SellersPerson } from './leads.ts'

/** What the ledger asks of the rest of the model. */
export interface LedgerContext {
  /** The person of a lead, as the operator names them. */
  personOf(leadId: LeadId): SellersPerson | undefined
  /** All persons who have the number. */
  personsOf(number: PhoneNumber): readonly SellersPerson[]
  /** Whom a call went to. */
  numberOf(callId: CallId): PhoneNumber | undefined
  ownerOf(campaignId: CampaignId): LedgerOwner
  /** The time of what comes without one; absent: the last instant that was told, for simulated time stands still between events. */
  readonly now?: (() => InstantMs) | undefined
}

/** A ledger in memory. */
export interface MemoryLedger {
  readonly book: LedgerBook
  recordRules(book: RuleBook, at: InstantMs): boolean
  eraseSubject(number: PhoneNumber, at: InstantMs): boolean
  /** Forgets the names of a person, but for those with these sellers. */
  forgetNames(personId: string, except: ReadonlySet<string>): void
  readonly reads: Pick<LedgerStore, 'ledgerHead' | 'ledgerEntries' | 'ledgerDeeds' | 'ledgerSubject'>
  entries(): readonly LedgerEntry[]
}

interface Pending {
  readonly kind: LedgerKind
  readonly at: InstantMs
  readonly entry: object
}

/** A ledger that has begun. Entries are chained when somebody looks: a simulated month does not pay for hashes. */
export function createMemoryLedger(context: LedgerContext): MemoryLedger {
  const pending: Pending[] = [{ kind: 'genesis', at: 0, entry: genesisEntry() }]
  const entries: LedgerEntry[] = []
  const subjects = new Map<PhoneNumber, LedgerSubject>()
  // By the person's id, then by the seller.
  const names = new Map<string, Map<string, string>>()
  const book = createBook(context, { entries: pending, subjects, names })

  function chained(): readonly LedgerEntry[] {
    for (const { kind, at, entry } of pending.splice(0))
      entries.push(nextEntry(entries.at(-1), { kind, at, entry: canonicalJson(entry) }))
    return entries
  }

  return {
    book,
    entries: chained,
    recordRules(rules, at) {
      if (!book.changed('rules', digestOf(rules))) return false
      book.append('rules', at, rules)
      return true
    },
    eraseSubject(number, at) {
      const subject = book.forget(number)
      if (subject !== undefined) book.append('erasure', at, { subject })
      return subject !== undefined
    },
    forgetNames(personId, except) {
      const sellers = names.get(personId)
      for (const seller of sellers?.keys() ?? []) if (!except.has(seller)) sellers?.delete(seller)
    },
    reads: {
      async ledgerHead() {
        const last = chained().at(-1)
        if (last === undefined) throw ledgerProblems.noBeginning()
        return { seq: last.seq, hash: last.hash, at: last.at }
      },
      ledgerEntries: async (afterSeq, limit) => chained().slice(afterSeq, afterSeq + Math.min(limit, ledgerEntriesMax)),
      ledgerDeeds: async query => deedsIn(chained(), query),
      ledgerSubject: async number => subjects.get(number),
    },
  }
}

function deedsIn(
  entries: readonly LedgerEntry[],
  { kind, by, from = 0, until = Number.POSITIVE_INFINITY, beforeSeq = Number.POSITIVE_INFINITY, limit }: DeedsQuery,
): readonly LedgerEntry[] {
  return entries
    .filter(one => isDeedKind(one.kind) && (kind === undefined || one.kind === kind))
    .filter(({ seq, at }) => seq < beforeSeq && from <= at && at < until)
    .filter(({ entry }) => by === undefined || JSON.parse(entry).by === by)
    .reverse()
    .slice(0, Math.min(limit, ledgerEntriesMax))
}

function createBook(
  { personOf, personsOf, numberOf, ownerOf, now }: LedgerContext,
  kept: {
    readonly entries: Pending[]
    readonly subjects: Map<PhoneNumber, LedgerSubject>
    readonly names: Map<string, Map<string, string>>
  },
): LedgerBook {
  const { entries, subjects, names } = kept
  const digests = new Map<string, string>()
  let lastAt = 0

  function nameOf({ personId, seller }: SellersPerson): string {
    const sellers = names.get(personId) ?? new Map<string, string>()
    names.set(personId, sellers)
    const known = sellers.get(seller) ?? newSubject('').subject
    sellers.set(seller, known)
    return known
  }

  return {
    numberOf,
    append(kind, at, entry) {
      lastAt = Math.max(lastAt, at)
      entries.push({ kind, at, entry })
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
      const person = personOf(leadId)
      return person && nameOf(person)
    },
    personsOf: number => [...new Set(personsOf(number).map(nameOf))],
    forget(number) {
      const known = subjects.get(number)
      subjects.delete(number)
      for (const { personId, seller } of personsOf(number)) names.get(personId)?.delete(seller)
      return known?.subject
    },
    owner: ownerOf,
    changed(name, digest) {
      if (digests.get(name) === digest) return false
      digests.set(name, digest)
      return true
    },
    now: now ?? (() => lastAt),
  }
}
