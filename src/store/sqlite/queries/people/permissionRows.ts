import type { PermissionBasis } from '../../../../core/compliance/rules.ts'
import { given } from '../../../../core/given.ts'
import type { InstantMs } from '../../../../core/ids.ts'
import { integerToNumber } from '../../../../numbers/e164.ts'
import type { PermissionRecord, PersonHoursRecord } from '../../../../ports/people.ts'
import { splitZones } from '../leads/leadRows.ts'
import type { SellerLookups } from '../sellers.ts'

/** A permission as it stands in the table. */
export interface PermissionRow {
  readonly permissionId: number
  readonly number: number
  readonly basis: PermissionBasis
  readonly topics: string
  readonly channels: string
  readonly givenAt: InstantMs
  readonly how: string
  readonly expiresAt: InstantMs | null
  readonly withdrawnAt: InstantMs | null
  readonly withdrawnHow: string | null
  readonly recordedAt: InstantMs
  readonly sellerKey: number | null
}

/** Leaves out permissions of imports that are not whole, or never will be. */
export const permissionIsActive = `(importKey IS NULL OR importKey IN
  (SELECT importKey FROM permissionImport WHERE state = 'active'))`

/** Reads the permissions of one number. */
export const selectPermissions = `
  SELECT permissionId, number, basis, topics, channels, givenAt, how, expiresAt, withdrawnAt, withdrawnHow, recordedAt,
    sellerKey
  FROM permission WHERE number = ? AND ${permissionIsActive} ORDER BY permissionId`

export function permissionOfRow(row: PermissionRow, sellers: Pick<SellerLookups, 'name'>): PermissionRecord {
  const { permissionId, basis, givenAt, how, expiresAt, withdrawnAt, withdrawnHow, recordedAt } = row
  return {
    permissionId,
    number: integerToNumber(row.number),
    basis,
    topics: splitZones(row.topics),
    channels: splitZones(row.channels),
    givenAt,
    how,
    ...(expiresAt === null ? {} : { expiresAt }),
    ...(withdrawnAt === null ? {} : { withdrawnAt }),
    ...(withdrawnHow === null ? {} : { withdrawnHow }),
    recordedAt,
    ...given({ seller: row.sellerKey === null ? undefined : sellers.name(row.sellerKey) }),
  }
}

/** A person's own hours as they stand in the table. */
export interface HoursRow {
  readonly number: number
  readonly days: string
  readonly how: string
  readonly recordedAt: InstantMs
}

export function hoursOfRow({ number, days, how, recordedAt }: HoursRow): PersonHoursRecord {
  return { number: integerToNumber(number), days: JSON.parse(days), how, recordedAt }
}
