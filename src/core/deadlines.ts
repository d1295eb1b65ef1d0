import type { AgentId, CallId, InstantMs, NodeId, TrunkId } from './ids.ts'

/**
 * Something that happens by time alone. It holds the phase object it was made for: a call or agent that has moved on has
 * another phase object, so a stale deadline is recognised by identity and needs no cancelling.
 */
export type Deadline =
  | {
      readonly kind: 'call'
      readonly what: 'ring-timeout' | 'withdraw' | 'wait-max' | 'connect-unconfirmed' | 'silent' | 'overdue' | 'lost'
      readonly at: InstantMs
      readonly callId: CallId
      readonly phase: object
    }
  | {
      readonly kind: 'agent'
      readonly what: 'wrap-up' | 'asked' | 'calling' | 'pending' | 'rejoin' | 'rested' | 'breather' | 'offer'
      readonly at: InstantMs
      readonly agentId: AgentId
      readonly phase: object
    }
  /** An open breaker looks again. */
  | { readonly kind: 'node'; readonly at: InstantMs; readonly nodeId: NodeId; readonly phase: object }
  /** A call of the trunk may have lasted as long as one may there. */
  | { readonly kind: 'trunk'; readonly at: InstantMs; readonly trunkId: TrunkId }

/** Deadlines ordered by time: a binary heap, earliest first. */
export class DeadlineHeap {
  readonly #heap: Deadline[] = []

  get size(): number {
    return this.#heap.length
  }

  /** When the earliest deadline is due; Infinity without any. */
  nextAt(): InstantMs {
    return this.#heap[0]?.at ?? Number.POSITIVE_INFINITY
  }

  /** The earliest deadline; undefined without any. */
  first(): Deadline | undefined {
    return this.#heap[0]
  }

  push(deadline: Deadline): void {
    const heap = this.#heap
    let index = heap.length
    heap.push(deadline)
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = heap[parent]
      if (above === undefined || above.at <= deadline.at) break
      heap[index] = above
      index = parent
    }
    heap[index] = deadline
  }

  /** Takes the earliest deadline that is due at `now`, or undefined. */
  popDue(now: InstantMs): Deadline | undefined {
    const heap = this.#heap
    const first = heap[0]
    if (first === undefined || first.at > now) return undefined
    const last = heap.pop()
    if (last !== undefined && heap.length > 0) this.#sink(last)
    return first
  }

  #sink(deadline: Deadline): void {
    const heap = this.#heap
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      const left = heap[child]
      if (left === undefined) break
      const right = heap[child + 1]
      if (right !== undefined && right.at < left.at) child += 1
      const smaller = heap[child]
      if (smaller === undefined || smaller.at >= deadline.at) break
      heap[index] = smaller
      index = child
    }
    heap[index] = deadline
  }
}
