import { byId, element } from './dom.js'
import { showFrontier } from './frontier.js'
import { fillTable } from './table.js'
import { showTimeline } from './timeline.js'
import { showWaits } from './waits.js'

/** @import { PageView, RunView } from '../view.ts' */

/** @param {PageView} view */
function showPage(view) {
  document.title = `${view.title}: Dialwright simulation`
  byId('title').textContent = view.title
  byId('description').textContent = view.description
  byId('facts').append(...view.facts.map(({ label, value }) => pair(label, value)))
  byId('remarks').append(...view.remarks.map(({ kind, text }) => element('li', { class: kind }, [text])))
  byId('rules').append(...view.rules.map(({ label, about }) => pair(label, about)))
  fillTable(byId('table'), view.table)
  const { lines } = view.frontier
  const empty = {
    remarks: view.remarks.length === 0,
    table: view.table.rows.length === 0,
    frontier: lines.every(({ points, results }) => points.length + results.length === 0),
    runs: view.runs.length === 0,
    rules: view.rules.length === 0,
  }
  for (const [name, hidden] of Object.entries(empty)) byId(`${name}-section`).hidden = hidden
  if (!empty.frontier) showFrontier(view.frontier)
  if (!empty.runs) showRuns(view)
}

/** @param {PageView} view */
function showRuns(view) {
  const select = /** @type {HTMLSelectElement} */ (byId('run'))
  select.append(...view.runs.map(({ label }, index) => element('option', { value: String(index) }, [label])))
  const ours = view.runs.findIndex(({ family }) => family === 'ours')
  select.selectedIndex = Math.max(0, ours)
  // The options were made of these very runs.
  const chosen = () => /** @type {RunView} */ (view.runs[select.selectedIndex])
  const redraws = [showTimeline(view, chosen), showWaits(view, chosen)]
  select.addEventListener('change', () => {
    for (const redraw of redraws) redraw()
  })
}

/**
 * @param {string} term
 * @param {string} definition
 */
function pair(term, definition) {
  return element('div', {}, [element('dt', {}, [term]), element('dd', {}, [definition])])
}

showPage(JSON.parse(byId('data').textContent ?? ''))
