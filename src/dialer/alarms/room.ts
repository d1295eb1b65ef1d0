import type { Alarm, Condition, Findings } from '../../core/alarms/alarm.ts'
import {
  type AlarmBook,
  alarmKey,
  alarmsOf,
  type Brewing,
  emptyBook,
  type Followed,
  type Following,
  followAlarms,
} from '../../core/alarms/book.ts'
import { isOnIn, type Judging } from '../../core/alarms/conditions.ts'
import type { EngineEvent } from '../../core/effects.ts'
import { given } from '../../core/given.ts'
import { secondMs } from '../../core/time.ts'
import type { Log } from '../../log.ts'
import type { AlarmDesk, AlarmOptions } from '../../ports/alarms.ts'
import type { Clock } from '../../ports/clock.ts'
import { createOutbox, type Outbox } from './outbox.ts'

/** What the room stands on. */
export interface AlarmRoomParts {
  readonly clock: Clock
  readonly log: Pick<Log, 'debug' | 'info' | 'warn' | 'error'>
  /** Absent: only what stands in the way of every call is followed, and nothing is kept or sent. */
  readonly options?: AlarmOptions | undefined
  /** What stands in the way of every call. */
  obstacles(): readonly Condition[]
  /** What is the matter around the engine. */
  engine(judging: Judging): Findings
  notify(event: EngineEvent): void
}

/** The engine and what is watched beside it are looked at this often. */
const lookEveryMs = 2 * secondMs

/** All alarms of a daemon: raised once, ended once, shown, told, sent. */
export class AlarmRoom {
  readonly desk: AlarmDesk
  readonly #parts: AlarmRoomParts
  readonly #outbox: Outbox | undefined
  #book: AlarmBook = emptyBook
  #brewing: Brewing = new Map()
  #closed = false
  #cancelLook = (): void => {}

