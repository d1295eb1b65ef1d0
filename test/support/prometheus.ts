import { AssertionError } from 'node:assert'

/** One series as scraped. */
export interface Series {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** What was scraped: families by name, and every series. */
export interface Scrape {
  readonly types: ReadonlyMap<string, string>
  readonly series: readonly Series[]
  /** The value of the one series that has these labels; undefined: there is none. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined
}

const line = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/
const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y

function wrong(what: string): never {
  throw new AssertionError({ message: `not the text format of Prometheus: ${what}` })
}

function labelsOf(text: string): Record<string, string> {
  const found: Record<string, string> = {}
  label.lastIndex = 0
  let at = 0
  while (at < text.length) {
    const [, name = '', escaped = ''] = label.exec(text) ?? wrong(text)
    if (name in found) wrong(`${name} twice in ${text}`)
    found[name] = escaped.replaceAll(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter))
    at = label.lastIndex
  }
  return found
}

function numberOf(text: string): number {
  const special: Readonly<Record<string, number>> = {
    '+Inf': Infinity,
    '-Inf': -Infinity,
    NaN: Number.NaN,
    Nan: Number.NaN,
  }
  const value = special[text] ?? Number(text)
  if (Number.isNaN(value) && special[text] === undefined) wrong(text)
  return value
}

/** Reads version 0.0.4 of the text format, strictly: a series twice, or one before its type, is refused. */
export function parseScrape(text: string): Scrape {
  const types = new Map<string, string>()
  const series = new Map<string, Series>()
  for (const written of text.split('\n')) {
    const [, typed = '', type = ''] = /^# TYPE (\S+) (gauge|counter|histogram|summary)$/.exec(written) ?? []
    if (typed !== '') types.set(typed, type)
    if (written === '' || written.startsWith('#')) continue
    const [, name = '', labels = '', value = ''] = line.exec(written) ?? wrong(written)
    const family = types.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '')
    if (!types.has(family)) wrong(`${name} has no type`)
    const one = { name, labels: labelsOf(labels), value: numberOf(value) }
    const key = keyOf(name, one.labels)
    if (series.has(key)) wrong(`twice: ${written}`)
    series.set(key, one)
  }
  return { types, series: [...series.values()], value: (name, labels = {}) => series.get(keyOf(name, labels))?.value }
}

function keyOf(name: string, labels: Readonly<Record<string, string>>): string {
  return `${name} ${JSON.stringify(Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1)))}`
}
