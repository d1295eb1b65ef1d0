import type { Condition } from '../core/alarms/alarm.ts'
import { given } from '../core/given.ts'
import type { Input } from '../core/inputs.ts'
import type { Obstacle } from '../core/vocabulary.ts'
import { errorCode, errorMessage } from '../errors.ts'
import type { Log } from '../log.ts'
import { restoreUnconfirmed } from '../ports/backups.ts'
import type { Clock, ClockTrouble } from '../ports/clock.ts'
import type { FileStore } from '../ports/files.ts'
import type { StoreTrouble, StoreWatch } from '../ports/storeWatch.ts'
import { obstacleConditions } from './alarms/engineLook.ts'
import type { Writer } from './writer.ts'

/** Watches what of the machine stands in the way of every call, and tells the engine, the log and whoever asks. */
export interface Obstacles {
  /** Begins to watch; what is in the way already is told at once. */
  start(): void
  /** The store has refused an attempt: until a write goes through, another would only be refused too. */
  storeRefused(): void
  /** Records wait for the store, or none does any more. */
  recordsWait(waiting: boolean): void
  /** What is in the way, or may be, for people. */
  conditions(): readonly Condition[]
  close(): void
}

interface ObstaclesOptions {
  readonly clock: Clock
  readonly store: StoreWatch & { readonly files?: Pick<FileStore, 'journalTrouble'> }
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>
  readonly writer: () => Pick<Writer, 'retry'>
  submit(input: Extract<Input, { kind: 'obstacle' }>): void
  /** The date is another than it was: what was put off by the old one is to be judged anew. */
  onDateStep(): void
  /** What people are to be told is another. */
  onChange(): void
}

/** How soon a store that has refused an attempt without being in trouble is tried again. */
const tryEveryMs = 500

const recordsWaiting: StoreTrouble = { code: 'records-wait', says: 'records of calls wait for the store to take them' }
const attemptRefused: StoreTrouble = { code: 'attempt-refused', says: 'the store did not take an attempt: see the log' }

/** The trouble of the store: what it says of itself, and what its refusals say. */
function createStoreTrouble({ log, onChange }: Pick<ObstaclesOptions, 'log' | 'onChange'>) {
  const known: { trouble?: StoreTrouble | undefined; waiting?: boolean; refused?: boolean } = {}
  let shown: StoreTrouble | undefined
  return {
    known,
    shown: () => shown,
    follow(): void {
      const now = known.trouble ?? (known.waiting ? recordsWaiting : known.refused ? attemptRefused : undefined)
      if (now?.code === shown?.code && now?.says === shown?.says) return
      if (now === undefined) log.info({ code: shown?.code }, 'the store can be written again')
      else log.error({ code: now.code, error: now.says }, 'nothing is dialed: the store is not as it must be')
      shown = now
      onChange()
    },
  }
}

/** The trouble of the clock. */
function createClockTrouble({ clock, log, onChange }: Pick<ObstaclesOptions, 'clock' | 'log' | 'onChange'>) {
  let shown: ClockTrouble | undefined
  return {
    shown: () => shown,
    follow(): void {
      const now = clock.calendar?.trouble()
      if (now === undefined && shown !== undefined) log.info({ code: shown.code }, 'the clock can be trusted again')
      if (now !== undefined && now.says !== shown?.says)
        log.error({ code: now.code, error: now.says }, 'the clock is not to be trusted')
      const isOther = now?.says !== shown?.says
      shown = now
      if (isOther) onChange()
    },
  }
}

/** Makes the watch of a dialer. */
export function createObstacles(options: ObstaclesOptions): Obstacles {
  const { clock, store, log, writer, submit } = options
  const ofStore = createStoreTrouble(options)
  const ofClock = createClockTrouble(options)
  let told: Exclude<Obstacle, 'draining'> | undefined
  let unsubscribe = (): void => {}
  let cancelTry = (): void => {}

  function follow(): void {
    ofStore.follow()
    const doubtful: typeof told = ofClock.shown()?.isDoubtful ? 'clock-jumped' : undefined
    const what = obstacleOf(ofStore.shown()) ?? doubtful
    if (what === told) return
    told = what
    submit({ kind: 'obstacle', ...given({ what }) })
  }

  function tryLater(): void {
    cancelTry = clock.wakeAt(clock.now() + tryEveryMs, () => void tryAgain())
  }

  async function tryAgain(): Promise<void> {
    try {
      await store.tryWriting()
      ofStore.known.refused = false
      follow()
    } catch (error) {
      log.error({ code: errorCode(error), error: errorMessage(error) }, 'the store still cannot be written')
      tryLater()
    }
  }

  return {
    start() {
      ofStore.known.trouble = store.trouble()
      unsubscribe = subscribe(options, {
        store(trouble) {
          ofStore.known.trouble = trouble
          if (trouble === undefined) writer().retry()
          follow()
        },
        clock() {
          ofClock.follow()
          follow()
        },
      })
      ofClock.follow()
      follow()
    },
    storeRefused() {
      if (ofStore.known.refused) return
      ofStore.known.refused = true
      follow()
      tryLater()
    },
    recordsWait(waiting) {
      ofStore.known.waiting = waiting
      follow()
    },
    conditions: () => obstacleConditions(ofStore.shown(), ofClock.shown(), store.files?.journalTrouble()),
    close() {
      unsubscribe()
      cancelTry()
    },
  }
}

function obstacleOf(trouble: StoreTrouble | undefined): Exclude<Obstacle, 'draining'> | undefined {
  if (trouble === undefined) return undefined
  return trouble.code === restoreUnconfirmed ? restoreUnconfirmed : 'store-unavailable'
}

interface Hearing {
  store(trouble: StoreTrouble | undefined): void
  clock(): void
}

function subscribe({ clock, store, log, onDateStep }: ObstaclesOptions, hearing: Hearing): () => void {
  const stopStore = store.onTrouble(hearing.store)
  const stopClock = clock.calendar?.onChange(({ steppedByMs }) => {
    hearing.clock()
    if (steppedByMs === undefined) return
    log.warn({ steppedByMs }, 'the date has stepped: hours are judged anew')
    onDateStep()
  })
  return () => {
    stopStore()
    stopClock?.()
  }
}
