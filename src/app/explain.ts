import { ApiError } from '../api/apiError.ts'
import type { CampaignExplainView } from '../api/campaigns.ts'
import type { ExplainedCheck, ExplainView } from '../api/leads.ts'
import {
  changedBySentences,
  dayCapSentence,
  decisionSentence,
  refusalSentences,
  trunkBreakerSentence,
  verdictSentence,
} from '../api/sentences.ts'
import { iso, isoOf, viewDayCap, viewDoNotCall, viewLead } from '../api/views.ts'
import { bestHour } from '../core/campaigns/answerOdds.ts'
import { agentModeOf } from '../core/campaigns/dialModes.ts'
import { attemptWindows } from '../core/compliance/checks.ts'
import { explainFatigue } from '../core/compliance/fatigue.ts'
import { unreadOf } from '../core/compliance/law.ts'
import { localTime } from '../core/compliance/localTime.ts'
import { caseOf, explainVerdict, verdictRules } from '../core/compliance/verdict.ts'
import type { ReachedCap } from '../core/dialing/dayUse.ts'
import { given } from '../core/given.ts'
import type { CampaignId } from '../core/ids.ts'
import type { PacingReason, RefusalReason } from '../core/vocabulary.ts'
import type { CampaignSnapshot, EngineGateway } from '../ports/engine.ts'
import type { LeadRecord } from '../ports/leads.ts'
import type { Waiter } from '../ports/waiter.ts'
import { findCampaign } from './campaigns.ts'
import type { AppContext } from './context.ts'
import { hundredths, viewFatiguePart } from './proposals.ts'

type ExplainedLead = ExplainView['leads'][number]

/** Every check that a dial of this number passes, with its answer now. */
export async function explainNumber(context: AppContext, written: string): Promise<ExplainView> {
  const { gateway, store } = context
  const number = context.readNumber(written)
  const leads = await store.leadsByNumber(number)
  const hits = await store.doNotCallHits(number)
  return {
    number,
    doNotCall: viewDoNotCall(number, await store.doNotCallEntry(number)),
    lists: hits.map(({ list, kind, version, place }) => ({ list, kind, version, ...given({ place }) })),
    inFlight: gateway.isInFlight(number),
    leads: await Promise.all(leads.map(lead => explainLead(context, lead))),
  }
}

async function explainLead({ gateway, store }: AppContext, lead: LeadRecord): Promise<ExplainedLead> {
  const { laws } = gateway
  const { campaignId, leadId } = lead
  const campaign = gateway.campaign(campaignId)
  const now = gateway.now()
  const nothing = {
    places: [],
    unread: [],
    localTimes: [],
    checks: [],
    windows: [],
    fatigue: { points: 0, limit: 0, parts: [] },
  }
  const shown = { lead: viewLead(lead), campaignState: campaign?.state ?? 'unknown', rulesVersion: laws.book.version }
  if (campaign === undefined) return { ...shown, dialable: false, ...nothing }
  const rules = verdictRules(campaign.settings, laws)
  const facts = await store.facts({ campaignId, leadId, columns: rules.filter !== undefined, now })
  const checks = explainVerdict(facts, rules, now)
  const { points, parts } = explainFatigue(facts.history, rules.fatigue, now)
  return {
    ...shown,
    unread: [...unreadOf(laws.book, facts.places)],
    dialable: mayDial(gateway, campaign) && checks.every(({ verdict }) => verdict.allowed),
    places: [...facts.places],
    localTimes: facts.zones.map(zone => ({ zone: zone.zone, time: clockText(localTime(zone, now).minuteOfDay) })),
    checks: [...checks.map(viewCheck), budgetCheck(gateway, campaignId)],
    windows: attemptWindows(caseOf(facts, rules, now)).map(({ ruleId: rule, count, max }) => ({ rule, count, max })),
    fatigue: { points: hundredths(points), limit: rules.fatigue.limit, parts: parts.map(viewFatiguePart) },
    ...given({ bestHour: bestHour(facts.history, facts.zones[0]?.offsetMinutes ?? 0) }),
  }
}

function viewCheck({ check, verdict }: ReturnType<typeof explainVerdict>[number]): ExplainedCheck {
  const says = verdictSentence(verdict)
  if (verdict.allowed) return { check, passed: true, says }
  const { reason, rule, retryAt } = verdict
  return { check, passed: false, says, reason, ...given({ rule, retryAt: isoOf(retryAt) }) }
}

const budgetReasons: ReadonlySet<PacingReason> = new Set([
  'abandonment-budget',
  'legal-stop',
  'trunk-limit',
  'trunk-failing',
  'calls-per-second-limit',
  'node-down',
  'store-unavailable',
  'clock-jumped',
  'restore-unconfirmed',
  'draining',
  'node-breaker',
])

