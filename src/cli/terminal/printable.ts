/** Characters that steer a terminal or that nobody sees: controls, marks of direction, separators of lines. */
const steering = /[\p{Cc}\p{Cf}\u2028\u2029]/gu

/** Foreign text for a terminal: what would steer it stands there as `\u001b`. JSON stays the same JSON. */
export function printable(text: string): string {
  return text.replace(steering, character =>
    [...Array(character.length).keys()].map(at => unit(character, at)).join(''),
  )
}

function unit(text: string, at: number): string {
  return `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`
}
