/** @import { Edit } from './mutations.js' */

/** A text that is a statement, or a part of one. */
const STATEMENT = /\b(SELECT|INSERT|UPDATE|DELETE|WHERE|ORDER BY|JOIN|WHEN|AND)\b/

/** What takes the place of a word or an operator of SQL: its border, or its opposite. */
const OTHER = new Map(
  Object.entries({
    ...{ '<': '<=', '<=': '<', '>': '>=', '>=': '>', '=': '<>', '<>': '=', '+ 1': '- 1', '- 1': '+ 1' },
    ...{ AND: 'OR', OR: 'AND', 'IS NULL': 'IS NOT NULL', 'IS NOT NULL': 'IS NULL', 'NOT EXISTS': 'EXISTS' },
    ...{ 'min(': 'max(', 'max(': 'min(', DESC: 'ASC', 'NOT IN': 'IN' },
  }),
)
const PATTERN =
  /(?<![<>=!|$-])(<=|>=|<>|<|>|=)(?![<>=])|[+-] 1\b|\b(AND|OR|IS NULL|IS NOT NULL|NOT EXISTS|NOT IN|DESC)\b|\b(min|max)\(/g

/**
 * The small mistakes that one can make in a statement. What is inside of `${}` is code of its own and left alone.
 * @param {string} literal as it stands in the source
 * @returns {Edit[]}
 */
export function sqlEdits(literal) {
  if (!STATEMENT.test(literal)) return []
  const blanked = literal.replace(/\$\{[^}]*\}/g, inside => ' '.repeat(inside.length))
  return [...blanked.matchAll(PATTERN)].flatMap(({ 0: word, index }) => {
    const to = OTHER.get(word)
    const assigns = word === '=' && /(\bSET|,)\s*[\w"]+\s*$/.test(blanked.slice(0, index))
    // `BETWEEN ? AND ?` has no OR.
    const between = word === 'AND' && /BETWEEN\s+\S+\s+$/.test(blanked.slice(0, index))
    return to === undefined || assigns || between ? [] : [{ start: index, end: index + word.length, to }]
  })
}
