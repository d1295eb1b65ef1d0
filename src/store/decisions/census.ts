import type { Verdict } from '../../core/compliance/facts.ts'
import type { InstantMs } from '../../core/ids.ts'
import type { CampaignCensus, CensusReason } from '../../ports/census.ts'

/** A lead as far as the census can place it without asking the gate. */
export interface CensusLead {
  readonly state: 'new' | 'retry' | 'finished'
  readonly dialableAt: InstantMs
  readonly reason: string | null
  readonly inFlight: boolean
}

/** A count under way. */
export interface Counting {
  /** Counts a lead; `ask` gives the gate's verdict and is called only for leads that are due. */
  add(lead: CensusLead, ask: () => Verdict): void
  result(): CampaignCensus
}

interface Part {
  leads: number
  readonly reason: string
  readonly finished: boolean
  firstAt: InstantMs
  lastAt: InstantMs
}

/** Begins a count at `now`. */
export function startCounting(now: InstantMs): Counting {
  const parts = new Map<string, Part>()
  let leads = 0
  let dialable = 0

  function count(reason: string, finished: boolean, at: InstantMs | undefined): void {
    const key = `${reason} ${finished}`
    const part = parts.get(key) ?? { reason, finished, leads: 0, firstAt: Infinity, lastAt: -Infinity }
    parts.set(key, part)
    part.leads += 1
    if (at === undefined) return
    part.firstAt = Math.min(part.firstAt, at)
    part.lastAt = Math.max(part.lastAt, at)
  }

  return {
    add(lead, ask) {
      leads += 1
      if (lead.state === 'finished') return count(lead.reason ?? 'lead-finished', true, undefined)
      if (lead.inFlight) return count('number-in-flight', false, undefined)
      if (lead.dialableAt > now) return count(lead.reason ?? 'resting', false, lead.dialableAt)
      const verdict = ask()
      if (verdict.allowed) dialable += 1
      else count(verdict.reason, verdict.retryAt === undefined, verdict.retryAt)
    },
    result: () => ({ leads, dialable, reasons: [...parts.values()].sort((a, b) => b.leads - a.leads).map(reasonOf) }),
  }
}

function reasonOf({ firstAt, lastAt, ...part }: Part): CensusReason {
  return Number.isFinite(firstAt) ? { ...part, firstAt, lastAt } : part
}
