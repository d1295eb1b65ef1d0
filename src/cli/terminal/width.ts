/** Marks that stand on the letter before them, joiners, and our own marks of colour. */
const noWidth = /[\p{M}\p{Cf}\ufdd0-\ufdef]/u
/** East Asian Width W and F (Unicode Standard Annex 11), and what terminals draw as a picture. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1aff0}-\u{1b2fb}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u
const plain = /^[\x20-\x7e]*$/

/** How many columns a terminal takes for a text without controls. */
export function displayWidth(text: string): number {
  if (plain.test(text)) return text.length
  let width = 0
  for (const character of text) width += characterWidth(character)
  return width
}

/** As much of a text as fits into so many columns, marks of its last letter included. */
export function fitting(text: string, columns: number): string {
  let width = 0
  let end = 0
  for (const character of text) {
    width += characterWidth(character)
    if (width > columns) break
    end += character.length
  }
  return text.slice(0, end)
}

/** A text with blanks behind it, or before it, up to so many columns. */
export function padded(text: string, columns: number, side: 'left' | 'right' = 'left'): string {
  const blanks = ' '.repeat(Math.max(0, columns - displayWidth(text)))
  return side === 'left' ? text + blanks : blanks + text
}

function characterWidth(character: string): number {
  if (noWidth.test(character)) return 0
  return wide.test(character) ? 2 : 1
}
