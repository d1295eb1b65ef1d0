import { byId, percentText } from './dom.js'
import { inPercent } from './frontier.js'
import { fillLegend } from './legend.js'
import { colour, fieldSwatch } from './looks.js'
import { axis, keepDrawn, largest } from './plot.js'

/** @import uPlotType from 'uplot' */
/** @import { PageView, RunView } from '../view.ts' */
/** @import { WaitHistogram } from '../../study/results.ts' */

const height = 280

/**
 * Draws how long agents waited, with ours as an outline behind any other rule.
 * @param {PageView} view
 * @param {() => RunView} chosen
 * @returns {() => void} draws the run that is chosen now
 */
export function showWaits(view, chosen) {
  // One scale for all runs: choosing another rule must not change what a height means.
  const shareMax = largest(view.runs.flatMap(({ waits }) => shares(waits)))
  const ours = view.runs.find(({ family }) => family === 'ours')
  return keepDrawn(
    byId('waits'),
    size => {
      const run = chosen()
      const comparable = ours !== undefined && ours !== run && sameBins(ours.waits, run.waits)
      return drawWaits({ run, ours: comparable ? ours : undefined, size, shareMax })
    },
    height,
  )
}

/**
 * @param {WaitHistogram} waits
 * @returns {number[]} 0..1
 */
function shares({ counts }) {
  const all = counts.reduce((sum, count) => sum + count, 0)
  return counts.map(count => (all === 0 ? 0 : count / all))
}

/**
 * @param {WaitHistogram} one
 * @param {WaitHistogram} other
 */
function sameBins(one, other) {
  return (
    one.upToSec.length === other.upToSec.length && one.upToSec.every((edge, index) => edge === other.upToSec[index])
  )
}

/**
 * @param {{ run: RunView, ours: RunView | undefined, size: { width: number, height: number }, shareMax: number }} what
 * @returns {uPlotType}
 */
function drawWaits({ run, ours, size, shareMax }) {
  const values = shares(run.waits)
  const others = ours === undefined ? undefined : shares(ours.waits)
  const items = [{ label: run.label, swatch: fieldSwatch(run.family) }]
  if (ours !== undefined) items.push({ label: ours.label, swatch: fieldSwatch(ours.family, { line: true }) })
  const show = fillLegend(byId('waits-legend'), items)
  const pointed = (/** @type {uPlotType} */ { cursor: { idx } }) => {
    if (idx === null || idx === undefined) return show([])
    show(
      [values, others ?? []].map(list => (list[idx] === undefined ? '' : percentText(list[idx], 1))),
      binInWords(run.waits, idx),
    )
  }
  const bars = uPlot.paths.bars?.({ size: [1, 1000], gap: 2 })
  const edges = ['0', ...run.waits.upToSec.map(edgeInWords)]
  /** @type {uPlotType.Options} */
  const options = {
    ...size,
    padding: [10, 16, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: { x: { time: false, range: [0, Math.max(1, values.length)] }, y: { range: [0, shareMax * 1.06 || 1] } },
    axes: [
      axis({
        side: 2,
        label: 'Wait, s',
        incrs: [1, 2, 5, 10, 20, 50],
        space: 34,
        values: (_, splits) => splits.map(split => edges[split] ?? ''),
      }),
      axis({ side: 3, label: 'Share of all waits, %', values: inPercent }),
    ],
    series: [
      {},
      {
        fill: colour(run.family),
        width: 0,
        points: { show: false },
        ...(bars && { paths: bars }),
      },
    ],
    hooks: { setCursor: [pointed], draw: [chart => others && drawOutline(chart, others)] },
  }
  // A bar stands between its edges, so its middle is half a bin to the right of the left one.
  return new uPlot(options, [values.map((_, bin) => bin + 0.5), values], byId('waits'))
}

/**
 * @param {uPlotType} chart
 * @param {readonly number[]} values
 */
function drawOutline(chart, values) {
  const { ctx } = chart
  ctx.save()
  ctx.strokeStyle = colour('ours')
  ctx.lineWidth = 2.5 * devicePixelRatio
  ctx.beginPath()
  values.forEach((value, bin) => {
    const y = chart.valToPos(value, 'y', true)
    ctx.lineTo(chart.valToPos(bin, 'x', true), y)
    ctx.lineTo(chart.valToPos(bin + 1, 'x', true), y)
  })
  ctx.stroke()
  ctx.restore()
}

/**
 * @param {WaitHistogram} waits
 * @param {number} bin
 */
function binInWords({ upToSec, counts }, bin) {
  const from = bin === 0 ? '0' : edgeInWords(upToSec[bin - 1] ?? null)
  const to = upToSec[bin] ?? null
  const count = counts[bin] ?? 0
  return `${to === null ? `over ${from}` : `${from} to ${to}`}\u00a0s: ${count} ${count === 1 ? 'wait' : 'waits'}`
}

/**
 * JSON has no word for an open end but null.
 * @param {number | null} edge
 */
function edgeInWords(edge) {
  return edge === null ? '∞' : String(edge)
}
