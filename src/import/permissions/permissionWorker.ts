import type { ImportedPermission } from '../../ports/people.ts'
import type { RowRemark } from '../rowRemark.ts'
import { serveImport } from '../serveImport.ts'
import { type PermissionFileOptions, readPermissions } from './permissionRows.ts'

/** Some rows of a file: at most 100 permissions with their lines, and the bad rows between them. */
export interface PermissionBatch {
  readonly permissions: readonly ImportedPermission[]
  readonly lines: readonly number[]
  readonly bad: readonly RowRemark[]
  readonly warnings: readonly RowRemark[]
}

/** The store takes no more at once. */
const permissionsMax = 100
/** A file full of rubbish must not become one message. */
const badMax = 1_000

serveImport<PermissionFileOptions, PermissionBatch, void>(async ({ data, stream, send }) => {
  let permissions: ImportedPermission[] = []
  let lines: number[] = []
  let bad: RowRemark[] = []
  let warnings: RowRemark[] = []

  async function sendAll(): Promise<void> {
    await send({ permissions, lines, bad, warnings })
    permissions = []
    lines = []
    bad = []
    warnings = []
  }

  for await (const row of readPermissions(stream, data, remark => warnings.push(remark))) {
    if ('reason' in row) bad.push(row)
    else {
      permissions.push(row.permission)
      lines.push(row.line)
    }
    if (permissions.length === permissionsMax || bad.length + warnings.length >= badMax) await sendAll()
  }
  await sendAll()
})
