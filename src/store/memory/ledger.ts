import type { RuleBook } from '../../core/compliance/rules.ts'
import type { CallId, CampaignId, InstantMs, LeadId, PhoneNumber } from '../../core/ids.ts'
import type { LedgerEntry, LedgerKind, LedgerStore, LedgerSubject } from '../../ports/ledger.ts'
import type { LedgerBook, LedgerOwner } from '../ledger/book.ts'
import { canonicalJson, digestOf, genesisEntry, newSubject, nextEntry } from '../ledger/chain.ts'
import { ledgerEntriesMax, ledgerProblems } from '../ledger/problems.ts'

/** What the ledger asks of the rest of the model. */
export interface LedgerContext {
  /** The person of a lead, as the operator names them. */
  personOf(leadId: LeadId): string | undefined
  /** All persons who have the number. */
  personsOf(number: PhoneNumber): readonly string[]
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
  readonly reads: Pick<LedgerStore, 'ledgerHead' | 'ledgerEntries' | 'ledgerSubject'>
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
  const book = createBook(context, { entries: pending, subjects })

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
    reads: {
      async ledgerHead() {
        const last = chained().at(-1)
        if (last === undefined) throw ledgerProblems.noBeginning()
        return { seq: last.seq, hash: last.hash, at: last.at }
      },
      ledgerEntries: async (afterSeq, limit) => chained().slice(afterSeq, afterSeq + Math.min(limit, ledgerEntriesMax)),
      ledgerSubject: async number => subjects.get(number),
    },
  }
}

function createBook(
  { personOf, personsOf, numberOf, ownerOf, now }: LedgerContext,
  { entries, subjects }: { readonly entries: Pending[]; readonly subjects: Map<PhoneNumber, LedgerSubject> },
): LedgerBook {
  const persons = new Map<string, string>()
  const digests = new Map<string, string>()
  let lastAt = 0

  function nameOf(personId: string): string {
    const known = persons.get(personId) ?? newSubject('').subject
    persons.set(personId, known)
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
      const personId = personOf(leadId)
      return personId === undefined ? undefined : nameOf(personId)
    },
    personsOf: number => personsOf(number).map(nameOf),
    forget(number) {
      const known = subjects.get(number)
      subjects.delete(number)
      for (const personId of personsOf(number)) persons.delete(personId)
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
