import { colour } from './looks.js'

/** @import uPlot from 'uplot' */

const font = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif'
/** Two plots under each other have their left edges in one line. */
const axisWidth = 50
const narrow = 560

/**
 * Keeps a chart in its place: drawn anew when light turns to dark, fitted when the width changes.
 * @param {HTMLElement} host
 * @param {(size: { width: number, height: number }) => uPlot} make draws into the host
 * @param {number} height in CSS pixels, on a wide screen
 * @returns {() => void} draws anew, with other data
 */
export function keepDrawn(host, make, height) {
  /** @type {uPlot | undefined} */
  let chart
  const size = () => ({
    width: host.clientWidth,
    height: host.clientWidth < narrow ? Math.round(height * 0.85) : height,
  })
  const draw = () => {
    chart?.destroy()
    chart = make(size())
  }
  draw()
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw)
  new ResizeObserver(() => {
    if (chart !== undefined && chart.width !== host.clientWidth) chart.setSize(size())
  }).observe(host)
  return draw
}

/**
 * An axis in the page's colours.
 * @param {Partial<uPlot.Axis>} options
 * @returns {uPlot.Axis}
 */
export function axis(options) {
  const grid = { stroke: colour('grid'), width: 1 }
  const text = { stroke: colour('muted'), font: `12px ${font}`, labelFont: `12px ${font}` }
  const { side, show = true } = options
  const size = side === 2 ? { size: 30, labelSize: 22, labelGap: 0 } : { size: axisWidth, labelSize: 20, labelGap: 2 }
  return { ...text, ...size, grid, ticks: { ...grid, size: 5 }, gap: 4, show, ...options }
}

/**
 * A line across the plot at a limit, with its name.
 * @param {uPlot} chart
 * @param {{ scale: 'x' | 'y', at: number, ink: string, dash: number[], label: string, before: boolean }} limit `before`:
 *   the name stands left of a vertical line, or above a horizontal one
 */
export function drawLimit(chart, { scale, at, ink, dash, label, before }) {
  const { ctx, bbox } = chart
  const ratio = devicePixelRatio
  const place = Math.round(chart.valToPos(at, scale, true))
  const [left, top, right, bottom] = [bbox.left, bbox.top, bbox.left + bbox.width, bbox.top + bbox.height]
  if (scale === 'x' ? place < left || place > right : place < top || place > bottom) return
  ctx.save()
  ctx.strokeStyle = colour(ink)
  ctx.lineWidth = 1.5 * ratio
  ctx.setLineDash(dash.map(length => length * ratio))
  ctx.beginPath()
  ctx.moveTo(scale === 'x' ? place : left, scale === 'x' ? top : place)
  ctx.lineTo(scale === 'x' ? place : right, scale === 'x' ? bottom : place)
  ctx.stroke()
  ctx.setLineDash([])
  ctx.fillStyle = colour(ink)
  ctx.font = `${12 * ratio}px ${font}`
  const gap = 5 * ratio
  ctx.textAlign = scale === 'x' && !before ? 'left' : 'right'
  ctx.textBaseline = scale === 'y' && !before ? 'top' : 'bottom'
  const x = scale === 'x' ? place + (before ? -gap : gap) : right - gap
  const y = scale === 'x' ? bottom - gap : place + (before ? -gap / 2 : gap / 2)
  // A rim in the ground's colour keeps the name readable where a line runs through it.
  ctx.strokeStyle = colour('card')
  ctx.lineWidth = 4 * ratio
  ctx.lineJoin = 'round'
  ctx.strokeText(label, x, y)
  ctx.fillText(label, x, y)
  ctx.restore()
}

/**
 * The largest of many numbers.
 * @param {readonly number[]} values
 * @returns {number} 0 of none
 */
export function largest(values) {
  return values.reduce((most, value) => (value > most ? value : most), 0)
}
