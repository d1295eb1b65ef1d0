import type { NodeId } from '../core/ids.ts'
import type { DurationCounts } from '../core/tally.ts'
import type { PbxLatency } from './telephony.ts'

/** What parts of a daemon beside engine and store have measured since it began. What is answered is a copy. */
export interface Measures {
  /** Of PBXs to which a wire leads. */
  readonly pbxs: () => readonly NodeLatency[]
  /** How late the event loop ran what was due. */
  readonly eventLoop: () => DurationCounts
}

/** How long one PBX took to answer. */
export interface NodeLatency extends PbxLatency {
  readonly nodeId: NodeId
}
