import { InputError } from '../../../errors.ts'
import { findingsHere } from './findingsHere.ts'
import { findingsPbx } from './findingsPbx.ts'

/** All findings by their codes; each has a section of its code's name in docs/TROUBLESHOOTING.md. */
export const findings = Object.freeze({ ...findingsHere, ...findingsPbx })
/** A finding's code, for people who search and for programs. */
export type FindingCode = keyof typeof findings

/** Where a finding is written about at length. */
export function pageOf(code: FindingCode): string {
  return `docs/TROUBLESHOOTING.md#${code}`
}

/**
 * The code that somebody has typed.
 * @throws InputError `no-such-code`, naming those that are like it
 */
export function findingCode(written: string): FindingCode {
  const known = Object.keys(findings)
  const code = known.find((one): one is FindingCode => one === written.toLowerCase())
  if (code !== undefined) return code
  const words = written
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter(word => word.length > 2)
  const like = known
    .filter(one => words.some(word => one.includes(word)))
    .sort((one, other) => alike(other, written) - alike(one, written))
  const some = like.length === 0 ? `one of ${known.join(', ')}` : `did you mean ${like.join(', ')}?`
  throw new InputError('no-such-code', `doctor has no code ${written}: ${some}`)
}

/** How many letters two words begin with alike. */
function alike(one: string, other: string): number {
  let count = 0
  while (count < one.length && one[count] === other[count]) count += 1
  return count
}
