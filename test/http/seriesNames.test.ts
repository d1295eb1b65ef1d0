import fc from 'fast-check'
import t from 'tap'
import { seriesNames } from '../../src/app/monitoring/seriesNames.ts'

const word = fc.stringMatching(/^[A-Za-z_-]{0,6}$/)
/** As whoever names campaigns and lists may write one: nine to fifteen digits, with or without what parts them. */
const number = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.constantFrom('', '', '-', '_')), { minLength: 9, maxLength: 15 })
  .map(digits => digits.map(([digit, after]) => `${digit}${after}`).join(''))
const id = fc.oneof(
  word,
  number,
  fc.tuple(word, number, word).map(parts => parts.join('')),
  fc.uuid(),
)

t.test('no series is called by a telephone number, and no two have one name', async t => {
  fc.assert(
    fc.property(fc.uniqueArray(id), ids => {
      const nameOf = seriesNames(ids)
      const names = ids.map(one => nameOf(one) ?? 'none')
      return new Set(names).size === ids.length && names.every(name => !/\d([_-]?\d){8}/.test(name))
    }),
    { seed: 20_261_130, numRuns: 500 },
  )
  t.pass()
})

t.test('a day and a short number stay what they are', async t => {
  const nameOf = seriesNames(['spring-2026-11-30', '1001', 'main', '+12025550100'])
  t.same(['spring-2026-11-30', '1001', 'main', '+12025550100', 'else'].map(nameOf), [
    'spring-2026-11-30',
    '1001',
    'main',
    '(number 4)',
    undefined,
  ])
})
