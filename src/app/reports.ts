import { ApiError } from '../api/apiError.ts'
import {
  type AbandonedCallsQuery,
  type AbandonedCallsView,
  type AbandonedCallView,
  type AbandonmentQuery,
  type AbandonmentReportView,
  type AbandonmentRowView,
  abandonedCallView,
} from '../api/reports.ts'
import { iso, isoOf } from '../api/views.ts'
import type { ReportFigures, ReportRow } from '../core/compliance/abandonmentReport.ts'
import { given } from '../core/given.ts'
import { dayMs } from '../core/time.ts'
import { maskNumber } from '../log.ts'
import type { AbandonedCall, AbandonmentStore } from '../ports/abandonment.ts'
import { type ReportQuestion, reportRows } from './abandonmentReport.ts'
import { unknownCall } from './calls.ts'
import { type AppContext, instantMs } from './context.ts'
import { csvLine } from './csv.ts'
import { hundredths } from './proposals.ts'

/** Hours this far before the time asked for: the longest window of a law, and the period before it. */
const hoursBeforeMs = 62 * dayMs
/** Rows that an export reads at once. */
const evidencePage = 500

type Written = Pick<AbandonmentQuery, 'seller' | 'purpose' | 'campaignId' | 'since' | 'until'>

/** The regulator's table: by law, window, owner and campaign, as detected, as corrected, with the estimate. */
export async function reportAbandonment(context: AppContext, query: AbandonmentQuery): Promise<AbandonmentReportView> {
  const { gateway, store } = context
  await refuseUnknownCampaign(context, query)
  const question = { ...questionOf(query, gateway.now()), ...given({ law: query.law }) }
  const hoursSince = (question.since ?? question.until) - hoursBeforeMs
  const spans = await store.abandonmentSpans({ ...storeQuery(query), hoursSince })
  const { laws } = gateway
  const rows = reportRows({ campaigns: gateway.campaigns(), laws }, spans, question).map(viewRow)
  return { at: iso(question.until), rules: laws.book.version, rows }
}

/** A page of the calls behind the table, in the order of their answers. Numbers are masked unless asked for. */
export async function listAbandonedCalls(context: AppContext, query: AbandonedCallsQuery): Promise<AbandonedCallsView> {
  const { store } = context
  const { limit = 100, after, numbers = false } = query
  await refuseUnknownCampaign(context, query)
  const asked = evidenceQuery(context, query)
  if (after !== undefined && (await store.call(after)) === undefined) throw unknownCall(after)
  const found = await store.abandonedCalls({ ...asked, limit, ...given({ after }) })
  const calls = found.map(call => viewCall(call, numbers))
  const next = calls.length === limit ? calls.at(-1)?.callId : undefined
  return { calls, ...given({ next }) }
}

/** All of those calls, as lines of CSV. */
export async function exportAbandonedCalls(
  context: AppContext,
  query: AbandonedCallsQuery,
): Promise<AsyncIterable<string>> {
  await refuseUnknownCampaign(context, query)
  return evidenceCsv(context.store, evidenceQuery(context, query), query.numbers ?? false)
}

/** A name that is mistyped must not read as a campaign without abandoned calls; one that is gone has its calls still. */
async function refuseUnknownCampaign({ gateway, store }: AppContext, { campaignId: asked }: Written): Promise<void> {
  if (asked === undefined) return
  const names = gateway.campaigns().map(({ settings }) => settings.campaignId)
  if (names.includes(asked)) return
  const spans = await store.abandonmentSpans({ campaignId: asked, hoursSince: 0 })
  if (spans.some(({ campaignId }) => campaignId === asked)) return
  const there = names.length === 0 ? 'there is none' : `there is ${names.join(', ')}`
  throw new ApiError(404, 'unknown-campaign', `there is no campaign ${asked}: ${there}`)
}

function evidenceQuery({ gateway }: AppContext, query: Written) {
  const { since, until } = questionOf(query, gateway.now())
  return { ...storeQuery(query), until, ...given({ since }) }
}

function storeQuery({ seller, purpose, campaignId }: Written) {
  return given({ sellerId: seller, purpose, campaignId })
}

