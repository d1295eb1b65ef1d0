/** A line of an Asterisk configuration, as its reader (main/config.c) takes it. */
export type ConfLine =
  | {
      readonly kind: 'section'
      readonly name: string
      readonly isTemplate: boolean
      /** `(+)`: it goes on with a section of this name that is there already. */
      readonly goesOn: boolean
    }
  | { readonly kind: 'entry'; readonly key: string; readonly value: string }
  | { readonly kind: 'include'; readonly path: string; readonly isWanted: boolean }

/** The lines that mean something, with their numbers from 1. */
export interface NumberedLine {
  readonly at: number
  readonly line: ConfLine
}

const sectionLine = /^\[([^\]]*)\]\s*(?:\(([^)]*)\))?/
const includeLine = /^#\s*(include|tryinclude)\s+(?:"([^"]*)"|<([^>]*)>|(.+))$/

/** Reads a file's lines; comments, `;-- of several lines --;` too, are left out. */
export function confLines(text: string): readonly NumberedLine[] {
  const found: NumberedLine[] = []
  let depth = 0
  text.split('\n').forEach((raw, index) => {
    const cut = withoutComments(raw, depth)
    depth = cut.depth
    const line = readLine(cut.text.trim())
    if (line !== undefined) found.push({ at: index + 1, line })
  })
  return found
}

/** How many comments of several lines are open at the end of a text: what comes after them is not read. */
export function openComments(text: string): number {
  return text.split('\n').reduce((depth, raw) => withoutComments(raw, depth).depth, 0)
}

/** Comments of several lines may lie in each other. `;---` is one of a single line. */
function withoutComments(raw: string, before: number): { readonly text: string; readonly depth: number } {
  let depth = before
  let text = ''
  for (let at = 0; at < raw.length; at += 1) {
    if (depth > 0 && raw.startsWith('--;', at)) {
      depth -= 1
      at += 2
    } else if (raw.startsWith('\\;', at) && depth === 0) {
      text += ';'
      at += 1
    } else if (raw.startsWith(';--', at) && raw[at + 3] !== '-') {
      depth += 1
      at += 2
    } else if (depth === 0) {
      if (raw[at] === ';') break
      text += raw[at]
    }
  }
  return { text, depth }
}

function readLine(text: string): ConfLine | undefined {
  if (text.startsWith('[')) {
    const [, name = '', options = ''] = sectionLine.exec(text) ?? []
    const marks = options.split(',').map(option => option.trim())
    return { kind: 'section', name, isTemplate: marks.includes('!'), goesOn: marks.includes('+') }
  }
  const included = includeLine.exec(text)
  if (included !== null) {
    const [, verb, quoted, bracketed, bare = ''] = included
    return { kind: 'include', path: quoted ?? bracketed ?? bare.trim(), isWanted: verb === 'tryinclude' }
  }
  const equals = text.indexOf('=')
  if (equals <= 0 || text.startsWith('#')) return undefined
  const value = text.slice(equals + 1).replace(/^>/, '')
  return { kind: 'entry', key: text.slice(0, equals).replace(/\+$/, '').trim(), value: value.trim() }
}
