/**
 * Characters that steer a terminal or that nobody sees: controls, marks of direction, separators of lines, blanks that are
 * letters by name only. Joiners stay inside of words and pictures that need them.
 */
const steering =
  /(?!(?<=\P{ASCII})[\u200c\u200d](?=\P{ASCII}))[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]/gu
const plain = /^[\x20-\x7e]*$/

/**
 * Foreign text for one line of a terminal, a log or a header: what would steer it stands there as `\u001b`. Of JSON it makes the
 * same JSON.
 */
export function printable(text: string): string {
  return plain.test(text) ? text : text.replace(steering, escaped)
}

/** The same for text of several lines: their ends and tabs stay. */
export function printableLines(text: string): string {
  return text.replace(steering, character =>
    character === '\n' || character === '\t' ? character : escaped(character),
  )
}

function escaped(character: string): string {
  return [...Array(character.length).keys()].map(at => unit(character, at)).join('')
}

function unit(text: string, at: number): string {
  return `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`
}
