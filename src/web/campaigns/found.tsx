import type { Signal } from '@preact/signals'
import type { LeadPreviewView } from '../../api/leads.ts'
import { count, say, sayOf } from '../parts/words.ts'
import { Problems } from './problems.tsx'

type Column = LeadPreviewView['columns'][number]
type Use = Column['use']
/** What columns are, where somebody has said it. */
export type Mapping = Readonly<Record<string, Use>>

/** What somebody can say that a column is; the rest is known by its name. */
const mayBe: readonly Use[] = ['number', 'other-number', 'timeZone', 'priority', 'refusal', 'data']

/** What an import is told of the columns that somebody has named. */
export function mapped(columns: readonly Column[], mapping: Mapping): Readonly<Record<string, string>> {
  const named = (use: Use): readonly string[] => columns.flatMap(({ name }) => (mapping[name] === use ? [name] : []))
  const uses = (name: string, use: Use): Use => mapping[name] ?? use
  const numbers = (['number', 'other-number'] as const).flatMap(use =>
    columns.flatMap(column => (uses(column.name, column.use) === use ? [column.name] : [])),
  )
  const saysNumbers = columns.some(
    ({ name, use }) => name in mapping && [use, mapping[name]].some(one => one === 'number' || one === 'other-number'),
  )
  return {
    numberColumns: saysNumbers ? numbers.join(',') : '',
    timeZoneColumn: named('timeZone')[0] ?? '',
    priorityColumn: named('priority')[0] ?? '',
    doNotCallColumns: named('refusal').join(','),
    dataColumns: named('data').join(','),
  }
}

interface FoundProps {
  readonly found: LeadPreviewView
  readonly mapping: Signal<Mapping>
}

/** How a file would be understood: its columns, what is lacking, the leads and the rows that make none. */
export function Found({ found, mapping }: FoundProps) {
  const { rows, leads, invalid, refused, lacking, warnings, problems } = found
  return (
    <div class="stack">
      <p role="status">
        {say('campaigns.first-rows', {
          rows: count(rows),
          leads: count(leads),
          invalid: count(invalid),
          refused: count(refused),
        })}
      </p>
      {lacking.map(({ code, says }) => (
        <p key={code} class="note act">
          {sayOf('lacking', code) === code ? says : sayOf('lacking', code)}
        </p>
      ))}
      {warnings.map(warning => (
        <p key={warning} class="note warn small">
          {warning}
        </p>
      ))}
      <Columns columns={found.columns} mapping={mapping} />
      <Examples found={found} />
      {problems.length > 0 && (
        <details open>
          <summary>{say('campaigns.bad-rows', { count: count(invalid) })}</summary>
          <Problems problems={problems} />
        </details>
      )}
    </div>
  )
}

function Columns({ columns, mapping }: { readonly columns: readonly Column[]; readonly mapping: Signal<Mapping> }) {
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">{say('campaigns.column')}</th>
            <th scope="col">{say('campaigns.is')}</th>
            <th scope="col" class="wide-only">
              {say('campaigns.samples')}
            </th>
          </tr>
        </thead>
        <tbody>
          {columns.map(({ name, use, samples }) => (
            <tr key={name}>
              <td class="name">
                <bdi>{name}</bdi>
              </td>
              <td>
                <select
                  aria-label={say('campaigns.column-is', { name })}
                  value={use}
                  onChange={event =>
                    // Only these are offered, and what is there already.
                    (mapping.value = { ...mapping.value, [name]: event.currentTarget.value as Use })
                  }
                >
                  {[...new Set([use, ...mayBe])].map(one => (
                    <option key={one} value={one}>
                      {sayOf('use', one)}
                    </option>
                  ))}
                </select>
              </td>
              <td class="wide-only muted">
                <bdi>{samples.join(' · ')}</bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const shownMax = 5

function Examples({ found: { examples } }: { readonly found: LeadPreviewView }) {
  if (examples.length === 0) return null
  return (
    <div class="scroll">
      <table>
        <caption class="small muted">{say('campaigns.examples')}</caption>
        <thead>
          <tr>
            <th scope="col" class="number">
              {say('campaigns.line')}
            </th>
            <th scope="col">{say('desk.number')}</th>
            <th scope="col">{say('campaigns.zones')}</th>
            <th scope="col" class="wide-only">
              {say('campaigns.columns')}
            </th>
          </tr>
        </thead>
        <tbody>
          {examples.slice(0, shownMax).map(({ line, number, timeZones, places, data }) => (
            <tr key={`${line} ${number}`}>
              <td class="number">{line}</td>
              <td>{number}</td>
              <td>{[...timeZones, ...places].join(', ') || say('desk.not-known')}</td>
              <td class="wide-only">
                <bdi>
                  {Object.entries(data)
                    .map(([key, value]) => `${key}: ${value}`)
                    .join(' · ')}
                </bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
