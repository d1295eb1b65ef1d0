import { type Static, Type } from 'typebox'
import { decisionSentence, verdictSentence } from '../../api/sentences.ts'
import { doNotCallView, errorView, instant, iso, leadView, viewDoNotCall, viewLead } from '../../api/views.ts'
import { bestHour } from '../../core/campaigns/answerOdds.ts'
import { attemptWindows } from '../../core/compliance/checks.ts'
import { explainFatigue } from '../../core/compliance/fatigue.ts'
import { localTime } from '../../core/compliance/localTime.ts'
import { caseOf, explainVerdict, verdictRules } from '../../core/compliance/verdict.ts'
import type { PacingReason } from '../../core/vocabulary.ts'
import type { EngineGateway } from '../../ports/engine.ts'
import type { LeadRecord } from '../../ports/leads.ts'
import type { Api, ApiContext } from '../context.ts'

const closed = { additionalProperties: false }
const failures = { '4xx': errorView, '5xx': errorView }
const text = Type.String()

const checkView = Type.Object({
  check: text,
  passed: Type.Boolean(),
  says: text,
  /** The line that decided. */
  rule: Type.Optional(text),
  retryAt: Type.Optional(instant),
})

/** Every check of a dial, for each lead with the number. */
export const explainView = Type.Object({
  number: text,
  doNotCall: doNotCallView,
  /** Every list that holds it. */
  lists: Type.Array(Type.Object({ list: text, kind: text, version: text, place: Type.Optional(text) })),
  inFlight: Type.Boolean(),
  leads: Type.Array(
    Type.Object({
      lead: leadView,
      campaignState: text,
      dialable: Type.Boolean(),
      /** Version of the rule book. */
      rulesVersion: text,
      places: Type.Array(text),
      localTimes: Type.Array(Type.Object({ zone: text, time: text })),
      checks: Type.Array(checkView),
      /** How full each window of attempts is. */
      windows: Type.Array(Type.Object({ rule: text, count: Type.Integer(), max: Type.Integer() })),
      fatigue: Type.Object({
        points: Type.Number(),
        limit: Type.Number(),
        parts: Type.Array(Type.Object({ what: text, times: Type.Integer(), points: Type.Number() })),
      }),
      /** Local hour 0..23 at which people at this number answered most. */
      bestHour: Type.Optional(Type.Integer()),
    }),
  ),
})

type ExplainedLead = Static<typeof explainView>['leads'][number]

/** Leads: explain. */
export function leadExplainRoute(app: Api, context: ApiContext): void {
  const { gateway, store } = context
  const query = Type.Object({ number: Type.String({ minLength: 1, maxLength: 50 }) }, closed)
  app.get(
    '/v1/leads/explain',
    {
      schema: {
        tags: ['leads'],
        description: 'Every check that a dial of this number passes, with its answer now.',
        querystring: query,
        response: { 200: explainView, ...failures },
      },
    },
    async request => {
      const number = context.readNumber(request.query.number)
      const leads = await store.leadsByNumber(number)
      const hits = await store.doNotCallHits(number)
      return {
        number,
        doNotCall: viewDoNotCall(number, await store.doNotCallEntry(number)),
        lists: hits.map(({ list, kind, version, place }) => ({ list, kind, version, ...(place && { place }) })),
        inFlight: gateway.state().numbersInFlight.has(number),
        leads: await Promise.all(leads.map(lead => explainLead(context, lead))),
      }
    },
  )
}

async function explainLead({ gateway, store }: ApiContext, lead: LeadRecord): Promise<ExplainedLead> {
  const { campaigns, laws } = gateway.state()
  const campaign = campaigns.get(lead.campaignId)
  const now = gateway.now()
  const nothing = { places: [], localTimes: [], checks: [], windows: [], fatigue: { points: 0, limit: 0, parts: [] } }
  const shown = { lead: viewLead(lead), campaignState: campaign?.state ?? 'unknown', rulesVersion: laws.book.version }
  if (campaign === undefined) return { ...shown, dialable: false, ...nothing }
  const rules = verdictRules(campaign.settings, laws)
  const query = { campaignId: lead.campaignId, leadId: lead.leadId, columns: rules.filter !== undefined, now }
  const facts = await store.facts(query)
  const checks = explainVerdict(facts, rules, now)
  const { points, parts } = explainFatigue(facts.history, rules.fatigue, now)
  const best = bestHour(facts.history, facts.zones[0]?.offsetMinutes ?? 0)
  return {
    ...shown,
    dialable: campaign.state === 'running' && checks.every(({ verdict }) => verdict.allowed),
    places: [...facts.places],
    localTimes: facts.zones.map(zone => ({ zone: zone.zone, time: clock(localTime(zone, now).minuteOfDay) })),
    checks: [...checks.map(viewCheck), budgetCheck(gateway, lead.campaignId)],
    windows: attemptWindows(caseOf(facts, rules, now)).map(({ ruleId: rule, count, max }) => ({ rule, count, max })),
    fatigue: { points: rounded(points), limit: rules.fatigue.limit, parts: parts.map(viewPart) },
    ...(best === undefined ? {} : { bestHour: best }),
  }
}

function viewCheck({ check, verdict }: ReturnType<typeof explainVerdict>[number]): Static<typeof checkView> {
  const says = verdictSentence(verdict)
  if (verdict.allowed) return { check, passed: true, says }
  const { rule, retryAt } = verdict
  return {
    ...{ check, passed: false, says },
    ...(rule === undefined ? {} : { rule }),
    ...(retryAt === undefined ? {} : { retryAt: iso(retryAt) }),
  }
}

const budgetReasons: ReadonlySet<PacingReason> = new Set([
  'abandonment-budget',
  'legal-stop',
  'trunk-limit',
  'calls-per-second-limit',
  'node-down',
])

/** The campaign's budgets are the pacing's: its last decision says whether one of them stood in the way. */
function budgetCheck(gateway: EngineGateway, campaignId: string): Static<typeof checkView> {
  const [last] = gateway.decisions(campaignId)
  const bound = last !== undefined && budgetReasons.has(last.decision.reason)
  return { check: 'budgets', passed: !bound, says: bound ? `no: ${decisionSentence(last)}` : 'yes' }
}

function viewPart({ what, times, points }: { readonly what: string; readonly times: number; readonly points: number }) {
  return { what, times, points: rounded(points) }
}

function rounded(points: number): number {
  return Math.round(points * 100) / 100
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}
