import { type Static, Type } from 'typebox'

const pid = Type.Integer({ minimum: 1 })

/** The daemon that answers, and the one that is being started to take over from it. */
export const upgradeView = Type.Object({
  pid,
  version: Type.String(),
  /** Absent: none was started. `ended`: it has ended, and nothing was taken over; its last words are in the log. */
  next: Type.Optional(Type.Object({ pid, state: Type.Enum(['starting', 'ended']) })),
})
/** The daemon that answers, and the next, as answers show them. */
export type UpgradeView = Static<typeof upgradeView>

/** Starts the next daemon. */
export interface UpgradeControl {
  /**
   * Starts the program as it lies on the disk now, to take over from this process; resolves when it runs.
   * @throws OperatingError `not-started`: there is no such program any more
   */
  start(): Promise<void>
  /** This process is a container's first, or the only child of the first: the container ends with it, whoever else runs there. */
  readonly isFirst: boolean
  /** The one that was started last. */
  next(): UpgradeView['next']
}
