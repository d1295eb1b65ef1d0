import { type ConfLine, confLines } from './confLines.ts'

/** The configuration folder, read only: paths are relative to it. Texts have one character a byte (latin1). */
export interface ConfFiles {
  /** Undefined: there is no such file. */
  read(path: string): string | undefined
  /** The paths that a pattern with `*` and `?` fits, sorted. */
  matching(pattern: string): readonly string[]
}

/** A setting with the place where it stands. */
export interface Entry {
  readonly key: string
  readonly value: string
  readonly file: string
  readonly at: number
}

/** A section with all that was added to it. */
export interface Section {
  readonly name: string
  readonly isTemplate: boolean
  readonly file: string
  readonly at: number
  readonly entries: readonly Entry[]
}

/** What Asterisk makes of a file and all that it includes. */
export interface ConfTree {
  readonly sections: readonly Section[]
  /** Paths that were read, the file itself among them. */
  readonly read: ReadonlySet<string>
  /** Includes from outside of the folder, which were not followed. */
  readonly outside: readonly string[]
}

/** Whether a path fits a pattern with `*` and `?` in its last part. */
export function fits(pattern: string, path: string): boolean {
  const quoted = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${quoted.replaceAll('*', '[^/]*').replaceAll('?', '[^/]')}$`).test(path)
}

const depthMax = 16

interface Growing {
  readonly name: string
  readonly isTemplate: boolean
  readonly file: string
  readonly at: number
  readonly entries: Entry[]
}

/** Reads a file with its includes, in the order in which Asterisk does. `etc`: where absolute paths lead into the folder. */
export function readTree(main: string, files: ConfFiles, etc = '/etc/asterisk'): ConfTree {
  const sections: Growing[] = []
  const read = new Set<string>()
  const outside: string[] = []
  const take = (file: string, { inside, depth }: { inside: Growing | undefined; depth: number }): void => {
    const text = files.read(file)
    if (text === undefined || depth > depthMax) return
    read.add(file)
    let current = inside
    for (const { at, line } of confLines(text)) {
      if (line.kind === 'section') current = open(line, { file, at })
      else if (line.kind === 'entry') current?.entries.push({ key: line.key, value: line.value, file, at })
      else for (const path of included(line.path)) take(path, { inside: current, depth: depth + 1 })
    }
  }
  const open = (line: ConfLine & { kind: 'section' }, place: { file: string; at: number }): Growing => {
    const known = line.goesOn ? sections.findLast(({ name }) => name === line.name) : undefined
    if (known !== undefined) return known
    const section = { name: line.name, isTemplate: line.isTemplate, ...place, entries: [] }
    sections.push(section)
    return section
  }
  const included = (path: string): readonly string[] => {
    const inFolder = path.startsWith(`${etc}/`) ? path.slice(etc.length + 1) : path
    if (inFolder.startsWith('/') || inFolder.split('/').includes('..')) {
      outside.push(path)
      return []
    }
    return /[*?]/.test(inFolder) ? files.matching(inFolder) : [inFolder]
  }
  take(main, { inside: undefined, depth: 0 })
  return { sections, read, outside }
}

/** The section that settings are read from: the first of its name. */
export function sectionOf({ sections }: ConfTree, name: string): Section | undefined {
  return sections.find(section => section.name === name && !section.isTemplate)
}

/** The setting that holds: the last of its name. */
export function settingOf(section: Section | undefined, key: string): Entry | undefined {
  return section?.entries.findLast(entry => entry.key.toLowerCase() === key)
}

/** As Asterisk reads a switch (`ast_true`). */
export function isTrue(value: string | undefined): boolean {
  return value !== undefined && /^(yes|true|y|t|1|on)$/i.test(value)
}