/** The campaign's budgets are the pacing's: its last decision says whether one of them stood in the way. */
function budgetCheck(gateway: EngineGateway, campaignId: string): ExplainedCheck {
  const alarm = gateway.board().alarms.find(({ stopsDialing }) => stopsDialing)
  if (alarm !== undefined) return { check: 'budgets', passed: false, says: `no: nothing is dialed: ${alarm.says}` }
  const cap = dayCapOf(gateway, campaignId)
  if (cap !== undefined)
    return { check: 'budgets', passed: false, says: `no: ${dayCapSentence(cap)}`, retryAt: iso(cap.until) }
  const [last] = gateway.decisions(campaignId, 1)
  const bound = last !== undefined && budgetReasons.has(last.decision.reason)
  return { check: 'budgets', passed: !bound, says: bound ? `no: ${decisionSentence(last)}` : 'yes' }
}

function mayDial(gateway: EngineGateway, { state, settings }: CampaignSnapshot): boolean {
  if (gateway.draining() !== undefined || gateway.board().alarms.some(({ stopsDialing }) => stopsDialing)) return false
  return state === 'running' && dayCapOf(gateway, settings.campaignId) === undefined
}

function dayCapOf(gateway: EngineGateway, campaignId: string): ReachedCap | undefined {
  return gateway.board().campaigns.find(one => one.campaignId === campaignId)?.dayCap
}

/** `14:05` of a minute of the day. */
export function clockText(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}

/** A count of a campaign's leads, and all who wait for it. */
interface Counting {
  readonly campaignId: CampaignId
  readonly answer: Promise<CampaignExplainView>
  /** One more waits; resolves with the answer. Whoever goes is not waited with, and with the last the count stops. */
  join(waiter: Waiter): Promise<CampaignExplainView>
  isStopping(): boolean
}

/**
 * Explains campaigns, one at a time: a count takes a thread for as long as a minute. Who asks about the campaign that is being
 * counted gets the answer to that count. @throws ApiError 429 where another campaign is being counted
 */
export function createCampaignExplainer(context: AppContext): {
  explain(campaignId: string, waiter?: Waiter): Promise<CampaignExplainView>
} {
  let counting: Counting | undefined
  return {
    async explain(id, waiter = {}) {
      const { campaignId } = findCampaign(context, id).settings
      while (counting?.isStopping()) await counting.answer.catch(() => undefined)
      if (counting !== undefined && counting.campaignId !== campaignId)
        throw new ApiError(
          429,
          'count-under-way',
          `the leads of ${counting.campaignId} are being counted: ask again then`,
        )
      counting ??= startCounting(campaignId, counted =>
        explainCampaign(context, campaignId, counted).finally(() => {
          counting = undefined
        }),
      )
      return counting.join(waiter)
    },
  }
}

function startCounting(campaignId: CampaignId, count: (waiter: Waiter) => Promise<CampaignExplainView>): Counting {
  const stop = new AbortController()
  const waiters = new Set<Waiter>()
  const answer = count({
    signal: stop.signal,
    onProgress: progress => {
      for (const waiter of waiters) waiter.onProgress?.(progress)
    },
  })
  return {
    campaignId,
    answer,
    async join(waiter) {
      const leave = (): void => {
        waiters.delete(waiter)
        if (waiters.size === 0) stop.abort()
      }
      waiters.add(waiter)
      if (waiter.signal?.aborted) leave()
      waiter.signal?.addEventListener('abort', leave)
      try {
        return await answer
      } finally {
        waiter.signal?.removeEventListener('abort', leave)
      }
    },
    isStopping: () => stop.signal.aborted,
  }
}

async function explainCampaign(context: AppContext, id: string, waiter: Waiter): Promise<CampaignExplainView> {
  const { gateway, store } = context
  const { settings, places } = findCampaign(context, id)
  const now = gateway.now()
  const cap = dayCapOf(gateway, settings.campaignId)
  const { reasons, ...counts } = await store.census({ settings, book: gateway.laws.book, now }, waiter)
  return {
    campaignId: settings.campaignId,
    at: iso(now),
    ...counts,
    unread: [...unreadOf(gateway.laws.book, [...places])].sort(),
    ...given({ agentsDial: agentModeOf(settings.pacing), dayCap: cap && viewDayCap(cap) }),
    trunksFailing: trunksFailing(gateway, settings.trunkIds),
    reasons: reasons.map(({ firstAt, lastAt, ...reason }) => ({
      ...reason,
      says: sentenceOf(reason.reason),
      ...given({
        firstAt: isoOf(firstAt),
        lastAt: isoOf(lastAt),
        changedBy: reason.finished ? undefined : changedBySentences[reason.reason as RefusalReason],
      }),
    })),
  }
}

function trunksFailing(gateway: EngineGateway, trunkIds: readonly string[]): CampaignExplainView['trunksFailing'] {
  const { trunks } = gateway.board()
  return trunks
    .filter(({ trunkId, breaker }) => trunkIds.includes(trunkId) && breaker.state !== 'closed')
    .map(({ trunkId, breaker }) => ({ trunkId, says: trunkBreakerSentence(breaker) }))
}

/** Reasons are refusals' words, or why a lead is finished, which may be an older version's word. */
function sentenceOf(reason: string): string {
  return Object.hasOwn(refusalSentences, reason) ? refusalSentences[reason as RefusalReason] : reason
}