function questionOf({ since, until, seller, purpose, campaignId: campaign }: Written, now: number): ReportQuestion {
  const from = since === undefined ? undefined : instantMs(since, 'since')
  // What is answered in this very millisecond is inside.
  const to = until === undefined ? now + 1 : instantMs(until, 'until')
  if (from !== undefined && from >= to) throw new ApiError(422, 'invalid-request', 'since must be before until')
  return { until: to, ...given({ seller, purpose, campaign, since: from }) }
}

function viewRow({ counts, sellerId, purpose, campaignId, from, until, ...row }: ReportRow): AbandonmentRowView {
  const { answered: _, ...others } = counts
  return {
    law: row.law,
    window: row.window,
    ...given({ source: row.source }),
    seller: sellerId,
    purpose,
    ...given({ campaignId, campaign: campaignId }),
    from: iso(from),
    until: iso(until),
    rateMax: row.rateMax,
    margin: row.margin,
    detected: { ...row.detected },
    corrected: { ...row.corrected },
    estimated: rounded(row.estimated),
    ...others,
  }
}

/** An estimate to the hundredth of a person. */
function rounded({ answered, abandoned, rate }: ReportFigures): AbandonmentRowView['estimated'] {
  return { answered: hundredths(answered), abandoned: hundredths(abandoned), ...given({ rate }) }
}

function viewCall(call: AbandonedCall, numbers: boolean): AbandonedCallView {
  const { callId, number, disposition, detail, originatedAt, ringingAt, answeredAt, messageAt, endedAt } = call
  const byPbx = detail === 'pbx-took-over' || detail === 'application-gone'
  return {
    callId,
    campaignId: call.campaignId,
    campaign: call.campaignId,
    seller: call.sellerId,
    purpose: call.purpose,
    number: numbers ? number : maskNumber(number),
    disposition,
    ...given({ why: detail }),
    originatedAt: iso(originatedAt),
    ...given({ ringingAt: isoOf(ringingAt) }),
    answeredAt: iso(answeredAt),
    ...(messageAt !== undefined && { messageAt: iso(messageAt), messageAfterMs: messageAt - answeredAt }),
    message: byPbx ? 'by-pbx' : messageAt === undefined ? 'none' : 'ordered',
    endedAt: iso(endedAt),
  }
}

/** The regulator's table as lines of CSV. */
export function tableCsv(rows: readonly AbandonmentRowView[]): readonly string[] {
  const figures = (name: string) => [`${name}Answered`, `${name}Abandoned`, `${name}Rate`]
  const counts = ['codedMachine', 'machines', 'abandoned', 'hungUpWaiting', 'messages'] as const
  const timed = ['messagesInTime', 'messagesUntimed'] as const
  const header = [
    ...['law', 'window', 'source', 'seller', 'purpose', 'campaign', 'from', 'until', 'rateMax', 'margin'],
    ...[...figures('detected'), ...figures('corrected'), ...figures('estimated'), ...counts, ...timed],
  ]
  const three = ({ answered, abandoned, rate }: ReportFigures) => [answered, abandoned, rate]
  const lines = rows.map(row => [
    ...[row.law, row.window, row.source, row.seller, row.purpose, row.campaignId, row.from, row.until],
    ...[row.rateMax, row.margin, ...three(row.detected), ...three(row.corrected), ...three(row.estimated)],
    ...[...counts, ...timed].map(name => row[name]),
  ])
  return [header, ...lines].map(csvLine)
}

async function* evidenceCsv(
  store: AbandonmentStore,
  query: Omit<Parameters<AbandonmentStore['abandonedCalls']>[0], 'limit' | 'after'>,
  numbers: boolean,
): AsyncIterable<string> {
  const names = Object.keys(abandonedCallView.properties) as (keyof AbandonedCallView)[]
  // The columns have the older of two names.
  const columns = names.filter(name => name !== 'campaignId')
  yield csvLine(columns)
  let after: string | undefined
  for (;;) {
    const calls = await store.abandonedCalls({ ...query, limit: evidencePage, ...given({ after }) })
    yield* calls.map(call => viewCall(call, numbers)).map(view => csvLine(columns.map(column => view[column])))
    after = calls.at(-1)?.callId
    if (calls.length < evidencePage || after === undefined) return
  }
}
