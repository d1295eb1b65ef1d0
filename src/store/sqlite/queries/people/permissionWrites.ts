import type { Database } from 'better-sqlite3'
import type { InstantMs } from '../../../../core/ids.ts'
import { numberToInteger } from '../../../../numbers/e164.ts'
import type {
  ImportedPermission,
  NewPermission,
  PermissionWithdrawal,
  PersonHoursRecord,
} from '../../../../ports/people.ts'
import { saysAll, standingWithdrawal, withdrawalEffect } from '../../../decisions/permissionChange.ts'
import { storeProblems } from '../../../decisions/problems.ts'
import { joinZones } from '../leads/leadRows.ts'
import { prepareSellerKeys, prepareSellerLookups } from '../sellers.ts'
import { type PermissionRow, permissionOfRow, selectPermissions } from './permissionRows.ts'
import { prepareNumbersOf } from './personReads.ts'

/** Everything that changes permissions; each call runs in the writer's transaction. */
export interface PermissionWrites {
  add(permission: NewPermission): number
  /** How many permissions it ended. */
  withdraw(withdrawal: PermissionWithdrawal): number
  setHours(hours: PersonHoursRecord | { readonly number: string; readonly days: null }): void
  importRows(importId: string, rows: readonly ImportedPermission[]): { readonly duplicates: readonly number[] }
  activate(importId: string, at: InstantMs, source: string): void
  discard(importId: string): void
  /** Marks imports that a crash left open as discarded. */
  discardOpen(): void
  /** Deletes some rows of discarded imports; false when there are none left. */
  sweep(): boolean
}

/** Prepares the writes on the writer's connection. */
export function preparePermissionWrites(database: Database): PermissionWrites {
  const insert = prepareInsert(database)
  return {
    add: permission => insert(permission, null),
    withdraw: prepareWithdraw(database, insert),
    setHours: prepareHours(database),
    ...prepareImports(database, insert),
    ...prepareSweep(database),
  }
}

type Insert = (permission: ImportedPermission, importKey: number | null) => number

function prepareInsert(database: Database): Insert {
  const insert = database.prepare(
    `INSERT INTO permission (number, basis, topics, channels, givenAt, how, expiresAt, withdrawnAt, withdrawnHow,
       recordedAt, importKey, sellerKey)
     VALUES (@number, @basis, @topics, @channels, @givenAt, @how, @expiresAt, @withdrawnAt, @withdrawnHow,
       @recordedAt, @importKey, @sellerKey)`,
  )
  const sellerKeys = prepareSellerKeys(database)
  const absent = { expiresAt: null, withdrawnAt: null, withdrawnHow: null }
  return (permission, importKey) =>
    Number(
      insert.run({
        ...absent,
        ...permission,
        number: numberToInteger(permission.number),
        topics: joinZones(permission.topics),
        channels: joinZones(permission.channels),
        importKey,
        sellerKey: permission.seller === undefined ? null : sellerKeys(permission.seller),
      }).lastInsertRowid,
    )
}

function prepareWithdraw(database: Database, insert: Insert): PermissionWrites['withdraw'] {
  const numbersOf = prepareNumbersOf(database)
  const permissions = database.prepare<[number], PermissionRow>(selectPermissions)
  const sellers = prepareSellerLookups(database)
  const end = database.prepare<[InstantMs, string, number]>(
    'UPDATE permission SET withdrawnAt = ?, withdrawnHow = ? WHERE permissionId = ?',
  )
  const narrow = database.prepare<[string, number]>('UPDATE permission SET topics = ? WHERE permissionId = ?')

  return withdrawal => {
    const { number, topic, at, how } = withdrawal
    let [ended, said] = [0, false]
    for (const row of numbersOf(numberToInteger(number)).flatMap(one => permissions.all(one))) {
      const permission = permissionOfRow(row, sellers)
      const effect = withdrawalEffect(permission, withdrawal)
      if (effect === 'none') continue
      if (effect !== 'excepts') said ||= saysAll(permission, withdrawal)
      if (effect === 'ends') end.run(at, how, row.permissionId)
      else if (effect !== 'excepts') {
        narrow.run(joinZones(effect.keeps), row.permissionId)
        const { permissionId: _, ...given } = permission
        insert({ ...given, topics: topic === undefined ? [] : [topic], withdrawnAt: at, withdrawnHow: how }, null)
      }
      ended += 1
    }
    if (!said) insert(standingWithdrawal(withdrawal), null)
    return ended
  }
}

