import { type Restoration, restoreUnconfirmed } from '../../../ports/backups.ts'
import type { StoreTrouble } from '../../../ports/storeWatch.ts'
import type { WriteOperation, WriteResult } from '../../operations.ts'
import type { FilePlace } from './filePlace.ts'
import { reserveMinBytes, type SpaceReserve } from './spaceReserve.ts'

/** Watches whether a store can write, and keeps what begins something new away from it while it cannot. */
export interface StoreWatcher {
  trouble(): StoreTrouble | undefined
  onTrouble(listener: (trouble: StoreTrouble | undefined) => void): () => void
  /** Why this operation is not even tried; `undefined`: it is. */
  refuses(operation: WriteOperation): StoreTrouble | undefined
  /** A batch is on its way; the function returned tells what came of it. */
  sent(): (results: readonly WriteResult[] | undefined) => void
  /** The disk was full for what must not be lost: gives it the reserve. False: there was none left. */
  giveReserve(): boolean
  /** A restored database dials when somebody has confirmed it; nothing else waits for that. */
  awaitConfirmation(restoration: Restoration | undefined): void
  /** One look, as it is taken by itself every half second. */
  look(): Promise<void>
  close(): void
}

/** What is watched. */
export interface WatchedStore {
  readonly place: FilePlace
  readonly reserve: SpaceReserve
  /** Writes and changes nothing. */
  tryWriting(): Promise<unknown>
  /** The database's file, or its log, is lost: saves what can be saved, and says where it is. Called once. */
  rescue(trouble: StoreTrouble): Promise<string>
  /** Milliseconds that only run forward. */
  readonly now?: () => number
}

/** Dialing goes on within two seconds after the disk has been freed. */
const lookEveryMs = 500
/** Longer than another program may hold the database. */
const unansweredMaxMs = 10_000

/** Codes of a disk or a file that does not take what is written; every other is the operation's own. */
const ofTheDisk: ReadonlySet<string> = new Set([
  ...(['disk-full', 'read-only', 'disk-error', 'damaged', 'cannot-open', 'in-use', 'writer-gone'] as const),
])

/** What begins something new waits for a store that is well; what ends something, or says no, is always tried. */
function begins(operation: WriteOperation): boolean {
  switch (operation.kind) {
    case 'begin-attempt':
      // Somebody who calls us is here already, and may want to be called no more.
      return operation.attempt.origin !== 'inbound'
    case 'import-leads':
    case 'import-permissions':
    case 'move-in':
    case 'release-leads':
    case 'recycle-leads':
    case 'rotate-ledger':
    case 'name-subjects':
    case 'let-rows-go':
      return true
    default:
      return false
  }
}

/** Why there is trouble, by where it comes from, the gravest first. */
const gravity = ['lost', 'stalled', 'failed', 'short', 'unconfirmed'] as const
type Source = (typeof gravity)[number]
type Listener = (trouble: StoreTrouble | undefined) => void

/** What is known to be the matter; whoever listens hears of the gravest. */
function createTroubles() {
  const known: Partial<Record<Source, StoreTrouble | undefined>> = {}
  const listeners = new Set<Listener>()
  let shown: StoreTrouble | undefined
  return {
    known,
    listeners,
    shown: () => shown,
    tell(): void {
      const [source] = gravity.filter(one => known[one] !== undefined)
      const trouble = source && known[source]
      if (trouble?.code === shown?.code && trouble?.says === shown?.says) return
      shown = trouble
      for (const listener of listeners) listener(trouble)
    },
  }
}

type Troubles = ReturnType<typeof createTroubles>

/** Batches on their way: what came of them, and whether one is answered at all. */
function createTraffic({ known, tell }: Troubles, now: () => number) {
  const underWay = new Set<{ readonly since: number }>()

  function noticeStall(): void {
    const [oldest] = underWay
    known.stalled = oldest !== undefined && now() - oldest.since > unansweredMaxMs ? doesNotAnswer : undefined
  }

  return {
    noticeStall,
    sent(): (results: readonly WriteResult[] | undefined) => void {
      const batch = { since: now() }
      underWay.add(batch)
      return results => {
        underWay.delete(batch)
        noticeStall()
        for (const result of results ?? []) {
          if (result.ok) known.failed = undefined
          else if (ofTheDisk.has(result.code)) known.failed = { code: result.code, says: result.message }
        }
        tell()
      }
    },
  }
}

