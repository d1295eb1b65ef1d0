import { type Static, Type } from 'typebox'
import { durationSchema } from '../../config/campaignFile.ts'
import { given } from '../../core/given.ts'
import type { DrainEnd, DrainSnapshot } from '../../ports/engine.ts'

// Beneath the views of the board, which shows a drain too.
const closed = { additionalProperties: false }
const count = Type.Integer({ minimum: 0 })
const instant = Type.String({ format: 'date-time' })
const finish = Type.Enum(['end', 'stay', 'hand-over'])

/** How dialing is to end. */
export const drainBody = Type.Object(
  {
    /** When nothing is left to wait for; absent: the daemon ends. */
    finish: Type.Optional(finish),
    /** After so long what still goes on is cut off; absent: nobody is. Of a hand-over: so long phones that ring and wrap-ups are waited for. */
    deadline: Type.Optional(durationSchema),
    /** Answers when the drain has ended, and not at once. */
    wait: Type.Optional(Type.Boolean()),
    /** Of a hand-over that is waited for: whoever asks is the next daemon and goes on at once. When they have gone, it is cancelled. */
    nextIsReady: Type.Optional(Type.Boolean()),
  },
  closed,
)
/** What a drain is asked for with. */
export type DrainBody = Static<typeof drainBody>

/** A drain under way, as answers show it. */
export const drainView = Type.Object({
  state: Type.Enum(['draining', 'drained']),
  finish,
  since: instant,
  /** Absent: it takes the time that it takes. */
  deadlineAt: Type.Optional(instant),
  /** Calls that there are, conversations among them. */
  calls: count,
  talks: count,
  /** Agents who write up. */
  wrapUps: count,
  /** People who were cut off at the deadline. */
  cut: count,
})
/** A drain under way as answers show it. */
export type DrainView = Static<typeof drainView>

/** Shows a drain under way. */
export function viewDrain({ since, deadlineAt, ...rest }: DrainSnapshot): DrainView {
  return {
    ...rest,
    since: timeOf(since),
    ...given({ deadlineAt: deadlineAt === undefined ? undefined : timeOf(deadlineAt) }),
  }
}

function timeOf(at: number): string {
  return new Date(at).toISOString()
}

/** Whether there is a drain. */
export const drainShowView = Type.Object({ drain: Type.Optional(drainView) })

/** How a drain has ended. */
export const drainEndView = Type.Object({
  /** `stopped`: the daemon was told to end meanwhile; `none`: there was no drain. */
  how: Type.Enum(['drained', 'cancelled', 'stopped', 'none']),
  finish: Type.Optional(finish),
  cut: count,
  /** Calls that were there then; conversations among them. */
  left: count,
  talks: count,
})
/** How a drain has ended, as answers show it. */
export type DrainEndView = Static<typeof drainEndView>

/** Shows how a drain has ended. */
export function viewDrainEnd(end: DrainEnd): DrainEndView {
  const { how, cut, left, talks } = end
  return { how, cut, left, talks, ...given({ finish: end.finish }) }
}

/** A drain that was begun, or with `wait` how it has ended. */
export const drainBegunView = Type.Object({ drain: Type.Optional(drainView), end: Type.Optional(drainEndView) })
/** A drain that was begun, or how it has ended, as answers show it. */
export type DrainBegunView = Static<typeof drainBegunView>
