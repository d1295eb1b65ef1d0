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

t.test('a spreadsheet’s figure is no number, wherever its point or comma stands', async t => {
  const figures = [
    ...['1.60455E+10', '1,60455E+10', '1.60455e10', '1.60455 E+10', '+1.60455E+10', '16045551234.0', '16045551234,0'],
    ...['202555012.0', '612345678.0', '20255501.23', '2025550123.0', '2025550123.00', '2025550.123', '202555.0123'],
    ...['+1202555012.0', '+12025550123.0', '+4930123456.0', '2.025550123', '1.2025550123', '2.025.550.123'],
    ...['16.045.551.234', '2,025,550,123', '2,025,550,123.00', '2.025.550.123,00', '202,555,012.0', '202.555.012.0'],
    ...['-2025550123', '-5549921', '202555012,5', '202-555-012.0', '  202555012.0 ', "'202555012.0", '="202555012.0"'],
  ]
  for (const country of ['US', 'DE', 'FR', 'GB'])
    for (const text of figures) t.equal(readAs(country, text), 'spreadsheet-number', `"${text}" in ${country}`)
})

t.test('a point that people write is none', async t => {
  const table: readonly (readonly [country: string, text: string, number: string])[] = [
    ['US', '202.555.0123', '+12025550123'],
    ['US', '202.5550123', '+12025550123'],
    ['US', '(202) 555.0123', '+12025550123'],
    ['US', '1.202.555.0123', '+12025550123'],
    ['US', '+1.2025550123', '+12025550123'],
    ['US', '+44.2079460123', '+442079460123'],
    ['FR', '06.12.34.56.78', '+33612345678'],
    ['ES', '612.345.678', '+34612345678'],
    ['GB', '01206.560123', '+441206560123'],
    ['DE', '0711.123456', '+49711123456'],
    ['DE', '+49.711123456', '+49711123456'],
  ]
  for (const [country, text, number] of table) t.equal(readAs(country, text), number, `${text} in ${country}`)
})

t.test('two numbers in a cell are not one', async t => {
  const table: readonly (readonly [country: string, text: string])[] = [
    ['US', '2015550123/2015550124'],
    ['US', '555 1234 / 555 9876'],
    ['US', '2025550123/24'],
    ['US', '202-555-0123 or 202-555-0124'],
    ['US', '2025550123, 2025550124'],
    ['US', '2025550123;2025550124'],
    ['US', '2025550123 & 2025550124'],
    ['US', '2025550123\n2025550124'],
    ['US', '+12025550123 +12025550124'],
    ['US', '202 555 0123  202 555 0124'],
    ['DE', '12345\n67890'],
    ['DE', '12345 / 67890'],
    ['DE', '0711 12345/0711 67890'],
    ['DE', '0711 1234-56/57'],
    ['DE', '5551234 - 5559876'],
    ['DE', '030 1234567 oder 0171 1234567'],
    ['DE', '030 1234567 und 7654321'],
    ['FR', '0612345678 ou 0712345678'],
    ['ES', '612345678 y 612345679'],
    ['ES', '612345678 o 612345679'],
    ['DE', '0711/1234/56'],
  ]
  for (const [country, text] of table) t.equal(readAs(country, text), 'several-numbers', `"${text}" in ${country}`)
  const one: readonly (readonly [country: string, text: string, number: string])[] = [
    ['DE', '0711/123456', '+49711123456'],
    ['DE', '0711 / 123456', '+49711123456'],
    ['DE', '+49 711 / 123456', '+49711123456'],
    ['DE', '030 - 23125000', '+493023125000'],
    ['DE', '0049 711 - 123456', '+49711123456'],
    ['DE', '033203/123456', '+4933203123456'],
    ['FR', '06/12/34/56/78', '+33612345678'],
    ['BE', '02/512.45.67', '+3225124567'],
    ['US', '201/555/0123', '+12015550123'],
    ['US', '201/555-0123', '+12015550123'],
    ['US', '(201)  555-0123', '+12015550123'],
    ['GB', '+44 (0)20 7946 0123', '+442079460123'],
    ['GB', '0044 (0)20 7946 0123', '+442079460123'],
    ['BR', '+55 (11) 91234-5678', '+5511912345678'],
  ]
  for (const [country, text, number] of one) t.equal(readAs(country, text), number, `${text} in ${country}`)
})

t.test('an extension is told, however it is written', async t => {
  for (const text of ['2025550123x12', '202-555-0123 #12', '2025550123, 12', '2025550123 (12)'])
    t.equal(readAs('US', text), 'extension', text)
  t.equal(readAs('DE', '030 12345 (67)'), 'extension')
})

t.test('what nobody sees around a number is not part of it', async t => {
  const marks = [
    '\u202a+12025550190\u202c',
    '\u200e2025550190',
    '2025550190\u200b',
    '\ufeff2025550190',
    '202\u00ad5550190',
  ]
  const others = ['2025550190\u001f', '\uff12\uff10\uff125550190', '202\u00a0555\u202f0190', '="2025550190"']
  for (const text of [...marks, ...others]) t.equal(readAs('US', text), '+12025550190', JSON.stringify(text))
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

/** Ten or eleven digits with anything between them that people, spreadsheets and address books put there. */
const scattered = fc
  .tuple(
    nationalNumber,
    fc.constantFrom('', '1', '+1', '+', '001', "'", '-', '('),
    fc.array(fc.tuple(fc.nat({ max: 12 }), fc.constantFrom(...' .-()/,+x\n\t0E', '  ', ') ', ' - ', '.0', '\u200b')), {
      maxLength: 3,
    }),
  )
  .map(([digits, prefix, gaps]) =>
    gaps.reduce((text, [at, gap]) => `${text.slice(0, at)}${gap}${text.slice(at)}`, `${prefix}${digits}`),
  )

t.test('nor is there any other way of writing in which the two differ', async () => {
  const readers = new Map<CountryCode, ReturnType<typeof createNumberReader>>()
  for (const country of ['US', 'CA', 'JM', 'GB', 'DE', 'FR'] as const) readers.set(country, createNumberReader(country))
  fc.assert(
    fc.property(scattered, fc.constantFrom(...readers.keys()), (text, country) => {
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
