import { given } from '../core/given.ts'
import type { InstantMs } from '../core/ids.ts'
import type { Input } from '../core/inputs.ts'
import type { Obstacle } from '../core/vocabulary.ts'
import { errorCode, errorMessage } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Clock } from '../ports/clock.ts'
import type { Alarm } from '../ports/engine.ts'
import type { StoreTrouble, StoreWatch } from '../ports/storeWatch.ts'
import type { Writer } from './writer.ts'

/** Watches what of the machine stands in the way of every call, and tells the engine, the log and whoever asks. */
export interface Obstacles {
  /** Begins to watch; what is in the way already is told at once. */
  start(): void
  /** The store has refused an attempt: until a write goes through, another would only be refused too. */
  storeRefused(): void
  /** Records wait for the store, or none does any more. */
  recordsWait(waiting: boolean): void
  /** What is to be shown to people, the gravest first. */
  alarms(): readonly Alarm[]
  close(): void
}

interface ObstaclesOptions {
  readonly clock: Clock
  readonly store: StoreWatch
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>
  readonly writer: () => Pick<Writer, 'retry'>
  submit(input: Extract<Input, { kind: 'obstacle' }>): void
  /** The date is another than it was: what was put off by the old one is to be judged anew. */
  onDateStep(): void
}

/** How soon a store that has refused an attempt without being in trouble is tried again. */
const tryEveryMs = 500

type StoreAlarm = StoreTrouble & { readonly since: InstantMs }

const recordsWaiting: StoreTrouble = { code: 'records-wait', says: 'records of calls wait for the store to take them' }
const attemptRefused: StoreTrouble = { code: 'attempt-refused', says: 'the store did not take an attempt: see the log' }

/** The alarm of the store: what it says of itself, and what its refusals say. */
function createStoreAlarm({ clock, log }: Pick<ObstaclesOptions, 'clock' | 'log'>) {
  const known: { trouble?: StoreTrouble | undefined; waiting?: boolean; refused?: boolean } = {}
  let shown: StoreAlarm | undefined
  return {
    known,
    shown: () => shown,
    follow(): void {
      const now = known.trouble ?? (known.waiting ? recordsWaiting : known.refused ? attemptRefused : undefined)
      if (now?.code === shown?.code && now?.says === shown?.says) return
      if (now === undefined) log.info({ code: shown?.code }, 'the store can be written again')
      else log.error({ code: now.code, error: now.says }, 'the store cannot be written: nothing is dialed')
      shown = now && { ...now, since: shown?.since ?? clock.now() }
    },
  }
}

/** The alarm of the clock. */
function createClockAlarm({ clock, log }: Pick<ObstaclesOptions, 'clock' | 'log'>) {
  let shown: Alarm | undefined
  return {
    shown: () => shown,
    follow(): void {
      const now = clock.calendar?.trouble()
      if (now === undefined && shown !== undefined) log.info({ code: shown.code }, 'the clock can be trusted again')
      if (now !== undefined && now.says !== shown?.says)
        log.error({ code: now.code, error: now.says }, 'the clock is not to be trusted')
      const since = shown?.since ?? clock.now()
      shown = now && { what: 'clock', code: now.code, says: now.says, since, stopsDialing: now.isDoubtful }
    },
  }
}

/** Makes the watch of a dialer. */
export function createObstacles(options: ObstaclesOptions): Obstacles {
  const { clock, store, log, writer, submit } = options
  const ofStore = createStoreAlarm(options)
  const ofClock = createClockAlarm(options)
  let told: Exclude<Obstacle, 'draining'> | undefined
  let unsubscribe = (): void => {}
  let cancelTry = (): void => {}

  function follow(): void {
    ofStore.follow()
    const doubtful: typeof told = ofClock.shown()?.stopsDialing ? 'clock-jumped' : undefined
    const what = ofStore.shown() === undefined ? doubtful : 'store-unavailable'
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
    alarms() {
      const alarm = ofStore.shown()
      return [alarm && ({ what: 'store', ...alarm, stopsDialing: true } as const), ofClock.shown()].filter(isThere)
    },
    close() {
      unsubscribe()
      cancelTry()
    },
  }
}

function isThere(alarm: Alarm | undefined): alarm is Alarm {
  return alarm !== undefined
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
