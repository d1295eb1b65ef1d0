import { readFileSync } from 'node:fs'
import type { TSchema } from 'typebox'
import { type Document, isNode, LineCounter, parseDocument } from 'yaml'
import { ConfigError, errorCode, errorMessage } from '../errors.ts'
import { type Problem, pathText, problemsOf } from './problems.ts'

/** A file of this size is no configuration. */
const fileBytesMax = 4 * 1024 * 1024

/** A YAML file that was read: its value, and where in the file each part of it stands. */
export interface YamlFile {
  readonly file: string
  readonly value: unknown
  /** `FILE:LINE` of a place in the value; of the nearest place around it that exists. */
  locate(path: readonly string[]): string
}

/** Reads a YAML (or JSON) file. A {@link ConfigError} names file and line. */
export function readYamlFile(file: string): YamlFile {
  return parseYaml(file, readText(file))
}

function readText(file: string): string {
  try {
    const text = readFileSync(file, 'utf8')
    if (text.length > fileBytesMax) throw new ConfigError('config-too-large', `${file} is larger than 4 MiB`)
    return text
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause
    throw new ConfigError('config-unreadable', `cannot read ${file}: ${readFailure(cause)}`, { cause })
  }
}

function readFailure(cause: unknown): string {
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file; `dialwright init` writes one',
    EACCES: 'no permission; run as the user who owns it, or change its mode',
    EISDIR: 'it is a directory; name a file',
  }
  return words[errorCode(cause)] ?? errorCode(cause)
}

/** Parses YAML text that came from `file`. */
export function parseYaml(file: string, text: string): YamlFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [error] = document.errors
  if (error !== undefined) {
    const where = `${file}:${lines.linePos(error.pos[0]).line}`
    throw new ConfigError('config-not-yaml', `${where}: not valid YAML: ${error.message}`)
  }
  const locate = (path: readonly string[]): string => {
    const offset = offsetOf(document, path)
    return offset === undefined ? file : `${file}:${lines.linePos(offset).line}`
  }
  return { file, value: plainValue(file, document), locate }
}

/** An alias of nothing, or aliases that make gigabytes of a kilobyte, come to light only here. */
function plainValue(file: string, document: Document.Parsed): unknown {
  try {
    return document.toJS()
  } catch (cause) {
    throw new ConfigError('config-not-yaml', `${file}: not valid YAML: ${errorMessage(cause)}`, { cause })
  }
}

function offsetOf(document: Document.Parsed, path: readonly string[]): number | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const keys = path.slice(0, length).map(key => (/^\d+$/.test(key) ? Number(key) : key))
    const node = document.getIn(keys, true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return undefined
}

/**
 * Refuses a file that does not fit the schema; the message names file, line, place and what to write. A section with nothing under
 * it but comments counts as left out, and is taken out of the value.
 */
export function checkAgainst(schema: TSchema, yaml: YamlFile): void {
  dropEmptySections(schema, yaml.value)
  const problems = problemsOf(schema, yaml.value)
  if (problems.length > 0) throw configProblem(yaml, problems)
}

function dropEmptySections(schema: TSchema, value: unknown): void {
  if (typeof value !== 'object' || value === null || !('properties' in schema)) return
  const sections = new Map(Object.entries(schema.properties ?? {}))
  for (const [key, part] of Object.entries(value)) {
    const section = sections.get(key)
    const holdsParts = section !== undefined && ('items' in section || 'properties' in section)
    if (part === null && holdsParts) Reflect.deleteProperty(value, key)
  }
}

/** Several things are wrong in a file: the message tells the first whole and counts the others. */
export class ConfigProblems extends ConfigError {
  /** One line each. */
  readonly all: readonly string[]

  constructor(all: readonly string[]) {
    const [first = ''] = all
    const others = all.length - 1
    super(
      'config-wrong',
      `${first}${others === 0 ? '' : ` (and ${others} more ${others === 1 ? 'problem' : 'problems'})`}`,
    )
    this.all = all
  }
}

/** The error for what is wrong in a file: the first problem whole, the others counted. */
export function configProblem(yaml: YamlFile, problems: readonly Problem[]): ConfigError {
  if (problems.length === 0) return new ConfigError('config-wrong', `${yaml.file} is wrong`)
  return new ConfigProblems(
    problems.map(
      ({ path, text }) => `${yaml.locate(path)}: ${path.length === 0 ? 'the file' : pathText(path)} ${text}`,
    ),
  )
}
