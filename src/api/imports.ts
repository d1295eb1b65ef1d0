import { type Static, Type } from 'typebox'
import type { ImportReport } from '../ports/importing/importReports.ts'

const count = Type.Integer({ minimum: 0 })
const ratio = Type.Number({ minimum: 0 })
const text = Type.String()

/** What came of an import. */
export const importView = Type.Object({
  source: text,
  rows: count,
  imported: count,
  duplicates: count,
  invalid: count,
  problems: Type.Array(Type.Object({ line: count, reason: text, value: text })),
  problemsLeftOut: count,
  warnings: Type.Array(text),
  durationMs: ratio,
})
/** The report on an import. */
export type ImportView = Static<typeof importView>

/** Shows an import's report. */
export function viewImport(report: ImportReport): ImportView {
  const { problems, warnings = [] } = report
  return { ...report, problems: problems.map(problem => ({ ...problem })), warnings: [...warnings] }
}
