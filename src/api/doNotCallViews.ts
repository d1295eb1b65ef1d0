import { type Static, Type } from 'typebox'
import { type DoNotCallHit, type DoNotCallListState, doNotCallKinds } from '../core/compliance/doNotCall.ts'
import type { DoNotCallEntry, DoNotCallImportReport, DoNotCallPrefix } from '../ports/doNotCall.ts'
import { doNotCallView, importView, instant, iso, viewDoNotCall, viewImport } from './views.ts'

const text = Type.String()
const count = Type.Integer({ minimum: 0 })
const identity = {
  kind: Type.Enum([...doNotCallKinds]),
  version: text,
  place: Type.Optional(text),
  campaign: Type.Optional(text),
  importedAt: instant,
  asOf: instant,
}

/** One list that holds a number. */
export const hitView = Type.Object({ list: text, ...identity })

/** Whether a number is listed and why, with every list that holds it. */
export const checkView = Type.Object({ ...doNotCallView.properties, hits: Type.Array(hitView) })

/** An imported list. */
export const listView = Type.Object({ name: text, numbers: count, ...identity })

/** A wildcard of the company's list. */
export const prefixView = Type.Object({ prefix: text, source: text, at: instant, note: Type.Optional(text) })

/** Imported lists with their size and age, and the company's wildcards. */
export const listsView = Type.Object({ lists: Type.Array(listView), prefixes: Type.Array(prefixView) })

/** What came of the import of a list. */
export const listImportView = Type.Object({
  ...importView.properties,
  list: listView,
  prefixes: count,
  changes: Type.Optional(Type.Object({ added: count, removed: count, kept: count })),
  warnings: Type.Array(text),
})

type Identity = Omit<DoNotCallHit, 'list'>

function viewIdentity({ kind, version, place, campaignId, importedAt, asOf }: Identity) {
  return {
    ...{ kind, version, importedAt: iso(importedAt), asOf: iso(asOf) },
    ...(place === undefined ? {} : { place }),
    ...(campaignId === undefined ? {} : { campaign: campaignId }),
  }
}

/** Shows every list that holds a number. */
export function viewCheck(
  number: string,
  entry: DoNotCallEntry | undefined,
  hits: readonly DoNotCallHit[],
): Static<typeof checkView> {
  const shown = hits.map(({ list, ...hit }) => ({ list, ...viewIdentity(hit) }))
  return { ...viewDoNotCall(number, entry), hits: shown }
}

/** Shows a list. */
export function viewList({ name, numbers, ...state }: DoNotCallListState): Static<typeof listView> {
  return { name, numbers, ...viewIdentity(state) }
}

/** Shows a wildcard. */
export function viewPrefix({ prefix, source, at, note }: DoNotCallPrefix): Static<typeof prefixView> {
  return { prefix: `${prefix}*`, source, at: iso(at), ...(note === undefined ? {} : { note }) }
}

/** Shows an import's report. */
export function viewListImport(report: DoNotCallImportReport): Static<typeof listImportView> {
  const { list, prefixes, changes, warnings, ...rest } = report
  return {
    ...viewImport(rest),
    ...{ list: viewList(list), prefixes, warnings: [...warnings] },
    ...(changes === undefined ? {} : { changes: { ...changes } }),
  }
}
