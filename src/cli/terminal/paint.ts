const codes = { red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36, grey: 90, bold: 1, dim: 2 } as const
/** A colour's or a weight's name. */
export type Ink = keyof typeof codes

/** Puts colour on text, or leaves it alone. */
export type Paint = (ink: Ink, text: string) => string

// Painted text carries marks that are no characters (Unicode, chapter 23.7) until it leaves, so that no escape sequence can come
// through the door that we have not put there.
const firstMark = 0xfdd2
const endMark = '\ufdd1'
const marks = /[\ufdd0-\ufdef]/g
// Object.keys cannot say that these are the table's own.
const names = Object.keys(codes) as Ink[]
const sequences = new Map(names.map((ink, index) => [markOf(index), `\u001b[${codes[ink]}m`]))
sequences.set(endMark, '\u001b[0m')

function markOf(index: number): string {
  return String.fromCharCode(firstMark + index)
}

/** The paint of a terminal that shows colours, or of one that does not. What is painted is to be {@link inked}. */
export function createPaint(colour: boolean): Paint {
  return (ink, text) => (colour ? `${markOf(names.indexOf(ink))}${text}${endMark}` : text)
}

/** Painted text as a terminal takes it. */
export function inked(text: string): string {
  return text.replace(marks, mark => sequences.get(mark) ?? '')
}