  constructor(parts: AlarmRoomParts) {
    const { clock, log, options } = parts
    this.#parts = parts
    this.#outbox =
      options?.post &&
      createOutbox({
        clock,
        log,
        post: options.post,
        first: () => this.#book.outbox[0],
        settle: ({ id }) => {
          this.#keep({ ...this.#book, outbox: this.#book.outbox.filter(notice => notice.id !== id) })
        },
        onChange: () => this.look(),
      })
    this.desk = createDesk({
      ...given({ options, outbox: this.#outbox }),
      clock,
      log,
      book: () => this.#book,
      change: next => {
        this.#keep(next)
        this.look()
      },
    })
  }

  /** Takes up what an earlier run has kept, and looks from now on. */
  start(): void {
    const { options } = this.#parts
    const kept = options?.keeper.load()
    // What has gone meanwhile rests once more: the first looks do not see everything yet.
    if (kept !== undefined) this.#book = { ...kept, alarms: kept.alarms.map(({ goneSince: _, ...alarm }) => alarm) }
    this.look()
    if (options !== undefined) this.#lookAgain()
  }

  /** Looks at once: what stands in the way of every call has changed. */
  look(): void {
    if (this.#closed) return
    const { clock, options } = this.#parts
    const holdsMs: Following['holdsMs'] = options && { 'no-agents': options.thresholds.noAgentsAfterMs }
    const following = { now: clock.now(), sends: this.#outbox !== undefined, ...given({ holdsMs }) }
    const followed = followAlarms({ book: this.#book, brewing: this.#brewing }, this.#findings(), following)
    this.#brewing = followed.brewing
    this.#book = followed.book
    if (followed.changed) this.#keep(followed.book)
    this.#tell(followed)
    if (followed.book.outbox.length > 0) this.#outbox?.deliver()
    if (options === undefined) this.#lookLater()
  }

  /** Looks no more: what a daemon that stops leaves behind is no news. What is kept stays. */
  close(): void {
    this.#closed = true
    this.#cancelLook()
    this.#outbox?.close()
  }

  #keep(next: AlarmBook): void {
    this.#book = next
    this.#parts.options?.keeper.save(next)
  }

  #findings(): Findings {
    const { options } = this.#parts
    const obstacles = this.#parts.obstacles()
    if (options === undefined) return { conditions: obstacles, unknown: [] }
    const judging = { thresholds: options.thresholds, isOn: isOnIn(this.#book.alarms) }
    const engine = this.#parts.engine(judging)
    const watched = options.watched(judging)
    const failing = this.#outbox?.isFailing() ? [webhookFails(this.#outbox, options)] : []
    return {
      conditions: [...obstacles, ...engine.conditions, ...watched.conditions, ...failing],
      unknown: [...engine.unknown, ...watched.unknown],
    }
  }

  /** Without a look of its own the room still sees through what begins and what rests. */
  #lookLater(): void {
    this.#cancelLook()
    const isResting = this.#book.alarms.some(({ goneSince }) => goneSince !== undefined)
    if (this.#brewing.size > 0 || isResting) this.#lookAgain()
  }

  #lookAgain(): void {
    const { clock, options } = this.#parts
    this.#cancelLook = clock.wakeAt(clock.now() + lookEveryMs, () => {
      this.look()
      if (options !== undefined && !this.#closed) this.#lookAgain()
    })
  }

  #tell({ raised, ended, dropped }: Followed): void {
    const { log, notify } = this.#parts
    for (const alarm of raised) {
      const grave = alarm.severity === 'critical' ? 'error' : 'warn'
      log[grave](logged(alarm), 'an alarm is raised')
      notify({ kind: 'alarm-raised', ...toldOf(alarm), todo: alarm.todo })
    }
    for (const alarm of ended) {
      log.info(logged(alarm), 'an alarm has ended')
      notify({ kind: 'alarm-ended', ...toldOf(alarm) })
    }
    if (dropped > 0) log.warn({ dropped }, 'alarms were dropped: too many wait for their receiver')
  }
}

function webhookFails(outbox: Outbox, { post }: AlarmOptions): Condition {
  return { code: 'webhook-failing', says: `${post?.receiver} does not take alarms: ${outbox.failure()}` }
}

function logged({ code, subject, says, since, silenced }: Alarm) {
  const until = silenced && new Date(silenced.until).toISOString()
  return { code, says, since: new Date(since).toISOString(), ...given({ subject, silencedUntil: until }) }
}

function toldOf({ code, what, subject, severity, says, since, silenced }: Alarm) {
  const campaignId = what === 'campaign' ? subject : undefined
  return { code, what, severity, says, since, silenced: silenced !== undefined, ...given({ subject, campaignId }) }
}

interface DeskParts {
  readonly clock: Clock
  readonly log: Pick<Log, 'info'>
  readonly options?: AlarmOptions
  readonly outbox?: Outbox
  book(): AlarmBook
  change(next: AlarmBook): void
}

function createDesk({ clock, log, options, outbox, book, change }: DeskParts): AlarmDesk {
  const post = options?.post
  return {
    overview() {
      const { silences, outbox: waiting } = book()
      const now = clock.now()
      const webhook = post && {
        receiver: post.receiver,
        waiting: waiting.length,
        ...given({ failure: outbox?.failure() }),
      }
      return {
        alarms: alarmsOf(book(), now),
        silences: silences.filter(({ until }) => until > now),
        ...given({ webhook }),
      }
    },
    silence(silence) {
      const { by, reason, until } = silence
      log.info({ code: silence.code, subject: silence.subject, by, reason, until }, 'an alarm is silenced')
      const others = book().silences.filter(one => alarmKey(one) !== alarmKey(silence))
      change({ ...book(), silences: [...others, silence] })
    },
    unsilence(silence) {
      const others = book().silences.filter(one => alarmKey(one) !== alarmKey(silence))
      if (others.length === book().silences.length) return false
      log.info({ code: silence.code, subject: silence.subject }, 'an alarm is not silenced any more')
      change({ ...book(), silences: others })
      return true
    },
    async test() {
      if (post === undefined) return { taken: false, again: false, reason: 'the configuration names no receiver' }
      const at = clock.now()
      return post.send({ kind: 'alarm-test', id: `alarm-test-${at}`, at })
    },
  }
}
