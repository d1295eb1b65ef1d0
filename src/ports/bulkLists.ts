import type { DoNotCallHit, DoNotCallListState } from '../core/compliance/doNotCall.ts'
import { given } from '../core/given.ts'

/** Bulk do-not-call lists as the importer sees them: a version is built aside as a file of its own, then swapped in. */
export interface BulkListStore {
  /** A file name that nobody uses, in which the next version of the list is to be built. */
  newBulkListFile(list: string): Promise<string>
  /** A file with the list's present content, for reading; `undefined` where there is no such list. */
  bulkListFile(list: string): Promise<string | undefined>
  /** Puts a finished version in the place of the list's present one, which goes when nothing reads it any more. */
  installBulkList(version: BulkListVersion): Promise<void>
}

/** A finished version of a bulk list. */
export interface BulkListVersion extends Omit<DoNotCallListState, 'name'> {
  readonly list: string
  /** From `newBulkListFile`; the store takes it over. */
  readonly file: string
  readonly source: string
}

/** Name of the company's own list, which no bulk list may have. */
export const companyList = 'company'
/** Name of the list of dead numbers. */
export const retiredList = 'retired'
/** Name of the list of numbers at which somebody else answers than the person who was to be called. */
export const wrongPersonList = 'wrong-person'
/** Name of the list of people who have died. */
export const deceasedList = 'deceased'
/** The lists of the company's own that are about every seller, which no bulk list may be called; their names are their kinds. */
export const ownLists = [companyList, deceasedList, retiredList, wrongPersonList] as const
const sellerBegins = 'seller:'

/** Name of the own list of what was said to one seller: no imported list can be called so. */
export function sellerList(sellerId: string): string {
  return `${sellerBegins}${sellerId}`
}

/** Whose refusals an own list holds; `undefined`: it is no seller's. */
export function sellerOfList(list: string): string | undefined {
  return list.startsWith(sellerBegins) ? list.slice(sellerBegins.length) : undefined
}

/** Whether a list is one of the company's own. */
export function isOwnList(list: string): boolean {
  return ownLists.some(own => own === list) || sellerOfList(list) !== undefined
}

/** Version of the company's own lists, which change entry by entry. */
export const ownVersion = 'own'

/** A list as others see it. */
export function listState({ list: name, file: _file, source: _source, ...state }: BulkListVersion): DoNotCallListState {
  return { name, ...state }
}

/** What it means that the list holds a number. */
export function hitOf({ list, kind, version, place, campaignId, importedAt, asOf }: BulkListVersion): DoNotCallHit {
  return { list, kind, version, importedAt, asOf, ...given({ place, campaignId }) }
}
