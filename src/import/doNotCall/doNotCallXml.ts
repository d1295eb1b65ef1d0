import { InputError } from '../../errors.ts'
import type { DoNotCallDelta } from '../../ports/doNotCall.ts'
import { changeWord, type Layout } from './doNotCallLayout.ts'
import type { RowReader, RowSink } from './doNotCallRows.ts'

/**
 * The tagged form in which the registries of the United States and Canada publish their lists beside the flat file: `ph` names
 * a number within the `ac` around it, each by its attribute `val`.
 */
export const xmlLayout: Layout = {
  delimiter: ',',
  area: 0,
  number: 1,
  action: 2,
  hints: [{ index: 0, kind: 'area' }],
  header: false,
}

/** Whether a file begins as XML does. */
export function isXml(firstLine: string): boolean {
  return /^<[?!]?[a-z]/i.test(firstLine)
}

/** A tag of more characters is none. */
const tagMaxCharacters = 4_096
const tagName = /^<(\/?)\s*([a-z]+)/i
const ignored: ReadonlySet<string> = new Set(['list', 'dnc', 'registry'])

/** Makes the reader; a row is a `ph`. */
export function createXmlReader(sink: RowSink, delta: DoNotCallDelta | undefined): RowReader {
  let rest = ''
  let line = 1
  let area: string | undefined
  const open: string[] = []

  function take(tag: string): void {
    if (/^<[?!]/.test(tag)) return
    const [, closing = '', written = ''] = tagName.exec(tag) ?? []
    const name = written.toLowerCase()
    const val = attribute(tag, 'val') ?? ''
    if (closing !== '') {
      if (open.pop() !== name) throw notRegistry(line, tag)
      if (name === 'ac') area = undefined
      return
    }
    if (!tag.endsWith('/>')) open.push(name)
    if (name === 'list') checkType(attribute(tag, 'type'), delta)
    else if (name === 'ac') area = val
    else if (name === 'ph') sink.text({ cells: [area ?? '', val, changeIn(tag)], line, cutOff: false })
    else if (!ignored.has(name)) throw notRegistry(line, tag)
  }

  function read(text: string): void {
    let at = 0
    for (;;) {
      const start = text.indexOf('<', at)
      const between = text.slice(at, start === -1 ? text.length : start)
      if (between.trim() !== '') throw notRegistry(line, between.trim())
      line += linesIn(between)
      const comment = start !== -1 && text.startsWith('<!--', start)
      const end = start === -1 ? -1 : text.indexOf(comment ? '-->' : '>', start)
      if (end === -1) {
        rest = start === -1 ? '' : text.slice(start)
        if (rest.length > tagMaxCharacters) throw notRegistry(line, rest)
        return
      }
      at = end + (comment ? 3 : 1)
      const tag = text.slice(start, at)
      take(tag)
      line += linesIn(tag)
    }
  }

  const decoder = new TextDecoder()
  return {
    push: piece => read(rest + decoder.decode(piece, { stream: true })),
    end() {
      if (rest === '' && open.length === 0) return
      throw new InputError('cut-off', `the XML file is cut off in line ${line}; nothing was imported: get it again`)
    },
  }
}

/** A file of changes taken for the whole list would lift everybody else's refusal. */
function checkType(type: string | undefined, delta: DoNotCallDelta | undefined): void {
  const isChange = type !== undefined && /chang|delta|update/i.test(type)
  if (isChange && delta === undefined)
    throw new InputError('change-file', 'the file holds changes of a list, not the list: say --delta changes')
  if (type !== undefined && !isChange && delta !== undefined)
    throw new InputError('full-file', 'the file is a whole list, not a change of one: leave --delta out')
}

function changeIn(tag: string): string {
  for (const [, name = '', value = ''] of tag.matchAll(/([a-z_]+)\s*=\s*['"]([^'"]*)['"]/gi))
    if (name.toLowerCase() !== 'val' && changeWord(value) !== undefined) return value
  return ''
}

function attribute(tag: string, name: string): string | undefined {
  return new RegExp(`\\s${name}\\s*=\\s*['"]([^'"]*)['"]`, 'i').exec(tag)?.[1]
}

function linesIn(text: string): number {
  return text.split('\n').length - 1
}

function notRegistry(line: number, shown: string): InputError {
  const message = `the file is XML, and not a registry's (line ${line}: ${JSON.stringify(shown.slice(0, 60))}): get the flat text file from the registry, or save a CSV`
  return new InputError('xml', message)
}
