import type { AlarmView } from '../../api/alarms.ts'
import type { Status } from '../../api/views.ts'
import { cut, type Draw } from './spans.ts'

/** Alarms take no more than this share of the window's lines, and at least a few. */
const alarmShare = 1 / 5
const alarmLinesMin = 3

/**
 * Each alarm in two lines, what it is and what to do, as far as there is room; then in one; what has none is counted. Silenced ones
 * are counted alone.
 */
export function alarmLines({ alarms = [] }: Status, { draw, height }: { draw: Draw; height: number }): string[] {
  const room = Math.max(alarmLinesMin, Math.floor(height * alarmShare))
  const loud = alarms.filter(({ silenced }) => silenced === undefined)
  const silenced = alarms.length - loud.length
  const isWhole = loud.length * 2 + (silenced > 0 ? 1 : 0) <= room
  const withTodo = isWhole ? loud.length : 1
  const shown = isWhole ? loud : loud.slice(0, room - 2)
  const counts = [
    [loud.length - shown.length, 'more'],
    [silenced, 'silenced'],
  ] as const
  const counted = counts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`)
  const foot =
    counted.length === 0 ? [] : [cut([{ text: `Alarms: ${counted.join(', ')}: dialwright alarms`, ink: 'grey' }], draw)]
  return [...shown.flatMap((alarm, index) => alarmText(alarm, { draw, withTodo: index < withTodo })), ...foot]
}

function alarmText(
  { what, subject, severity, says, todo, stopsDialing, goneSince }: AlarmView,
  { draw, withTodo }: { draw: Draw; withTodo: boolean },
): string[] {
  const ink = goneSince !== undefined ? 'grey' : severity === 'critical' ? 'red' : 'yellow'
  const title = stopsDialing ? 'Nothing is dialed' : severity === 'critical' ? 'Alarm' : 'Look at'
  const text = `${title}: ${what}${subject === undefined ? '' : ` ${subject}`}: ${says}`
  return [cut([{ text, ink }], draw), ...(withTodo ? [cut([{ text: `  -> ${todo}`, ink }], draw)] : [])]
}
