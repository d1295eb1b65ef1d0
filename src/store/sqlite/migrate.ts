import { readdirSync, readFileSync } from 'node:fs'
import type { Database } from 'better-sqlite3'
import { StoreError } from '../../errors.ts'

/** The build copies it beside the compiled file. */
const schemaFolder = new URL('./schema/', import.meta.url)

/** Marks our databases, so that another program's is not taken for one: `Dial` in ASCII. */
const applicationId = 0x4469616c

/** The migrations as shipped, in order; the first has number 1. */
export function readMigrations(): readonly string[] {
  return readdirSync(schemaFolder)
    .filter(name => /^\d{4}\.sql$/.test(name))
    .sort()
    .map(name => readFileSync(new URL(name, schemaFolder), 'utf8'))
}

/**
 * Looks at a database before anything is changed in it; gives its schema's number.
 * @throws StoreError `newer-schema`, `not-a-database`
 */
export function checkSchema(database: Database, file: string, newest = readMigrations().length): number {
  const owner = database.pragma('application_id', { simple: true })
  const tables = database.prepare<[], number>('SELECT count(*) FROM sqlite_schema').pluck().get()
  if (owner !== applicationId && tables !== 0) {
    throw new StoreError('not-a-database', `${file} is another program's database: name another file`)
  }
  const version = Number(database.pragma('user_version', { simple: true }))
  if (version <= newest) return version
  const message = `${file} was written by a newer Dialwright (schema ${version}, this one knows ${newest}): install that version again`
  throw new StoreError('newer-schema', message)
}

/**
 * Brings a database to the newest schema, each step in a transaction of its own.
 * @throws StoreError as {@link checkSchema}
 */
export function migrate(database: Database, file: string, migrations = readMigrations()): void {
  const version = checkSchema(database, file, migrations.length)
  for (const [index, sql] of migrations.entries()) {
    if (index < version) continue
    const step = database.transaction(() => {
      database.exec(sql)
      database.pragma(`application_id = ${applicationId}`)
      database.pragma(`user_version = ${index + 1}`)
    })
    step.immediate()
  }
}
