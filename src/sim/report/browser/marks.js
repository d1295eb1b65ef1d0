import { colour, corners, styleOf } from './looks.js'

/** @import uPlot from 'uplot' */
/** @import { LineView, PointView } from '../view.ts' */

/** Half the width of a mark, in CSS pixels. */
const sizes = { point: 3, ours: 4, result: 7 }
/** A point farther from the pointer than this is not meant, in CSS pixels. */
const reach = 40

/**
 * Draws the marks of a line: filled ones for its points, large hollow ones for the table's rows, crossed where failed.
 * @param {uPlot} chart
 * @param {LineView} line
 */
export function drawMarks(chart, line) {
  const { ctx } = chart
  const { shape } = styleOf(line)
  if (shape === undefined) return
  const ratio = devicePixelRatio
  ctx.save()
  clipToPlot(chart)
  ctx.fillStyle = colour(line.family)
  ctx.strokeStyle = colour(line.family)
  for (const point of line.points) {
    outline(ctx, shape, { ...placeOf(chart, point), size: (line.family === 'ours' ? sizes.ours : sizes.point) * ratio })
    ctx.fill()
  }
  for (const result of line.results) {
    const { x, y } = placeOf(chart, result)
    ctx.lineWidth = (result.tuned ? 1.5 : 3) * ratio
    outline(ctx, shape, { x, y, size: sizes.result * ratio })
    ctx.fillStyle = colour('card')
    ctx.fill()
    ctx.stroke()
    if (result.failed) cross(ctx, { x, y, size: sizes.result * ratio })
  }
  ctx.restore()
}

/**
 * Marks at the left edge may reach over it, but none stands in the axis.
 * @param {uPlot} chart
 */
function clipToPlot({ ctx, bbox }) {
  const margin = sizes.result * devicePixelRatio
  ctx.beginPath()
  ctx.rect(bbox.left - margin, bbox.top - margin, bbox.width + margin, bbox.height + margin)
  ctx.clip()
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {string} shape
 * @param {{ x: number, y: number, size: number }} place
 */
function outline(ctx, shape, { x, y, size }) {
  ctx.beginPath()
  const [first, ...others] = corners(shape, size)
  if (first === undefined) ctx.arc(x, y, size, 0, 2 * Math.PI)
  else ctx.moveTo(x + first[0], y + first[1])
  for (const [right, down] of others) ctx.lineTo(x + right, y + down)
  ctx.closePath()
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {{ x: number, y: number, size: number }} place
 */
function cross(ctx, { x, y, size }) {
  const arm = size * 0.55
  ctx.beginPath()
  ctx.moveTo(x - arm, y - arm)
  ctx.lineTo(x + arm, y + arm)
  ctx.moveTo(x + arm, y - arm)
  ctx.lineTo(x - arm, y + arm)
  ctx.stroke()
}

/**
 * @param {uPlot} chart
 * @param {PointView} point
 */
function placeOf(chart, point) {
  return { x: chart.valToPos(point.x, 'x', true), y: chart.valToPos(point.y, 'y', true) }
}

/**
 * The point that the pointer means.
 * @param {uPlot} chart
 * @param {readonly PointView[]} points
 * @param {{ left: number, top: number }} pointer in CSS pixels of the plot
 * @returns {{ text: string, left: number, top: number } | undefined}
 */
export function nearest(chart, points, pointer) {
  const near = points
    .map(({ x, y, text }) => ({ text, left: chart.valToPos(x, 'x'), top: chart.valToPos(y, 'y') }))
    .map(place => ({ ...place, away: Math.hypot(place.left - pointer.left, place.top - pointer.top) }))
  return near.reduce(
    (best, one) => (one.away < (best?.away ?? reach) ? one : best),
    /** @type {(typeof near)[number] | undefined} */ (undefined),
  )
}
