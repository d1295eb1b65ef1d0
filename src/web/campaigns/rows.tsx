import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { say, sayOf } from '../parts/words.ts'
import type { Doc, Draft } from './draft.ts'

/** A column of rows that somebody writes. */
export interface Column {
  readonly key: string
  readonly kind?: 'text' | 'long' | 'number' | 'lines'
  /** One of these; the first where nothing is chosen may be ''. */
  readonly choices?: readonly string[]
}

interface RowsProps {
  readonly draft: Draft
  /** Of a list of groups whose keys are all columns; or of a group whose keys are the first column and whose values are the second. */
  readonly path: string
  readonly columns: readonly Column[]
  readonly isGroup?: boolean
}

type Row = Readonly<Record<string, string>>

/** Rows that can be added, taken out and put in another order. A row that is not whole yet stays as it was typed. */
export function RowsField({ draft, path, columns, isGroup = false }: RowsProps) {
  const rows = useSignal<readonly Row[]>(rowsOf(draft.get(path), columns, isGroup))
  const id = useId()
  const problem = draft.problemAt(path)
  const take = (next: readonly Row[]): void => {
    rows.value = next
    const given = next.filter(row => Object.values(row).some(text => text !== ''))
    const value = isGroup ? groupOf(given, columns) : given.map(row => itemOf(row, columns))
    draft.set(path, given.length === 0 ? undefined : value)
  }
  const change = (at: number, key: string, text: string): void =>
    take(rows.value.map((row, index) => (index === at ? { ...row, [key]: text } : row)))
  return (
    <fieldset class="whole stack tight" aria-describedby={`${id}-says`}>
      <legend class="small muted">{sayOf('setting', path)}</legend>
      <ol class="plain stack tight">
        {rows.value.map((row, at) => (
          <li key={at} class="rows row">
            {columns.map(column => (
              <Cell
                key={column.key}
                column={column}
                value={row[column.key] ?? ''}
                write={text => change(at, column.key, text)}
              />
            ))}
            <RowButtons at={at} rows={rows.value} take={take} isOrdered={!isGroup} />
          </li>
        ))}
      </ol>
      <div class="row">
        <button type="button" onClick={() => (rows.value = [...rows.value, {}])}>
          {say('campaigns.add-row')}
        </button>
        <span id={`${id}-says`} class={problem === undefined ? 'small muted' : 'hint small problem'} role="status">
          {problem ?? ''}
        </span>
      </div>
    </fieldset>
  )
}

interface RowButtonsProps {
  readonly at: number
  readonly rows: readonly Row[]
  readonly take: (rows: readonly Row[]) => void
  readonly isOrdered: boolean
}

function RowButtons({ at, rows, take, isOrdered }: RowButtonsProps) {
  const number = at + 1
  const up = (): void =>
    take(rows.map((row, index) => (index === at - 1 ? (rows[at] ?? row) : index === at ? (rows[at - 1] ?? row) : row)))
  return (
    <span class="row">
      {isOrdered && (
        <button type="button" disabled={at === 0} aria-label={say('campaigns.row-up', { number })} onClick={up}>
          ↑
        </button>
      )}
      <button
        type="button"
        aria-label={say('campaigns.row-out', { number })}
        onClick={() => take(rows.filter((_, index) => index !== at))}
      >
        ×
      </button>
    </span>
  )
}

interface CellProps {
  readonly column: Column
  readonly value: string
  readonly write: (text: string) => void
}

function Cell({ column, value, write }: CellProps) {
  const id = useId()
  return (
    <div class={column.kind === 'long' ? 'long' : undefined}>
      <label for={id}>{sayOf('column', column.key)}</label>
      <Input id={id} column={column} value={value} write={write} />
    </div>
  )
}

function Input({ id, column: { kind = 'text', choices }, value, write }: CellProps & { readonly id: string }) {
  const shared = {
    id,
    value,
    onInput: (event: { readonly currentTarget: { readonly value: string } }) => write(event.currentTarget.value),
  }
  if (choices !== undefined)
    return (
      <select {...shared}>
        {choices.map(choice => (
          <option key={choice} value={choice}>
            {choice === '' ? say('campaigns.none') : sayOf('choice', choice)}
          </option>
        ))}
      </select>
    )
  if (kind === 'long') return <textarea rows={3} {...shared} />
  return <input type="text" inputMode={kind === 'number' ? 'decimal' : 'text'} {...shared} />
}

const nested = '.'

function rowsOf(value: unknown, columns: readonly Column[], isGroup: boolean): readonly Row[] {
  if (isGroup) {
    const [first, second] = columns
    if (first === undefined || second === undefined || typeof value !== 'object' || value === null) return []
    return Object.entries(value).map(([key, inside]) => ({ [first.key]: key, [second.key]: shown(inside) }))
  }
  if (!Array.isArray(value)) return []
  return value.map((item: unknown) =>
    Object.fromEntries(columns.map(({ key }) => [key, shown(inside(item, key.split(nested)))])),
  )
}

function inside(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null ? Object.entries(at).find(([name]) => name === key)?.[1] : undefined,
    value,
  )
}

function shown(value: unknown): string {
  if (value === undefined) return ''
  if (Array.isArray(value)) return value.join(', ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function groupOf(rows: readonly Row[], [first, second]: readonly Column[]): Doc {
  return Object.fromEntries(
    rows.map(row => [row[first?.key ?? ''] ?? '', read(row[second?.key ?? ''] ?? '', second?.kind) ?? '']),
  )
}

function itemOf(row: Row, columns: readonly Column[]): Doc {
  const item: Record<string, unknown> = {}
  for (const { key, kind } of columns) {
    const value = read(row[key] ?? '', kind)
    const [outer = key, inner] = key.split(nested)
    if (value === undefined) continue
    item[outer] = inner === undefined ? value : { ...(item[outer] as Doc | undefined), [inner]: value }
  }
  return item
}

function read(text: string, kind: Column['kind']): unknown {
  if (text === '') return undefined
  if (kind === 'lines')
    return text
      .split(',')
      .map(part => part.trim())
      .filter(part => part !== '')
  const number = Number(text.replace(',', '.'))
  return kind === 'number' && text.trim() !== '' && Number.isFinite(number) ? number : text
}
