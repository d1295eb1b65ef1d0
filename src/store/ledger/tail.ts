import type { LedgerEntry, LedgerHead } from '../../ports/ledger.ts'
import { chainHash } from './chain.ts'

/** The head at the last look: it must still be there, unchanged. */
export type SeenHead = Pick<LedgerHead, 'seq' | 'hash'>

/**
 * What is wrong with the newest entries, in one line; undefined: each follows from the one before. The first of them is taken as it is,
 * for what came before it is not looked at: `ledger verify` reads all.
 */
export function tailProblem(entries: readonly LedgerEntry[]): string | undefined {
  for (const [index, entry] of entries.entries()) {
    const before = entries[index - 1]
    // An anchor stands for entries that were moved out and has the hash of the last of them.
    if (before === undefined || entry.kind === 'anchor') continue
    if (entry.seq !== before.seq + 1) return `between entries ${before.seq} and ${entry.seq} others are missing`
    if (chainHash(before.hash, entry) !== entry.hash) return `entry ${entry.seq} does not follow from the one before it`
  }
  return undefined
}

/** What has become of the head of the last look, in one line; undefined: it is as it was, or was moved out with those before it. */
export function headProblem(
  seen: SeenHead,
  now: { readonly head: SeenHead; readonly same: LedgerEntry | undefined },
): string | undefined {
  if (now.head.seq < seen.seq) return `entry ${seen.seq} was the newest and is gone`
  const isThere = now.same?.seq === seen.seq
  return isThere && now.same?.hash !== seen.hash ? `entry ${seen.seq} was rewritten` : undefined
}
