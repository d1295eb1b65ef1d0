import type { RuleBook } from '../core/compliance/rules.ts'
import type { InstantMs, PhoneNumber } from '../core/ids.ts'

/**
 * What stands in the ledger. `genesis` begins it. `anchor` stands for entries that were moved to a segment file and carries
 * the hash of the last of them. The rest says what happened: `originate` with what it was cleared on, or the `incoming` call,
 * its `outcome`, the agent's `wrap-up`; `opt-out` and `opt-in` of the company's list; a `list` that came or went; a `campaign` whose settings
 * changed; the `rules` in force; `consent` given or withdrawn; an `erasure`; a `rotation`, and segments that were `dropped`
 * after their time; a `restore` from a backup, and who let it dial; an `archive` that old calls and leads left for; `access`: a user or
 * a token that came, changed or went; an `act`: who has asked for something that changes anything.
 */
export const ledgerKinds = [
  'genesis',
  'anchor',
  'originate',
  'incoming',
  'outcome',
  'wrap-up',
  'opt-out',
  'opt-in',
  'list',
  'campaign',
  'rules',
  'consent',
  'erasure',
  'rotation',
  'dropped',
  'restore',
  'access',
  'act',
  'archive',
] as const
/** What an entry says, in one word. */
export type LedgerKind = (typeof ledgerKinds)[number]

/** One entry as kept. No personal data: a number appears as a subject, see {@link LedgerSubject}. */
export interface LedgerEntry {
  /** 1, 2, 3 ... without a gap. */
  readonly seq: number
  /** When it happened, as the rest of the engine saw it; not necessarily ascending. */
  readonly at: InstantMs
  readonly kind: LedgerKind
  /** Canonical JSON: members sorted by name, no spaces. */
  readonly entry: string
  /** SHA-256 over the hash before it and all of this, 64 hexadecimal digits. */
  readonly hash: string
}

/** The newest entry: who keeps this elsewhere can tell later whether anything up to it was changed or cut off. */
export type LedgerHead = Pick<LedgerEntry, 'seq' | 'hash' | 'at'>

/** What ties a number to its entries, as long as the number is not erased. */
export interface LedgerSubject {
  /** Random, 32 hexadecimal digits; stands in the entries. */
  readonly subject: string
  /** 64 hexadecimal digits. Destroyed by an erasure. */
  readonly key: string
  /** HMAC-SHA256 of the number under the key; stands in the entries. Who has the key can prove whom an entry is about. */
  readonly seal: string
}

/** What a rotation did. */
export interface LedgerRotation {
  /** Segment files with the entries that went to them; none: nothing was old enough. */
  readonly moved: readonly {
    readonly file: string
    readonly fromSeq: number
    readonly toSeq: number
    readonly hash: string
  }[]
  /** Names of segment files that were thrown away. */
  readonly dropped: readonly string[]
}

/** The append-only, hash-chained record of what was done to whom and why it was allowed. A rejection is a StoreError. */
export interface LedgerStore {
  ledgerHead(): Promise<LedgerHead>
  /** Entries behind `afterSeq`, at most `limit` (1 000), in their order. */
  ledgerEntries(afterSeq: number, limit: number): Promise<readonly LedgerEntry[]>
  /** Writes the rules into the ledger when they differ from those written last; says whether they did. */
  recordRules(book: RuleBook, at: InstantMs): Promise<boolean>
  ledgerSubject(number: PhoneNumber): Promise<LedgerSubject | undefined>
  /** Destroys the key of a number, so that nobody can tell any more whom its entries are about; false where it had none. */
  eraseSubject(number: PhoneNumber, at: InstantMs): Promise<boolean>
}
