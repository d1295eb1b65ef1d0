import { element } from './dom.js'

/** @typedef {{ label: string, swatch: Node, toggle?: (shown: boolean) => void }} LegendItem */

/**
 * A legend. What can be hidden is a button; the others may show a value each.
 * @param {HTMLElement} host emptied first
 * @param {readonly LegendItem[]} items
 * @returns {(values: readonly string[], when?: string) => void} shows values, and what moment they are of
 */
export function fillLegend(host, items) {
  const outputs = items.map(() => element('span', { class: 'value' }))
  const moment = element('span', { class: 'moment' })
  const entries = items.map((item, index) => entryOf(item, /** @type {Node} */ (outputs[index])))
  const last = items.some(({ toggle }) => toggle === undefined) ? [moment] : []
  host.replaceChildren(element('div', { class: 'legend' }, [...entries, ...last]))
  return (values, when = '') => {
    outputs.forEach((output, index) => {
      output.textContent = values[index] ?? ''
    })
    moment.textContent = when
  }
}

/**
 * @param {LegendItem} item
 * @param {Node} output
 * @returns {HTMLElement}
 */
function entryOf({ label, swatch, toggle }, output) {
  if (toggle === undefined) return element('span', { class: 'entry' }, [swatch, label, output])
  const button = element('button', { type: 'button', class: 'entry', 'aria-pressed': 'true' }, [swatch, label])
  button.addEventListener('click', () => {
    const shown = button.getAttribute('aria-pressed') !== 'true'
    button.setAttribute('aria-pressed', String(shown))
    toggle(shown)
  })
  return button
}
