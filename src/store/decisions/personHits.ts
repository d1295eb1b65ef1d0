import type { DoNotCallHit } from '../../core/compliance/doNotCall.ts'
import { integerToNumber } from '../../numbers/e164.ts'

/** Who holds a number, answered at once. The number is the digits of its E.164 form. An entry on its way to the disk counts already. */
export interface NumberLists {
  /** Every list that holds the number. */
  hitsOf(integer: number): readonly DoNotCallHit[]
  /** The lists that hold a person's word, said at this very number: prefixes are nobody's. */
  refusalsOf(integer: number): readonly DoNotCallHit[]
}

/** Every list that holds the number, and those by which its person, with these other numbers, is bound; each list once. */
export function hitsOfPerson(lists: NumberLists, integer: number, others: readonly number[]): readonly DoNotCallHit[] {
  const own = lists.hitsOf(integer)
  if (others.length === 0) return own
  const hits = [...own]
  for (const other of others) {
    for (const hit of lists.refusalsOf(other)) {
      if (hits.some(({ list }) => list === hit.list)) continue
      hits.push({ ...hit, through: integerToNumber(other) })
    }
  }
  return hits
}
