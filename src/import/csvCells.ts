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

/** Makes the reader of cells by RFC 4180, and of `="0123"`, by which spreadsheets are told to keep zeros. */
export function createCellReader({
  delimiter,
  quotes,
}: {
  readonly delimiter: string
  readonly quotes: boolean
}): CellReader {
  let row = createOpenRow()
  /** The line in which the cell that is being read was opened by a quote. */
  let openedIn: number | undefined

  /** Reads on between quotes; gives where the cell has ended, or -1. */
  function readQuoted(text: string, from: number): number {
    for (let at = from; ; ) {
      const close = text.indexOf('"', at)
      if (close === -1) {
        row.add(`${text.slice(at)}\n`)
        return -1
      }
      row.add(text.slice(at, close))
      if (text[close + 1] !== '"') return close + 1
      row.add('"')
      at = close + 2
    }
  }

  /** Whether the row ends with this line. */
  function read(text: string, line: number): boolean {
    let at = 0
    for (;;) {
      if (openedIn === undefined) {
        const opening = text[at] === '"' ? 1 : text.startsWith('="', at) ? 2 : 0
        if (opening === 0) {
          const found = text.indexOf(delimiter, at)
          const cell = text.slice(at, found === -1 ? lineEnd(text) : found)
          if (cell.includes('"')) throw brokenCsv(line, 'a quote stands in a cell that does not begin with one')
          row.add(cell)
          row.close()
          if (found === -1) return true
          at = found + delimiter.length
          continue
        }
        openedIn = line
        at += opening
      }
      at = readQuoted(text, at)
      if (at === -1) return false
      openedIn = undefined
      row.close()
      if (at >= lineEnd(text)) return true
      if (!text.startsWith(delimiter, at)) throw brokenCsv(line, 'text stands behind the quote that ends a cell')
      at += delimiter.length
    }
  }

  function taken(): RowCells {
    const done = row.cells()
    row = createOpenRow()
    return done
  }

  return {
    take(text, line) {
      if (openedIn === undefined && (!quotes || !text.includes('"'))) {
        const bare = text.slice(0, lineEnd(text))
        if (bare === '') return undefined
        if (bare.length <= valueMaxCharacters) {
          const cells = bare.split(delimiter, cellsMax + 1)
          return cells.length > cellsMax ? { cells: [], tooLong: true } : { cells }
        }
        for (const cell of bare.split(delimiter, cellsMax + 1)) {
          row.add(cell)
          row.close()
        }
        return taken()
      }
      return read(text, line) ? taken() : undefined
    },
    end() {
      if (openedIn === undefined) return
      throw brokenCsv(openedIn, 'a quote that is opened there is never closed')
    },
  }
}

/** Before the CR of CR LF. */
function lineEnd(text: string): number {
  return text.endsWith('\r') ? text.length - 1 : text.length
}

function createOpenRow() {
  const cells: string[] = []
  const cut: number[] = []
  let cell = ''
  let isCut = false
  let kept = 0
  let tooLong = false
  return {
    add(text: string): void {
      const room = Math.min(valueMaxCharacters - cell.length, rowMaxCharacters - kept - cell.length)
      if (text.length > room) {
        isCut = true
        if (room < valueMaxCharacters - cell.length) tooLong = true
      }
      cell += text.slice(0, Math.max(0, room))
    },
    close(): void {
      if (cells.length >= cellsMax) tooLong = true
      else {
        if (isCut) cut.push(cells.length)
        // A reference to a small part would keep the whole line.
        cells.push(unwrapped(cell))
      }
      kept += cell.length
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
