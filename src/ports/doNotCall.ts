import type { DoNotCallHit, DoNotCallKind, DoNotCallListState } from '../core/compliance/doNotCall.ts'
import type { Place } from '../core/compliance/rules.ts'
import type { CampaignId, InstantMs, PhoneNumber } from '../core/ids.ts'
import type { ownLists } from './bulkLists.ts'
import type { ImportReport, ImportRequest } from './importing/importReports.ts'

/** Whom not to call: the company's own entries, dead numbers and imported lists. */
export interface DoNotCallStore {
  /** On disk when it resolves. A number that is on that list already keeps its first entry: it is the evidence. */
  addDoNotCall(entry: DoNotCallEntry): Promise<void>
  /**
   * Takes a number off one of the company's own lists and names it: off `list` where that is asked; else off the wrong persons' where it
   * is there, else off the retired ones, the deceased's, the first seller's by name, and last off the company's: a dead number that
   * lives again lifts no refusal. What the person has said at another number stays. `undefined` where it is on none. `by`: who says so,
   * for the ledger.
   */
  removeDoNotCall(number: PhoneNumber, by?: string, list?: string): Promise<string | undefined>
  /**
   * Every list that holds the number, and every one that holds a refusal of its person at another number (`through`). An entry that is
   * on its way to the disk counts already.
   */
  doNotCallHits(number: PhoneNumber): Promise<readonly DoNotCallHit[]>
  /** The imported lists by name. */
  doNotCallLists(): Promise<readonly DoNotCallListState[]>
  /**
   * The company's own entry, else a prefix of the company's, another own list's, the person's refusal at another number, or the first
   * imported list with it.
   */
  doNotCallEntry(number: PhoneNumber): Promise<DoNotCallEntry | undefined>
  /** Blocks every number that begins so. On disk when it resolves; the first entry stays. */
  addDoNotCallPrefix(entry: DoNotCallPrefix): Promise<void>
  /** False where the company's list has no such prefix. `by`: who says so, for the ledger. */
  removeDoNotCallPrefix(prefix: string, by?: string): Promise<boolean>
  /** The company's prefixes, ascending. */
  doNotCallPrefixes(): Promise<readonly DoNotCallPrefix[]>
  /** Removes an imported list; false where there is none of that name. */
  dropDoNotCallList(list: string): Promise<boolean>
}

/** Why a number must not be called. */
export interface DoNotCallEntry {
  readonly number: PhoneNumber
  /**
   * `company`, `deceased`, `retired` (not in service), `wrong-person`, `seller:acme` (said to that seller), or the name of an imported
   * list.
   */
  readonly list: string
  /** `network`: the carrier said that the number is dead. */
  readonly source: 'agent' | 'opt-out-key' | 'operator' | 'import' | 'network'
  readonly at: InstantMs
  readonly note?: string
  /** In answers: the number of the person at which it was said, where that is another one. */
  readonly through?: PhoneNumber
}

/** A wildcard on the company's own list. */
export interface DoNotCallPrefix {
  /** `+1900`: a plus sign and 1 to 14 digits. */
  readonly prefix: string
  readonly source: DoNotCallEntry['source']
  readonly at: InstantMs
  readonly note?: string
}

/** How a change file changes a list: all its rows add, all remove, or each row says which (`+`, `-`, `A`, `D`). */
export type DoNotCallDelta = 'add' | 'remove' | 'changes'

/** A list of numbers: one a line, or columns of a CSV; packed with gzip or not. */
export interface DoNotCallImportRequest extends ImportRequest {
  /** Name of the list. */
  readonly list: string
  /** Header of the column with the numbers; absent: by the usual names, or by what the first line looks like. */
  readonly column?: string
  /** Absent: as the version before, `other` for a new list. */
  readonly kind?: Exclude<DoNotCallKind, (typeof ownLists)[number] | 'seller'>
  /** For `national` (`US`) and `state` (`US-FL`). */
  readonly place?: Place
  /** For kind `campaign`. */
  readonly campaignId?: CampaignId
  /** What the operator calls this content; absent: the beginning of its checksum. */
  readonly version?: string
  /** The day of the content; absent: the time of the import. */
  readonly asOf?: InstantMs
  /** The file changes the list; absent: it replaces the list whole. */
  readonly delta?: DoNotCallDelta
  /** Share of rows 0..1 that may be unreadable; above it nothing is imported. Absent: 0.05. */
  readonly rubbishMax?: number
  /** A list may come out at less than half of its former size. */
  readonly shrinkOk?: boolean
}

/** What became of a do-not-call import. */
export interface DoNotCallImportReport extends ImportReport {
  /** Of the list as it now stands. */
  readonly list: DoNotCallListState
  /** Wildcards in the list as it now stands. */
  readonly prefixes: number
  /** Of a delta: numbers that are new on the list and that have left it. `kept`: named both ways, so they stay. */
  readonly changes?: { readonly added: number; readonly removed: number; readonly kept: number }
  /** What the operator should know although the import went well, one line each. */
  readonly warnings: readonly string[]
}
