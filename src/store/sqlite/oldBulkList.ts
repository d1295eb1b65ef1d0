import { closeSync, openSync, readSync } from 'node:fs'
import Database from 'better-sqlite3'
import { createNumberSet } from '../../numberSet/builder.ts'
import { versionOf } from '../../numberSet/format.ts'
import { writeNumberSet } from '../../numberSet/write.ts'

const magic = 'SQLite format 3\0'

/** Whether the file is a list as versions before 0003 kept it: a table in a database of its own. */
export function isOldList(file: string): boolean {
  const descriptor = openSync(file, 'r')
  try {
    const first = Buffer.alloc(magic.length)
    readSync(descriptor, first, 0, first.length, 0)
    return first.toString('latin1') === magic
  } finally {
    closeSync(descriptor)
  }
}

/** Writes the numbers of such a list as a number set; gives the name of its content. */
export function convertOldList(file: string, target: string): string {
  const database = new Database(file, { readonly: true, fileMustExist: true })
  try {
    const set = createNumberSet()
    for (const number of database.prepare<[], number>('SELECT number FROM number').pluck().iterate()) set.add(number)
    return versionOf(writeNumberSet(target, set.groups(), []).contentSum)
  } finally {
    database.close()
  }
}
