import { Readable } from 'node:stream'
import { type Static, Type } from 'typebox'
import { errorView, instant, iso } from '../../api/views.ts'
import { idSchema } from '../../config/campaignFile.ts'
import type { ReportFigures, ReportRow } from '../../core/compliance/abandonmentReport.ts'
import { purposes } from '../../core/compliance/rules.ts'
import { maskNumber } from '../../log.ts'
import type { AbandonedCall, AbandonmentStore } from '../../ports/abandonment.ts'
import { type ReportQuestion, reportRows } from '../abandonmentReport.ts'
import { ApiError } from '../apiError.ts'
import type { Api, ApiContext } from '../context.ts'
import { csvLine } from '../csv.ts'
import { instantMs, unknownCall } from './calls.ts'

const closed = { additionalProperties: false }
const failures = { '4xx': errorView, '5xx': errorView }
const text = Type.String()
const count = Type.Integer({ minimum: 0 })
/** Hours this far before the time asked for: the longest window of a law, and the period before it. */
const hoursBeforeMs = 62 * 86_400_000
const evidenceMax = 1_000
/** Rows that an export reads at once. */
const evidencePage = 500

const figuresView = Type.Object({
  answered: Type.Number(),
  abandoned: Type.Number(),
  rate: Type.Optional(Type.Number()),
})

/** One line of the regulator's table. */
export const abandonmentRowView = Type.Object({
  law: text,
  window: text,
  source: Type.Optional(text),
  seller: text,
  purpose: text,
  campaign: Type.Optional(text),
  from: instant,
  until: instant,
  rateMax: Type.Number(),
  margin: Type.Integer(),
  detected: figuresView,
  corrected: figuresView,
  estimated: figuresView,
  codedMachine: count,
  machines: count,
  abandoned: count,
  hungUpWaiting: count,
  messages: count,
  messagesInTime: count,
  messagesUntimed: count,
})
/** See {@link abandonmentRowView}. */
export type AbandonmentRowView = Static<typeof abandonmentRowView>

/** The table. */
export const abandonmentReportView = Type.Object({
  at: instant,
  rules: text,
  rows: Type.Array(abandonmentRowView),
})

/** One abandoned call: the evidence. */
export const abandonedCallView = Type.Object({
  callId: text,
  campaign: text,
  seller: text,
  purpose: text,
  number: text,
  disposition: Type.Enum(['abandoned', 'hung-up-waiting']),
  why: Type.Optional(text),
  originatedAt: instant,
  ringingAt: Type.Optional(instant),
  answeredAt: instant,
  messageAt: Type.Optional(instant),
  messageAfterMs: Type.Optional(Type.Integer()),
  message: Type.Enum(['ordered', 'by-pbx', 'none']),
  endedAt: instant,
})
/** See {@link abandonedCallView}. */
export type AbandonedCallView = Static<typeof abandonedCallView>

/** A page of evidence. */
export const abandonedCallsView = Type.Object({ calls: Type.Array(abandonedCallView), next: Type.Optional(text) })

const ofWhom = {
  seller: Type.Optional(idSchema),
  purpose: Type.Optional(Type.Enum([...purposes])),
  campaign: Type.Optional(idSchema),
  since: Type.Optional(instant),
  until: Type.Optional(instant),
  format: Type.Optional(Type.Enum(['json', 'csv'])),
}

interface Written {
  readonly seller?: string
  readonly purpose?: (typeof purposes)[number]
  readonly campaign?: string
  readonly since?: string
  readonly until?: string
}

/** The regulator's table of abandonment, and the calls behind it. */
export function reportRoutes(app: Api, context: ApiContext): void {
  const { gateway, store } = context

  const tableQuery = Type.Object(
    { ...ofWhom, law: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })) },
    closed,
  )
  app.get(
    '/v1/reports/abandonment',
    {
      schema: {
        tags: ['reports'],
        description: 'Abandonment by law, window, owner and campaign: as detected, as corrected, with the estimate.',
        querystring: tableQuery,
        response: { 200: abandonmentReportView, ...failures },
      },
    },
    async (request, reply) => {
      const { law, format } = request.query
      const question = { ...questionOf(request.query, gateway.now()), ...(law === undefined ? {} : { law }) }
      const hoursSince = (question.since ?? question.until) - hoursBeforeMs
      const spans = await store.abandonmentSpans({ ...storeQuery(request.query), hoursSince })
      const rows = reportRows(gateway.state(), spans, question).map(viewRow)
      if (format === 'csv') return sendCsv(reply, tableCsv(rows))
      return { at: iso(question.until), rules: gateway.state().laws.book.version, rows }
    },
  )

  const evidenceQuery = Type.Object(
    {
      ...ofWhom,
      numbers: Type.Optional(Type.Boolean()),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: evidenceMax })),
      after: Type.Optional(Type.String({ minLength: 1, maxLength: 50 })),
    },
    closed,
  )
  app.get(
    '/v1/reports/abandonment/calls',
    {
      schema: {
        tags: ['reports'],
        description:
          'The abandoned calls, in the order of their answers; as CSV all of them. Numbers are masked unless asked for.',
        querystring: evidenceQuery,
        response: { 200: abandonedCallsView, ...failures },
      },
    },
    async (request, reply) => {
      const { limit = 100, after, numbers = false, format } = request.query
      const { since, until } = questionOf(request.query, gateway.now())
      const when = { ...(since === undefined ? {} : { since }), until }
      const query = { ...storeQuery(request.query), ...when }
      if (format === 'csv') return sendCsv(reply, evidenceCsv(store, query, numbers))
      if (after !== undefined && (await store.call(after)) === undefined) throw unknownCall(after)
      const page = { limit, ...(after === undefined ? {} : { after }) }
      const calls = (await store.abandonedCalls({ ...query, ...page })).map(call => viewCall(call, numbers))
      const last = calls.at(-1)
      return { calls, ...(calls.length === limit && last !== undefined ? { next: last.callId } : {}) }
    },
  )
}

