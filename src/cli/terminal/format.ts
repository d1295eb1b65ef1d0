import { printable } from '../../core/printable.ts'
import { displayWidth, padded } from './width.ts'

/** A ratio 0..1 as percent: `2.7 %`. */
export function percent(ratio: number, digits = 1): string {
  return `${(ratio * 100).toFixed(digits)} %`
}

/** An instant as people read it, in this machine's time zone: `2026-01-31 14:30:05`. */
export function localTime(at: string | undefined): string {
  if (at === undefined) return ''
  const time = new Date(at)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`
}

/** Words of the daemon, whose instants are UTC, with them as people here read them. */
export function localTimes(says: string): string {
  return says.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, instant => localTime(instant))
}

/** Bytes as people read them: `12.3 MB`. */
export function byteCount(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let amount = bytes
  let unit = 0
  while (amount >= 1000 && unit < units.length - 1) {
    amount /= 1000
    unit += 1
  }
  return `${unit === 0 ? amount : amount.toFixed(1)} ${units[unit]}`
}

/** Milliseconds as people read them: `850 ms`, `4.2 s`, `3 min 5 s`. */
export function elapsed(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}

/** An undefined one stays empty. */
export type Cell = string | number | undefined

/** A number, a percentage, a duration; or nothing. */
const figure = /^(-?[\d.,]+( (%|s|ms|min \d+ s))?)?$/

/** Rows under a header, in columns that align; what a cell holds breaks neither its line nor the terminal. */
export function table(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [header, ...rows].map(cells => header.map((_, column) => cellText(cells[column])))
  const columns = header.map(
    (_, column) =>
      ({
        width: Math.max(...lines.map(cells => displayWidth(cells[column] ?? ''))),
        // Figures stand to the right.
        side: rows.length > 0 && rows.every(row => figure.test(cellText(row[column]))) ? 'right' : 'left',
      }) as const,
  )
  return lines
    .map(cells => columns.map(({ width, side }, column) => padded(cells[column] ?? '', width, side)).join('  '))
    .map(line => `${line.trimEnd()}\n`)
    .join('')
}

/** In one line, whatever it is. */
function cellText(cell: Cell): string {
  return cell === undefined ? '' : printable(String(cell))
}

/** Names and values, one a line, the values in one column. */
export function fields(pairs: readonly (readonly [name: string, value: Cell])[]): string {
  const shown = pairs.filter(([, value]) => value !== undefined)
  const width = Math.max(...shown.map(([name]) => name.length))
  return shown.map(([name, value]) => `${name.padEnd(width)}  ${cellText(value)}\n`).join('')
}

/** Breaks text at commas and spaces into lines of at most `width`, each led by the indent. */
export function wrap(text: string, { width, indent }: { readonly width: number; readonly indent: string }): string {
  const lines: string[] = []
  let line = indent
  for (const word of text.split(' ')) {
    if (line.length + word.length + 1 > width && line !== indent) {
      lines.push(line)
      line = indent
    }
    line += line === indent ? word : ` ${word}`
  }
  return `${[...lines, line].join('\n')}\n`
}

/** `1 lead`, `2 leads`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** Hours as people read them: `45 min`, `3 h 20 min`, `120 h`. */
export function hoursAndMinutes(hours: number): string {
  const minutes = Math.round(hours * 60)
  if (minutes < 60) return `${minutes} min`
  if (hours >= 48) return `${Math.round(hours)} h`
  const rest = minutes % 60
  return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`
}
