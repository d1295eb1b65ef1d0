/** An entry of the ledger as anybody can read it: a line of an export. */
export interface AuditEntry {
  readonly seq: number
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly kind: string
  readonly entry: Members
}

/** A line of an export as the audit takes it; undefined: what it says is no object. */
export function auditEntry(
  line: Pick<AuditEntry, 'seq' | 'at' | 'kind'> & { readonly entry: string },
): AuditEntry | undefined {
  const parsed: unknown = JSON.parse(line.entry)
  return isObject(parsed) ? { seq: line.seq, at: line.at, kind: line.kind, entry: parsed } : undefined
}

/** A JSON object. */
export type Members = Readonly<Record<string, unknown>>

/** Something that must not have happened. */
export interface Violation {
  /** The entry that shows it. */
  readonly seq: number
  readonly at: number
  /** What was checked: `hours`, `attempts`, ... */
  readonly check: string
  readonly ruleId?: string
  readonly callId?: string
  readonly subject?: string
  readonly says: string
}

/** A line of a jurisdiction; which members it has follows from its kind. */
export interface PlainRule {
  readonly ruleId: string
  readonly kind: string
  readonly purposes?: readonly string[]
  readonly topics?: readonly string[]
  readonly voices?: readonly string[]
  readonly automates?: 'either' | 'both'
  readonly from?: number
  readonly until?: number
  readonly yieldsTo?: readonly { readonly basis: string }[]
  /** `hours`: spans by weekday, Sunday first. */
  readonly days?: readonly (readonly { readonly startMinute: number; readonly endMinute: number }[])[]
  readonly holidays?: 'closed' | 'sunday'
  /** `attempts` */
  readonly max?: number
  /** `attempts`, `abandonment` */
  readonly window?: { readonly kind: string; readonly lengthMs?: number }
  /** `attempts`, `rest` */
  readonly per?: 'number' | 'person'
  readonly across?: 'all' | 'purpose' | 'topic' | 'campaign'
  /** `rest` */
  readonly after?: string
  readonly forMs?: number
  readonly wholeDays?: 'from-the-day' | 'from-the-next-day'
  readonly unless?: 'agent-reserved'
  /** `ring` */
  readonly minMs?: number
  /** `abandonment` */
  readonly rateMax?: number
  readonly hungUpWaiting?: 'not-counted'
  /** `do-not-call-list` */
  readonly place?: string
  readonly ageMaxMs?: number
  /** `caller-identity` */
  readonly forbiddenPrefixes?: readonly string[]
  readonly except?: readonly string[]
  /** `consent` */
  readonly basis?: string
  /** `refusal` */
  readonly binds?: 'everybody' | 'seller'
}

/** The rules as plain values: what a rule book is when it is written as JSON. */
export interface PlainRules {
  readonly version?: string
  readonly jurisdictions: readonly { readonly places: readonly string[]; readonly rules: readonly PlainRule[] }[]
  /** Days since 1970-01-01 by place. */
  readonly holidays?: Readonly<Record<string, readonly number[]>>
  /** Places that are under another place's rules as well. */
  readonly profiles?: Readonly<Record<string, string>>
}

/** What is wrong with something that should be {@link PlainRules}; `undefined`: nothing. */
export function plainRulesProblem(value: unknown): string | undefined {
  if (!isObject(value) || !Array.isArray(value.jurisdictions)) return 'it has no list `jurisdictions`'
  for (const [number, one] of value.jurisdictions.entries()) {
    if (!isObject(one) || !Array.isArray(one.places) || !Array.isArray(one.rules))
      return `jurisdiction ${number + 1} has no lists \`places\` and \`rules\``
    for (const rule of one.rules) {
      if (!isObject(rule) || typeof rule.ruleId !== 'string' || typeof rule.kind !== 'string')
        return `a rule of jurisdiction ${number + 1} has no \`ruleId\` and \`kind\``
    }
  }
  return undefined
}

/** A JSON object, not a list. */
export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
