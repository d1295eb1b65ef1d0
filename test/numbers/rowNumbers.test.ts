import { getCountries, getCountryCallingCode } from 'libphonenumber-js/max'
import t from 'tap'
import { createHintReader, type HintKind, mainCountries } from '../../src/numbers/rowNumbers.ts'

type Row = readonly [home: string, kinds: readonly HintKind[], cells: readonly string[], text: string, is: string]

function reads([home, kinds, cells, text]: Row): string {
  const reading = createHintReader(home, kinds)(cells).read(text)
  return reading.valid ? reading.number : reading.problem
}

const country = ['country'] as const
const both = ['country', 'country'] as const

t.test('a number is read as its row says', async t => {
  const table: readonly Row[] = [
    ['US', country, [''], '2025550144', '+12025550144'],
    ['US', country, ['44'], '2079460123', '+442079460123'],
    ['US', country, ['49'], '17604069000', '+4917604069000'],
    ['US', country, ['1'], '2025550144', '+12025550144'],
    ['US', country, ['1'], '12025550144', '+12025550144'],
    ['US', country, ['+44'], '020 7946 0123', '+442079460123'],
    ['US', country, ['0044'], '2079460123', '+442079460123'],
    ['US', country, ['01144'], '2079460123', '+442079460123'],
    ['US', country, ['44'], '442079460123', '+442079460123'],
    ['US', country, ['44'], '+44 20 7946 0123', '+442079460123'],
    ['US', country, ['44'], '00442079460123', '+442079460123'],
    ['US', country, ['United Kingdom'], '2079460178', '+442079460178'],
    ['US', country, ['Mexico'], '5512345699', '+525512345699'],
    ['US', country, ['México'], '5512345699', '+525512345699'],
    ['US', country, ['GBR'], '2079460178', '+442079460178'],
    ['US', country, ['gb'], '2079460178', '+442079460178'],
    ['US', country, ['Vereinigtes Königreich'], '2079460178', '+442079460178'],
    ['US', country, ['Royaume-Uni'], '2079460178', '+442079460178'],
    ['US', country, ['Reino Unido'], '2079460178', '+442079460178'],
    ['US', country, ['Regno Unito'], '2079460178', '+442079460178'],
    ['US', country, ['United Kingdom (+44)'], '2079460178', '+442079460178'],
    ['US', country, ['US +1'], '2025550144', '+12025550144'],
    ['US', country, ['N/A'], '2025550144', '+12025550144'],
    ['DE', country, ['USA'], '(202) 555-0144', '+12025550144'],
    ['DE', country, ['Italien'], '06 1234 5678', '+390612345678'],
    ['US', both, ['44', 'GB'], '2079460123', '+442079460123'],
    ['US', both, ['', 'GB'], '2079460123', '+442079460123'],
    // Countries that share a code: a person with a number of the other one lives there.
    ['US', country, ['Canada'], '+12025550144', '+12025550144'],
    ['US', country, ['1-242'], '3223456', '+12423223456'],
    ['US', country, ['1-242'], '2423223456', '+12423223456'],
    ['US', ['area'], ['202'], '555-0144', '+12025550144'],
    ['US', ['area'], ['202'], '2025550144', '+12025550144'],
    ['DE', ['area'], ['0711'], '123456', '+49711123456'],
    ['DE', ['area'], ['0711'], '0711 123456', '+49711123456'],
    ['DE', ['area'], ['0711'], '+49 711 123456', '+49711123456'],
    ['DE', ['prefix'], ['0711'], '123456', '+49711123456'],
    ['DE', ['prefix'], ['+44'], '2079460123', '+442079460123'],
    ['US', ['prefix'], ['44'], '2079460123', '+442079460123'],
    ['US', ['prefix'], ['Dr.'], '2025550144', '+12025550144'],
    ['BR', ['area'], ['11'], '912345678', '+5511912345678'],
    // Nobody knows this country, but the number says its own.
    ['US', country, ['Atlantis'], '+442079460123', '+442079460123'],
  ]
  for (const row of table) t.equal(reads(row), row[4], JSON.stringify(row))
})

t.test('what contradicts itself is refused', async t => {
  const table: readonly Row[] = [
    ['US', country, ['US'], '+442079460123', 'country-differs'],
    ['US', country, ['US'], '011442079460123', 'country-differs'],
    ['US', country, ['44'], '+12025550144', 'country-differs'],
    ['US', country, ['1'], '+442079460123', 'country-differs'],
    ['US', country, ['United Kingdom'], '+12025550144', 'country-differs'],
    ['US', both, ['1', 'GB'], '2079460123', 'country-differs'],
    ['US', both, ['1', 'GB'], '+442079460123', 'country-differs'],
    ['US', both, ['US', 'Mexico'], '5512345699', 'country-differs'],
    ['US', country, ['United Kingdom (+49)'], '2079460123', 'country-differs'],
    ['US', country, ['Atlantis'], '2025550144', 'unknown-country'],
    ['US', country, ['999'], '2025550144', 'unknown-country'],
    ['US', country, ['44.0'], '2079460123', 'unknown-country'],
    ['US', country, ['840'], '2025550144', 'unknown-country'],
    ['US', ['area'], ['202'], '2015550123', 'country-differs'],
    ['US', ['area'], ['202'], '+12015550123', 'country-differs'],
    ['US', ['area'], ['D.C.'], '5550144', 'unknown-country'],
    ['US', country, ['1-242'], '2025550144', 'country-differs'],
    ['DE', ['area'], ['0711'], '030 23125000', 'country-differs'],
    ['US', country, ['44'], '2025550144', 'not-in-use'],
    ['US', country, ['Mexico'], '12025550144', 'too-long'],
  ]
  for (const row of table) t.equal(reads(row), row[4], JSON.stringify(row))
})

t.test('what can be read as two numbers is refused', async t => {
  t.equal(reads(['US', country, ['49'], '4921123456', '']), 'ambiguous')
  t.equal(reads(['DE', ['area'], ['30'], '301234567', '']), 'ambiguous')
  t.equal(reads(['US', country, ['49'], '030 1234567', '']), '+49301234567')
})

t.test('each shared code has a country whose way of writing holds', async t => {
  for (const country of getCountries()) {
    const code = getCountryCallingCode(country)
    const sharing = getCountries().filter(other => getCountryCallingCode(other) === code)
    const main = mainCountries().get(code)
    t.ok(main !== undefined && sharing.includes(main), code)
    if (sharing.length > 1)
      t.ok(['US', 'RU', 'IT', 'GB', 'NO', 'AU', 'MA', 'RE', 'SH', 'FI', 'GP', 'CW'].includes(main ?? ''), code)
  }
})
