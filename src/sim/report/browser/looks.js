import { svgElement } from './dom.js'

/** @import { LineView } from '../view.ts' */

/** Lines of one family share a colour and differ by dash and marker, so that no one has to tell hues apart. */
const dashes = [[], [7, 3], [2, 3], [9, 3, 2, 3]]
const shapes = /** @type {const} */ (['circle', 'square', 'triangle', 'diamond', 'wedge'])
/** The marker of each family's first variant: colours alone would not tell all families apart to everyone. */
const firstShapes = { ours: 0, progressive: 1, ratio: 2, kappa: 3, issabel: 4, vicidial: 0, optimum: 0 }
/**
 * Right and down of each corner in turn, for a marker of size 1.
 * @type {Readonly<Record<string, readonly number[]>>}
 */
const outlines = {
  square: [-0.9, -0.9, 0.9, -0.9, 0.9, 0.9, -0.9, 0.9],
  triangle: [0, -1.2, 1.2, 1, -1.2, 1],
  diamond: [0, -1.2, 1.2, 0, 0, 1.2, -1.2, 0],
  wedge: [0, 1.2, 1.2, -1, -1.2, -1],
}
const optimumDash = [7, 5]
const widths = { ours: 3.5, other: 1.75 }

/**
 * A colour of the style sheet, as it is in the present light or dark mode.
 * @param {string} name without the dashes
 * @returns {string}
 */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
}

/**
 * How a rule's line is drawn.
 * @param {Pick<LineView, 'family' | 'variant'>} line
 */
export function styleOf({ family, variant }) {
  return {
    dash: family === 'optimum' ? optimumDash : (dashes[variant % dashes.length] ?? []),
    width: family === 'ours' ? widths.ours : widths.other,
    shape: family === 'optimum' ? undefined : shapes[(firstShapes[family] + variant) % shapes.length],
  }
}

/**
 * The outline of a marker as points around (0, 0); a circle has none.
 * @param {string} shape
 * @param {number} size half its width
 * @returns {readonly (readonly [number, number])[]}
 */
export function corners(shape, size) {
  const flat = outlines[shape] ?? []
  return flat.flatMap((right, index) => (index % 2 === 0 ? [[right * size, (flat[index + 1] ?? 0) * size]] : []))
}

/**
 * A line with its marker, for legends and the table.
 * @param {Pick<LineView, 'family' | 'variant'>} line
 * @returns {SVGElement}
 */
export function lineSwatch(line) {
  const { dash, width, shape } = styleOf(line)
  const ink = `var(--${line.family})`
  const stroke = {
    x1: '1',
    x2: '27',
    y1: '7',
    y2: '7',
    'stroke-width': String(width),
    'stroke-dasharray': dash.join(' '),
  }
  const parts = [svgElement('line', { ...stroke, style: `stroke: ${ink}` })]
  if (shape === 'circle') parts.push(svgElement('circle', { cx: '14', cy: '7', r: '4', style: `fill: ${ink}` }))
  else if (shape !== undefined) {
    const outline = corners(shape, 4).map(([x, y]) => `${x + 14},${y + 7}`)
    parts.push(svgElement('polygon', { points: outline.join(' '), style: `fill: ${ink}` }))
  }
  return svgElement('svg', { class: 'swatch', viewBox: '0 0 28 14', 'aria-hidden': 'true' }, parts)
}

/**
 * A filled field, for areas and bars; `line` draws a line instead.
 * @param {string} name a colour of the style sheet
 * @param {{ line?: boolean }} [options]
 * @returns {SVGElement}
 */
export function fieldSwatch(name, { line = false } = {}) {
  const place = line ? { y: '5.5', height: '3', width: '28' } : { y: '1', height: '12', width: '18', x: '5', rx: '2' }
  const field = svgElement('rect', { ...place, style: `fill: var(--${name})` })
  return svgElement('svg', { class: 'swatch', viewBox: '0 0 28 14', 'aria-hidden': 'true' }, [field])
}
