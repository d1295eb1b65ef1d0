import type { RuleBook } from '../../core/compliance/rules.ts'
import { dayMs } from '../../core/time.ts'
import type { InputError } from '../../errors.ts'
import { ledgerProblems } from '../ledger/problems.ts'
import type { LedgerLookups } from './queries/ledgerReads.ts'

/**
 * Whether records from before an instant must still be kept: by the longest retention of the rules that the ledger names last.
 * What the rules demanded earlier and demand no more does not bind.
 */
export function retentionProblem(
  lookups: Pick<LedgerLookups, 'ofKind'>,
  { dropBefore, at }: { readonly dropBefore: number; readonly at: number },
): InputError | undefined {
  const asked = new Date(dropBefore).toISOString()
  const last = lookups.ofKind('rules').at(-1)
  if (last === undefined)
    return ledgerProblems.retention(asked, 'the ledger names no rules yet; start the daemon with its rules once')
  const book: RuleBook = JSON.parse(last.entry)
  const [longest] = book.jurisdictions
    .flatMap(({ rules }) => rules)
    .flatMap(rule => (rule.kind === 'retention' ? [rule] : []))
    .sort((one, other) => other.forMs - one.forMs)
  if (longest === undefined || dropBefore <= at - longest.forMs) return undefined
  const until = new Date(at - longest.forMs).toISOString().slice(0, 10)
  const days = Math.ceil(longest.forMs / dayMs)
  return ledgerProblems.retention(asked, `${longest.ruleId} demands ${days} days, so only those from before ${until}`)
}
