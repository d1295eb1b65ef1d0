import type { AskLine, AskView } from '../../../api/rules/ask.ts'
import { type Asker, createAsker } from '../../../app/ask/ask.ts'
import type { CaseOptions } from '../../../app/ask/askFacts.ts'
import type { RuleBook } from '../../../core/compliance/rules.ts'
import { printable } from '../../../core/printable.ts'
import { errorMessage, InputError, OperatingError } from '../../../errors.ts'
import { calendarYears } from '../../../rules/calendar.ts'
import { ruleWords } from '../../../rules/ruleText.ts'
import { factsOf } from '../../../store/decisions/facts.ts'
import type { FileLine } from './caseLines.ts'

/** What an asker is made of, in words that can be said to a thread. */
export interface AskerData extends Pick<CaseOptions, 'campaign' | 'defaultCountry' | 'seller'> {
  readonly book: RuleBook
}

/** What every case of a file says, unless it says otherwise itself. */
export type CaseDefaults = Readonly<Record<string, unknown>>

/** The answers to some lines of a file, a line each. */
export interface Answers {
  readonly text: string
  readonly answered: number
  readonly wrong: number
  /** 0: none is. */
  readonly firstWrong: number
}

/** Makes the asker that goes by the product's own facts and words. */
export function askerOf(data: AskerData): Asker {
  return createAsker({ ...data, factsOf, wordsOf: ruleWords, years: calendarYears })
}

/** Answers lines in their order; one that cannot be read is answered with what is wrong with it. */
export function answerLines(asker: Asker, lines: readonly FileLine[], defaults: CaseDefaults | undefined): Answers {
  let [text, answered, wrong, firstWrong] = ['', 0, 0, 0]
  for (const line of lines) {
    const answer = answerLine(asker, line, defaults)
    if (answer === undefined) continue
    answered += 1
    if ('error' in answer) {
      wrong += 1
      firstWrong ||= line.line
    }
    text += 'error' in answer ? `${printable(JSON.stringify(answer))}\n` : answerText(answer)
  }
  return { text, answered, wrong, firstWrong }
}

const lineTexts = new WeakMap<AskLine, string>()

/** An answer as JSON with its lines of law behind all else: most of them are the same for every call under one law, and are written once. */
function answerText({ lines, ...rest }: AskView): string {
  let text = ''
  for (const line of lines) {
    const known = lineTexts.get(line) ?? printable(JSON.stringify(line))
    lineTexts.set(line, known)
    text += text === '' ? known : `,${known}`
  }
  return `${printable(JSON.stringify(rest)).slice(0, -1)},"lines":[${text}]}\n`
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The answer to one line, or what is wrong with it; `undefined`: the line is empty. */
function answerLine(asker: Asker, { line, bytes }: FileLine, defaults: CaseDefaults | undefined) {
  let id: unknown
  try {
    const text = textOf(bytes)
    if (text.trim() === '') return undefined
    const written = parsed(text)
    if (!isGroup(written))
      throw new InputError('bad-case', `the line is no JSON object: write {"number": ..., "at": ...}`)
    id = written.id
    return asker.ask(defaults === undefined ? written : { ...defaults, ...written }, line)
  } catch (error) {
    if (!(error instanceof OperatingError)) throw error
    const named = typeof id === 'string' || typeof id === 'number' ? { id } : {}
    return { line, ...named, error: { code: error.code, message: error.message } }
  }
}

function textOf(bytes: Uint8Array | undefined): string {
  if (bytes === undefined) throw new InputError('bad-case', 'the line is longer than 1 MiB: write one case a line')
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw new InputError('not-utf-8', 'the line is not UTF-8: export it as UTF-8', { cause })
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new InputError('bad-json', `the line is no JSON: ${errorMessage(cause)}`, { cause })
  }
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
