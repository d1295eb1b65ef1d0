import t from 'tap'
import { mutated, mutationsOf } from '../../scripts/mutate/mutations.js'
import { sqlEdits } from '../../scripts/mutate/sql.js'

/** What can become of a line of code, without the file around it. */
function changed(code: string): string[] {
  return mutationsOf('x.ts', code).map(mutation => mutated(code, mutation))
}

t.test('each kind of small mistake is made', async t => {
  const table: readonly (readonly [code: string, ...changed: string[]])[] = [
    ['const a = b < c', 'const a = b <= c', 'const a = b >= c'],
    ['const a = b === c', 'const a = b !== c'],
    ['const a = b && c', 'const a = ((b) || (c))'],
    ['const a = !b', 'const a = b'],
    ['const a = b - c', 'const a = b + c'],
    ['const a = 0', 'const a = 1'],
    ['const a = 7', 'const a = 8'],
    ['const a = 60', 'const a = 120'],
    ['const a = true', 'const a = false'],
    ['const a = b ?? c', 'const a = b'],
    ['const a = Math.min(b, c)', 'const a = Math.max(b, c)'],
    ['told(b)', ';'],
    ['if (a) b', 'if (true) b', 'if (false) b', 'if (a) ;'],
  ]
  for (const [code, ...wanted] of table) t.strictSame(changed(code), wanted, code)
})

t.test('types, imports and texts are left alone', async t => {
  for (const code of ["import a from './1.js'", 'type A = 1 | 2', "const a: 1 = b + 'c'"])
    t.strictSame(changed(code), [], code)
})

t.test('statements of a database are changed, and what is inserted into them is not', async t => {
  const said = (literal: string) => sqlEdits(literal).map(edit => mutated(literal, edit))
  t.strictSame(said("'SELECT a FROM b WHERE c <= ?'"), ["'SELECT a FROM b WHERE c < ?'"])
  t.strictSame(said("'SELECT a WHERE b IS NULL AND c'"), [
    "'SELECT a WHERE b IS NOT NULL AND c'",
    "'SELECT a WHERE b IS NULL OR c'",
  ])
  t.strictSame(said(`'DELETE FROM a WHERE ${'$'}{b < c}'`), [])
  t.strictSame(said("'UPDATE a SET b = ?, c = ?'"), [])
  t.strictSame(said("'fewer than 5 < 6'"), [])
})
