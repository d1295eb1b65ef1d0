import { isSameOwner, type Owner, type WrittenOwner } from './owner.ts'

/** What is known of a PBX before anything there is touched. */
export interface ClaimFacts {
  readonly mine: Owner
  /** Who has it; undefined: nobody is named. */
  readonly named: WrittenOwner | undefined
  /** The named owner's process has ended for certain. */
  readonly hasEnded: boolean
  /** Whoever is named left it to the next daemon on their database so long ago, by the PBX's own clock, ms; undefined: they did not. */
  readonly handedOverAgeMs: number | undefined
  /** Age of the last heart-beat by the PBX's own clock, ms; undefined: none was ever written. */
  readonly beatAgeMs: number | undefined
  /** So long we have seen name and heart-beat unchanged, by our clock, ms. */
  readonly unchangedMs: number
  /** Somebody's event socket is, or was, open under our application's name. */
  readonly hasApplication: boolean
  /** Called people's legs of whichever daemon. */
  readonly calls: number
}

/** `ours`: it was ours before; `free`: to be taken; `lives`: somebody else drives it; `calls-left`: they are gone, their calls are not. */
export type ClaimVerdict = 'ours' | 'free' | 'lives' | 'calls-left'

/** How long an owner may be silent, ms. */
export interface ClaimLimits {
  /** Without a heart-beat for so long they are dead, as for the PBX's own watchdog. */
  readonly ownerDeadAfterMs: number
  /** So long we look ourselves, whatever the PBX's clock says: longer than from one heart-beat to the next. */
  readonly ownerWatchedMs: number
}

/** The dialplan lets people wait as long for the next daemon. */
const handOverMaxMs = 10_000

/** Whether the PBX may be taken. */
export function judgeClaim(facts: ClaimFacts, limits: ClaimLimits): ClaimVerdict {
  const { mine, named, calls, handedOverAgeMs } = facts
  const isHandedOver = handedOverAgeMs !== undefined && handedOverAgeMs <= handOverMaxMs
  if (named !== undefined && isSameOwner(named, mine)) return named.state === 'here' || isHandedOver ? 'ours' : 'free'
  const ofAnother = named !== undefined && named.databaseId !== mine.databaseId
  if (!isGone(facts, limits) || (ofAnother && isHandedOver)) return 'lives'
  return ofAnother && calls > 0 ? 'calls-left' : 'free'
}

function isGone(facts: ClaimFacts, { ownerDeadAfterMs, ownerWatchedMs }: ClaimLimits): boolean {
  const { named, hasEnded, beatAgeMs, unchangedMs, hasApplication } = facts
  if (named?.state === 'left' || (named !== undefined && hasEnded)) return true
  // A PBX that has just been started names nobody. One whose globals were cleared does neither, but is named again soon.
  if (named === undefined && beatAgeMs === undefined) return !hasApplication || unchangedMs >= ownerWatchedMs
  if (unchangedMs >= ownerDeadAfterMs) return true
  return beatAgeMs !== undefined && beatAgeMs > ownerDeadAfterMs && unchangedMs >= ownerWatchedMs
}
