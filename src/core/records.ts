import { type CallId, isOwnCall, type NodeId } from './ids.ts'
import type { PbxInventory } from './inputs.ts'
import type { PbxNode } from './state.ts'
import type { Step } from './step.ts'

/**
 * A refusal on a PBX's record binds whoever dials, in whosever call it was said: of a daemon with another database that drove this
 * PBX before us, or of a call that our database knows nothing of (any more). Of a call of ours it has mostly been told in this step.
 */
export function heedRecords(step: Step, { heeded }: PbxNode, { unattended }: PbxInventory): void {
  const told = new Set(step.effects.flatMap(effect => (effect.kind === 'opt-out' ? [effect.callId] : [])))
  for (const { callId, optedOut, number } of unattended) {
    if (!optedOut || number === undefined || heeded.has(callId)) continue
    heeded.add(callId)
    if (!told.has(callId)) step.effects.push({ kind: 'opt-out', number, by: 'opt-out-key', callId, everybody: true })
  }
}

/**
 * What a PBX has told of calls of ours that have ended it need not tell again. Another database's daemon has not heard of its own
 * yet, and may come back at any time: its records are left to it. `known`: calls that were on our books when the inventory came.
 */
export function acknowledgeRecords(
  step: Step,
  { unattended, kept = [], unanswered = [] }: PbxInventory,
  { nodeId, known }: { readonly nodeId: NodeId; readonly known: ReadonlySet<CallId> },
): void {
  const { calls, callIds: source } = step.state
  const told = new Set([...unattended, ...kept, ...unanswered].map(({ callId }) => callId))
  const callIds = [...told].filter(callId => !calls.has(callId) && (known.has(callId) || isOwnCall(source, callId)))
  if (callIds.length > 0) step.effects.push({ kind: 'acknowledge-unattended', nodeId, callIds })
}
