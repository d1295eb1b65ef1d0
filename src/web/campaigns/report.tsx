import type { LeadImportView } from '../../api/leads.ts'
import { saveAs } from '../parts/saving.ts'
import { count, say } from '../parts/words.ts'
import { Problems } from './problems.tsx'

interface ReportProps {
  readonly report: LeadImportView
  readonly onAgain: () => void
}

/** What came of an import. */
export function Report({ report, onAgain }: ReportProps) {
  const { rows, imported, duplicates, invalid, refused, problems, problemsLeftOut, warnings, list } = report
  const save = (): void => {
    const lines = [['line', 'reason', 'value'], ...problems.map(({ line, reason, value }) => [line, reason, value])]
    saveAs('problems.csv', lines.map(cells => cells.map(cellOf).join(',')).join('\r\n'), 'text/csv')
  }
  return (
    <section class="card stack" aria-labelledby="report-title">
      <h2 id="report-title">{say('campaigns.brought')}</h2>
      <p role="status">
        {say('campaigns.brought-says', {
          rows: count(rows),
          imported: count(imported),
          duplicates: count(duplicates),
          invalid: count(invalid),
          refused: count(refused),
          list,
        })}
      </p>
      {warnings.map(warning => (
        <p key={warning} class="note warn small">
          {warning}
        </p>
      ))}
      {problems.length > 0 && (
        <>
          <Problems problems={problems} />
          {problemsLeftOut > 0 && <p class="muted">{say('campaigns.left-out', { count: count(problemsLeftOut) })}</p>}
          <div class="row">
            <button type="button" onClick={save}>
              {say('campaigns.save-problems')}
            </button>
          </div>
        </>
      )}
      <div class="row">
        <button type="button" onClick={onAgain}>
          {say('campaigns.bring-more')}
        </button>
      </div>
    </section>
  )
}

/** A spreadsheet must not take it for a formula. */
function cellOf(value: string | number): string {
  const text = String(value)
  const safe = /^[=@\t\r+-]/.test(text) && typeof value === 'string' ? `'${text}` : text
  return `"${safe.replaceAll('"', '""')}"`
}
