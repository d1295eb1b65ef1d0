import { integerDigits } from '../numbers/e164.ts'

/** Wildcards: the digits with which a number begins. */
export interface PrefixSet {
  /** The longest prefix that the number begins with. */
  match(integer: number): number | undefined
}

/** Makes the set of these prefixes (digits, no plus sign). A look-up takes a step for each length that occurs. */
export function createPrefixSet(prefixes: Iterable<string | number>): PrefixSet {
  const byLength = new Map<number, Set<number>>()
  for (const prefix of prefixes) {
    const digits = String(prefix)
    const same = byLength.get(digits.length) ?? new Set()
    byLength.set(digits.length, same.add(Number(digits)))
  }
  const lengths = [...byLength].sort(([one], [other]) => other - one)
  return {
    match(integer) {
      if (lengths.length === 0) return undefined
      const digits = integerDigits(integer)
      for (const [length, set] of lengths) {
        if (length > digits) continue
        const beginning = Math.floor(integer / 10 ** (digits - length))
        if (set.has(beginning)) return beginning
      }
      return undefined
    },
  }
}
