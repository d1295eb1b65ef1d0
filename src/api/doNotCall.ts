import { type Static, Type } from 'typebox'
import { idSchema } from '../config/campaignFile.ts'
import { type DoNotCallHit, type DoNotCallListState, doNotCallKinds } from '../core/compliance/doNotCall.ts'
import { given } from '../core/given.ts'
import type { DoNotCallEntry, DoNotCallImportReport, DoNotCallPrefix } from '../ports/doNotCall.ts'
import { importView, viewImport } from './imports.ts'
import { campaignToo, closed, countrySchema, listNameSchema, textUpTo } from './schemas.ts'
import { doNotCallView, instant, iso, viewDoNotCall } from './views.ts'

const text = Type.String()
const count = Type.Integer({ minimum: 0 })
const identity = {
  kind: Type.Enum([...doNotCallKinds]),
  version: text,
  place: Type.Optional(text),
  campaignId: Type.Optional(text),
  /** The older name of the same. */
  campaign: Type.Optional(Type.String({ deprecated: true })),
  seller: Type.Optional(text),
  importedAt: instant,
  asOf: instant,
}

/** A path with the name of an imported list in it. */
export const listParams = Type.Object({ list: textUpTo(60) })

/** Why a number is put on the list, and whose calls it ends where lists are kept per seller; absent: everybody's. */
export const noteBody = Type.Optional(
  Type.Object({ note: Type.Optional(Type.String({ maxLength: 1000 })), seller: Type.Optional(idSchema) }, closed),
)

/** Who takes a number off a list: the ledger names them. `seller`: off that seller's. */
export const removalQuery = Type.Object({ by: textUpTo(120), seller: Type.Optional(idSchema) }, closed)

/** Off which list it came. */
export const removedView = Type.Object({ done: Type.Literal(true), list: text })
/** The answer to a removal. */
export type RemovedView = Static<typeof removedView>

/** One list that holds a number. */
const hitView = Type.Object({ list: text, ...identity, through: Type.Optional(text) })

/** Whether a number is listed and why, with every list that holds it. */
export const checkView = Type.Object({ ...doNotCallView.properties, hits: Type.Array(hitView) })
/** Whether a number is listed, as answers show it. */
export type CheckView = Static<typeof checkView>

/** An imported list. */
export const listView = Type.Object({
  name: text,
  numbers: count,
  ...identity,
  /** No older may it be, by the strictest line that wants it; absent: no line does, or it was not asked. */
  ageMaxDays: Type.Optional(Type.Number()),
})

/** A wildcard of the company's list. */
export const prefixView = Type.Object({ prefix: text, source: text, at: instant, note: Type.Optional(text) })
/** A wildcard as answers show it. */
export type PrefixView = Static<typeof prefixView>

/** Imported lists with their size and age, and the company's wildcards. */
export const listsView = Type.Object({ lists: Type.Array(listView), prefixes: Type.Array(prefixView) })
/** Everything that is imported, and the wildcards. */
export type ListsView = Static<typeof listsView>

/** What came of the import of a list. */
export const listImportView = Type.Object({
  ...importView.properties,
  list: listView,
  prefixes: count,
  changes: Type.Optional(Type.Object({ added: count, removed: count, kept: count })),
  warnings: Type.Array(text),
})
/** The report on an import of a list. */
export type ListImportView = Static<typeof listImportView>

const word = (maxLength: number) => Type.Optional(textUpTo(maxLength))

/** How a list is to be read, and what it is. */
export const listImportQuery = Type.Object(
  {
    list: listNameSchema,
    source: word(200),
    country: Type.Optional(countrySchema),
    column: word(100),
    kind: Type.Optional(Type.Enum(['national', 'state', 'campaign', 'other'])),
    place: Type.Optional(
      Type.String({ pattern: '^[A-Z]{2}(-[A-Z0-9]{1,3})?$', 'x-says': 'a country or state, like US or US-FL' }),
    ),
    campaignId: word(40),
    version: word(60),
    asOf: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', 'x-says': 'a day, like 2026-11-01' })),
    delta: Type.Optional(Type.Enum(['add', 'remove', 'changes'])),
    rubbishMax: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    shrinkOk: Type.Optional(Type.Boolean()),
  },
  campaignToo,
)
/** The parameters of an import of a list. */
export type ListImportQuery = Static<typeof listImportQuery>

const proposalView = Type.Object({
  number: text,
  campaignId: text,
  leadId: Type.Integer(),
  /** The points of the number now, which fall with time, and the limit that they reached. */
  points: Type.Number(),
  limit: Type.Number(),
  parts: Type.Array(Type.Object({ what: text, times: Type.Integer(), points: Type.Number() })),
  /** Without a decision the number is called again from then on. */
  restsUntil: instant,
})
/** A number that fatigue proposes, with the points that speak for it. */
export type Proposal = Static<typeof proposalView>

/** Which proposals, a page at a time. */
export const proposalsQuery = Type.Object(
  {
    campaignId: Type.Optional(idSchema),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    after: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  campaignToo,
)

/** Numbers that calls have worn out, and that nobody has put on do-not-call yet. */
export const proposalsView = Type.Object({ proposals: Type.Array(proposalView), next: Type.Optional(Type.Integer()) })
/** A page of proposals; `next`: ask again with it as `after`. */
export type ProposalsView = Static<typeof proposalsView>

/** Proposed numbers that are accepted: all of them, or none. */
export const acceptBody = Type.Object({ numbers: Type.Array(textUpTo(50), { minItems: 1, maxItems: 1000 }) }, closed)

/** What was put on the company's list. */
export const acceptedView = Type.Object({ accepted: Type.Array(text) })

type Identity = Omit<DoNotCallHit, 'list' | 'through'>

function viewIdentity({ kind, version, place, campaignId, seller, importedAt, asOf }: Identity) {
  return {
    kind,
    version,
    importedAt: iso(importedAt),
    asOf: iso(asOf),
    ...given({ place, campaignId, campaign: campaignId, seller }),
  }
}

/** Shows every list that holds a number. */
export function viewCheck(number: string, entry: DoNotCallEntry | undefined, hits: readonly DoNotCallHit[]): CheckView {
  const shown = hits.map(({ list, through, ...hit }) => ({ list, ...viewIdentity(hit), ...given({ through }) }))
  return { ...viewDoNotCall(number, entry), hits: shown }
}

/** Shows a list. */
export function viewList({ name, numbers, ...state }: DoNotCallListState): Static<typeof listView> {
  return { name, numbers, ...viewIdentity(state) }
}

/** Shows a wildcard. */
export function viewPrefix({ prefix, source, at, note }: DoNotCallPrefix): PrefixView {
  return { prefix: `${prefix}*`, source, at: iso(at), ...given({ note }) }
}

/** Shows an import's report. */
export function viewListImport(report: DoNotCallImportReport): ListImportView {
  const { list, prefixes, changes, ...rest } = report
  return {
    ...viewImport(rest),
    list: viewList(list),
    prefixes,
    ...given({ changes: changes && { ...changes } }),
  }
}
