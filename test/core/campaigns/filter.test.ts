import fc from 'fast-check'
import t from 'tap'
import { readFilter } from '../../../src/core/campaigns/filter.ts'

const lead = { state: 'FL', age: '42', city: "St. John's", 'last name': 'Doe', email: '', since: '2024-03-01' }

function passes(text: string): boolean | string {
  const reading = readFilter(text)
  return reading.ok ? reading.filter(lead) : `${reading.at}: ${reading.problem}`
}

t.test('comparisons', async t => {
  const cases: readonly [string, boolean][] = [
    ["state = 'fl'", true],
    ["state != 'FL'", false],
    ["state <> 'TX'", true],
    ['age >= 42', true],
    ['age > 42', false],
    ['age = 42', true],
    ["age = '42'", true],
    ['email > 0', false],
    ['email != 3', true],
    ['email is empty', true],
    ['city is not empty', true],
    ['nothing is empty', true],
    ['constructor is empty', true],
    ["city = 'St. John''s'", true],
    ['"last name" = \'doe\'', true],
    ["state in ('TX', 'FL')", true],
    ["state not in ('TX', 'FL')", false],
    ["city contains 'john'", true],
    ["city starts with 'St.'", true],
    ["since < '2025-01-01'", true],
    ["not state = 'FL'", false],
    ["state = 'TX' or age > 18 and email is empty", true],
    ["(state = 'TX' or age > 18) and email is not empty", false],
    ["NOT (state = 'TX') AND age < 50", true],
  ]
  for (const [text, expected] of cases) t.equal(passes(text), expected, text)
})

t.test('what cannot be read says where and what to write', async t => {
  t.equal(passes('age'), '4: write "in" here')
  t.equal(passes('age >='), '7: write a number or a text in single quotes here')
  t.equal(passes('age = 3 age = 4'), '9: "age" is not expected here: join comparisons with and, or')
  t.equal(passes("state = 'FL"), '8: write a column, a value in single quotes, a number, a comparison or a parenthesis')
  t.equal(passes('(age = 3'), '9: write ")" here')
  t.equal(passes('and = 3'), '1: write a column\'s name here, not "and"')
  t.equal(passes(''), "1: write a column's name here")
  t.match(passes("state = 'x'; drop table lead"), /^12: /)
  t.match(passes(`${'('.repeat(200)}age = 1${')'.repeat(200)}`), /nested too deeply/)
})

t.test('a long filter is no deep one', async t => {
  const nested = (depth: number) => `${'('.repeat(depth)}age = 42${')'.repeat(depth)}`
  t.equal(passes(nested(29)), true)
  t.match(passes(nested(30)), /nested too deeply/)
  t.equal(passes(`${'not '.repeat(29)}age = 42`), false, 'an odd number of them')
  t.match(passes(`${'not '.repeat(30)}age = 42`), /nested too deeply/)
  const many = (word: string, one: string) => Array.from({ length: 60 }, () => one).join(` ${word} `)
  t.equal(passes(many('and', '(age = 42)')), true)
  t.equal(passes(many('or', 'not age = 42')), false)
  t.equal(passes(`${Array.from({ length: 4 }, () => nested(20)).join(' and ')} and age = 43`), false, 'each anew')
})

t.test('no text makes it throw, and one that is read answers for every lead', async () => {
  const word = fc.constantFrom(
    'age',
    'and',
    'or',
    'not',
    '(',
    ')',
    '=',
    '>',
    "'x'",
    '7',
    'in',
    ',',
    'is',
    'empty',
    'state',
    '"',
    '\\',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(word).map(words => words.join(' ')),
      ),
      text => {
        const reading = readFilter(text)
        return reading.ok ? typeof reading.filter(lead) === 'boolean' : reading.at >= 1
      },
    ),
    { numRuns: 2000 },
  )
})
