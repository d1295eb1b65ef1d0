import { type Signal, useSignal } from '@preact/signals'
import type { AbandonmentReportView, AbandonmentRowView } from '../../api/reports.ts'
import { Answer } from '../parts/answers.tsx'
import { useAsked } from '../parts/asking.ts'
import { count, dayTime, percent, say } from '../parts/words.ts'
import { Calls } from './calls.tsx'

/** What the table is narrowed to; empty: not. */
interface Narrowed {
  readonly since: string
  readonly until: string
  readonly seller: string
  readonly law: string
}

const path = '/v1/reports/abandonment'
const dayMs = 86_400_000

/** The regulator's table, as it is printed, with the calls behind it. */
export function Table() {
  const narrowed = useSignal<Narrowed>({ since: '', until: '', seller: '', law: '' })
  const isOpen = useSignal(false)
  const all = useAsked<AbandonmentReportView>(path)
  const query = queryOf(narrowed.value)
  const asked = useAsked<AbandonmentReportView>(`${path}?${query}`)
  return (
    <section class="card stack" aria-labelledby="table">
      <h2 id="table">{say('ledger.table')}</h2>
      <p class="small muted unprinted">{say('ledger.table-lead')}</p>
      <Narrowing narrowed={narrowed} rows={all.answer.value?.rows ?? []} />
      <div class="row unprinted">
        <button type="button" onClick={() => window.print()}>
          {say('ledger.print')}
        </button>
        <a class="button" href={`${path}?${withCsv(query)}`} download="abandonment.csv">
          {say('ledger.csv')}
        </a>
        <a class="button" href={`${path}/calls?${withCsv(callsQuery(query))}`} download="abandoned-calls.csv">
          {say('ledger.calls-csv')}
        </a>
      </div>
      <Answer asked={asked} what={say('ledger.table')}>
        {report => (
          <>
            <PrintHead report={report} narrowed={narrowed.value} />
            <Rows rows={report.rows} />
          </>
        )}
      </Answer>
      <details onToggle={event => (isOpen.value = event.currentTarget.open)}>
        <summary>{say('ledger.calls')}</summary>
        {isOpen.value && <Calls key={query} query={callsQuery(query)} />}
      </details>
    </section>
  )
}

function queryOf({ since, until, seller, law }: Narrowed): string {
  const query = new URLSearchParams()
  if (since !== '') query.set('since', new Date(`${since}T00:00`).toISOString())
  if (until !== '') query.set('until', new Date(Date.parse(`${until}T00:00`) + dayMs).toISOString())
  if (seller !== '') query.set('seller', seller)
  if (law !== '') query.set('law', law)
  return query.toString()
}

/** The calls are the same for every law. */
function callsQuery(query: string): string {
  const parts = new URLSearchParams(query)
  parts.delete('law')
  return parts.toString()
}

function withCsv(query: string): string {
  return query === '' ? 'format=csv' : `${query}&format=csv`
}

interface NarrowingProps {
  readonly narrowed: Signal<Narrowed>
  readonly rows: readonly AbandonmentRowView[]
}

function Narrowing({ narrowed, rows }: NarrowingProps) {
  const set = (part: Partial<Narrowed>): void => {
    narrowed.value = { ...narrowed.value, ...part }
  }
  const { since, until, seller, law } = narrowed.value
  const distinct = (name: 'seller' | 'law') => [...new Set(rows.map(row => row[name]))].sort()
  return (
    <div class="fields unprinted">
      <label>
        {say('ledger.since')}
        <input type="date" value={since} onChange={event => set({ since: event.currentTarget.value })} />
      </label>
      <label>
        {say('ledger.until')}
        <input type="date" value={until} onChange={event => set({ until: event.currentTarget.value })} />
      </label>
      <label>
        {say('ledger.seller')}
        <select value={seller} onChange={event => set({ seller: event.currentTarget.value })}>
          <option value="">{say('ledger.every-seller')}</option>
          {distinct('seller').map(one => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      <label>
        {say('ledger.law')}
        <select value={law} onChange={event => set({ law: event.currentTarget.value })}>
          <option value="">{say('ledger.every-law')}</option>
          {distinct('law').map(one => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
    </div>
  )
}

/** What a page of paper must say by itself. */
function PrintHead({ report, narrowed }: { readonly report: AbandonmentReportView; readonly narrowed: Narrowed }) {
  const { since, until } = narrowed
  const named = (name: 'seller' | 'law') => [...new Set(report.rows.map(row => row[name]))].sort().join(', ')
  const period = since === '' && until === '' ? say('ledger.whole-period') : `${since || '…'} – ${until || '…'}`
  return (
    <div class="printed">
      <p>{say('ledger.print-of', { seller: named('seller'), law: named('law'), period })}</p>
      <p class="small">{say('ledger.print-made', { at: dayTime(report.at), rules: report.rules })}</p>
    </div>
  )
}

const headings = [
  ...['ledger.law', 'ledger.window', 'ledger.whose', 'ledger.period', 'ledger.limit'],
  ...['ledger.detected', 'ledger.corrected', 'ledger.estimated', 'ledger.margin', 'ledger.hung-up', 'ledger.messages'],
] as const

function Rows({ rows }: { readonly rows: readonly AbandonmentRowView[] }) {
  if (rows.length === 0) return <p class="muted">{say('ledger.no-rows')}</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section class="scroll" tabIndex={0} aria-label={say('ledger.table')}>
      <table class="report">
        <thead>
          <tr>
            {headings.map(heading => (
              <th key={heading} scope="col">
                {say(heading)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <Row
              key={`${row.law} ${row.window} ${row.seller} ${row.purpose} ${row.campaignId} ${row.from}`}
              row={row}
            />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Row({ row }: { readonly row: AbandonmentRowView }) {
  const { law, source, window, seller, purpose, campaignId, from, until, rateMax, margin } = row
  const whose =
    campaignId === undefined
      ? say('ledger.all-of', { seller, purpose })
      : say('ledger.one-of', { seller, purpose, campaign: campaignId })
  const isOver = (row.corrected.rate ?? 0) > rateMax
  return (
    <tr>
      <td>
        {law}
        {source !== undefined && <p class="small muted">{source}</p>}
      </td>
      <td>{window}</td>
      <td>{whose}</td>
      <td>{`${dayTime(from)} – ${dayTime(until)}`}</td>
      <td class="number">{percent(rateMax)}</td>
      <td>{figures(row.detected)}</td>
      <td class={isOver ? 'acts' : undefined}>{`${isOver ? '✕ ' : ''}${figures(row.corrected)}`}</td>
      <td>{figures(row.estimated)}</td>
      <td class="number">{count(margin)}</td>
      <td class="number">{count(row.hungUpWaiting)}</td>
      <td>{say('ledger.of', { some: count(row.messagesInTime), all: count(row.messages) })}</td>
    </tr>
  )
}

function figures({ answered, abandoned, rate }: AbandonmentRowView['detected']): string {
  const share = rate === undefined ? say('ledger.no-rate') : percent(rate)
  return say('ledger.figures', { answered: count(answered), abandoned: count(abandoned), rate: share })
}
