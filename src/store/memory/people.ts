import { given } from '../../core/given.ts'
import type { InstantMs, PhoneNumber } from '../../core/ids.ts'
import { dayMs } from '../../core/time.ts'
import type {
  ImportedPermission,
  PermissionRecord,
  PermissionWithdrawal,
  PersonHoursRecord,
} from '../../ports/people.ts'
import type { PersonFacts } from '../decisions/facts.ts'
import { saysAll, standingWithdrawal, withdrawalEffect } from '../decisions/permissionChange.ts'
import { storeProblems } from '../decisions/problems.ts'
import type { OperationOf } from '../operations.ts'
import type { MemoryCampaigns } from './campaigns.ts'
import type { MemoryLeads } from './leads.ts'

/** A permission with the import that brings it in, until that is activated. */
interface Kept {
  readonly record: PermissionRecord
  readonly openImport?: string
}

/** What people permitted and asked for, in memory. */
export class MemoryPeople {
  readonly #leads: MemoryLeads
  #permissions: Kept[] = []
  #lastId = 0
  readonly #hours = new Map<PhoneNumber, PersonHoursRecord>()
  readonly #imports = new Map<string, 'open' | 'active'>()

  readonly #campaigns: MemoryCampaigns

  constructor(leads: MemoryLeads, campaigns: MemoryCampaigns) {
    this.#leads = leads
    this.#campaigns = campaigns
  }

  add(permission: ImportedPermission, openImport?: string): number {
    this.#lastId += 1
    this.#permissions.push({ record: { ...permission, permissionId: this.#lastId }, ...given({ openImport }) })
    return this.#lastId
  }

  /** Of these numbers one after the other, without those of imports that are not active. */
  of(numbers: readonly PhoneNumber[]): readonly PermissionRecord[] {
    const active = this.#permissions.filter(({ openImport }) => openImport === undefined)
    return numbers.flatMap(number => active.map(({ record }) => record).filter(record => record.number === number))
  }

  /** How many permissions it ended. */
  withdraw(withdrawal: PermissionWithdrawal): number {
    const all = this.of(this.#leads.numbersOf(withdrawal.number)).map(permission => ({
      permission,
      result: this.#withdrawOne(permission, withdrawal),
    }))
    const said = all.some(({ permission, result }) => result === 'ended' && saysAll(permission, withdrawal))
    if (!said) this.add(standingWithdrawal(withdrawal))
    return all.filter(({ result }) => result !== 'none').length
  }

  #withdrawOne(permission: PermissionRecord, withdrawal: PermissionWithdrawal): 'ended' | 'excepted' | 'none' {
    const { topic, at, how } = withdrawal
    const effect = withdrawalEffect(permission, withdrawal)
    if (effect === 'none' || effect === 'excepts') return effect === 'none' ? 'none' : 'excepted'
    const end = { withdrawnAt: at, withdrawnHow: how }
    if (effect === 'ends') this.#replace(permission, { ...permission, ...end })
    else {
      this.#replace(permission, { ...permission, topics: effect.keeps })
      const { permissionId: _, ...rest } = permission
      this.add({ ...rest, topics: topic === undefined ? [] : [topic], ...end })
    }
    return 'ended'
  }

  #replace(before: PermissionRecord, after: PermissionRecord): void {
    this.#permissions = this.#permissions.map(kept => (kept.record === before ? { record: after } : kept))
  }

  setHours(change: OperationOf<'set-person-hours'>['hours']): void {
    if (change.days === null) this.#hours.delete(change.number)
    else this.#hours.set(change.number, change)
  }

  /** The records of these numbers. */
  hoursOf(numbers: readonly PhoneNumber[]): readonly PersonHoursRecord[] {
    return numbers.map(number => this.#hours.get(number)).filter(found => found !== undefined)
  }

  /** What the verdict needs, of these numbers of one person. */
  factsOf(numbers: readonly PhoneNumber[]): Pick<PersonFacts, 'permissions' | 'ownHours'> {
    const unnamed = this.#campaigns.onlySeller() === undefined ? '' : undefined
    const permissions = this.of(numbers).map(
      ({ permissionId, number, basis, givenAt, topics, channels, expiresAt, withdrawnAt, seller = unnamed }) => ({
        permissionId,
        basis,
        givenAt,
        topics,
        channels,
        otherNumber: number !== numbers[0],
        ...given({ expiresAt, withdrawnAt, seller }),
      }),
    )
    return { permissions, ...given({ ownHours: this.hoursOf(numbers)[0]?.days }) }
  }

  importRows(importId: string, rows: readonly ImportedPermission[]): { readonly duplicates: readonly number[] } {
    if (!this.#imports.has(importId)) this.#imports.set(importId, 'open')
    this.#requireOpen(importId)
    const duplicates: number[] = []
    rows.forEach((row, position) => {
      if (this.#permissions.some(({ record }) => isSame(record, row))) duplicates.push(position)
      else this.add(row, importId)
    })
    return { duplicates }
  }

  activate(importId: string): void {
    this.#requireOpen(importId)
    this.#imports.set(importId, 'active')
    this.#permissions = this.#permissions.map(kept => (kept.openImport === importId ? { record: kept.record } : kept))
  }

  discard(importId: string): void {
    this.#requireOpen(importId)
    this.#imports.delete(importId)
    this.#permissions = this.#permissions.filter(({ openImport }) => openImport !== importId)
  }

  /** Whatever names no seller is this one's from now on. */
  giveTo(seller: string): void {
    this.#permissions = this.#permissions.map(({ record, ...kept }) => ({ ...kept, record: { seller, ...record } }))
  }

  #requireOpen(importId: string): void {
    if (this.#imports.get(importId) !== 'open') throw storeProblems.unknownImport(importId)
  }

  /** Removes what is not withdrawn, the words of the rest, and the hours. */
  erase(number: PhoneNumber): { readonly permissions: number; readonly withdrawals: number } {
    this.#hours.delete(number)
    const ofOthers = this.#permissions.filter(({ record }) => record.number !== number)
    const own = this.#permissions.filter(({ record }) => record.number === number)
    const withdrawn = own.filter(({ record }) => record.withdrawnAt !== undefined)
    const bare = withdrawn.map(kept => ({ ...kept, record: withoutWords(kept.record) }))
    this.#permissions = [...ofOthers, ...bare].sort((a, b) => a.record.permissionId - b.record.permissionId)
    return { permissions: own.length - withdrawn.length, withdrawals: withdrawn.length }
  }
}

function isSame(one: ImportedPermission, other: ImportedPermission): boolean {
  return one.number === other.number && identity(one) === identity(other)
}

function identity(permission: ImportedPermission): string {
  const { basis, topics, channels, givenAt, expiresAt, withdrawnAt, seller } = permission
  return JSON.stringify([seller, basis, topics, channels, givenAt, expiresAt, withdrawnAt])
}

/** What an erasure leaves of a withdrawal: to the day, for an instant to the millisecond would lead back to the ledger's entry. */
function withoutWords(record: PermissionRecord): PermissionRecord {
  const day = (at: InstantMs) => Math.floor(at / dayMs) * dayMs
  const { withdrawnAt } = record
  return {
    ...record,
    how: 'erased',
    withdrawnHow: 'erased',
    givenAt: day(record.givenAt),
    recordedAt: day(record.recordedAt),
    ...given({ withdrawnAt: withdrawnAt === undefined ? undefined : day(withdrawnAt) }),
  }
}
