import type { NodeId } from '../core/ids.ts'
import type { TelephonyEvent } from '../core/inputs.ts'
import type { Log } from '../log.ts'
import type { Clock } from '../ports/clock.ts'
import type { AriOperations } from './ari/operations.ts'
import type { Timing } from './link/timing.ts'

/** What the parts of one node's adapter share. */
export interface NodeContext {
  readonly nodeId: NodeId
  readonly clock: Clock
  readonly log: Log
  readonly timing: Timing
  /** The sound that an agent hears when a call arrives, as an ARI media URI; empty: none. */
  readonly beep: string
  /** The operations while the link is up; throws `unreachable` while it is not. */
  ari(): AriOperations
  emit(event: TelephonyEvent): void
}
