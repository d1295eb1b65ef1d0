import { readdirSync, readFileSync } from 'node:fs'
import { LineCounter, parseDocument } from 'yaml'
import { ConfigError, errorCode, errorMessage, InputError } from '../../errors.ts'
import { parseScenario, type Scenario } from './scenario.ts'

/** The product's own scenarios: beside `src`, and so beside `dist`. */
const shippedFolder = new URL('../../../scenarios/', import.meta.url)
const ending = '.yaml'
/** A text of this size is no scenario. */
const textMax = 1024 * 1024

/** The names of the scenarios shipped with the product, in the order of the alphabet and of the numbers in them. */
export function shippedScenarioNames(): readonly string[] {
  const files = readdirSync(shippedFolder).filter(file => file.endsWith(ending))
  return files.map(file => file.slice(0, -ending.length)).sort(byWordsAndNumbers)
}

const { compare: byWordsAndNumbers } = new Intl.Collator('en', { numeric: true })

/**
 * Reads a scenario: one shipped with the product by its name, else the file with that path.
 * @throws ConfigError in one line that names the file and the place in it
 * @throws InputError `no-scenario`: neither a name nor a file
 */
export function loadScenario(nameOrPath: string): Scenario {
  const shipped = shippedScenarioNames().includes(nameOrPath)
  const file = shipped ? new URL(`${nameOrPath}${ending}`, shippedFolder) : nameOrPath
  const source = shipped ? `${nameOrPath}${ending}` : nameOrPath
  return parseScenario(parseYaml(readText(file, source), source), source)
}

function readText(file: URL | string, source: string): string {
  try {
    const text = readFileSync(file, 'utf8')
    if (text.length > textMax)
      throw new ConfigError('bad-scenario', `${source} is larger than 1 MiB: it is no scenario`)
    return text
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause
    throw unreadable(source, cause)
  }
}

function unreadable(source: string, cause: unknown): InputError {
  const code = errorCode(cause)
  const words: Readonly<Record<string, string>> = { EACCES: 'no permission', EISDIR: 'it is a directory: name a file' }
  if (code === 'ENOENT') {
    const text = `there is no file ${source} and no shipped scenario of that name: see \`dialwright scenarios\``
    return new InputError('no-scenario', text)
  }
  return new InputError('no-scenario', `cannot read ${source}: ${words[code] ?? code}`)
}

/** YAML to plain values; a mistake is one line with its place. */
function parseYaml(text: string, source: string): unknown {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [error] = document.errors
  if (error !== undefined) {
    const { line } = lines.linePos(error.pos[0])
    throw new ConfigError('bad-scenario', `${source}:${line}: not valid YAML: ${error.message}`)
  }
  try {
    return document.toJS()
  } catch (cause) {
    // Aliases that stand for each other many times over: a text of a kilobyte would become gigabytes.
    throw new ConfigError('bad-scenario', `${source}: not valid YAML: ${errorMessage(cause)}`, { cause })
  }
}
