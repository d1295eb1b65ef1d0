import type { CallBackQuery, CallBackView, ClockView } from '../../api/agents/desk.ts'
import { ApiError } from '../../api/apiError.ts'
import { refusalSentences } from '../../api/sentences.ts'
import { iso, isoOf } from '../../api/views.ts'
import type { VerdictFacts, VerdictRules } from '../../core/compliance/facts.ts'
import { instantOf, offsetAt, type ZoneOffset } from '../../core/compliance/localTime.ts'
import { caseOf, type Refusal, refusalsOf, verdictRules } from '../../core/compliance/verdict.ts'
import { given } from '../../core/given.ts'
import type { CallId, CampaignId, InstantMs, LeadId } from '../../core/ids.ts'
import { dayMs, minuteMs } from '../../core/time.ts'
import type { RefusalReason } from '../../core/vocabulary.ts'
import { type AppContext, instantMs } from '../context.ts'
import { presentCall } from './presentCall.ts'

/** The lead of a talk, who is to be called back. */
export interface Talked {
  readonly callId: CallId
  readonly campaignId: CampaignId
  readonly leadId: LeadId
}

/** When, and whether the agent who promises it makes the call. */
export interface Promised {
  readonly at: InstantMs
  readonly own: boolean
}

/** Farther ahead nobody knows the clocks for sure, nor whom a list will hold. */
const aheadMaxMs = 365 * dayMs
/** So many times are looked at for one that is permitted. */
const looksMax = 40

/**
 * What a promise is refused for. What an operator can put right until then (a list that is too old, a caller identity), and what the
 * promise itself moves (the lead's own rest, our own fatigue), is no reason.
 */
const binding: ReadonlySet<RefusalReason> = new Set([
  ...(['invalid-number', 'number-retired', 'do-not-call', 'unknown-time-zone'] as const),
  ...(['consent-missing', 'consent-expired', 'consent-withdrawn'] as const),
  ...(['outside-own-hours', 'outside-calling-hours', 'attempts-exhausted', 'attempts-limit'] as const),
  ...(['rest-after-abandonment', 'rest-after-refusal', 'rest-after-conversation', 'rest-after-complaint'] as const),
])

/** No time that passes makes these permitted. */
const lasting: ReadonlySet<RefusalReason> = new Set([
  ...(['invalid-number', 'number-retired', 'do-not-call', 'unknown-time-zone', 'attempts-exhausted'] as const),
  ...(['consent-missing', 'consent-expired', 'consent-withdrawn'] as const),
])

/** Whether the person on the line may be called back then: by the law, the campaign and their own wishes. */
export async function askCallBack(context: AppContext, callId: string, query: CallBackQuery): Promise<CallBackView> {
  const { call } = await presentCall(context, callId)
  const { campaignId, leadId } = call
  if (leadId === undefined)
    throw new ApiError(422, 'callback-without-lead', `call ${callId} has no lead, so nobody can be called back`)
  const talked = { callId, campaignId, leadId }
  const at = await instantAsked(context, talked, query)
  const own = query.callbackOwn ?? false
  const { facts, refusal } = await lookAt(context, talked, { at, own })
  const clocks = facts.zones.map(zone => viewClock(zone, at))
  if (refusal === undefined) return { at: iso(at), permitted: true, clocks }
  const { reason, rule } = refusal.verdict
  const nextAt = isoOf(await nextPermitted(context, talked, { at, own }))
  return { at: iso(at), permitted: false, reason, says: refusalSentences[reason], ...given({ rule, nextAt }), clocks }
}

/** Lets nobody be promised what would not be kept. @throws ApiError 422 with the next time that is permitted */
export async function checkCallBack(context: AppContext, talked: Talked, promised: Promised): Promise<void> {
  if (context.gateway.campaign(talked.campaignId) === undefined) return
  const { refusal } = await lookAt(context, talked, promised)
  if (refusal === undefined) return
  const { reason, rule } = refusal.verdict
  const nextAt = await nextPermitted(context, talked, promised)
  const by = rule === undefined ? '' : ` (${rule})`
  const then = nextAt === undefined ? 'leave callbackAt out' : `permitted next at ${iso(nextAt)}`
  const message = `the person of call ${talked.callId} cannot be called back at ${iso(promised.at)}: the lead ${refusalSentences[reason]}${by}; ${then}`
  throw new ApiError(422, 'callback-not-permitted', message)
}

/** A clock as it is shown at an instant. */
export function viewClock(zone: ZoneOffset, at: InstantMs): ClockView {
  return { zone: zone.zone, offsetMinutes: offsetAt(zone, at) }
}

async function instantAsked(context: AppContext, talked: Talked, { at, local }: CallBackQuery): Promise<InstantMs> {
  const { gateway, store } = context
  const now = gateway.now()
  if ((at === undefined) === (local === undefined))
    throw new ApiError(422, 'invalid-request', 'say when: either at or local, and not both')
  const asked = at === undefined ? await instantAtPlace() : instantMs(at, 'at')
  if (asked <= now) throw new ApiError(422, 'callback-in-the-past', 'that time has passed: name a later one')
  if (asked - now <= aheadMaxMs) return asked
  throw new ApiError(
    422,
    'callback-too-far',
    'nobody can be promised a call more than a year ahead: name an earlier time',
  )

  async function instantAtPlace(): Promise<InstantMs> {
    const wall = Date.parse(`${local}:00Z`)
    const { zones } = await store.facts({ ...talked, now: wall })
    const [zone] = zones
    if (zone === undefined)
      throw new ApiError(422, 'unknown-time-zone', 'nobody knows what the clocks show at the person’s place: say at')
    const minute = Math.floor(wall / minuteMs)
    const day = Math.floor(wall / dayMs)
    return instantOf(zone, day, minute - day * (dayMs / minuteMs))
  }
}

/** The gate's own verdict for that time, as far as a promise can be held to it. */
async function lookAt(
  { gateway, store }: AppContext,
  talked: Talked,
  { at, own }: Promised,
): Promise<{ readonly facts: VerdictFacts; readonly refusal?: Refusal }> {
  const { callId, campaignId, leadId } = talked
  const settings = gateway.campaign(campaignId)?.settings
  if (settings === undefined) throw new ApiError(409, 'unknown-campaign', `the campaign ${campaignId} is no more`)
  const kept = await store.facts({ campaignId, leadId, now: at })
  // The talk that goes on costs its attempt when it has ended.
  const open = (await store.call(callId))?.end === undefined
  const facts: VerdictFacts = { ...kept, leadState: 'retry', dialableAt: 0, attempts: kept.attempts + Number(open) }
  const rules: VerdictRules = { ...verdictRules(settings, gateway.laws), agentReserved: own }
  const refusal = refusalsOf(caseOf(facts, rules, at)).find(({ verdict }) => binding.has(verdict.reason))
  return { facts, ...given({ refusal }) }
}

async function nextPermitted(
  context: AppContext,
  talked: Talked,
  { at, own }: Promised,
): Promise<InstantMs | undefined> {
  const latest = context.gateway.now() + aheadMaxMs
  let next = at
  for (let look = 0; look < looksMax && next <= latest; look += 1) {
    const { refusal } = await lookAt(context, talked, { at: next, own })
    if (refusal === undefined) return next
    const { reason, retryAt } = refusal.verdict
    if (lasting.has(reason) || retryAt === undefined || retryAt <= next) return undefined
    // People say minutes.
    next = Math.ceil(retryAt / minuteMs) * minuteMs
  }
  return undefined
}
