import type { Database } from 'better-sqlite3'

/** Imports of leads that are being brought in. */
export interface OpenImports {
  /** An open import's key. */
  find(importId: string): number | undefined
  /** The same; one that never began is begun by its first rows. */
  begin(importId: string, campaignKey: number): number
}

/** Prepares them on the writer's connection. */
export function prepareOpenImports(database: Database): OpenImports {
  const select = database
    .prepare<[string], number>(`SELECT importKey FROM import WHERE importId = ? AND state = 'open'`)
    .pluck()
  const insert = database.prepare<[string, number]>(
    `INSERT INTO import (importId, campaignKey, state, firstLeadId)
     VALUES (?, ?, 'open', coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'lead'), 0) + 1)`,
  )
  return {
    find: importId => select.get(importId),
    begin: (importId, campaignKey) => select.get(importId) ?? Number(insert.run(importId, campaignKey).lastInsertRowid),
  }
}
