import { byId, element, percentText } from './dom.js'
import { fillLegend } from './legend.js'
import { colour, lineSwatch, styleOf } from './looks.js'
import { drawMarks, nearest } from './marks.js'
import { axis, drawLimit, keepDrawn, largest } from './plot.js'

/** @import uPlotType from 'uplot' */
/** @import { FrontierView, LineView, PointView } from '../view.ts' */

/** What lies beyond so many times the limit is no way to dial: it is shown when asked for. */
const limitsShown = 3
const height = 440

/**
 * Draws occupancy against abandonment.
 * @param {FrontierView} view
 */
export function showFrontier(view) {
  /** @type {Set<string>} */
  const hidden = new Set()
  const limit = view.cap ?? view.target
  const all = view.lines.flatMap(line => [...line.points, ...line.results])
  const far = all.filter(({ x }) => x > limit * limitsShown).length
  let wide = limit === 0
  const redraw = keepDrawn(
    byId('frontier'),
    size => drawFrontier({ view, hidden, size, xMax: rangeEnd(all, wide ? Number.POSITIVE_INFINITY : limit) }),
    height,
  )
  fillLegend(
    byId('frontier-legend'),
    view.lines.map(line => ({
      label: line.label,
      swatch: lineSwatch(line),
      toggle: shown => {
        if (shown) hidden.delete(line.label)
        else hidden.add(line.label)
        redraw()
      },
    })),
  )
  const button = byId('frontier-range')
  button.hidden = far === 0 || wide
  const label = () => {
    button.textContent = wide
      ? `Up to ${percentText(limit * limitsShown)} only`
      : `Show ${far} more beyond ${percentText(limit * limitsShown)}`
  }
  button.addEventListener('click', () => {
    wide = !wide
    label()
    redraw()
  })
  label()
}

/**
 * @param {readonly PointView[]} points
 * @param {number} limit
 */
function rangeEnd(points, limit) {
  const most = largest(points.map(({ x }) => x)) * 1.06
  const enough = Number.isFinite(limit) ? Math.max(most, limit * 1.4) : most
  return Math.min(enough, limit * limitsShown) || 0.05
}

/**
 * @param {{ view: FrontierView, hidden: ReadonlySet<string>, size: { width: number, height: number }, xMax: number }} what
 * @returns {uPlotType}
 */
function drawFrontier({ view, hidden, size, xMax }) {
  // Drawn in this order: ours comes last and lies on top.
  const lines = view.lines.filter(({ label }) => !hidden.has(label)).reverse()
  const points = lines.flatMap(line => [...line.points, ...line.results])
  const limits = () => {
    for (const one of limitsOf(view)) drawLimit(chart, one)
  }
  const marks = () => {
    for (const line of lines) drawMarks(chart, line)
  }
  /** @type {uPlotType.Options} */
  const options = {
    ...size,
    padding: [12, 16, 0, 0],
    legend: { show: false },
    cursor: { x: false, y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: { x: { time: false, range: [-0.015 * xMax, xMax] }, y: { range: occupancyRange(points, xMax) } },
    axes: [
      axis({ side: 2, label: 'Abandoned of answered by a person, %', values: inPercent }),
      axis({ side: 3, label: 'Occupancy, %', values: inPercent }),
    ],
    series: [{}, ...lines.map(seriesOf)],
    hooks: { drawAxes: [chart => shadeFailure(chart, view)], draw: [limits, marks] },
  }
  const chart = new uPlot(options, alignedData(lines), byId('frontier'))
  followPointer(chart, points)
  return chart
}

/**
 * One row per point, in the order of x; each line has values only in its own rows.
 * @param {readonly LineView[]} lines
 * @returns {uPlotType.AlignedData}
 */
function alignedData(lines) {
  const rows = lines.flatMap((line, index) => line.points.map(({ x, y }) => ({ x, y, index })))
  rows.sort((one, other) => one.x - other.x)
  return [rows.map(({ x }) => x), ...lines.map((_, line) => rows.map(({ y, index }) => (index === line ? y : null)))]
}

/**
 * @param {LineView} line
 * @returns {uPlotType.Series}
 */
function seriesOf(line) {
  const { dash, width } = styleOf(line)
  return { stroke: colour(line.family), width, dash, spanGaps: true, points: { show: false } }
}

/**
 * @param {readonly PointView[]} points
 * @param {number} xMax
 * @returns {[number, number]}
 */
function occupancyRange(points, xMax) {
  const step = 0.05
  const shown = points.filter(({ x }) => x <= xMax).map(({ y }) => y)
  if (shown.length === 0) return [0, 1]
  const low = Math.floor(Math.min(...shown) / step - 0.2) * step
  const high = Math.ceil(Math.max(...shown) / step + 0.2) * step
  return [Math.max(0, low), Math.min(1, high)]
}

/**
 * @param {FrontierView} view
 * @returns {readonly Parameters<typeof drawLimit>[1][]}
 */
function limitsOf({ target, cap }) {
  const targetLine = {
    scale: /** @type {const} */ ('x'),
    at: target,
    ink: 'muted',
    dash: [4, 4],
    label: `target ${percentText(target)}`,
    before: true,
  }
  if (cap === null) return [targetLine]
  return [targetLine, { scale: 'x', at: cap, ink: 'bad', dash: [], label: `cap ${percentText(cap)}`, before: false }]
}

/**
 * Tints what lies over the cap.
 * @param {uPlotType} chart
 * @param {FrontierView} view
 */
function shadeFailure(chart, { cap }) {
  if (cap === null) return
  const { ctx, bbox } = chart
  const from = Math.min(Math.max(chart.valToPos(cap, 'x', true), bbox.left), bbox.left + bbox.width)
  ctx.save()
  ctx.fillStyle = colour('bad-tint')
  ctx.fillRect(from, bbox.top, bbox.left + bbox.width - from, bbox.height)
  ctx.restore()
}

/**
 * Says in words what lies under the pointer.
 * @param {uPlotType} chart
 * @param {readonly PointView[]} points
 */
function followPointer(chart, points) {
  const tip = element('div', { class: 'tip', hidden: '' })
  const ring = element('div', { class: 'ring', hidden: '' })
  chart.over.append(ring, tip)
  const show = (/** @type {PointerEvent} */ event) => {
    const box = chart.over.getBoundingClientRect()
    const found = nearest(chart, points, { left: event.clientX - box.left, top: event.clientY - box.top })
    tip.hidden = ring.hidden = found === undefined
    if (found === undefined) return
    tip.textContent = found.text
    ring.style.translate = `${found.left}px ${found.top}px`
    tip.classList.toggle('above', found.top > box.height / 2)
    const left = Math.max(0, Math.min(found.left - tip.offsetWidth / 2, box.width - tip.offsetWidth))
    tip.style.translate = `${left}px ${found.top}px`
  }
  for (const kind of /** @type {const} */ (['pointermove', 'pointerdown'])) chart.over.addEventListener(kind, show)
  chart.over.addEventListener('pointerleave', () => {
    tip.hidden = ring.hidden = true
  })
}

/**
 * @param {uPlotType} _chart
 * @param {readonly number[]} splits
 * @returns {string[]}
 */
export function inPercent(_chart, splits) {
  return splits.map(split => percentText(split))
}
