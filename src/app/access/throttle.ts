import { isLoopback } from '../../config.ts'
import { minuteMs, secondMs } from '../../core/time.ts'

/**
 * So many mistakes of a name are free; whoever guesses from one address tries many names. Behind a proxy on this machine everybody has
 * one address, the loopback: there names alone are counted.
 */
const freeMax = { name: 5, address: 20 } as const
const firstWaitMs = secondMs
const waitMaxMs = minuteMs
/** Who has made no mistake for so long is as good as new. */
const forgetMs = 15 * minuteMs
/** Names and addresses that are remembered; beyond it the one that has been quiet longest is forgotten. */
const rememberedMax = 10_000

/** Who tries to log in. */
export interface Trying {
  readonly name: string
  readonly address: string
  /** The name is at home at this address: what others do elsewhere must not keep its owner out. */
  readonly isAtHome: boolean
}

/** Slows the guessing of passwords down, by name and by address. It survives no restart. */
export interface Throttle {
  /** How long whoever tries has to wait, milliseconds; 0: not at all. */
  waitMs(trying: Trying): number
  /** One more mistake. */
  mistake(trying: Trying): void
  /** What was counted was none, and says nothing of those before it. */
  noMistake(trying: Trying): void
  /** They were right: the name's mistakes are forgotten. */
  right(trying: Trying): void
}

interface Mistakes {
  readonly count: number
  readonly at: number
  /** When the one before was made. */
  readonly beforeAt: number
}

/** Makes it; `now`: milliseconds. */
export function createThrottle(now: () => number): Throttle {
  const kept = new Map<string, Mistakes>()

  function mistakesOf(key: string): Mistakes | undefined {
    const known = kept.get(key)
    return known !== undefined && now() - known.at < forgetMs ? known : undefined
  }

  function waitOf(key: string, free: number): number {
    const known = mistakesOf(key)
    if (known === undefined || known.count < free) return 0
    const whole = Math.min(waitMaxMs, firstWaitMs * 2 ** Math.min(known.count - free, 20))
    return Math.max(0, known.at + whole - now())
  }

  function count(key: string): void {
    const before = mistakesOf(key)
    const mistakes = { count: (before?.count ?? 0) + 1, at: now(), beforeAt: before?.at ?? 0 }
    // The last place is the newest one's.
    kept.delete(key)
    kept.set(key, mistakes)
    const [oldest] = kept.keys()
    if (kept.size > rememberedMax && oldest !== undefined) kept.delete(oldest)
  }

  // Whoever is right keeps no mistake of others alive: a whole office may come from one address.
  function takeBack(key: string): void {
    const known = kept.get(key)
    if (known === undefined) return
    if (known.count <= 1) kept.delete(key)
    else kept.set(key, { ...known, count: known.count - 1, at: known.beforeAt })
  }

  return {
    waitMs: trying => Math.max(waitOf(nameKey(trying), freeMax.name), waitOf(addressKey(trying), freeMax.address)),
    mistake(trying) {
      count(nameKey(trying))
      if (!isLoopback(trying.address)) count(addressKey(trying))
    },
    noMistake(trying) {
      takeBack(nameKey(trying))
      takeBack(addressKey(trying))
    },
    right(trying) {
      kept.delete(nameKey(trying))
      takeBack(addressKey(trying))
    },
  }
}

function nameKey({ name, address, isAtHome }: Trying): string {
  return isAtHome ? `name ${name} at ${address}` : `name ${name}`
}

function addressKey({ address }: Trying): string {
  return `address ${address}`
}
