import { signal } from '@preact/signals'
import { en } from '../words/en.ts'
import { es } from '../words/es.ts'
import { zh } from '../words/zh.ts'

/** What a page says, by the name of the sentence. */
export type Word = keyof typeof en

/** Languages with their own names; another one is a file. */
export const languages = { en: 'English', es: 'Español', zh: '中文' } as const
/** A language that there is a catalogue of. */
export type Language = keyof typeof languages

const catalogues: Readonly<Record<Language, Readonly<Record<Word, string>>>> = { en, es, zh }
const kept = 'dialwright.language'

/** The language in which this page speaks. */
export const language = signal<Language>(first(localStorage.getItem(kept), ...navigator.languages))

function first(...wanted: readonly (string | null)[]): Language {
  for (const one of wanted) {
    const short = one?.slice(0, 2).toLowerCase()
    if (short !== undefined && short in languages) return short as Language
  }
  return 'en'
}

/** Speaks another language from now on. */
export function speak(wanted: string): void {
  language.value = first(wanted)
  localStorage.setItem(kept, language.value)
  document.documentElement.lang = language.value
}

/** A sentence with its values filled in: `{name}`. */
export function say(word: Word, values: Readonly<Record<string, string | number>> = {}): string {
  const text = catalogues[language.value][word]
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

/** Of what the daemon calls by a word of its own: `state` and `on-call` give `state.on-call`, where there is such a sentence. */
export function sayOf(kind: string, value: string): string {
  const word = `${kind}.${value}`
  return word in en ? say(word as Word) : value
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

/** A time of day here. */
export function time(iso: string): string {
  return new Intl.DateTimeFormat(language.value, { hour: '2-digit', minute: '2-digit' }).format(new Date(iso))
}
