const codes = { red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36, grey: 90, bold: 1, dim: 2 } as const
/** A colour's or a weight's name. */
export type Ink = keyof typeof codes

/** Puts colour on text, or leaves it alone. */
export type Paint = (ink: Ink, text: string) => string

/** The paint of a terminal that shows colours, or of one that does not. */
export function createPaint(colour: boolean): Paint {
  return (ink, text) => (colour ? `\u001b[${codes[ink]}m${text}\u001b[0m` : text)
}
