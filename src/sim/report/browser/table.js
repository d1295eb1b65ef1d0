import { element } from './dom.js'
import { lineSwatch } from './looks.js'

/** @import { CellView, RowView, TableView } from '../table.ts' */

/**
 * Lays out the comparison. Rows that failed have a part of their own, below a line that says so.
 * @param {HTMLElement} table
 * @param {TableView} view
 */
export function fillTable(table, { columns, rows }) {
  const kept = rows.filter(({ failure }) => failure === '')
  const failed = rows.filter(({ failure }) => failure !== '')
  const separator = element('tr', { class: 'separator' }, [
    element('th', { scope: 'rowgroup', colspan: String(columns.length + 1) }, [
      element('span', {}, ['Over the limit: however busy their agents, these rules failed']),
    ]),
  ])
  table.replaceChildren(
    headOf(columns),
    element('tbody', {}, kept.map(rowOf)),
    ...(failed.length === 0 ? [] : [element('tbody', { class: 'failed' }, [separator, ...failed.map(rowOf)])]),
  )
}

/**
 * Two lines of headings: what is measured, and which figure of it.
 * @param {TableView['columns']} columns
 * @returns {HTMLElement}
 */
function headOf(columns) {
  /** @type {{ group: string, span: number }[]} */
  const groups = []
  for (const { group } of columns) {
    const last = groups.at(-1)
    if (last?.group === group) last.span += 1
    else groups.push({ group, span: 1 })
  }
  const above = groups.map(({ group, span }) => element('th', { scope: 'colgroup', colspan: String(span) }, [group]))
  const below = columns.map(({ label, hint }) => element('th', { scope: 'col', title: hint }, [label]))
  return element('thead', {}, [
    element('tr', {}, [element('th', { scope: 'col', rowspan: '2' }, ['Rule']), ...above]),
    element('tr', {}, below),
  ])
}

/**
 * @param {RowView} row
 * @returns {HTMLElement}
 */
function rowOf(row) {
  const badges = [
    ...(row.failure === '' ? [] : [element('strong', { class: 'badge failed' }, ['FAILED'])]),
    ...(row.tuned
      ? [element('span', { class: 'badge', title: 'its settings were found by search in this scenario' }, ['tuned'])]
      : []),
  ]
  const name = element('span', { class: 'rule' }, [lineSwatch(row), row.label, ...badges])
  const notes = [row.settings, row.failure].filter(text => text !== '')
  const head = element('th', { scope: 'row' }, [name, ...notes.map(text => element('small', {}, [text]))])
  return element('tr', row.ours ? { class: 'ours' } : {}, [head, ...row.cells.map(cellOf)])
}

/**
 * @param {CellView} cell
 * @returns {HTMLElement}
 */
function cellOf({ text, bar, mark }) {
  const meter = bar === undefined ? [] : [element('i', { style: `--share: ${bar}`, 'aria-hidden': 'true' })]
  const title = mark === 'caution' ? { title: 'over the cap in this one seed' } : {}
  return element('td', mark === undefined ? {} : { class: mark, ...title }, [text, ...meter])
}
