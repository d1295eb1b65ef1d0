import type { InstantMs } from '../ids.ts'

/** Why a node's breaker is not closed. */
export type BreakerCause = 'pbx-slow' | 'manager-link-down' | 'pbx-took-over' | 'joins-failed' | 'legs-lost'

/** Whether calls are originated on a node. `until`: when an open one looks again; Infinity: as long as its cause lasts. */
export type NodeBreaker =
  | { readonly state: 'closed' }
  | {
      readonly state: 'open'
      readonly cause: BreakerCause
      readonly since: InstantMs
      readonly until: InstantMs
      readonly tries: number
    }
  | { readonly state: 'probing'; readonly cause: BreakerCause; readonly since: InstantMs; readonly tries: number }

/** What is known of a node's health, milliseconds and counts. */
export interface NodeHealth {
  /** The PBX takes at least so long to answer a request; 0: it is quick. */
  answerMs: number
  /** The manager interface is there: registrations and records. */
  managerUp: boolean
  /** Since somebody was joined. */
  troubles: number
  lastTroubleAt: InstantMs
}

/** The health of a node of which nothing bad is known. */
export function createNodeHealth(): NodeHealth {
  return { answerMs: 0, managerUp: true, troubles: 0, lastTroubleAt: Number.NEGATIVE_INFINITY }
}
