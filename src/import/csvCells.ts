import { InputError } from '../errors.ts'

/** The cells of a row. */
export interface RowCells {
  readonly cells: readonly string[]
  /** Columns whose values were too long and are cut, from 0. */
  readonly cut?: readonly number[]
  /** The row holds more than any does, and not all of it was kept. */
  readonly tooLong?: true
}

/** More characters of a value are cut off: CRMs keep notes of 64 Ki and more. */
export const valueMaxCharacters = 64 * 1024
/** More characters and cells are no row of a list. */
export const rowMaxCharacters = 256 * 1024
const cellsMax = 4_096

/** Makes rows of lines. */
export interface CellReader {
  /** Takes a line without its LF; gives a row where one ends there. Empty lines are none. @throws InputError `broken-csv` */
  take(text: string, line: number): RowCells | undefined
  /** @throws InputError `broken-csv`: a quote is open */
  end(): void
}

/** How rows are read. */
interface Dialect {
  readonly delimiter: string
  /** Whether quotes are no letters. */
  readonly quotes: boolean
}

/** Makes the reader of cells by RFC 4180, and of `="0123"`, by which spreadsheets are told to keep zeros. */
export function createCellReader({ delimiter, quotes }: Dialect): CellReader {
  let row = createOpenRow(delimiter)

  function taken(): RowCells {
    const done = row.cells()
    row = createOpenRow(delimiter)
    return done
  }

  return {
    take(text, line) {
      if (row.openedIn() !== undefined || (quotes && text.includes('"')))
        return row.read(text, line) ? taken() : undefined
      const bare = text.slice(0, lineEnd(text))
      if (bare === '') return undefined
      const cells = bare.split(delimiter, cellsMax + 1)
      if (cells.length > cellsMax) return { cells: [], tooLong: true }
      if (bare.length <= valueMaxCharacters) return { cells }
      for (const cell of cells) row.put(cell)
      return taken()
    },
    end() {
      const line = row.openedIn()
      if (line !== undefined) throw brokenCsv(line, 'a quote that is opened there is never closed')
    },
  }
}

/** Before the CR of CR LF. */
function lineEnd(text: string): number {
  return text.endsWith('\r') ? text.length - 1 : text.length
}

/** A row that is being read, over as many lines as it takes. */
function createOpenRow(delimiter: string) {
  const kept = createKeptCells()
  /** The line in which the cell that is being read was opened by a quote. */
  let openedIn: number | undefined

  /** Reads on between quotes; gives where the cell has ended, or -1. */
  function readQuoted(text: string, from: number): number {
    for (let at = from; ; ) {
      const close = text.indexOf('"', at)
      if (close === -1) {
        kept.add(`${text.slice(at)}\n`)
        return -1
      }
      kept.add(text.slice(at, close))
      if (text[close + 1] !== '"') return close + 1
      kept.add('"')
      at = close + 2
    }
  }

  function put(cell: string): void {
    kept.add(cell)
    kept.close()
  }

  /** Reads a cell without quotes; gives where it ends. */
  function readBare(text: string, from: number, line: number): number {
    const found = text.indexOf(delimiter, from)
    const end = found === -1 ? Math.max(from, lineEnd(text)) : found
    const cell = text.slice(from, end)
    if (cell.includes('"')) throw brokenCsv(line, 'a quote stands in a cell that does not begin with one')
    put(cell)
    return end
  }

  return {
    put,
    cells: kept.cells,
    openedIn: () => openedIn,
    /** Whether the row ends with this line. */
    read(text: string, line: number): boolean {
      for (let at = 0; ; at += delimiter.length) {
        const opening = openedIn !== undefined ? 0 : text[at] === '"' ? 1 : text.startsWith('="', at) ? 2 : -1
        if (opening === -1) at = readBare(text, at, line)
        else {
          openedIn ??= line
          at = readQuoted(text, at + opening)
          if (at === -1) return false
          openedIn = undefined
          kept.close()
        }
        if (at >= lineEnd(text)) return true
        if (!text.startsWith(delimiter, at)) throw brokenCsv(line, 'text stands behind the quote that ends a cell')
      }
    },
  }
}

/** The cells that are kept of a row. */
function createKeptCells() {
  const cells: string[] = []
  const cut: number[] = []
  let cell = ''
  let isCut = false
  let characters = 0
  let tooLong = false
  return {
    add(text: string): void {
      const room = valueMaxCharacters - cell.length
      const roomOfRow = rowMaxCharacters - characters - cell.length
      if (text.length > room) isCut = true
      if (Math.min(text.length, room) > roomOfRow) tooLong = true
      cell += text.slice(0, Math.max(0, Math.min(room, roomOfRow)))
    },
    close(): void {
      if (cells.length >= cellsMax) tooLong = true
      else {
        if (isCut) cut.push(cells.length)
        cells.push(unwrapped(cell))
      }
      characters += cell.length
      cell = ''
      isCut = false
    },
    cells(): RowCells {
      if (tooLong) return { cells, tooLong }
      return cut.length === 0 ? { cells } : { cells, cut }
    },
  }
}

/** What `"=""0123"""` says. */
function unwrapped(cell: string): string {
  const [, text] = cell.startsWith('="') ? (/^="((?:[^"]|"")*)"$/.exec(cell) ?? []) : []
  return text === undefined ? cell : text.replaceAll('""', '"')
}

function brokenCsv(line: number, what: string): InputError {
  return new InputError('broken-csv', `the file is broken near line ${line}: ${what}; nothing was imported`)
}