function prepareHours(database: Database): PermissionWrites['setHours'] {
  const set = database.prepare(
    'INSERT OR REPLACE INTO personHours (number, days, how, recordedAt) VALUES (@number, @days, @how, @recordedAt)',
  )
  const forget = database.prepare<[number]>('DELETE FROM personHours WHERE number = ?')
  return hours => {
    const number = numberToInteger(hours.number)
    if (hours.days === null) forget.run(number)
    else set.run({ ...hours, number, days: JSON.stringify(hours.days) })
  }
}

function prepareImports(
  database: Database,
  insert: Insert,
): Pick<PermissionWrites, 'importRows' | 'activate' | 'discard'> {
  const sellerKeys = prepareSellerKeys(database)
  const begin = database.prepare<[string]>(
    `INSERT INTO permissionImport (importId, state) VALUES (?, 'open') ON CONFLICT DO NOTHING`,
  )
  const open = database
    .prepare<[string], number>(`SELECT importKey FROM permissionImport WHERE importId = ? AND state = 'open'`)
    .pluck()
  // The same permission of an import that goes away does not count.
  const known = database.prepare(
    `SELECT 1 FROM permission WHERE number = @number AND basis = @basis AND topics = @topics AND channels = @channels
       AND givenAt = @givenAt AND expiresAt IS @expiresAt AND withdrawnAt IS @withdrawnAt AND sellerKey IS @sellerKey
       AND (importKey IS NULL
         OR importKey IN (SELECT importKey FROM permissionImport WHERE state <> 'discarded'))`,
  )
  const activate = database.prepare<[string, InstantMs, number]>(
    `UPDATE permissionImport SET state = 'active', source = ?, activatedAt = ? WHERE importKey = ?`,
  )
  const discard = database.prepare<[number]>(`UPDATE permissionImport SET state = 'discarded' WHERE importKey = ?`)

  function keyOf(importId: string): number {
    const importKey = open.get(importId)
    if (importKey === undefined) throw storeProblems.unknownImport(importId)
    return importKey
  }

  return {
    importRows(importId, rows) {
      begin.run(importId)
      const importKey = keyOf(importId)
      const duplicates: number[] = []
      rows.forEach((row, position) => {
        const { basis, givenAt, expiresAt = null, withdrawnAt = null } = row
        const names = { topics: joinZones(row.topics), channels: joinZones(row.channels) }
        const sellerKey = row.seller === undefined ? null : sellerKeys(row.seller)
        const same = {
          number: numberToInteger(row.number),
          basis,
          ...names,
          givenAt,
          expiresAt,
          withdrawnAt,
          sellerKey,
        }
        if (known.get(same) !== undefined) duplicates.push(position)
        else insert(row, importKey)
      })
      return { duplicates }
    },
    activate: (importId, at, source) => void activate.run(source, at, keyOf(importId)),
    discard: importId => void discard.run(keyOf(importId)),
  }
}

function prepareSweep(database: Database): Pick<PermissionWrites, 'discardOpen' | 'sweep'> {
  const discardOpen = database.prepare(`UPDATE permissionImport SET state = 'discarded' WHERE state = 'open'`)
  const oldest = database
    .prepare<[], number>(`SELECT importKey FROM permissionImport WHERE state = 'discarded' LIMIT 1`)
    .pluck()
  const remove = database.prepare<[number]>(
    `DELETE FROM permission WHERE permissionId IN
       (SELECT permissionId FROM permission INDEXED BY permissionOfImport WHERE importKey = ? LIMIT 100)`,
  )
  const forget = database.prepare<[number]>('DELETE FROM permissionImport WHERE importKey = ?')
  return {
    discardOpen: () => void discardOpen.run(),
    sweep() {
      const importKey = oldest.get()
      if (importKey === undefined) return false
      if (remove.run(importKey).changes === 0) forget.run(importKey)
      return true
    },
  }
}
