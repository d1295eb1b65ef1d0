import { byId, percentText } from './dom.js'
import { inPercent } from './frontier.js'
import { fillLegend } from './legend.js'
import { colour, fieldSwatch } from './looks.js'
import { axis, drawLimit, keepDrawn, largest } from './plot.js'

/** @import uPlotType from 'uplot' */
/** @import { PageView, RunView } from '../view.ts' */
/** @import { Timeline } from '../../study/results.ts' */

/** The agents' states from the bottom of the stack to its top. */
const states = /** @type {const} */ ([
  { key: 'onCall', label: 'On a call', ink: 'on-call' },
  { key: 'wrapUp', label: 'Wrap-up', ink: 'wrap-up' },
  { key: 'available', label: 'Available', ink: 'available' },
  { key: 'paused', label: 'Paused', ink: 'paused' },
])
/** In CSS pixels; the last one has the axis of the hours. */
const heights = { agents: 270, calls: 120, abandonment: 190 }
const syncKey = 'timeline'

/**
 * Draws a run over time: agents by state, the calls in flight, and abandonment, each on an axis of its own.
 * @param {PageView} view
 * @param {() => RunView} chosen
 * @returns {() => void} draws the run that is chosen now
 */
export function showTimeline(view, chosen) {
  const items = states.map(({ label, ink }) => ({ label, swatch: fieldSwatch(ink) }))
  const lines = [
    { label: 'Calls in flight', swatch: fieldSwatch('in-flight', { line: true }) },
    { label: 'Abandonment so far', swatch: fieldSwatch('abandonment', { line: true }) },
  ]
  const show = fillLegend(byId('agents-legend'), [...items, ...lines])
  // One scale for all runs: choosing another rule must not change what a height means.
  const agentsMax = largest(view.runs.map(({ timeline }) => largest(totals(timeline))))
  const callsMax = largest(view.runs.map(({ timeline }) => largest(timeline.inFlight)))
  const redraws = [
    keepDrawn(byId('agents'), size => drawAgents({ run: chosen(), size, agentsMax, show }), heights.agents),
    keepDrawn(byId('calls'), size => drawCalls({ run: chosen(), size, callsMax }), heights.calls),
    keepDrawn(byId('abandonment'), size => drawAbandonment({ run: chosen(), size, view }), heights.abandonment),
  ]
  return () => {
    for (const redraw of redraws) redraw()
  }
}

/**
 * @param {Timeline} timeline
 * @returns {readonly number[]}
 */
function totals(timeline) {
  return timeline.hours.map((_, index) => states.reduce((sum, { key }) => sum + (timeline[key][index] ?? 0), 0))
}

/**
 * Each state with those below it, the whole stack first: what is painted later covers the lower part.
 * @param {Timeline} timeline
 */
function stack(timeline) {
  return states
    .map(({ ink }, level) => {
      const parts = states.slice(0, level + 1)
      const heights = timeline.hours.map((_, index) =>
        parts.reduce((sum, { key }) => sum + (timeline[key][index] ?? 0), 0),
      )
      return { ink, heights }
    })
    .reverse()
}

/**
 * @typedef {{ width: number, height: number }} Size
 * @param {{ run: RunView, size: Size, agentsMax: number, show: ReturnType<typeof fillLegend> }} what
 * @returns {uPlotType}
 */
function drawAgents({ run: { timeline }, size, agentsMax, show }) {
  const layers = stack(timeline)
  const areas = layers.map(({ ink }) => ({ fill: colour(ink), width: 0, points: { show: false } }))
  const values = (/** @type {uPlotType} */ chart) => show(...valuesAt(timeline, chart.cursor.idx ?? undefined))
  /** @type {uPlotType.Options} */
  const options = {
    ...size,
    ...common,
    scales: { x: { time: false }, y: { range: [0, Math.max(1, agentsMax * 1.04)] } },
    axes: [axis({ side: 2, values: [], size: 8 }), axis({ side: 3, label: 'Agents' })],
    series: [{}, ...areas],
    hooks: { setCursor: [values] },
  }
  show(...valuesAt(timeline, undefined))
  const data = layers.map(({ heights }) => heights)
  return new uPlot(options, [[...timeline.hours], ...data], byId('agents'))
}

/**
 * @param {{ run: RunView, size: Size, callsMax: number }} what
 * @returns {uPlotType}
 */
function drawCalls({ run: { timeline }, size, callsMax }) {
  /** @type {uPlotType.Options} */
  const options = {
    ...size,
    ...common,
    scales: { x: { time: false }, y: { range: [0, Math.max(1, callsMax * 1.04)] } },
    axes: [axis({ side: 2, values: [], size: 8 }), axis({ side: 3, label: 'Calls' })],
    series: [{}, { stroke: colour('in-flight'), width: 1.25, points: { show: false } }],
  }
  return new uPlot(options, [[...timeline.hours], [...timeline.inFlight]], byId('calls'))
}

/**
 * @param {{ run: RunView, size: Size, view: PageView }} what
 * @returns {uPlotType}
 */
function drawAbandonment({ run: { timeline }, size, view: { frontier } }) {
  const limit = frontier.cap ?? frontier.target
  // The first few calls may read 0 or 50 percent; the scale is made for what comes after them.
  const settled = timeline.abandonmentRate.slice(Math.floor(timeline.abandonmentRate.length / 8))
  const rateMax = Math.min(1, Math.max(limit * 1.7, largest(settled) * 1.1)) || 0.05
  const limits = [
    { at: frontier.target, ink: 'muted', dash: [4, 4], label: `target ${percentText(frontier.target)}`, before: false },
  ]
  if (frontier.cap !== null)
    limits.push({ at: frontier.cap, ink: 'bad', dash: [], label: `cap ${percentText(frontier.cap)}`, before: true })
  const drawLimits = (/** @type {uPlotType} */ chart) => {
    for (const one of limits) drawLimit(chart, { scale: 'y', ...one })
  }
  /** @type {uPlotType.Options} */
  const options = {
    ...size,
    ...common,
    scales: { x: { time: false }, y: { range: [0, rateMax] } },
    axes: [
      axis({ side: 2, label: 'Working hours since the start, h' }),
      axis({ side: 3, label: 'Abandonment, %', values: inPercent }),
    ],
    series: [{}, { stroke: colour('abandonment'), width: 2, points: { show: false } }],
    hooks: { draw: [drawLimits] },
  }
  return new uPlot(options, [[...timeline.hours], [...timeline.abandonmentRate]], byId('abandonment'))
}

/** What all of them have: they zoom and point together. */
const common = {
  legend: { show: false },
  padding: /** @type {uPlotType.Padding} */ ([10, 16, 0, 0]),
  cursor: { y: false, sync: { key: syncKey }, points: { show: false } },
}

/**
 * The legend's values at a moment, or over the whole run.
 * @param {Timeline} timeline
 * @param {number | undefined} index
 * @returns {[values: string[], when: string]}
 */
function valuesAt(timeline, index) {
  const counts = [...states.map(({ key }) => timeline[key]), timeline.inFlight]
  if (index === undefined) {
    const last = timeline.abandonmentRate.at(-1) ?? 0
    return [
      [...counts.map(values => mean(values).toFixed(1)), percentText(last)],
      'means of the run; abandonment at its end',
    ]
  }
  const hour = timeline.hours[index] ?? 0
  const now = timeline.abandonmentRate[index] ?? 0
  return [[...counts.map(values => String(values[index] ?? '')), percentText(now)], `after ${hour.toFixed(2)} h`]
}

/** @param {readonly number[]} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}
