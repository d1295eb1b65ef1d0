import type { AskLine, AskView } from '../../../api/rules/ask.ts'
import { printable } from '../../../core/printable.ts'
import { type Cell, fields, table } from '../../terminal/format.ts'
import type { Ink, Paint } from '../../terminal/paint.ts'

const inks: Readonly<Record<AskLine['answer'], Ink>> = {
  satisfied: 'green',
  refuses: 'red',
  lifted: 'yellow',
  stands: 'dim',
}

/** What decides comes first. */
const order: readonly AskLine['answer'][] = ['refuses', 'lifted', 'satisfied', 'stands']

/** An answer for people: the verdict, where the person may be and why, what each line of law says, what nobody knows. */
export function askWords(answer: AskView, paint: Paint): string {
  return [
    verdictWords(answer, paint),
    placeWords(answer),
    refusalWords(answer),
    lineWords(answer, paint),
    remarks(answer, paint),
  ]
    .filter(part => part !== '')
    .join('\n')
}

function verdictWords(answer: AskView, paint: Paint): string {
  const { allowed, number, says, retryAt, at, latestAnswerAt, seller, purpose, topic, rulesVersion } = answer
  const verdict = allowed ? paint('green', 'may be called') : paint('red', 'may not be called')
  return fields([
    ['number', printable(number)],
    ['at', `${at}, answered by ${latestAnswerAt} at the latest`],
    ['for', `seller in ${seller}, ${purpose}, topic ${printable(topic)}`],
    ['verdict', verdict],
    ['because', allowed ? undefined : printable(says.replace(/^no: /, ''))],
    ['again at', retryAt?.utc],
    ...(retryAt?.local ?? []).map(({ zone, time }) => ['', `${time} ${zone}`] as const),
    ['rules', rulesVersion],
  ])
}

function placeWords({ places, zones }: AskView): string {
  const law = (read: boolean) => (read ? 'read' : "only its country's: nobody has read its own")
  const placeRows = places.map(({ place, by, read }) => [place, by.join(', '), law(read)])
  const zoneRows = zones.map(({ zone, by, time }) => [zone, by.join(', '), time])
  return [
    places.length === 0 ? 'nothing says where the person is\n' : cleanTable(['place', 'known by', 'law'], placeRows),
    zones.length === 0 ? '' : `\n${cleanTable(['zone', 'known by', 'local time'], zoneRows)}`,
  ].join('')
}

function refusalWords({ refusals }: AskView): string {
  if (refusals.length < 2) return ''
  const rows = refusals.map(({ check, says }) => [check, says.replace(/^no: /, '')])
  return cleanTable(['check', 'all that says no, the first decides'], rows)
}

function lineWords({ lines }: AskView, paint: Paint): string {
  if (lines.length === 0) return 'no line of law is in force for this call\n'
  const rows = lines
    .toSorted((left, right) => order.indexOf(left.answer) - order.indexOf(right.answer))
    .map(({ rule, places, answer, why, asks, source, read, override }) => [
      printable(rule),
      paint(inks[answer], answer),
      printable(places.join(' ')),
      printable(why === undefined ? asks : `${asks}: ${why}`),
      printable(`${source} (read ${read})`),
      printable(override === undefined ? '' : `${override.by}: ${override.change} (${override.reason})`),
    ])
  return table(['rule', 'answer', 'for', 'asks', 'source', 'overridden by'], rows)
}

function remarks({ unread, off, assumed }: AskView, paint: Paint): string {
  const lines = [
    ...unread.map(
      place =>
        `${paint('yellow', 'unread')}   nobody has read the law of ${place}: only its country's lines were asked`,
    ),
    ...off.map(({ rule, by, reason }) => `${paint('yellow', 'off')}      ${printable(`${rule} (${by}: ${reason})`)}`),
    ...assumed.map(text => `assumed  ${text}`),
  ]
  return lines.map(line => `${line}\n`).join('')
}

function cleanTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return table(
    header,
    rows.map(row => row.map((cell): Cell => printable(cell))),
  )
}
