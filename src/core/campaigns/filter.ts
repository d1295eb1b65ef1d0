/**
 * The language of campaign filters: `state = 'FL' and age >= 18 and not city in ('Miami', 'Tampa')`.
 *
 *     expression   or(and(not(comparison | "(" expression ")")))
 *     comparison   column (= | != | < | <= | > | >=) value | column [not] in (value, ...)
 *                  | column contains value | column starts with value | column is [not] empty
 *     column       letters, digits, _ and . beginning with a letter, or any name in "double quotes"
 *     value        'text' (a quote in it is doubled) or a number
 *
 * Text is compared without regard to case and outer spaces, numbers as numbers; a column that is missing is empty.
 */

/** A lead's columns by header. */
export type Columns = Readonly<Record<string, string>>

/** Whether a lead passes. */
export type Filter = (columns: Columns) => boolean

/** A filter, or what is wrong with its text and where (characters from 1). */
export type FilterReading =
  | { readonly ok: true; readonly filter: Filter; readonly columns: readonly string[] }
  | { readonly ok: false; readonly at: number; readonly problem: string }

type TokenKind = 'word' | 'column' | 'text' | 'number' | 'sign' | 'end'

interface Token {
  readonly kind: TokenKind
  readonly text: string
  readonly at: number
}

const tokenPattern = /\s*(?:([A-Za-z][\w.]*)|"([^"]+)"|'((?:[^']|'')*)'|(-?\d+(?:\.\d+)?)|(<=|>=|!=|<>|[=<>(),]))/y
const depthMax = 30
const tokensMax = 500

class FilterProblem {
  readonly at: number
  readonly problem: string
  constructor(at: number, problem: string) {
    this.at = at
    this.problem = problem
  }
}

/** Reads a filter; never throws. */
export function readFilter(text: string): FilterReading {
  try {
    const reader = new Reader(tokensOf(text))
    const filter = reader.whole()
    return { ok: true, filter, columns: [...reader.columns] }
  } catch (error) {
    if (error instanceof FilterProblem) return { ok: false, at: error.at, problem: error.problem }
    throw error
  }
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = []
  tokenPattern.lastIndex = 0
  while (tokenPattern.lastIndex < text.trimEnd().length) {
    const at = tokenPattern.lastIndex
    const found = tokenPattern.exec(text)
    if (found === null || tokens.length === tokensMax)
      throw new FilterProblem(
        at + 1,
        'write a column, a value in single quotes, a number, a comparison or a parenthesis',
      )
    const [whole, word, column, quoted, number, sign] = found
    const kind: TokenKind =
      word !== undefined
        ? 'word'
        : column !== undefined
          ? 'column'
          : quoted !== undefined
            ? 'text'
            : sign !== undefined
              ? 'sign'
              : 'number'
    const value = word ?? column ?? quoted?.replaceAll("''", "'") ?? number ?? sign ?? ''
    tokens.push({ kind, text: value, at: at + 1 + whole.length - whole.trimStart().length })
  }
  return [...tokens, { kind: 'end', text: '', at: text.length + 1 }]
}

const reserved: ReadonlySet<string> = new Set(['and', 'or', 'not', 'in', 'is', 'empty', 'contains', 'starts', 'with'])

type Value = string | number

