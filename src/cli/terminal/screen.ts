import { printableLines } from '../../core/printable.ts'
import { inked } from './paint.ts'
import type { Terminal } from './terminal.ts'

/**
 * The one door for text that is printed: whatever stands in a list, a name, a carrier's phrase or an error, no character of it
 * steers the terminal.
 */
export interface Screen extends Terminal {
  /** What is kept in files and read by programs: as it is, unless it goes to a terminal. */
  data(text: string): void
  /** Sequences of our own, with text in between that is printable already. */
  steer(sequences: string, side?: 'out' | 'err'): void
}

/** Puts the door before a terminal. */
export function createScreen(terminal: Terminal): Screen {
  const through = (text: string): string => inked(printableLines(text))
  return {
    ...terminal,
    out: text => terminal.out(through(text)),
    err: text => terminal.err(through(text)),
    data: text => terminal.out(terminal.outIsTty ? through(text.replaceAll('\r', '')) : text),
    steer: (sequences, side = 'out') => terminal[side](sequences),
  }
}
