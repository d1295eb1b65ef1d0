import assert from 'node:assert/strict'
import fc from 'fast-check'
import { type CountryCode, getCountries, getCountryCallingCode } from 'libphonenumber-js/max'
import t from 'tap'
import { InputError } from '../../src/errors.ts'
import { integerToNumber, isE164, numberToInteger } from '../../src/numbers/e164.ts'
import { createNanpPlan, nanpDigits } from '../../src/numbers/nanp.ts'
import { createNumberReader, type NumberProblem, readByLibrary } from '../../src/numbers/phone.ts'

function readAs(country: string, text: string): string {
  const reading = createNumberReader(country)(text)
  return reading.valid ? reading.number : reading.problem
}

t.test('numbers are read as people of the country write them', async t => {
  const table: readonly (readonly [country: string, text: string, number: string])[] = [
    ['US', '2015550123', '+12015550123'],
    ['US', '(201) 555-0123', '+12015550123'],
    ['US', '201.555.0123', '+12015550123'],
    ['US', '1-201-555-0123', '+12015550123'],
    ['US', '+1 201 555 0123', '+12015550123'],
    ['us', " '2015550123 ", '+12015550123'],
    ['US', 'tel:+1-201-555-0123', '+12015550123'],
    ['US', '011 44 20 7946 0123', '+442079460123'],
    ['US', '+44 20 7946 0999', '+442079460999'],
    ['GB', '020 7946 0123', '+442079460123'],
    ['GB', '02079460123', '+442079460123'],
    ['GB', '+44 (0)20 7946 0123', '+442079460123'],
    ['GB', '0044 20 7946 0123', '+442079460123'],
    ['GB', '+1 (201) 555‑0123', '+12015550123'],
    ['DE', '030 23125 000', '+493023125000'],
    ['FR', '01 99 00 12 34', '+33199001234'],
    ['CN', '138 0013 8000', '+8613800138000'],
    ['IN', '98765 43210', '+919876543210'],
    ['JM', '876 606 5000', 'not-in-use'],
    ['JM', '876 606 0000', '+18766060000'],
    // A country whose numbers are as short as a short code.
    ['FK', '51234', '+50051234'],
  ]
  for (const [country, text, number] of table) t.equal(readAs(country, text), number, `${text} in ${country}`)
})

t.test('numbers reserved for fiction are good numbers', async t => {
  for (const last of ['00', '42', '99']) {
    for (const area of ['201', '212', '303', '415', '702', '919'])
      t.equal(readAs('US', `${area} 555 01${last}`), `+1${area}55501${last}`)
    t.equal(readAs('GB', `020 7946 09${last}`), `+44207946 09${last}`.replace(' ', ''))
  }
})

t.test('what is no number that may be dialed is refused with a reason', async t => {
  const table: readonly (readonly [country: string, text: string, problem: NumberProblem])[] = [
    ['US', '', 'empty'],
    ['US', '   ', 'empty'],
    ['US', '1.5E+10', 'spreadsheet-number'],
    ['US', '1,20156E+10', 'spreadsheet-number'],
    ['US', '12015550123.0', 'spreadsheet-number'],
    ['US', '201-555-0123 x12', 'extension'],
    ['US', '201-555-0123 ext. 12', 'extension'],
    ['US', '+12015550123;ext=12', 'extension'],
    ['US', '201-555-0123, 12', 'extension'],
    ['US', '1-800-FLOWERS', 'letters'],
    ['US', 'unknown', 'letters'],
    ['US', '2015550123?', 'bad-characters'],
    ['US', '2015550123/2015550124', 'too-long'],
    ['US', '+', 'bad-characters'],
    ['US', '--', 'bad-characters'],
    ['US', '201++5550123', 'bad-characters'],
    ['US', '911', 'emergency'],
    ['GB', '999', 'emergency'],
    ['DE', '112', 'emergency'],
    ['US', '72345', 'short-code'],
    ['US', '12', 'too-short'],
    ['US', '201555012', 'too-short'],
    ['US', '+1201555012', 'too-short'],
    ['US', '20155501234567', 'too-long'],
    ['US', '+99912345678', 'unknown-country-code'],
    ['US', '555 555 0123', 'not-in-use'],
    ['US', '200 555 0123', 'not-in-use'],
    ['US', '201 055 0123', 'not-in-use'],
    ['US', '900 555 0123', 'premium-rate'],
    ['GB', '0900 123 4567', 'premium-rate'],
    ['GB', '0843 123 4567', 'premium-rate'],
    ['FR', '0899 12 34 56', 'premium-rate'],
    ['US', '+979 123456789', 'premium-rate'],
  ]
  for (const [country, text, problem] of table) t.equal(readAs(country, text), problem, `"${text}" in ${country}`)
})

