import type { CallId, CampaignId, InstantMs, LeadId, PhoneNumber } from '../../core/ids.ts'
import type { LedgerKind, LedgerSubject } from '../../ports/ledger.ts'

/** Whom a campaign's calls are made for, as the ledger names it. */
export interface LedgerOwner {
  readonly seller: string
  readonly purpose: string
  readonly topic: string
}

/** What entries say of a number. */
export type SubjectName = Omit<LedgerSubject, 'key'>

/** What writing entries needs of a store. Everything belongs to the transaction that is open. */
export interface LedgerBook {
  append(kind: LedgerKind, at: InstantMs, entry: object): void
  /** The number's subject; `make`: one is made where there is none. */
  subject(number: PhoneNumber, make: 'make'): SubjectName
  subject(number: PhoneNumber): SubjectName | undefined
  /** The name under which a lead's person stands in the ledger; `undefined`: the lead has none. */
  person(leadId: LeadId): string | undefined
  /** The names of all whose number it is; empty: nobody has said whose. */
  personsOf(number: PhoneNumber): readonly string[]
  /** Removes what ties the number, and persons who have it, to their entries; gives the number's subject. */
  forget(number: PhoneNumber): string | undefined
  owner(campaignId: CampaignId): LedgerOwner
  numberOf(callId: CallId): PhoneNumber | undefined
  /** Keeps the digest under this name; whether it is another than before. */
  changed(name: string, digest: string): boolean
  /** For what comes without a time of its own. */
  now(): InstantMs
}
