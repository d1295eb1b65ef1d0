import type { RuleBook } from '../../core/compliance/rules.ts'
import { dayMs } from '../../core/time.ts'
import type { InputError } from '../../errors.ts'
import { longestRetention } from '../decisions/archiveBorder.ts'
import { ledgerProblems } from '../ledger/problems.ts'
import type { LedgerLookups } from './queries/ledgerReads.ts'

/** The rules that the ledger names last; what the rules demanded earlier and demand no more does not bind. */
export function rulesInForce(lookups: Pick<LedgerLookups, 'ofKind'>): RuleBook | undefined {
  const last = lookups.ofKind('rules').at(-1)
  // The writer has written it, from a rule book.
  return last && JSON.parse(last.entry)
}

/** Whether records from before an instant must still be kept: by the longest retention of {@link rulesInForce}. */
export function retentionProblem(
  lookups: Pick<LedgerLookups, 'ofKind'>,
  { dropBefore, at }: { readonly dropBefore: number; readonly at: number },
): InputError | undefined {
  const asked = new Date(dropBefore).toISOString()
  const book = rulesInForce(lookups)
  if (book === undefined)
    return ledgerProblems.retention(asked, 'the ledger names no rules yet; start the daemon with its rules once')
  const longest = longestRetention(book)
  if (longest === undefined || dropBefore <= at - longest.forMs) return undefined
  const until = new Date(at - longest.forMs).toISOString().slice(0, 10)
  const days = Math.ceil(longest.forMs / dayMs)
  return ledgerProblems.retention(asked, `${longest.ruleId} demands ${days} days, so only those from before ${until}`)
}
