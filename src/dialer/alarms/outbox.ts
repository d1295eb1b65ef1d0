import type { Notice } from '../../core/alarms/book.ts'
import { hourMs, minuteMs, secondMs } from '../../core/time.ts'
import type { Log } from '../../log.ts'
import type { AlarmPost, PostOutcome } from '../../ports/alarms.ts'
import type { Clock } from '../../ports/clock.ts'

/** Waits before the second, third ... try; after the last a notice is given up. */
const retryDelaysMs = [
  secondMs,
  5 * secondMs,
  30 * secondMs,
  2 * minuteMs,
  10 * minuteMs,
  30 * minuteMs,
  hourMs,
  2 * hourMs,
  4 * hourMs,
]
/** So many tries in a row that fail are worth an alarm: a receiver may be started anew. */
const failuresMax = 3

/** Brings notices to the receiver, one after the other, in their order: an end never overtakes its beginning. */
export interface Outbox {
  /** There may be notices: begins with the first of them unless it is at it. Returns at once. */
  deliver(): void
  /** Why the receiver did not take the last notice; absent: it did. */
  failure(): string | undefined
  /** The receiver has failed so often, or so clearly, that people must know. */
  isFailing(): boolean
  close(): void
}

interface OutboxParts {
  readonly clock: Clock
  readonly log: Pick<Log, 'warn' | 'debug' | 'info'>
  readonly post: AlarmPost
  /** The oldest notice that has not been taken. */
  first(): Notice | undefined
  /** The notice has been taken, or will not be: it is to be forgotten. */
  settle(notice: Notice): void
  /** Whether the receiver fails has changed. */
  onChange(): void
}

/** Makes the outbox of a receiver. */
export function createOutbox(parts: OutboxParts): Outbox {
  const { clock, log, post, first, settle } = parts
  let busy = false
  let closed = false
  let failures = 0
  let failing = false
  let failure: string | undefined
  let tries = 0
  let cancelWait = (): void => {}

  function learn(outcome: PostOutcome, givenUp: boolean): void {
    failures = outcome.taken ? 0 : failures + 1
    failure = outcome.taken ? undefined : outcome.reason
    const fails = !outcome.taken && (failing || givenUp || failures >= failuresMax)
    if (fails === failing) return
    failing = fails
    if (!fails) log.info({ receiver: post.receiver }, 'the receiver of alarms takes them again')
    parts.onChange()
  }

  function next(): void {
    const notice = first()
    if (closed || busy || notice === undefined) return
    busy = true
    tries += 1
    void post.send(notice).then(outcome => {
      busy = false
      if (!closed) answered(notice, outcome)
    })
  }

  function answered(notice: Notice, outcome: PostOutcome): void {
    const delayMs = outcome.taken || !outcome.again ? undefined : retryDelaysMs[tries - 1]
    const givenUp = !outcome.taken && delayMs === undefined
    if (!outcome.taken) tell(notice, { reason: outcome.reason, delayMs })
    // First: what is settled may be the last, and whoever looks then sees how the receiver does.
    learn(outcome, givenUp)
    if (delayMs !== undefined) {
      cancelWait = clock.wakeAt(clock.now() + delayMs, next)
      return
    }
    tries = 0
    settle(notice)
    next()
  }

  function tell({ kind, alarm }: Notice, { reason, delayMs }: { reason: string; delayMs: number | undefined }): void {
    const fields = { kind, code: alarm.code, subject: alarm.subject, receiver: post.receiver, tries, reason }
    if (delayMs === undefined) log.warn(fields, 'an alarm was not taken by its receiver and is given up')
    else log.warn({ ...fields, againInMs: delayMs }, 'an alarm was not taken by its receiver: it is sent again')
  }

  return {
    deliver() {
      // One that waits for its next try is not hurried by others.
      if (tries === 0) next()
    },
    failure: () => failure,
    isFailing: () => failing,
    close() {
      closed = true
      cancelWait()
      post.close()
    },
  }
}
