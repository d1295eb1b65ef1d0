import type { InstantMs, NodeId, PhoneNumber, TrunkId } from './ids.ts'

/** A way out, as configured. */
export interface TrunkSettings {
  readonly trunkId: TrunkId
  readonly nodeId: NodeId
  /** PBX endpoint, with `{number}` for the called number: `PJSIP/{number}@trunk-main`. */
  readonly dialString: string
  /** The carrier wants the number without its plus sign. */
  readonly stripPlus: boolean
  readonly channelsMax: number
  readonly callsPerSecondMax: number
}

/** A trunk's use. */
export interface Trunk {
  readonly settings: TrunkSettings
  channelsInUse: number
  /** Calls that may be originated now; refilled by time, see `originateAllowance`. */
  tokens: number
  refilledAt: InstantMs
  /** Lengths of the last answered calls, for the share of short ones; newest last. */
  readonly answeredCallsMs: number[]
}

/** Limits of an order that leaves for the PBX. */
export interface OriginateRoute {
  readonly trunkId: TrunkId
  readonly nodeId: NodeId
  /** Dial string with the number in it, ready for the PBX. */
  readonly endpoint: string
  readonly callerId: PhoneNumber
}
