import type { CallId, InstantMs } from './ids.ts'
import type { InventoryCall, KeptCall, PbxInventory, UnansweredCall, UnattendedCall } from './inputs.ts'

/** What a PBX tells of all its calls. */
export interface Seen {
  readonly listed: ReadonlyMap<CallId, InventoryCall>
  readonly unattended: ReadonlyMap<CallId, UnattendedCall>
  readonly kept: ReadonlyMap<CallId, KeptCall>
  readonly unanswered: ReadonlyMap<CallId, UnansweredCall>
  readonly startedAt: InstantMs | undefined
}

/** The inventory by call. */
export function createSeen({ calls, unattended, kept = [], unanswered = [], startedAt }: PbxInventory): Seen {
  const listed = byCall(calls)
  return { listed, unattended: byCall(unattended), kept: byCall(kept), unanswered: byCall(unanswered), startedAt }
}

function byCall<Told extends { readonly callId: CallId }>(told: readonly Told[]): ReadonlyMap<CallId, Told> {
  return new Map(told.map(one => [one.callId, one]))
}

/** All that a PBX tells of one call. */
export interface Told {
  readonly listed: InventoryCall | undefined
  readonly unattended: UnattendedCall | undefined
  readonly kept: KeptCall | undefined
  readonly unanswered: UnansweredCall | undefined
  /** When the PBX was started: a call from before has died with it. */
  readonly pbxStartedAt: InstantMs | undefined
}

/** What of it is told of one call. */
export function toldOf(seen: Seen, callId: CallId): Told {
  const { startedAt } = seen
  return {
    listed: seen.listed.get(callId),
    unattended: seen.unattended.get(callId),
    kept: seen.kept.get(callId),
    unanswered: seen.unanswered.get(callId),
    pbxStartedAt: startedAt,
  }
}
