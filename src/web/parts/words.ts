import { signal } from '@preact/signals'
import type { en as board } from '../words/board/en.ts'
import type { en as campaigns } from '../words/campaigns/en.ts'
import type { en } from '../words/en.ts'
import type { en as health } from '../words/health/en.ts'
import type { en as ledger } from '../words/ledger/en.ts'
import type { en as people } from '../words/people/en.ts'
import type { en as rules } from '../words/rules/en.ts'
import type { en as settings } from '../words/settings/en.ts'

/** What a page says, by the name of the sentence. */
export type Word =
  | keyof typeof en
  | keyof typeof board
  | keyof typeof campaigns
  | keyof typeof people
  | keyof typeof rules
  | keyof typeof ledger
  | keyof typeof settings
  | keyof typeof health

/** Languages with their own names; another one is a file. */
export const languages = { en: 'English', es: 'Español', zh: '中文' } as const
/** A language that there is a catalogue of. */
export type Language = keyof typeof languages

type Catalogue = Readonly<Record<string, string>>
type InEach = Readonly<Record<Language, () => Promise<Catalogue>>>

/** What every page says, and what only some do. Only the language that is spoken is loaded, and only what the page asks for. */
const parts = {
  common: {
    en: async () => (await import('../words/en.ts')).en,
    es: async () => (await import('../words/es.ts')).es,
    zh: async () => (await import('../words/zh.ts')).zh,
  },
  board: {
    en: async () => (await import('../words/board/en.ts')).en,
    es: async () => (await import('../words/board/es.ts')).es,
    zh: async () => (await import('../words/board/zh.ts')).zh,
  },
  campaigns: {
    en: async () => (await import('../words/campaigns/en.ts')).en,
    es: async () => (await import('../words/campaigns/es.ts')).es,
    zh: async () => (await import('../words/campaigns/zh.ts')).zh,
  },
  people: {
    en: async () => (await import('../words/people/en.ts')).en,
    es: async () => (await import('../words/people/es.ts')).es,
    zh: async () => (await import('../words/people/zh.ts')).zh,
  },
  ledger: {
    en: async () => (await import('../words/ledger/en.ts')).en,
    es: async () => (await import('../words/ledger/es.ts')).es,
    zh: async () => (await import('../words/ledger/zh.ts')).zh,
  },
  settings: {
    en: async () => (await import('../words/settings/en.ts')).en,
    es: async () => (await import('../words/settings/es.ts')).es,
    zh: async () => (await import('../words/settings/zh.ts')).zh,
  },
  health: {
    en: async () => (await import('../words/health/en.ts')).en,
    es: async () => (await import('../words/health/es.ts')).es,
    zh: async () => (await import('../words/health/zh.ts')).zh,
  },
  rules: {
    en: async () => (await import('../words/rules/en.ts')).en,
    es: async () => (await import('../words/rules/es.ts')).es,
    zh: async () => (await import('../words/rules/zh.ts')).zh,
  },
} as const satisfies Readonly<Record<string, InEach>>
/** Sentences that only some pages say. */
export type Part = keyof typeof parts

const kept = 'dialwright.language'
const loaded = new Set<Part>(['common'])

/** The language in which this page speaks. */
export const language = signal<Language>(first(localStorage.getItem(kept), ...navigator.languages))

const spoken = signal<Catalogue>(await read(language.value))

function first(...wanted: readonly (string | null)[]): Language {
  for (const one of wanted) {
    const short = one?.slice(0, 2).toLowerCase()
    if (short !== undefined && short in languages) return short as Language
  }
  return 'en'
}

async function read(chosen: Language): Promise<Catalogue> {
  const found = await Promise.all([...loaded].map(part => parts[part][chosen]()))
  return Object.assign({}, ...found)
}

/** Loads what only some pages say. */
export async function learn(wanted: readonly Part[]): Promise<void> {
  for (const part of wanted) loaded.add(part)
  spoken.value = await read(language.value)
}

/** Speaks another language from now on. */
export async function speak(wanted: string): Promise<void> {
  const chosen = first(wanted)
  spoken.value = await read(chosen)
  language.value = chosen
  localStorage.setItem(kept, chosen)
  document.documentElement.lang = chosen
}

/** A sentence with its values filled in: `{name}`. */
export function say(word: Word, values: Readonly<Record<string, string | number>> = {}): string {
  const text = spoken.value[word] ?? word
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

/** Of what the daemon calls by a word of its own: `state` and `on-call` give `state.on-call`, where there is such a sentence. */
export function sayOf(kind: string, value: string): string {
  const word = `${kind}.${value}`
  return word in spoken.value ? say(word as Word) : value
}

/** `0:34`, `1:02:03`. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const two = (value: number): string => String(value).padStart(2, '0')
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

/** A ratio as people read it: `2.7 %`. */
export function percent(ratio: number): string {
  return new Intl.NumberFormat(language.value, { style: 'percent', maximumFractionDigits: 1 }).format(ratio)
}

/** A number as people write it: `12,345`. */
export function count(value: number): string {
  return new Intl.NumberFormat(language.value, { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value)
}

/** A day and a time of day here. */
export function dayTime(iso: string): string {
  return new Intl.DateTimeFormat(language.value, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso))
}

/** A time of day here. */
export function time(iso: string): string {
  return new Intl.DateTimeFormat(language.value, { hour: '2-digit', minute: '2-digit' }).format(new Date(iso))
}
