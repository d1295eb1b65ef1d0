import { DurationTally } from '../../../core/tally.ts'
import { StoreError } from '../../../errors.ts'
import type { StoreLoad } from '../../../ports/storeWatch.ts'
import { storeProblems } from '../../decisions/problems.ts'
import { type WriteOperation, type WriteResult, writeModes } from '../../operations.ts'

/** At most so many operations in one transaction; a batch of import rows is a transaction of its own. */
const batchMax = 100

/** While the writer commits one batch, the next lies ready at its door. */
const underWayMax = 2

/** What calls write by the hundred: it can wait a moment for others with which it shares a commit. */
const patient: ReadonlySet<WriteOperation['kind']> = new Set([
  'begin-attempt',
  'end-attempt',
  'record-wrap-up',
  'defer-lead',
])

/** Sends operations to the writer in groups. */
export interface WriteQueue {
  /** Resolves when the operation has been committed. */
  write(operation: WriteOperation): Promise<unknown>
  /** Resolves when what was asked for before, imports aside, has been committed or refused. */
  settled(): Promise<void>
  /** What lies here, and how long writes have taken, imports aside. */
  load(): StoreLoad
  /** Whether `settled` would wait. */
  busy(): boolean
  /** Somebody waits for what lies here: it goes at once. */
  hurry(): void
  /** Takes no more and resolves when everything has been answered. Idempotent. */
  close(): Promise<void>
}

/** From a commit on a quick disk to one that does not answer any more. */
const writeBoundsMs = [1, 2, 5, 10, 20, 50, 100, 250, 500, 1_000, 2_500, 10_000]

interface Waiting {
  readonly operation: WriteOperation
  resolve(value: unknown): void
  reject(error: StoreError): void
}

type Send = (batch: readonly WriteOperation[]) => Promise<readonly WriteResult[]>

/** How a queue behaves. */
export interface WriteQueueOptions {
  /** Imports wait while it gives something to wait for. */
  readonly holdImports?: () => Promise<void> | undefined
  /** How long a call's records may wait for others with which they share a commit, ms. */
  readonly gatherMs?: number
}

/**
 * Makes the queue in front of a writer. Few batches are under way at a time; what arrives meanwhile goes together in the
 * next, so that a transaction is shared by those who would have waited for each other anyway. Attempts and everything
 * else that people wait for goes before imports.
 */
export function createWriteQueue(
  send: Send,
  { holdImports = () => undefined, gatherMs = 0 }: WriteQueueOptions = {},
): WriteQueue {
  const urgent: Waiting[] = []
  const bulk: Waiting[] = []
  let underWay = 0
  let closed = false
  let lastUrgent: Promise<unknown> = Promise.resolve()
  const load = createLoad()
  const idle: (() => void)[] = []
  const departure = createDeparture(pump, gatherMs)

  function pump(): void {
    departure.begun()
    while (underWay < underWayMax) {
      const batch = next()
      if (batch.length === 0) break
      underWay += 1
      void carry(send, batch).then(() => {
        underWay -= 1
        pump()
      })
    }
    if (underWay + urgent.length + bulk.length === 0) for (const resolve of idle.splice(0)) resolve()
  }

  function next(): readonly Waiting[] {
    if (urgent.length > 0) return urgent.splice(0, batchMax)
    const held = bulk.length > 0 ? holdImports() : undefined
    if (held === undefined) return bulk.splice(0, 1)
    void held.then(pump)
    return []
  }

  return {
    write(operation) {
      if (closed) return Promise.reject(storeProblems.closed())
      const written = new Promise<unknown>((resolve, reject) => {
        const queue = writeModes[operation.kind].bulk ? bulk : urgent
        queue.push({ operation, resolve, reject })
      })
      if (writeModes[operation.kind].bulk) void load.follow('bulk', written)
      else lastUrgent = load.follow('urgent', written)
      if (patient.has(operation.kind) && urgent.length < batchMax) departure.later()
      else departure.soon()
      return written
    },
    async settled() {
      departure.hurry()
      await lastUrgent
    },
    load: load.read,
    busy: () => load.open.urgent > 0,
    hurry: departure.hurry,
    close() {
      closed = true
      departure.hurry()
      if (underWay + urgent.length + bulk.length === 0) return Promise.resolve()
      return new Promise(resolve => idle.push(resolve))
    },
  }
}

/** Counts what has been asked for and not answered yet, and how long the answers take. */
function createLoad() {
  const open = { urgent: 0, bulk: 0 }
  const writes = new DurationTally(writeBoundsMs)
  return {
    open,
    read: (): StoreLoad => ({ queued: { ...open }, writes: writes.copy() }),
    follow(which: keyof typeof open, written: Promise<unknown>): Promise<void> {
      open[which] += 1
      const askedAt = performance.now()
      const done = (): void => {
        open[which] -= 1
        if (which === 'urgent') writes.add(performance.now() - askedAt)
      }
      return written.then(done, done)
    },
  }
}

/** When the next batch goes. */
function createDeparture(go: () => void, gatherMs: number) {
  let gathering: NodeJS.Timeout | undefined
  let isDue = false

  /** Not before what is running now has run, so that what one turn of the event loop writes goes together. */
  function soon(): void {
    if (!isDue) setImmediate(go)
    isDue = true
  }

  return {
    soon,
    later(): void {
      if (gatherMs === 0) soon()
      else gathering ??= setTimeout(go, gatherMs)
    },
    hurry(): void {
      if (gathering !== undefined) soon()
    },
    begun(): void {
      clearTimeout(gathering)
      gathering = undefined
      isDue = false
    },
  }
}

async function carry(send: Send, batch: readonly Waiting[]): Promise<void> {
  try {
    const results = await send(batch.map(({ operation }) => operation))
    for (const [index, waiting] of batch.entries()) settle(waiting, results[index])
  } catch (error) {
    const message = 'the database writer has ended unexpectedly: restart the daemon'
    for (const waiting of batch) waiting.reject(new StoreError('writer-gone', message, { cause: error }))
  }
}

function settle(waiting: Waiting, result: WriteResult | undefined): void {
  if (result?.ok) waiting.resolve(result.value)
  else if (result !== undefined) waiting.reject(new StoreError(result.code, result.message))
  else waiting.reject(new StoreError('unexpected', `the writer left ${waiting.operation.kind} unanswered`))
}