t.test('an unknown default country is refused in a line that says what to write', async t => {
  t.throws(() => createNumberReader('Narnia'), InputError)
  t.throws(() => createNumberReader('UK'), { code: 'unknown-country', message: /two-letter ISO code/ })
})

const nanpCountries = getCountries().filter(country => getCountryCallingCode(country) === '1')
const digit = fc.integer({ min: 0, max: 9 }).map(String)
const digitsOf = (length: number) => fc.array(digit, { minLength: length, maxLength: length }).map(d => d.join(''))
const nationalNumber = fc.oneof(
  digitsOf(10),
  fc.tuple(fc.integer({ min: 200, max: 999 }), digitsOf(7)).map(([area, rest]) => `${area}${rest}`),
  // Premium, toll-free and personal numbers, and islands.
  fc.tuple(fc.constantFrom('246', '876', '900', '800', '500', '523', '600', '340'), digitsOf(7)).map(p => p.join('')),
  // Exchanges in which the last four digits matter.
  fc.tuple(fc.constantFrom('246521', '246522', '876606'), digitsOf(4)).map(p => p.join('')),
)
const written = fc
  .tuple(nationalNumber, fc.constantFrom('', '1', '+1', '+1 ', '1-', '+', "'"), fc.constantFrom('', ' ', '-', '.', '/'))
  .map(([n, prefix, gap]) => `${prefix}${n.slice(0, 3)}${gap}${n.slice(3, 6)}${gap}${n.slice(6)}`)

t.test('the fast path for North America gives exactly what the library gives', async () => {
  const readers = new Map<CountryCode, ReturnType<typeof createNumberReader>>()
  for (const country of [...nanpCountries, 'GB', 'DE'] as const) readers.set(country, createNumberReader(country))
  fc.assert(
    fc.property(written, fc.constantFrom(...readers.keys()), (text, country) => {
      assert.deepEqual(readers.get(country)?.(text), readByLibrary(text, country))
    }),
    { numRuns: 20_000 },
  )
})

t.test('the fast path is taken, and asks once for an area code and exchange', async t => {
  t.equal(nanpDigits('+1 (201) 555-0123', false), '2015550123')
  t.equal(nanpDigits('2015550123', true), '2015550123')
  t.equal(nanpDigits('2015550123', false), undefined)
  t.equal(nanpDigits('12015550123', false), undefined)
  t.equal(nanpDigits('+2015550123', true), undefined)
  t.equal(nanpDigits('201555012x', true), undefined)
  const asked: string[] = []
  const plan = createNanpPlan(number => {
    asked.push(number)
    return number.startsWith('+1201')
  })
  t.strictSame(['2015550123', '2015550199', '2025550123', '2025550123', '1015550123'].map(plan), [
    true,
    true,
    false,
    false,
    false,
  ])
  t.strictSame(asked, ['+12015550123', '+12025550123'])
})

t.test('a number survives being an integer', async t => {
  fc.assert(
    fc.property(fc.integer({ min: 7, max: 15 }).chain(digitsOf), digits => {
      const number = `+${digits.replace(/^0/, '9')}`
      return isE164(number) && integerToNumber(numberToInteger(number)) === number
    }),
  )
  for (const no of ['2015550123', '+0201555012', '+123456', '+1234567890123456', '+1201555012x', ''])
    t.notOk(isE164(no), no)
})
