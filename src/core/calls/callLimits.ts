import type { Rule } from '../compliance/rules.ts'
import { departureMaxMs } from '../compliance/verdict.ts'
import type { InstantMs } from '../ids.ts'
import type { Campaign } from '../state.ts'
import type { Call } from './call.ts'

/** A ring is never shorter, counted from the 180 (47 CFR 64.1200(a)(6), Ofcom 2016-12-20). */
export const minRingMs = 15_000
/** Agent or message is audible this long after the decision. */
const audibleAfterMs = 300
/** Nobody is left in silence for longer than 3 s from the answer, whatever a rule says: the PBX's own timers lie behind it. */
const withinMaxMs = 3_000
/** The PBX plays the message by itself where we have not decided: this long after the moment at which we should have. */
const takeOverBehindMs = 100

/** What a call's limits come from. */
type Limited = Pick<Call, 'lead' | 'originatedAt'>
type Limiting = { readonly settings: Pick<Campaign['settings'], 'ringTimeoutMs' | 'setupTimeoutMs' | 'waitMaxMs'> }

/** How long an answered person may wait before the engine decides: by the strictest law that holds; `undefined`: none speaks. */
export function waitByLaw(rules: readonly Pick<Rule<'connect'>, 'withinMs'>[]): number | undefined {
  if (rules.length === 0) return undefined
  return Math.max(0, Math.min(withinMaxMs, ...rules.map(({ withinMs }) => withinMs)) - audibleAfterMs)
}

/** How long the person of a call may wait for an agent. */
export function waitMaxOf({ lead }: Pick<Call, 'lead'>, { settings }: Limiting): number {
  return lead?.waitMaxMs ?? settings.waitMaxMs
}

/** When the PBX plays the message by itself, counted from the answer. */
export function takeOverAfter(call: Pick<Call, 'lead'>, campaign: Limiting): number {
  return waitMaxOf(call, campaign) + takeOverBehindMs
}

/** From the originate until nobody waits any more for a phone to ring: set-up and ring timeout. */
export function setupAndRingMs({ lead }: Pick<Call, 'lead'>, { settings }: Limiting): number {
  return settings.setupTimeoutMs + Math.max(settings.ringTimeoutMs, lead?.ringMinMs ?? 0)
}

/** The shortest ring of a call, by what holds everywhere and at its person's place. */
export function shortestRingMs({ lead }: Pick<Call, 'lead'>): number {
  return Math.max(minRingMs, lead?.ringMinMs ?? 0)
}

/** By then a call is answered or given up: that much before closing time it must be made. */
function lastAnswerAt(call: Limited, campaign: Limiting): InstantMs {
  return call.originatedAt + departureMaxMs + setupAndRingMs(call, campaign)
}

/** When a call that has not begun to ring is given up: later there is no time for the shortest ring. */
export function noRingAt(call: Limited, campaign: Limiting): InstantMs {
  return lastAnswerAt(call, campaign) - shortestRingMs(call)
}

/**
 * When a call that rings since an instant has rung long enough. A ring that began late ends with the time that was meant for set-up and
 * ring together, so that nobody answers after the hours, but never before it has had its shortest time.
 */
export function ringEndsAt(call: Limited, campaign: Limiting, ringingAt: InstantMs): InstantMs {
  const { ringMinMs = 0, ringMaxMs = Number.POSITIVE_INFINITY } = call.lead ?? {}
  const ringMs = Math.max(ringMinMs, Math.min(campaign.settings.ringTimeoutMs, ringMaxMs))
  const lateMs = Math.min(ringMs, lastAnswerAt(call, campaign) - ringingAt)
  return ringingAt + Math.max(Math.min(ringMs, shortestRingMs(call)), lateMs)
}
