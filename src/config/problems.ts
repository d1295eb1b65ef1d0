import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'

/** Where in a document something is wrong, and what to write instead. */
export interface Problem {
  readonly path: readonly string[]
  /** One line: `unknown key "chanels": did you mean "channels"?` */
  readonly text: string
}

/** What a typebox schema is as JSON Schema; `x-says` is ours: what a right value is, in words. */
interface JsonSchema {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: JsonSchema | boolean
  readonly items?: JsonSchema
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly 'x-says'?: string
}

/** Names a place the way one would write it: `trunks[0].channels`. */
export function pathText(path: readonly string[]): string {
  return path.reduce((text, key) => {
    if (/^\d+$/.test(key)) return `${text}[${key}]`
    return text === '' ? key : `${text}.${key}`
  }, '')
}

/** All that is wrong with a value, at most one problem a place, unknown keys first; empty when it fits the schema. */
export function problemsOf(schema: TSchema, value: unknown): readonly Problem[] {
  if (Value.Check(schema, value)) return []
  const problems = new Map<string, Problem>()
  for (const error of Value.Errors(schema, value)) {
    if (error.keyword === 'boolean') continue
    const path = segments(error.instancePath)
    // A typebox schema is a JSON Schema object: this cast only says so.
    const at = schemaAt(schema as JsonSchema, path)
    for (const problem of describe({ error, path, at, value: valueAt(value, path) })) {
      const key = problem.path.join('/')
      if (!problems.has(key) && !insideKnown(problems, problem.path)) problems.set(key, problem)
    }
  }
  return unknownKeysFirst([...problems.values()])
}

/** A mistyped key is the cause of the missing one, so it comes first and the missing one goes unsaid. */
function unknownKeysFirst(problems: readonly Problem[]): readonly Problem[] {
  const unknown = problems.filter(problem => problem.text.startsWith(isUnknown))
  const meant = unknown.map(({ path, text }) => [...path.slice(0, -1), /"(.*)"/.exec(text)?.[1]].join('/'))
  const others = problems.filter(problem => !unknown.includes(problem) && !meant.includes(problem.path.join('/')))
  return [...unknown, ...others]
}

/** A value that fails as a whole (a union) makes complaints about its insides noise. */
function insideKnown(problems: ReadonlyMap<string, Problem>, path: readonly string[]): boolean {
  return path.some((_, length) => length > 0 && problems.has(path.slice(0, length).join('/')))
}

interface Finding {
  readonly error: { readonly keyword: string; readonly params: object }
  readonly path: readonly string[]
  readonly at: JsonSchema | undefined
  readonly value: unknown
}

function describe({ error, path, at, value }: Finding): readonly Problem[] {
  const known = Object.keys(at?.properties ?? {})
  if (error.keyword === 'additionalProperties') {
    return names(error.params, 'additionalProperties').map(key => ({
      path: [...path, key],
      text: unknownKey(key, known),
    }))
  }
  if (error.keyword === 'required') {
    return names(error.params, 'requiredProperties').map(key => ({
      path: [...path, key],
      text: `is missing: write ${says(at?.properties?.[key])}`,
    }))
  }
  return [{ path, text: `must be ${says(at)}, not ${shown(value, path)}${quoteHint(at, value)}` }]
}

function names(params: object, key: string): readonly string[] {
  const list: unknown = Object.entries(params).find(([name]) => name === key)?.[1]
  return Array.isArray(list) ? list.map(String) : []
}

const isUnknown = 'is an unknown key'

function unknownKey(key: string, known: readonly string[]): string {
  const near = nearest(key, known)
  if (near !== undefined) return `${isUnknown}: did you mean "${near}"?`
  return `${isUnknown}: remove it, or use one of ${known.join(', ')}`
}

/** YAML reads 1001 and +12025550100 as numbers; where text is wanted, quotes make them text. */
function quoteHint(at: JsonSchema | undefined, value: unknown): string {
  const wantsText = at?.type === 'string' || at?.anyOf?.every(choice => typeof choice.const === 'string') === true
  return typeof value === 'number' && wantsText ? ' (put it in quotes to make it text)' : ''
}

function shown(value: unknown, path: readonly string[]): string {
  if (path.some(key => /secret|token/i.test(key))) return 'what is there'
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`
}

function says(schema: JsonSchema | undefined): string {
  if (schema === undefined) return 'a value'
  if (schema['x-says'] !== undefined) return schema['x-says']
  const choices = schema.enum ?? schema.anyOf?.map(choice => choice.const)
  if (choices?.every(choice => choice !== undefined)) return `one of ${choices.map(String).join(', ')}`
  if (schema.type === 'integer') return `a whole number${range(schema)}`
  if (schema.type === 'number') return `a number${range(schema)}`
  if (schema.type === 'boolean') return 'true or false'
  if (schema.type === 'string') return 'text'
  if (schema.type === 'array') return `a list${schema.minItems === undefined ? '' : ` of at least ${schema.minItems}`}`
  return 'a group of keys'
}

function range({ minimum, maximum }: JsonSchema): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`
  if (minimum !== undefined) return ` of at least ${minimum}`
  return maximum === undefined ? '' : ` of at most ${maximum}`
}

function segments(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function schemaAt(schema: JsonSchema, path: readonly string[]): JsonSchema | undefined {
  let at: JsonSchema | undefined = schema
  for (const key of path) at = at === undefined ? undefined : child(at, key)
  return at
}

function child(schema: JsonSchema, key: string): JsonSchema | undefined {
  const pattern = Object.entries(schema.patternProperties ?? {}).find(([source]) => new RegExp(source).test(key))
  const rest = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined
  return schema.properties?.[key] ?? schema.items ?? pattern?.[1] ?? rest
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let at = value
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return undefined
    at = Object.entries(at).find(([name]) => name === key)?.[1]
  }
  return at
}

/** The known word that was probably meant: the nearest by edits, if near enough. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  let best: { word: string; distance: number } | undefined
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance <= Math.max(2, Math.floor(candidate.length / 3)) && (best === undefined || distance < best.distance))
      best = { word: candidate, distance }
  }
  return best?.word
}

function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...left].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...right].entries()) {
      const change = (row[j] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
