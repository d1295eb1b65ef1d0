import { type Static, Type } from 'typebox'
import { idSchema } from '../config/campaignFile.ts'
import { purposes } from '../core/compliance/rules.ts'
import { campaignToo, textUpTo } from './schemas.ts'
import { instant } from './views.ts'

const text = Type.String()
const count = Type.Integer({ minimum: 0 })
/** Abandoned calls of one page. */
const evidenceMax = 1_000

const figuresView = Type.Object({
  answered: Type.Number(),
  abandoned: Type.Number(),
  rate: Type.Optional(Type.Number()),
})

/** One line of the regulator's table. */
const abandonmentRowView = Type.Object({
  law: text,
  window: text,
  source: Type.Optional(text),
  seller: text,
  purpose: text,
  campaignId: Type.Optional(text),
  /** The older name of the same. */
  campaign: Type.Optional(Type.String({ deprecated: true })),
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
/** An owner's or a campaign's abandonment in one window of one law. */
export type AbandonmentRowView = Static<typeof abandonmentRowView>

/** What a regulator asks for: when it was made, by which rules, a row an owner or campaign and window. */
export const abandonmentReportView = Type.Object({
  at: instant,
  rules: text,
  rows: Type.Array(abandonmentRowView),
})
/** The regulator's table with the rules it was made by. */
export type AbandonmentReportView = Static<typeof abandonmentReportView>

/** One abandoned call: the evidence. */
export const abandonedCallView = Type.Object({
  callId: text,
  campaignId: text,
  /** The older name of the same. */
  campaign: Type.String({ deprecated: true }),
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
/** An abandoned call as answers show it. */
export type AbandonedCallView = Static<typeof abandonedCallView>

/** A page of evidence. */
export const abandonedCallsView = Type.Object({ calls: Type.Array(abandonedCallView), next: Type.Optional(text) })
/** A page of evidence; `next`: ask again with it as `after`. */
export type AbandonedCallsView = Static<typeof abandonedCallsView>

const ofWhom = {
  seller: Type.Optional(idSchema),
  purpose: Type.Optional(Type.Enum([...purposes])),
  campaignId: Type.Optional(idSchema),
  since: Type.Optional(instant),
  until: Type.Optional(instant),
  format: Type.Optional(Type.Enum(['json', 'csv'])),
}

/** Whose abandonment, by which law, when. */
export const abandonmentQuery = Type.Object({ ...ofWhom, law: Type.Optional(textUpTo(40)) }, campaignToo)
/** A question for the table. */
export type AbandonmentQuery = Static<typeof abandonmentQuery>

/** Whose abandoned calls, when, a page at a time. */
export const abandonedCallsQuery = Type.Object(
  {
    ...ofWhom,
    numbers: Type.Optional(Type.Boolean()),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: evidenceMax })),
    after: Type.Optional(textUpTo(50)),
  },
  campaignToo,
)
/** A question for the evidence. */
export type AbandonedCallsQuery = Static<typeof abandonedCallsQuery>
