import type { InstantMs } from '../core/ids.ts'

/** Bulk do-not-call lists as the importer sees them: a version is built aside as a file of its own, then swapped in. */
export interface BulkListStore {
  /** A file name that nobody uses, in which the next version of the list is to be built. */
  newBulkListFile(list: string): Promise<string>
  /** Puts a finished version in the place of the list's present one, which goes when nothing reads it any more. */
  installBulkList(version: BulkListVersion): Promise<void>
}

/** A finished version of a bulk list. */
export interface BulkListVersion {
  readonly list: string
  /** From `newBulkListFile`; the store takes it over. */
  readonly file: string
  readonly numbers: number
  readonly source: string
  readonly importedAt: InstantMs
}

/** Name of the company's own list, which no bulk list may have. */
export const companyList = 'company'
