import type { Permission, PersonHours } from '../core/compliance/consent.ts'
import type { PermissionBasis } from '../core/compliance/rules.ts'
import type { InstantMs, PhoneNumber } from '../core/ids.ts'

/** What people permitted and asked for, by number; all numbers of a person count. */
export interface PersonStore {
  /** On disk when it resolves; gives its id. */
  addPermission(permission: NewPermission): Promise<number>
  /**
   * Takes back every permission of the number about this topic (absent: about anything), and stands as a withdrawal even
   * where none had been given. On disk when it resolves. Gives how many permissions it ended.
   */
  withdrawPermission(withdrawal: PermissionWithdrawal): Promise<number>
  permissionsOf(number: PhoneNumber): Promise<readonly PermissionRecord[]>
  /** Hours in which the person wants to be called; `null` forgets them. On disk when it resolves. */
  setPersonHours(hours: PersonHoursRecord | { readonly number: PhoneNumber; readonly days: null }): Promise<void>
  personHoursOf(number: PhoneNumber): Promise<PersonHoursRecord | undefined>
  /** Everything that is kept about the person who has this number. */
  personData(number: PhoneNumber): Promise<PersonData>
  /**
   * Removes the personal data of the person and the keys under which the ledger knows the numbers; what the law has kept
   * (refusals, counts, the ledger itself) stays without a name. On disk when it resolves.
   */
  erasePerson(erasure: {
    readonly number: PhoneNumber
    readonly at: InstantMs
    readonly by: string
  }): Promise<ErasureReport>
}

/** A permission as recorded. */
export interface NewPermission extends Omit<Permission, 'permissionId' | 'withdrawnAt'> {
  readonly number: PhoneNumber
  readonly basis: PermissionBasis
  /** The evidence: where it was given and in which words. */
  readonly how: string
  readonly recordedAt: InstantMs
}

/** See {@link NewPermission}. */
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

/** See {@link PersonStore.setPersonHours}. */
export interface PersonHoursRecord {
  readonly number: PhoneNumber
  readonly days: PersonHours
  readonly how: string
  readonly recordedAt: InstantMs
}

/** What a request of access is answered with; plain JSON. */
export interface PersonData {
  readonly numbers: readonly PhoneNumber[]
  readonly personId?: string
  readonly leads: readonly Readonly<Record<string, unknown>>[]
  readonly calls: readonly Readonly<Record<string, unknown>>[]
  readonly permissions: readonly PermissionRecord[]
  readonly hours: readonly PersonHoursRecord[]
  readonly doNotCall: readonly Readonly<Record<string, unknown>>[]
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
