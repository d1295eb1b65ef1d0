import type { RuleBook } from '../core/compliance/rules.ts'
import type { InstantMs, PhoneNumber } from '../core/ids.ts'
import type { Waiter } from './waiter.ts'

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

/** Kinds that tell of calls and of where the chain begins; all others tell what people and programs did to the house. */
const callKinds = ['genesis', 'anchor', 'originate', 'incoming', 'outcome', 'wrap-up', 'opt-out'] as const
/** What a deed is, in one word. */
export type DeedKind = Exclude<LedgerKind, (typeof callKinds)[number]>
/** What deeds there are, in the order of {@link ledgerKinds}. */
export const deedKinds: readonly DeedKind[] = ledgerKinds.filter(isDeedKind)

/** Whether entries of this kind tell of a deed. */
export function isDeedKind(kind: LedgerKind): kind is DeedKind {
  return !callKinds.some(one => one === kind)
}

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

/** Which deeds, a page at a time. */
export interface DeedsQuery {
  /** Absent: of every kind. */
  readonly kind?: DeedKind
  /** Whose: as the entry names them. */
  readonly by?: string
  /** They happened in [from, until). */
  readonly from?: InstantMs
  readonly until?: InstantMs
  /** Older entries than this one. */
  readonly beforeSeq?: number
  /** At most 1 000. */
  readonly limit: number
}

/** The append-only, hash-chained record of what was done to whom and why it was allowed. A rejection is a StoreError. */
export interface LedgerStore {
  ledgerHead(): Promise<LedgerHead>
  /** Entries behind `afterSeq`, at most `limit` (1 000), in their order. */
  ledgerEntries(afterSeq: number, limit: number): Promise<readonly LedgerEntry[]>
  /** What people and programs did to the house, newest first. */
  ledgerDeeds(query: DeedsQuery): Promise<readonly LedgerEntry[]>
  /** Writes the rules into the ledger when they differ from those written last; says whether they did. */
  recordRules(book: RuleBook, at: InstantMs): Promise<boolean>
  ledgerSubject(number: PhoneNumber): Promise<LedgerSubject | undefined>
  /** Destroys the key of a number, so that nobody can tell any more whom its entries are about; false where it had none. */
  eraseSubject(number: PhoneNumber, at: InstantMs): Promise<boolean>
}

/** What following the chain of the ledger has found. */
export interface ChainProof {
  readonly ok: boolean
  /** How many entries follow from each other. */
  readonly entries: number
  /** The first of them; those before stand in segment files. */
  readonly fromSeq?: number
  readonly head?: LedgerHead
  /** The first thing that is not as it was written. */
  readonly problem?: { readonly seq: number; readonly says: string }
}

/** Something that the rules would not have let happen. */
export interface ProvedViolation {
  /** The entry that shows it. */
  readonly seq: number
  readonly at: InstantMs
  /** What was checked: `hours`, `attempts`, ... */
  readonly check: string
  readonly ruleId?: string
  readonly callId?: string
  readonly says: string
}

/** What holding every call against the rules once more has found. */
export interface AuditProof {
  readonly entries: number
  /** How many there are in all. */
  readonly found: number
  /** The first of them, in the ledger's order. */
  readonly violations: readonly ProvedViolation[]
}

/**
 * Proves the ledger of the database beside whatever goes on; nothing is written. Whoever waits is told how far it is, and when they
 * go it ends. A rejection is a StoreError: `ledger-too-large`, `proof-ended`, and those of reading a database.
 */
export interface LedgerProver {
  /** `heads`: kept elsewhere; the chain must reach them. */
  verify(heads: readonly Pick<LedgerHead, 'seq' | 'hash'>[], waiter: Waiter): Promise<ChainProof>
  audit(waiter: Waiter): Promise<AuditProof>
}
