import { talkingSince } from '../dialing/dayUse.ts'
import type { TrunkId } from '../ids.ts'
import type { Step } from '../step.ts'
import type { Call } from './call.ts'
import { hangUp } from './hangUp.ts'

/** A call that cannot be ended at this moment is looked at again after this time. */
const againMs = 1_000
/** How much later the PBX ends a call by itself, should we not be there to do it. */
const secondNetMs = 5_000

/** A call of a trunk has been answered: its time runs. */
export function limitCall({ state }: Step, call: Call): void {
  const trunk = state.trunks.get(call.trunkId)
  const since = talkingSince(call)
  if (trunk?.settings.maxCallMs === undefined || since === undefined) return
  const at = since + trunk.settings.maxCallMs
  // One deadline a trunk, not one a call: most calls have ended long before.
  if (trunk.longestCallAt !== undefined && trunk.longestCallAt <= at) return
  trunk.longestCallAt = at
  state.deadlines.push({ kind: 'trunk', trunkId: call.trunkId, at })
}

/** Ends the calls of a trunk that have lasted as long as one may there, and says when to look again. */
export function endLongCalls(step: Step, trunkId: TrunkId): void {
  const { state, now } = step
  const trunk = state.trunks.get(trunkId)
  if (trunk?.settings.maxCallMs === undefined || (trunk.longestCallAt ?? now) > now) return
  let nextAt = Number.POSITIVE_INFINITY
  for (const call of state.calls.values()) {
    const since = call.trunkId === trunkId && !isEnding(call) ? talkingSince(call) : undefined
    if (since === undefined) continue
    const at = since + trunk.settings.maxCallMs
    if (at <= now && mayEnd(call)) {
      call.endingAs = 'longest-call'
      hangUp(step, call)
    } else nextAt = Math.min(nextAt, Math.max(at, now + againMs))
  }
  trunk.longestCallAt = undefined
  if (!Number.isFinite(nextAt)) return
  trunk.longestCallAt = nextAt
  state.deadlines.push({ kind: 'trunk', trunkId, at: nextAt })
}

/** How long the PBX may let a call go on that is joined now: a little longer than we do. */
export function longestTalkMs({ state, now }: Step, call: Call, campaignMs: number): number {
  const trunkMs = state.trunks.get(call.trunkId)?.settings.maxCallMs
  if (trunkMs === undefined) return campaignMs
  const leftMs = (talkingSince(call) ?? now) + trunkMs - now
  return Math.min(campaignMs, Math.max(0, leftMs) + secondNetMs)
}

function isEnding({ endingAs }: Call): boolean {
  return endingAs === 'longest-call'
}

/** Whoever waits for an agent that pacing owes them, or hears the message, is at the end of it soon: that is never cut off. */
function mayEnd({ origin, phase }: Call): boolean {
  return origin !== 'campaign' || (phase.state === 'connected' && phase.connectedAt !== undefined)
}
