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

/** Makes the watch of a dialer. */
export function createObstacles({ clock, store, log, writer, submit, onDateStep }: ObstaclesOptions): Obstacles {
  let trouble: StoreTrouble | undefined
  let waiting = false
  let refused = false
  let inTheWay: StoreAlarm | undefined
  let told: Obstacle | undefined
  let unsubscribe = (): void => {}
  let cancelTry = (): void => {}
  let ofClock: Alarm | undefined

  function follow(): void {
    const now = trouble ?? (waiting ? recordsWaiting : refused ? attemptRefused : undefined)
    if (now?.code !== inTheWay?.code || now?.says !== inTheWay?.says) tellStore(now)
    const doubtful: Obstacle | undefined = ofClock?.stopsDialing ? 'clock-jumped' : undefined
    const what = inTheWay === undefined ? doubtful : 'store-unavailable'
    if (what === told) return
    told = what
    submit(what === undefined ? { kind: 'obstacle' } : { kind: 'obstacle', what })
  }

  function tellStore(now: StoreTrouble | undefined): void {
    if (now === undefined) log.info({ code: inTheWay?.code }, 'the store can be written again')
    else log.error({ code: now.code, error: now.says }, 'the store cannot be written: nothing is dialed')
    inTheWay = now && { ...now, since: inTheWay?.since ?? clock.now() }
  }

  function followClock(): void {
    const now = clock.calendar?.trouble()
    if (now === undefined && ofClock !== undefined) log.info({ code: ofClock.code }, 'the clock can be trusted again')
    if (now !== undefined && now.says !== ofClock?.says)
      log.error({ code: now.code, error: now.says }, 'the clock is not to be trusted')
    ofClock = now && {
      what: 'clock',
      code: now.code,
      says: now.says,
      since: ofClock?.since ?? clock.now(),
      stopsDialing: now.isDoubtful,
    }
    follow()
  }

  async function tryAgain(): Promise<void> {
    try {
      await store.tryWriting()
      refused = false
      follow()
    } catch (error) {
      log.error({ code: errorCode(error), error: errorMessage(error) }, 'the store still cannot be written')
      cancelTry = clock.wakeAt(clock.now() + tryEveryMs, () => void tryAgain())
    }
  }

  return {
    start() {
      trouble = store.trouble()
      const stopClock = clock.calendar?.onChange(({ steppedByMs }) => {
        followClock()
        if (steppedByMs === undefined) return
        log.warn({ steppedByMs }, 'the date has stepped: hours are judged anew')
        onDateStep()
      })
      const stopStore = store.onTrouble(now => {
        trouble = now
        if (now === undefined) writer().retry()
        follow()
      })
      unsubscribe = () => {
        stopClock?.()
        stopStore()
      }
      followClock()
    },
    storeRefused() {
      if (refused) return
      refused = true
      follow()
      cancelTry = clock.wakeAt(clock.now() + tryEveryMs, () => void tryAgain())
    },
    recordsWait(now) {
      waiting = now
      follow()
    },
    alarms() {
      const ofStore: readonly Alarm[] =
        inTheWay === undefined ? [] : [{ what: 'store', ...inTheWay, stopsDialing: true }]
      return ofClock === undefined ? ofStore : [...ofStore, ofClock]
    },
    close() {
      unsubscribe()
      cancelTry()
    },
  }
}
