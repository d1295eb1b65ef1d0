import { type Static, Type } from 'typebox'
import { dispositions } from '../core/vocabulary.ts'
import { columnUses, type LeadPreview } from '../ports/importing/imports.ts'
import { importView } from './imports.ts'
import { closed, closedAlso, countrySchema, limitSchema, listNameSchema, textUpTo } from './schemas.ts'
import { doNotCallView, instant, leadView, provenanceView } from './views.ts'

const count = Type.Integer({ minimum: 0 })
const text = Type.String()

/** A page of leads. */
export const leadListView = Type.Object({ leads: Type.Array(leadView), next: Type.Optional(Type.Integer()) })
/** A page of leads; `next`: ask again with it as `after`. */
export type LeadListView = Static<typeof leadListView>

/** Which leads, a page at a time. */
export const leadListQuery = Type.Object(
  { limit: Type.Optional(limitSchema), after: Type.Optional(Type.Integer({ minimum: 0 })) },
  closed,
)

/** Query parameters that say where the numbers of a file come from. */
const originQuery = {
  origin: Type.Optional(textUpTo(200)),
  obtainedAt: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\d$', 'x-says': 'a date like 2026-10-01' })),
  legalBasis: Type.Optional(textUpTo(120)),
  withoutOrigin: Type.Optional(Type.Boolean()),
}

const originToo = closedAlso({ obtained: 'obtainedAt', basis: 'legalBasis' })

/** Where the numbers of a file come from, as it is sent. */
export interface WrittenOrigin {
  readonly origin?: string
  readonly obtainedAt?: string
  readonly legalBasis?: string
  readonly withoutOrigin?: boolean
}

const column = Type.Optional(textUpTo(200))

/** How a file of leads is to be read. */
export const leadImportQuery = Type.Object(
  {
    source: column,
    country: Type.Optional(countrySchema),
    numberColumn: column,
    timeZoneColumn: column,
    priorityColumn: column,
    /** Headers with commas between them. */
    numberColumns: column,
    doNotCallColumns: Type.Optional(textUpTo(1_000)),
    dataColumns: Type.Optional(textUpTo(1_000)),
    list: Type.Optional(listNameSchema),
    ...originQuery,
  },
  originToo,
)
/** The parameters of an import of leads. */
export type LeadImportQuery = Static<typeof leadImportQuery>

/** What came of an import of leads. */
export const leadImportView = Type.Object({
  ...importView.properties,
  list: Type.String(),
  /** Rows that say themselves that the person wants no calls: no leads; their numbers are on the company's list. */
  refused: count,
  /** Rows with a refusal, or what may be one, that could not be read whole. */
  refusalsUnread: count,
  warnings: Type.Array(Type.String()),
})
/** The report on an import of leads. */
export type LeadImportView = Static<typeof leadImportView>

/** How a file of leads would be understood. */
export const leadPreviewView = Type.Object({
  delimiter: text,
  columns: Type.Array(Type.Object({ name: text, use: Type.Enum([...columnUses]), samples: Type.Array(text) })),
  /** Of the beginning of the file. */
  rows: count,
  leads: count,
  invalid: count,
  refused: count,
  examples: Type.Array(
    Type.Object({
      line: count,
      number: text,
      timeZones: Type.Array(text),
      places: Type.Array(text),
      data: Type.Record(text, text),
    }),
  ),
  problems: Type.Array(Type.Object({ line: count, reason: text, value: text })),
  warnings: Type.Array(text),
  /** What must be said before it can be imported; empty: nothing. */
  lacking: Type.Array(Type.Object({ code: text, says: text })),
})
/** How a file of leads would be understood. */
export type LeadPreviewView = Static<typeof leadPreviewView>

/** Shows a preview. */
export function viewLeadPreview(preview: LeadPreview): LeadPreviewView {
  const { columns, examples, problems, warnings, lacking } = preview
  return {
    ...preview,
    columns: columns.map(column => ({ ...column, samples: [...column.samples] })),
    examples: examples.map(({ line, number, timeZones, places, data }) => ({
      line,
      number,
      timeZones: [...timeZones],
      places: [...places],
      data: { ...data },
    })),
    problems: problems.map(problem => ({ ...problem })),
    warnings: [...warnings],
    lacking: lacking.map(one => ({ ...one })),
  }
}

/** How VICIdial's tables are to be read. */
export const moveInQuery = Type.Object(
  {
    source: column,
    country: Type.Optional(countrySchema),
    timeZone: textUpTo(200),
    dryRun: Type.Optional(Type.Boolean()),
    fromCampaign: column,
    /** `CODE=retry,OTHER=finished` */
    statuses: Type.Optional(Type.String({ maxLength: 4_000 })),
    ...originQuery,
  },
  originToo,
)
/** The parameters of a move from VICIdial. */
export type MoveInQuery = Static<typeof moveInQuery>

/** What came over and what did not, table by table. */
export const moveInView = Type.Object({
  parts: Type.Array(
    Type.Object({
      ...importView.properties,
      part: Type.String(),
      /** Rows that are of no use here, by reason. */
      skipped: Type.Record(Type.String(), Type.Integer()),
      warnings: Type.Array(Type.String()),
    }),
  ),
  durationMs: Type.Number(),
})
/** The report on a move from another dialer. */
export type MoveInView = Static<typeof moveInView>

/** Which finished leads are called again. */
export const recycleBody = Type.Object(
  {
    list: Type.Optional(textUpTo(60)),
    last: Type.Optional(Type.Array(Type.Enum([...dispositions]), { minItems: 1, maxItems: dispositions.length })),
    resetAttempts: Type.Optional(Type.Boolean()),
    dryRun: Type.Optional(Type.Boolean()),
    after: Type.Optional(count),
  },
  closed,
)
/** A recycling as it is asked for. */
export type RecycleBody = Static<typeof recycleBody>

/** What a portion of a recycling did. `next`: ask again with it as `after`. */
export const recycleView = Type.Object({
  recycled: count,
  barred: count,
  exhausted: count,
  next: Type.Optional(count),
})
/** Counts of the leads of one portion. */
export type RecycleView = Static<typeof recycleView>

/** A campaign's lists. */
export const leadListsView = Type.Object({
  lists: Type.Array(
    Type.Object({
      list: Type.String(),
      leads: count,
      dialable: count,
      finished: count,
      attempts: count,
      /** 0..1 of the calls, by the campaign's list mix; absent: the campaign has none, so the list has its turn with all. */
      share: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
      origins: Type.Array(provenanceView),
    }),
  ),
})
/** A campaign's lists with how far each has come. */
export type LeadListsView = Static<typeof leadListsView>

/** Whose leads are explained. */
export const explainQuery = Type.Object({ number: textUpTo(50) }, closed)

/** One check of a dial with its answer. */
const checkView = Type.Object({
  check: text,
  passed: Type.Boolean(),
  says: text,
  /** Why not, as one word. */
  reason: Type.Optional(text),
  /** The line that decided. */
  rule: Type.Optional(text),
  retryAt: Type.Optional(instant),
})
/** One check of a dial: whether it passes now, and why not. */
export type ExplainedCheck = Static<typeof checkView>

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
      /** Of them, those whose own law nobody has read. */
      unread: Type.Array(text),
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
/** Whether a number may be dialed now, lead by lead and check by check. */
export type ExplainView = Static<typeof explainView>
