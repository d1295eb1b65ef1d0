import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import type { CourseView } from '../../api/course.ts'
import { given } from '../../core/given.ts'
import { count, language, percent, say } from '../parts/words.ts'
import { type Stretch, stretches } from './course.ts'

/** One line of a chart. */
interface Line {
  readonly label: string
  /** A token of the theme: `--talking`. */
  readonly colour: string
  readonly values: readonly number[]
  /** Told apart without colours. */
  readonly dash?: 'dashed' | 'dotted'
}

const minutes = 5
const perHour = 60 / minutes

/** The last hours in three charts, and as a table for whoever does not see them. */
export function Charts({ course }: { readonly course: CourseView | undefined }) {
  const shown = course === undefined ? [] : stretches(course, minutes)
  if (shown.length < 2) return <p class="card muted">{say('board.course-soon', { minutes: 2 * minutes })}</p>
  const at = shown.map(one => one.at)
  const rate = (of: (stretch: Stretch) => number): readonly number[] => shown.map(one => of(one) * perHour)
  return (
    <div class="charts">
      <Chart
        title={say('board.calls-an-hour')}
        at={at}
        lines={[
          { label: say('board.dialed'), colour: '--muted', dash: 'dotted', values: rate(one => one.attempts) },
          { label: say('board.answered'), colour: '--ready', dash: 'dashed', values: rate(one => one.answers) },
          { label: say('board.connected'), colour: '--talking', values: rate(one => one.reached) },
        ]}
      />
      <Chart
        title={say('board.agents')}
        at={at}
        lines={[
          { label: say('board.at-work'), colour: '--muted', dash: 'dotted', values: shown.map(one => one.atWork) },
          { label: say('board.who-talk'), colour: '--talking', values: shown.map(one => one.talking) },
        ]}
      />
      <Chart
        title={say('board.answer-rate')}
        at={at}
        isShare
        lines={[
          {
            label: say('board.answered'),
            colour: '--ready',
            dash: 'dashed',
            values: shown.map(one => share(one.answers, one.attempts)),
          },
          {
            label: say('board.abandoned'),
            colour: '--act',
            values: shown.map(one => share(one.abandoned, one.answers)),
          },
        ]}
      />
      <details class="card">
        <summary>{say('board.as-table')}</summary>
        <CourseTable shown={shown} />
      </details>
    </div>
  )
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}

interface ChartProps {
  readonly title: string
  /** Seconds since 1970. */
  readonly at: readonly number[]
  readonly lines: readonly Line[]
  /** Values are shares 0..1. */
  readonly isShare?: boolean
}

const height = 180
const dashes = { dashed: [8, 4], dotted: [2, 4] }

function Chart({ title, at, lines, isShare = false }: ChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | undefined>(undefined)
  const data: uPlot.AlignedData = [[...at], ...lines.map(({ values }) => [...values])]
  useEffect(() => {
    const { current: element } = place
    if (element === null) return
    const made = new uPlot(optionsOf(lines, { width: element.clientWidth, isShare }), data, element)
    plot.current = made
    const watcher = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }))
    watcher.observe(element)
    const dark = matchMedia('(prefers-color-scheme: dark)')
    const redraw = (): void => made.redraw(false)
    dark.addEventListener('change', redraw)
    const theme = new MutationObserver(redraw)
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    return () => {
      watcher.disconnect()
      theme.disconnect()
      dark.removeEventListener('change', redraw)
      made.destroy()
    }
  }, [language.value])
  useEffect(() => plot.current?.setData(data), [data])
  return (
    <figure class="card chart">
      <figcaption class="row spread">
        <strong>{title}</strong>
        <span class="row small">
          {lines.map(({ label, colour, dash = 'solid' }) => (
            <span key={label} class="key-line" style={`--key:var(${colour});--dash:${dash}`}>
              {label}
            </span>
          ))}
        </span>
      </figcaption>
      <div ref={place} aria-hidden="true" />
    </figure>
  )
}

function token(name: string): string {
  // A token is light-dark(...): only an element that wears it knows its colour.
  const probe = document.createElement('i')
  probe.style.color = `var(${name})`
  document.body.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

function optionsOf(
  lines: readonly Line[],
  { width, isShare }: { readonly width: number; readonly isShare: boolean },
): uPlot.Options {
  const axis = {
    stroke: () => token('--muted'),
    grid: { stroke: () => token('--soft'), width: 1 },
    ticks: { show: false },
  }
  const text = (value: number): string => (isShare ? percent(value) : count(value))
  const hour = new Intl.DateTimeFormat(language.value, { hour: '2-digit', minute: '2-digit' })
  return {
    width,
    height,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.1 : 1] } },
    axes: [
      { ...axis, size: 28, values: (_plot, splits) => splits.map(at => hour.format(new Date(at * 1000))) },
      { ...axis, size: 56, values: (_plot, splits) => splits.map(text) },
    ],
    series: [
      {},
      ...lines.map(({ label, colour, dash }) => ({
        label,
        stroke: () => token(colour),
        width: 2,
        points: { show: false },
        ...given({ dash: dash && dashes[dash] }),
      })),
    ],
  }
}

function CourseTable({ shown }: { readonly shown: readonly Stretch[] }) {
  const hour = new Intl.DateTimeFormat(language.value, { hour: '2-digit', minute: '2-digit' })
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">{say('board.from')}</th>
            {(['board.dialed', 'board.answered', 'board.connected', 'board.abandoned', 'board.at-work'] as const).map(
              word => (
                <th key={word} scope="col" class="number">
                  {say(word)}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {shown.toReversed().map(one => (
            <tr key={one.at}>
              <td>{hour.format(new Date(one.at * 1000))}</td>
              <td class="number">{count(one.attempts)}</td>
              <td class="number">{count(one.answers)}</td>
              <td class="number">{count(one.reached)}</td>
              <td class="number">{count(one.abandoned)}</td>
              <td class="number">{count(Math.round(one.atWork))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
