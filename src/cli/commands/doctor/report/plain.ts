import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

declare const proved: unique symbol
/** Text of which it is proved that it is about nobody: only the makers of this file make it. */
export type Word = string & { readonly [proved]: true }

/** What may stand in a bundle for support: the compiler lets no other text in. Keys are written in the program. */
export type Plain = undefined | null | number | boolean | Word | readonly Plain[] | { readonly [key: string]: Plain }

/** The one place where text becomes a word. */
function prove(text: string): Word {
  return text as Word
}

/** What stands in the place of text that nobody vouches for. */
const other = prove('(left out)')

/** A version, a day, a place of a law, an edition of the zone data, a digest with a letter in it: too strict to hold a number or an address. */
const harmless = [
  /^\d{1,2}(\.\d{1,3}){1,2}$/,
  /^20\d\d-\d\d-\d\d$/,
  /^[A-Z]{2}(-[A-Z0-9]{1,3})?$/,
  /^20\d\d[a-z]$/,
  /^(?=.*[a-f])[0-9a-f]{12}$/,
]
/** Of machines. */
const machines = ['linux', 'darwin', 'win32', 'freebsd', 'x64', 'arm64']

/** Proves text, by the program's own words. */
export interface Prover {
  /** Text that stands in the program as it is, or is a version, a day or a place. */
  word(text: string | undefined): Word | undefined
  /** The program's own words as they are. */
  isOurs(text: string): boolean
}

/** Vouches for what stands between quotes in the program's own files, and for nothing else. */
export function createProver(): Prover {
  const ours = ownWords(fileURLToPath(new URL('../../../..', import.meta.url)))
  for (const machine of machines) ours.add(machine)
  const isOurs = (text: string): boolean => ours.has(text)
  return {
    isOurs,
    word(text) {
      if (text === undefined) return undefined
      return isOurs(text) || harmless.some(pattern => pattern.test(text)) ? prove(text) : other
    },
  }
}

const literal = /'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"/g

function ownWords(folder: string): Set<string> {
  const words = new Set<string>()
  for (const name of readdirSync(folder, { recursive: true })) {
    if (!/\.(js|ts)$/.test(String(name))) continue
    const text = readFileSync(join(folder, String(name)), 'utf8')
    for (const [, single, double] of text.matchAll(literal)) words.add(single ?? double ?? '')
  }
  return words
}

/** An instant, in UTC and to the second. */
export function instantOf(at: number): Word {
  return prove(new Date(at).toISOString().replace(/\.\d+Z$/, 'Z'))
}

/** Names that stand for others: `trunk-1` is the same trunk wherever it is named in the bundle. */
export interface Pseudonyms {
  of(kind: 'node' | 'trunk' | 'campaign', id: string): Word
  /** Whether anybody was ever named so. */
  known(kind: 'node' | 'trunk' | 'campaign', id: string): boolean
}

/** Numbers each kind from 1, in the order in which they are named. */
export function createPseudonyms(): Pseudonyms {
  const names = new Map<string, Word>()
  const counts = new Map<string, number>()
  return {
    known: (kind, id) => names.has(`${kind} ${id}`),
    of(kind, id) {
      const key = `${kind} ${id}`
      const known = names.get(key)
      if (known !== undefined) return known
      const count = (counts.get(kind) ?? 0) + 1
      counts.set(kind, count)
      const name = prove(`${kind}-${count}`)
      names.set(key, name)
      return name
    },
  }
}

/** What a check is about: the pseudonym in the place of the id. */
export function subjectOf(what: string, { of, known }: Pseudonyms): Word {
  const patterns = [
    [/^(PBX) (.+) (AMI|ARI|version|owner|PJSIP|modules|contexts|rights|doors|way)$/, 'node'],
    [/^(sounds of|agents on|clock of) (.+)$/, 'node'],
    [/^(trunk) (.+)$/, 'trunk'],
  ] as const
  for (const [pattern, kind] of patterns) {
    const [, before = '', id = '', after = ''] = pattern.exec(what) ?? []
    if (id !== '' && known(kind, id)) return prove(`${before} ${of(kind, id)}${after === '' ? '' : ` ${after}`}`)
  }
  return other
}
