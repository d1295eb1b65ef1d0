import { performance } from 'node:perf_hooks'
import { given } from '../core/given.ts'
import type { InstantMs } from '../core/ids.ts'
import { minuteMs } from '../core/time.ts'
import type { Calendar, Clock, ClockTrouble } from '../ports/clock.ts'

/** Node's timers hold at most 2^31-1 ms. */
const timerMaxMs = 2_147_483_647

/** A wall clock that is ahead of ours by more than this was set forward a little: follow it. */
const behindMaxMs = 250

/** More than this within {@link heldMs} is a jump. */
const jumpMs = minuteMs

/** A jump that has held so long is the right time: who sets a clock by mistake, or wakes a machine up, has put it right by then. */
const heldMs = minuteMs

/** How often the clocks are compared where nobody asks for the time. */
const lookEveryMs = 1_000

/** The two clocks of the machine, milliseconds: the one that people set, and the one that nobody sets. */
interface SystemClocks {
  readonly wall: () => number
  readonly steady: () => number
}

/** The system's clock. */
export interface SystemClock extends Clock {
  readonly calendar: Calendar
  /** Compares the clocks, as is done whenever one asks and once a second. */
  look(): void
  /** Whether the running time may be moved forward to the date: where nobody is being called. Absent: always. */
  mayStep(may: () => boolean): void
  /** From now on whatever waits for an instant keeps no process from its end. */
  release(): void
}

/**
 * The system's clock: whole epoch milliseconds that never run backwards within a run, and the date beside it. A little that the wall clock is
 * set forward is followed at once. A jump of more than a minute, either way, against the clock that nobody sets is told, and makes the
 * date doubtful; when it has held for a minute it is the date, when it goes back before it was nothing. The running time follows a
 * jump forward when nobody is being called, because the deadlines of calls are set by it, and never goes back.
 */
export function createSystemClock(
  { wall, steady }: SystemClocks = { wall: Date.now, steady: () => performance.now() },
): SystemClock {
  const listeners = new Set<(change: { readonly steppedByMs?: number }) => void>()
  let mayStep = (): boolean => true
  /** Wall less steady: as the running time has it, as the date has it, and as the date had it {@link heldMs} ago. */
  let running = wall() - steady()
  let dated = running
  let anchor = { offset: running, at: steady() }
  let doubt: { readonly offset: number; readonly since: number } | undefined
  let shown: ClockTrouble | undefined

  /** Gives what the steady clock says. Each is read once, for the time is asked many times a call; later times that listeners read count. */
  function look(): number {
    const at = steady()
    const offset = wall() - at
    const steppedByMs = follow(offset, at)
    const behindMs = dated - running
    if (behindMs > behindMaxMs && (behindMs <= jumpMs || mayStep())) running = dated
    const trouble = troubleOf(doubt === undefined ? undefined : doubt.offset - dated, running - dated)
    if (steppedByMs === undefined && trouble?.says === shown?.says) return at
    shown = trouble
    for (const listener of [...listeners]) listener(given({ steppedByMs }))
    return steady()
  }

  /** Gives what the date has stepped by, where it has. */
  function follow(offset: number, at: number): number | undefined {
    if (Math.abs(offset - anchor.offset) <= jumpMs) {
      doubt = undefined
      dated = offset
      if (at - anchor.at >= heldMs) anchor = { offset, at }
      return undefined
    }
    if (doubt === undefined || Math.abs(offset - doubt.offset) > jumpMs) doubt = { offset, since: at }
    if (at - doubt.since < heldMs) return undefined
    const steppedByMs = offset - dated
    doubt = undefined
    dated = offset
    anchor = { offset, at }
    return steppedByMs
  }

  const now = (): number => Math.floor(look() + running)

  const timer = setInterval(look, lookEveryMs)
  timer.unref()
  return {
    now,
    look,
    mayStep(may) {
      mayStep = may
    },
    ...createTimers(now),
    calendar: {
      now: () => Math.floor(look() + dated),
      trouble: () => shown,
      onChange(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
  }
}

/** Waiting for instants. */
function createTimers(now: () => InstantMs): Pick<SystemClock, 'wakeAt' | 'release'> {
  const waiting = new Set<NodeJS.Timeout>()
  let isReleased = false
  return {
    wakeAt(at, wake) {
      const woken = (): void => {
        waiting.delete(timer)
        wake()
      }
      const timer = setTimeout(woken, Math.min(timerMaxMs, Math.max(0, Math.ceil(at - now()))))
      if (isReleased) timer.unref()
      else waiting.add(timer)
      return () => {
        waiting.delete(timer)
        clearTimeout(timer)
      }
    },
    release() {
      isReleased = true
      for (const timer of waiting) timer.unref()
    },
  }
}

function troubleOf(jumpedByMs: number | undefined, aheadMs: number): ClockTrouble | undefined {
  if (jumpedByMs !== undefined) {
    const says = `the clock has jumped by ${spanOf(jumpedByMs)}: when it has held for a minute it is taken for right; see that NTP runs`
    return { code: 'clock-jumped', isDoubtful: true, says }
  }
  if (Math.abs(aheadMs) <= jumpMs) return undefined
  const side = aheadMs > 0 ? 'ahead of' : 'behind'
  const says = `the clock was set while calls were made: hours are judged by the right time, records of calls are ${spanOf(Math.abs(aheadMs))} ${side} it until ${aheadMs > 0 ? 'the daemon is started anew' : 'nobody is being called'}`
  return { code: 'clock-ahead', isDoubtful: false, says }
}

/** Minutes tell it: it must not change with every look. */
function spanOf(ms: number): string {
  return `${ms < 0 ? '-' : ''}${Math.round(Math.abs(ms) / minuteMs)} min`
}
