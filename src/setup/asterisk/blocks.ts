import { InputError } from '../../errors.ts'

const begins = '; >>> dialwright: written by `dialwright pbx install`, taken out by `dialwright pbx uninstall`'
const ends = '; <<< dialwright'

/** A file's text without our lines. @throws InputError `marks-damaged` */
export function withoutBlock(file: string, text: string): string {
  const found = find(file, text)
  return found === undefined ? text : text.slice(0, found.from) + text.slice(found.to)
}

/** The same text with these lines between our marks: where they stood, else at its end. None: without marks. */
export function withBlock(file: string, text: string, lines: readonly string[]): string {
  if (lines.length === 0) return withoutBlock(file, text)
  const block = `${[begins, ...lines, ends].join('\n')}\n`
  const found = find(file, text)
  if (found !== undefined) return text.slice(0, found.from) + block + text.slice(found.to)
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${block}`
}

function find(file: string, text: string): { readonly from: number; readonly to: number } | undefined {
  const starts = placesOf(text, begins)
  const stops = placesOf(text, ends)
  const [start] = starts
  const [stop] = stops
  if (start === undefined && stop === undefined) return undefined
  if (starts.length === 1 && stops.length === 1 && start !== undefined && stop !== undefined && start < stop)
    return { from: start, to: Math.min(text.length, stop + ends.length + 1) }
  throw new InputError(
    'marks-damaged',
    `${file}: the marks around Dialwright's lines are damaged: take those lines and their marks ("${ends}") out by hand, then try again`,
  )
}

/** Where a line that is exactly this begins. */
function placesOf(text: string, line: string): readonly number[] {
  const places: number[] = []
  for (let at = text.indexOf(line); at >= 0; at = text.indexOf(line, at + 1)) {
    const after = text[at + line.length]
    if ((at === 0 || text[at - 1] === '\n') && (after === undefined || after === '\n' || after === '\r'))
      places.push(at)
  }
  return places
}