type Traffic = ReturnType<typeof createTraffic>

/** A look at everything, one at a time. */
function createLook({ place, reserve, tryWriting, rescue }: WatchedStore, troubles: Troubles, { sent }: Traffic) {
  const { known, tell } = troubles
  let looking: Promise<void> | undefined

  /** The reserve is for what is always tried: as soon as it is touched nothing new begins. */
  async function lookAtSpace(freeBytes: number): Promise<void> {
    if (!reserve.wanted) return
    const isShort = freeBytes < reserveMinBytes || (reserve.heldBytes() === 0 && !(await reserve.take()))
    known.short = isShort ? shortOfSpace : undefined
  }

  async function lose(lost: StoreTrouble): Promise<void> {
    if (known.lost?.code === lost.code) return
    known.lost = lost
    tell()
    known.lost = { ...lost, says: `${lost.says} (${await rescue(lost)})` }
  }

  async function tryAgain(): Promise<void> {
    const end = sent()
    await tryWriting().then(
      () => end([{ ok: true, value: undefined }]),
      ({ code, message }) => end([{ ok: false, code, message }]),
    )
  }

  async function lookOnce(): Promise<void> {
    const looked = sent()
    const { lost, refused, freeBytes } = await place.look().finally(() => looked(undefined))
    if (lost !== undefined) await lose(lost)
    await lookAtSpace(freeBytes)
    if (refused !== undefined) known.failed = refused
    else if (known.failed !== undefined && known.stalled === undefined) await tryAgain()
    tell()
  }

  return (): Promise<void> => {
    looking ??= lookOnce()
      // A disk that cannot even be looked at is in trouble; its next answer ends it.
      .catch(({ message }) => {
        known.failed = { code: 'disk-error', says: `the store's folder cannot be looked at: ${message}` }
        tell()
      })
      .finally(() => {
        looking = undefined
      })
    return looking
  }
}

/** Starts to watch. */
export function watchStore(watched: WatchedStore): StoreWatcher {
  const { reserve, now = () => performance.now() } = watched
  const troubles = createTroubles()
  const { known, listeners, shown, tell } = troubles
  const traffic = createTraffic(troubles, now)
  const look = createLook(watched, troubles, traffic)
  const timer = setInterval(() => {
    traffic.noticeStall()
    tell()
    void look()
  }, lookEveryMs)
  timer.unref()
  return {
    trouble: shown,
    onTrouble(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    refuses: operation => refusal(operation, troubles),
    awaitConfirmation(restoration) {
      const isOpen = restoration !== undefined && restoration.confirmedBy === undefined
      known.unconfirmed = isOpen ? unconfirmed(restoration) : undefined
      tell()
    },
    sent: traffic.sent,
    giveReserve() {
      const given = reserve.giveUp()
      if (given) known.short = shortOfSpace
      tell()
      return given
    },
    look,
    close: () => clearInterval(timer),
  }
}

/** Lists and permissions that are missing come in before a restored database may dial. */
function refusal(operation: WriteOperation, { shown }: Troubles): StoreTrouble | undefined {
  const trouble = shown()
  if (trouble?.code === restoreUnconfirmed && operation.kind !== 'begin-attempt') return undefined
  return begins(operation) ? trouble : undefined
}

function unconfirmed({ backupAt, gaps }: Restoration): StoreTrouble {
  const from = `the database came from a backup of ${new Date(backupAt).toISOString()}`
  const missing = gaps.length === 0 ? 'its refusals are complete' : `refusals may be missing: ${gaps.join('; ')}`
  const says = `${from} and nobody has let it dial: ${missing}; look at it, then \`dialwright dialing confirm\``
  return { code: restoreUnconfirmed, says }
}

const shortOfSpace: StoreTrouble = {
  code: 'disk-full',
  says: 'the disk that holds the database is full: what is left is kept for refusals and ends of calls; free some space',
}
const doesNotAnswer: StoreTrouble = {
  code: 'disk-stalled',
  says: 'the disk that holds the database does not answer: look at the system log',
}