function storeQuery({ seller, purpose, campaign }: Written) {
  return {
    ...(seller === undefined ? {} : { sellerId: seller }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(campaign === undefined ? {} : { campaignId: campaign }),
  }
}

function questionOf({ since, until, ...of }: Written, now: number): ReportQuestion {
  const { seller, purpose, campaign } = of
  const from = since === undefined ? undefined : instantMs(since, 'since')
  // What is answered in this very millisecond is inside.
  const to = until === undefined ? now + 1 : instantMs(until, 'until')
  if (from !== undefined && from >= to) throw new ApiError(422, 'invalid-request', 'since must be before until')
  return {
    ...(seller === undefined ? {} : { seller }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(campaign === undefined ? {} : { campaign }),
    ...(from === undefined ? {} : { since: from }),
    until: to,
  }
}

interface CsvReply {
  type(type: string): unknown
  send(body: never): unknown
}

function sendCsv(reply: CsvReply, lines: Iterable<string> | AsyncIterable<string>): never {
  void reply.type('text/csv; charset=utf-8')
  // The route's answer type is that of its JSON; a stream goes around it.
  return reply.send(Readable.from(lines) as never) as never
}

function viewRow({ counts, sellerId, purpose, campaignId, from, until, ...row }: ReportRow): AbandonmentRowView {
  const { answered: _, ...others } = counts
  return {
    ...{ law: row.law, window: row.window, ...(row.source === undefined ? {} : { source: row.source }) },
    ...{ seller: sellerId, purpose, ...(campaignId === undefined ? {} : { campaign: campaignId }) },
    ...{ from: iso(from), until: iso(until), rateMax: row.rateMax, margin: row.margin },
    ...{ detected: { ...row.detected }, corrected: { ...row.corrected }, estimated: rounded(row.estimated) },
    ...others,
  }
}

/** An estimate to the hundredth of a person: more would only look exact. */
function rounded({ answered, abandoned, rate }: ReportFigures): Static<typeof figuresView> {
  const hundredths = (value: number): number => Math.round(value * 100) / 100
  return { answered: hundredths(answered), abandoned: hundredths(abandoned), ...(rate === undefined ? {} : { rate }) }
}

function viewCall(call: AbandonedCall, numbers: boolean): AbandonedCallView {
  const { callId, number, disposition, detail, originatedAt, ringingAt, answeredAt, messageAt, endedAt } = call
  const byPbx = detail === 'pbx-took-over' || detail === 'application-gone'
  return {
    ...{ callId, campaign: call.campaignId, seller: call.sellerId, purpose: call.purpose },
    ...{ number: numbers ? number : maskNumber(number), disposition },
    ...(detail === undefined ? {} : { why: detail }),
    originatedAt: iso(originatedAt),
    ...(ringingAt === undefined ? {} : { ringingAt: iso(ringingAt) }),
    answeredAt: iso(answeredAt),
    ...(messageAt === undefined ? {} : { messageAt: iso(messageAt), messageAfterMs: messageAt - answeredAt }),
    message: byPbx ? 'by-pbx' : messageAt === undefined ? 'none' : 'ordered',
    endedAt: iso(endedAt),
  }
}

function tableCsv(rows: readonly AbandonmentRowView[]): readonly string[] {
  const figures = (name: string) => [`${name}Answered`, `${name}Abandoned`, `${name}Rate`]
  const counts = ['codedMachine', 'machines', 'abandoned', 'hungUpWaiting', 'messages'] as const
  const timed = ['messagesInTime', 'messagesUntimed'] as const
  const header = [
    ...['law', 'window', 'source', 'seller', 'purpose', 'campaign', 'from', 'until', 'rateMax', 'margin'],
    ...[...figures('detected'), ...figures('corrected'), ...figures('estimated'), ...counts, ...timed],
  ]
  const three = ({ answered, abandoned, rate }: ReportFigures) => [answered, abandoned, rate]
  const lines = rows.map(row => [
    ...[row.law, row.window, row.source, row.seller, row.purpose, row.campaign, row.from, row.until],
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
  const columns = Object.keys(abandonedCallView.properties) as (keyof AbandonedCallView)[]
  yield csvLine(columns)
  let behind: { after?: string } = {}
  for (;;) {
    const calls = await store.abandonedCalls({ ...query, ...behind, limit: evidencePage })
    yield* calls.map(call => viewCall(call, numbers)).map(view => csvLine(columns.map(column => view[column])))
    const last = calls.at(-1)
    if (calls.length < evidencePage || last === undefined) return
    behind = { after: last.callId }
  }
}