/** Recursive descent over the tokens. */
class Reader {
  readonly columns = new Set<string>()
  readonly #tokens: readonly Token[]
  #next = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  whole(): Filter {
    const filter = this.#or()
    const { kind, at, text } = this.#token()
    if (kind !== 'end') throw new FilterProblem(at, `"${text}" is not expected here: join comparisons with and, or`)
    return filter
  }

  #token(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: '', at: 1 }
  }

  /** Takes the next token where it is this word or sign. */
  #take(...texts: readonly string[]): string | undefined {
    const { kind, text } = this.#token()
    const found = kind === 'word' || kind === 'sign' ? texts.find(one => one === text.toLowerCase()) : undefined
    if (found !== undefined) this.#next += 1
    return found
  }

  #must(text: string): void {
    if (this.#take(text) === undefined) throw new FilterProblem(this.#token().at, `write "${text}" here`)
  }

  #or(): Filter {
    let filter = this.#and()
    while (this.#take('or') !== undefined) {
      const [left, right] = [filter, this.#and()]
      filter = columns => left(columns) || right(columns)
    }
    return filter
  }

  #and(): Filter {
    let filter = this.#not()
    while (this.#take('and') !== undefined) {
      const [left, right] = [filter, this.#not()]
      filter = columns => left(columns) && right(columns)
    }
    return filter
  }

  #not(): Filter {
    this.#depth += 1
    if (this.#depth > depthMax) throw new FilterProblem(this.#token().at, 'the filter is nested too deeply')
    const filter = this.#take('not') === undefined ? this.#primary() : negated(this.#not())
    this.#depth -= 1
    return filter
  }

  #primary(): Filter {
    if (this.#take('(') === undefined) return this.#comparison()
    const filter = this.#or()
    this.#must(')')
    return filter
  }

  #comparison(): Filter {
    const column = this.#column()
    const sign = this.#take('=', '!=', '<>', '<', '<=', '>', '>=')
    if (sign !== undefined) return compare(column, sign, this.#value())
    if (this.#take('contains') !== undefined)
      return textTest(column, this.#value(), (cell, wanted) => cell.includes(wanted))
    if (this.#take('starts') !== undefined) {
      this.#must('with')
      return textTest(column, this.#value(), (cell, wanted) => cell.startsWith(wanted))
    }
    if (this.#take('is') !== undefined) {
      const not = this.#take('not') !== undefined
      this.#must('empty')
      return columns => (cellOf(columns, column) === '') !== not
    }
    const not = this.#take('not') !== undefined
    this.#must('in')
    const isIn = this.#values().map(value => compare(column, '=', value))
    return columns => isIn.some(test => test(columns)) !== not
  }

  #column(): string {
    const { kind, text, at } = this.#token()
    const isName = kind === 'column' || (kind === 'word' && !reserved.has(text.toLowerCase()))
    if (!isName) throw new FilterProblem(at, `write a column's name here${kind === 'end' ? '' : `, not "${text}"`}`)
    this.#next += 1
    this.columns.add(text)
    return text
  }

  #value(): Value {
    const { kind, text, at } = this.#token()
    if (kind !== 'text' && kind !== 'number')
      throw new FilterProblem(at, `write a number or a text in single quotes here`)
    this.#next += 1
    return kind === 'number' ? Number(text) : text
  }

  #values(): readonly Value[] {
    this.#must('(')
    const values = [this.#value()]
    while (this.#take(',') !== undefined) values.push(this.#value())
    this.#must(')')
    return values
  }
}

function negated(filter: Filter): Filter {
  return columns => !filter(columns)
}

function cellOf(columns: Columns, column: string): string {
  return (Object.hasOwn(columns, column) ? (columns[column] ?? '') : '').trim()
}

function textTest(column: string, value: Value, test: (cell: string, wanted: string) => boolean): Filter {
  const wanted = String(value).trim().toLowerCase()
  return columns => test(cellOf(columns, column).toLowerCase(), wanted)
}

function compare(column: string, sign: string, value: Value): Filter {
  if (typeof value === 'number') {
    return columns => {
      const cell = cellOf(columns, column)
      return holds(sign, cell === '' ? Number.NaN : Number(cell) - value)
    }
  }
  const wanted = value.trim().toLowerCase()
  return columns => {
    const cell = cellOf(columns, column).toLowerCase()
    return holds(sign, cell === wanted ? 0 : cell < wanted ? -1 : 1)
  }
}

/** `difference`: what stands in the column less the value; no number where the column holds none: nothing but `!=` holds. */
function holds(sign: string, difference: number): boolean {
  switch (sign) {
    case '=':
      return difference === 0
    case '<':
      return difference < 0
    case '<=':
      return difference <= 0
    case '>':
      return difference > 0
    case '>=':
      return difference >= 0
    default:
      return difference !== 0
  }
}
