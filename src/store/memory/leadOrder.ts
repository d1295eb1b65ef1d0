import type { InstantMs, LeadId } from '../../core/ids.ts'
import { createHeap, type Heap } from './heap.ts'
import type { MemoryLead } from './lead.ts'

/** Leads of one campaign in the order in which they are to be dialed. */
export interface LeadOrder {
  /** Puts a lead at its place; older entries of it are dead. */
  place(lead: MemoryLead): void
  /** The best that are due, without the excluded ones, and when there will be more where they are fewer than asked. */
  best(query: {
    readonly limit: number
    readonly exclude: ReadonlySet<LeadId>
    /** Only of this list; absent: of all. */
    readonly list?: string | undefined
    readonly now: InstantMs
  }): {
    readonly leads: readonly MemoryLead[]
    readonly moreAt?: InstantMs
  }
}

interface Entry {
  readonly lead: MemoryLead
  readonly version: number
  readonly priority: number
  readonly dialableAt: InstantMs
}

function dueBefore(a: Entry, b: Entry): boolean {
  return a.dialableAt !== b.dialableAt ? a.dialableAt < b.dialableAt : a.lead.leadId < b.lead.leadId
}

function betterThan(a: Entry, b: Entry): boolean {
  return a.priority !== b.priority ? a.priority > b.priority : dueBefore(a, b)
}

/** An empty order: a heap of what is due and one of what comes later, entries that died being dropped when they surface. */
export function createLeadOrder(): LeadOrder {
  const due = createHeap<Entry>(betterThan)
  const later = createHeap<Entry>(dueBefore)

  function surface(heap: Heap<Entry>): Entry | undefined {
    for (;;) {
      const top = heap.peek()
      if (top === undefined || top.version === top.lead.version) return top
      heap.pop()
    }
  }

  function promote(now: InstantMs): void {
    for (;;) {
      const top = surface(later)
      if (top === undefined || top.dialableAt > now) return
      later.pop()
      due.push(top)
    }
  }

  function firstLater(isWanted: (lead: MemoryLead) => boolean): InstantMs | undefined {
    const skipped: Entry[] = []
    let found: Entry | undefined
    for (let top = surface(later); top !== undefined && found === undefined; top = surface(later)) {
      if (isWanted(top.lead)) found = top
      else {
        skipped.push(top)
        later.pop()
      }
    }
    for (const entry of skipped) later.push(entry)
    return found?.dialableAt
  }

  return {
    place(lead) {
      later.push({ lead, version: lead.version, priority: lead.lead.priority, dialableAt: lead.dialableAt })
    },
    best({ limit, exclude, list, now }) {
      promote(now)
      const isWanted = (lead: MemoryLead) => !exclude.has(lead.leadId) && (list === undefined || lead.list === list)
      const leads: MemoryLead[] = []
      const seen: Entry[] = []
      while (leads.length < limit) {
        const top = surface(due)
        if (top === undefined) break
        due.pop()
        seen.push(top)
        if (top.dialableAt <= now && isWanted(top.lead)) leads.push(top.lead)
      }
      // A clock that was set back sends what it made due back to later.
      for (const entry of seen) (entry.dialableAt <= now ? due : later).push(entry)
      if (leads.length === limit) return { leads }
      const moreAt = firstLater(isWanted)
      return moreAt === undefined ? { leads } : { leads, moreAt }
    },
  }
}
