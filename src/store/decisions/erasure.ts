import type { ErasureReport } from '../../ports/people.ts'

/** What an erasure leaves, with the rule that demands it. */
const kept = {
  calls:
    'calls: time, caller identity, agent and result, without the number and the notes (budgets and proof: 16 CFR 310.5, 47 CFR 64.1200(a)(7))',
  doNotCall:
    "the number on the company's do-not-call list, without its note: the refusal must be honoured (47 CFR 64.1200(d)(6), 5 years; GDPR Art. 17(3)(b), 21(3))",
  withdrawals:
    'withdrawals of permission, without their words: the refusal must be honoured (GDPR Art. 7(3), 17(3)(b))',
  ledger: 'ledger entries: nobody can tell any more whom they are about (the key has been destroyed)',
} as const

/** What was erased of one number, and what of it stays without a name. */
export interface ErasedNumber {
  readonly leads: number
  readonly calls: number
  readonly permissions: number
  /** They stay. */
  readonly withdrawals: number
  /** Entries of the company's own lists; they stay. */
  readonly doNotCall: number
  /** Whether the ledger knew the number. */
  readonly subject: boolean
}

/** Adds up what was done for the numbers of a person. */
export function erasureReport(numbers: readonly ErasedNumber[]): ErasureReport {
  const sum = (count: (one: ErasedNumber) => number) => numbers.reduce((total, one) => total + count(one), 0)
  const lines = [
    sum(one => one.calls) > 0 ? kept.calls : undefined,
    sum(one => one.doNotCall) > 0 ? kept.doNotCall : undefined,
    sum(one => one.withdrawals) > 0 ? kept.withdrawals : undefined,
    numbers.some(one => one.subject) ? kept.ledger : undefined,
  ]
  return {
    numbers: numbers.length,
    leads: sum(one => one.leads),
    calls: sum(one => one.calls),
    permissions: sum(one => one.permissions),
    kept: lines.filter(line => line !== undefined),
  }
}
