import type { Permission, PersonHours } from '../core/compliance/consent.ts'
import type { PermissionBasis } from '../core/compliance/rules.ts'
import type { InstantMs, PhoneNumber } from '../core/ids.ts'
import type { CallRecord } from './attempts.ts'
import type { DoNotCallEntry } from './doNotCall.ts'
import type { LeadRecord } from './leads.ts'
import type { LedgerEntry } from './ledger.ts'

/** What people permitted and asked for, by number; all numbers of a person count. */
export interface PersonStore {
  /** On disk when it resolves; gives its id. */
  addPermission(permission: NewPermission): Promise<number>
  /**
   * Takes back every permission of the number about this topic (absent: about anything), and stands as a withdrawal even
   * where none had been given. On disk when it resolves. Gives how many permissions it ended.
   */
  withdrawPermission(withdrawal: PermissionWithdrawal): Promise<number>
  /** Of the number and of every other number of its person; each record says which. */
  permissionsOf(number: PhoneNumber): Promise<readonly PermissionRecord[]>
  /**
   * The number, and every other number of the persons who have it. A person is what one seller's campaigns call by one person id;
   * where another seller's person has one of the numbers, it is the same human being, with the numbers known there.
   */
  numbersOfPerson(number: PhoneNumber): Promise<readonly PhoneNumber[]>
  /**
   * Adds permissions in batches of at most 100 under an import that nobody sees until it is activated. What is known
   * already is not added; the answer names it by its position.
   */
  importPermissions(
    importId: string,
    rows: readonly ImportedPermission[],
  ): Promise<{ readonly duplicates: readonly number[] }>
  /** Makes an import visible, in one row. */
  activatePermissions(
    importId: string,
    summary: { readonly source: string; readonly imported: number; readonly at: InstantMs },
  ): Promise<void>
  /** Forgets a broken import and its rows. */
  discardPermissions(importId: string): Promise<void>
  /** Hours in which the person wants to be called; `null` forgets them. On disk when it resolves. */
  setPersonHours(hours: PersonHoursRecord | { readonly number: PhoneNumber; readonly days: null }): Promise<void>
  personHoursOf(number: PhoneNumber): Promise<PersonHoursRecord | undefined>
  /** Everything that is kept about the person who has this number. */
  personData(number: PhoneNumber): Promise<PersonData>
  /**
   * Removes the personal data of the person and the keys under which the ledger knows the numbers; what the law has kept
   * (refusals, counts, the ledger itself) stays without a name. On disk when it resolves. Doing it again finds nothing.
   * Rejects with `call-in-flight` while a number of the person is being called.
   */
  erasePerson(erasure: {
    readonly number: PhoneNumber
    readonly at: InstantMs
    readonly by: string
  }): Promise<ErasureReport>
}

/** A permission as recorded. Without a seller it is the only seller's, for as long as there is only one. */
export interface NewPermission extends Omit<Permission, 'permissionId' | 'withdrawnAt' | 'otherNumber'> {
  readonly number: PhoneNumber
  readonly basis: PermissionBasis
  /** The evidence: where it was given and in which words. */
  readonly how: string
  readonly recordedAt: InstantMs
}

/** A permission with its end, where it has one: as a file may state it. */
export interface ImportedPermission extends NewPermission {
  readonly withdrawnAt?: InstantMs
  readonly withdrawnHow?: string
}

/** A permission as kept: with its id, and its end where it has been withdrawn. */
export interface PermissionRecord extends NewPermission {
  readonly permissionId: number
  readonly withdrawnAt?: InstantMs
  readonly withdrawnHow?: string
}

/** The person takes a permission back. */
export interface PermissionWithdrawal {
  readonly number: PhoneNumber
  readonly topic?: string
  readonly at: InstantMs
  readonly how: string
}

/** Hours in which a person wants to be called, and how they said so. */
export interface PersonHoursRecord {
  readonly number: PhoneNumber
  readonly days: PersonHours
  readonly how: string
  readonly recordedAt: InstantMs
}

/** What a request of access is answered with; plain JSON. */
export interface PersonData {
  readonly numbers: readonly PhoneNumber[]
  /** As the operator's systems name whoever has the number, in the order of the letters. */
  readonly personIds: readonly string[]
  readonly leads: readonly LeadRecord[]
  readonly calls: readonly CallRecord[]
  readonly permissions: readonly PermissionRecord[]
  readonly hours: readonly PersonHoursRecord[]
  /** Entries of the company's own lists. */
  readonly doNotCall: readonly DoNotCallEntry[]
  /** Ledger entries in which the numbers appear; absent where the store keeps no ledger. */
  readonly ledger?: readonly LedgerEntry[]
}

/** What an erasure did. */
export interface ErasureReport {
  readonly numbers: number
  readonly leads: number
  readonly calls: number
  readonly permissions: number
  /** What stays and why, one line each. */
  readonly kept: readonly string[]
}
