import type { LedgerEntry } from '../../../ports/ledger.ts'

/** A seller's calls for one purpose. */
export interface OwnerTally {
  readonly seller: string
  readonly purpose: string
  originates: number
  answeredByPerson: number
  /** Hung up while waiting included. */
  abandoned: number
}

/** What entries come to. */
export interface LedgerTally {
  readonly entries: number
  readonly kinds: Readonly<Record<string, number>>
  /** By disposition. */
  readonly outcomes: Readonly<Record<string, number>>
  /** By source. */
  readonly optOuts: Readonly<Record<string, number>>
  /** By code. */
  readonly wrapUps: Readonly<Record<string, number>>
  /** Persons who asked an agent not to be called again. */
  readonly refusals: number
  readonly owners: readonly OwnerTally[]
}

type Members = Readonly<Record<string, unknown>>

interface Ended {
  readonly owner: OwnerTally
  answered: boolean
  abandoned: boolean
}

/** Counts entries as they come. */
export function createLedgerTally() {
  const counts = { kinds: new Map<string, number>(), outcomes: new Map(), optOuts: new Map(), wrapUps: new Map() }
  const owners = new Map<string, OwnerTally>()
  const calls = new Map<unknown, Ended>()
  let entries = 0
  let refusals = 0

  function ownerOf({ seller, purpose }: Members): OwnerTally {
    const key = JSON.stringify([seller, purpose])
    const known = owners.get(key)
    if (known !== undefined) return known
    const names = { seller: String(seller), purpose: String(purpose) }
    const made: OwnerTally = { ...names, originates: 0, answeredByPerson: 0, abandoned: 0 }
    owners.set(key, made)
    return made
  }

  function takeOutcome(members: Members): void {
    count(counts.outcomes, members.disposition)
    const call = calls.get(members.callId)
    if (call === undefined) return
    call.answered = members.answeredAt !== undefined && members.disposition !== 'machine'
    call.abandoned = members.disposition === 'abandoned' || members.disposition === 'hung-up-waiting'
  }

  function takeWrapUp(members: Members): void {
    count(counts.wrapUps, members.code)
    if (members.refusal === true) refusals += 1
    const call = calls.get(members.callId)
    if (call !== undefined && members.machine === true) call.answered = false
  }

  return {
    take({ kind, entry }: LedgerEntry): void {
      if (kind === 'anchor') return
      entries += 1
      count(counts.kinds, kind)
      const members: Members = JSON.parse(entry)
      if (kind === 'originate') {
        const owner = ownerOf(members)
        owner.originates += 1
        calls.set(members.callId, { owner, answered: false, abandoned: false })
      }
      if (kind === 'outcome') takeOutcome(members)
      if (kind === 'wrap-up') takeWrapUp(members)
      if (kind === 'opt-out') count(counts.optOuts, members.source)
    },
    result(): LedgerTally {
      for (const owner of owners.values()) Object.assign(owner, { answeredByPerson: 0, abandoned: 0 })
      for (const { owner, answered, abandoned } of calls.values()) {
        owner.answeredByPerson += Number(answered)
        owner.abandoned += Number(abandoned)
      }
      const { kinds, outcomes, optOuts, wrapUps } = counts
      const plain = { kinds: plainOf(kinds), outcomes: plainOf(outcomes), optOuts: plainOf(optOuts) }
      return { entries, ...plain, wrapUps: plainOf(wrapUps), refusals, owners: [...owners.values()] }
    },
  }
}

function count(counts: Map<string, number>, what: unknown): void {
  counts.set(String(what), (counts.get(String(what)) ?? 0) + 1)
}

function plainOf(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([one], [other]) => (one < other ? -1 : 1)))
}
