import { getCountries, getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import t from 'tap'
import { type NumberKind, numberKinds } from '../../src/core/compliance/numberKinds.ts'
import { refusedKind } from '../../src/numbers/kinds.ts'
import { createListedNumberReader, createNumberReader, type NumberProblem } from '../../src/numbers/phone.ts'
import { areaCodeKinds, areaCodePlaces } from '../../src/numbers/placeTables.ts'
import { readingOf } from '../../src/numbers/readings.ts'

t.test('numbers at which no person is are told by their kind', async t => {
  const table: readonly (readonly [number: string, kind: NumberKind | undefined])[] = [
    // Country codes of no country, in use or not.
    ['+80012345678', 'toll-free'],
    ['+8081234567', 'shared-cost'],
    ['+870773111632', 'satellite'],
    ['+878101234567890', 'personal-number'],
    ['+8816212345678', 'satellite'],
    ['+88161234567', 'satellite'],
    ['+8821612345678', 'international-network'],
    ['+8835100123456', 'international-network'],
    ['+888123456789', 'international-network'],
    ['+979123456789', 'premium-rate'],
    ['+991123456789', 'international-network'],
    // Their neighbours are countries.
    ['+8801712345678', undefined],
    ['+886912345678', undefined],
    ['+992917123456', undefined],
    ['+8562023123456', undefined],
    ['+97715123456', undefined],
    // Britain.
    ['+447012345678', 'personal-number'],
    ['+447640123456', 'pager'],
    ['+447624123456', undefined],
    ['+447911123456', undefined],
    ['+448081570123', 'toll-free'],
    ['+448701234567', 'premium-rate'],
    ['+449012345678', 'premium-rate'],
    ['+443069990123', undefined],
    ['+442079460123', undefined],
    // Others.
    ['+611300123456', 'shared-cost'],
    ['+611800123456', 'toll-free'],
    ['+611900123456', 'premium-rate'],
    ['+61412345678', undefined],
    ['+33899123456', 'premium-rate'],
    ['+33800123456', 'toll-free'],
    ['+33612345678', undefined],
    ['+33912345678', undefined],
    ['+498001234567', 'toll-free'],
    ['+499001234567', 'premium-rate'],
    ['+4970012345678', 'personal-number'],
    ['+78001234567', 'toll-free'],
    ['+78091234567', 'premium-rate'],
    ['+5508001234567', 'toll-free'],
    // North America.
    ['+18005550123', 'toll-free'],
    ['+18335550123', 'toll-free'],
    ['+19005550123', 'premium-rate'],
    ['+15005550123', 'personal-number'],
    ['+15335550123', 'personal-number'],
    ['+16005550123', 'no-place'],
    ['+16225550123', 'no-place'],
    ['+17005550123', 'no-place'],
    ['+12115550123', 'no-place'],
    ['+12129750123', undefined],
    ['+12129760123', 'premium-rate'],
    ['+12129770123', undefined],
    ['+14169760123', 'premium-rate'],
    ['+14365550123', undefined],
    // Islands are places, and 976 is an exchange like others there: the list of countries keeps calls away from them.
    ['+18095550123', undefined],
    ['+18099765012', undefined],
    ['+18765550123', undefined],
    ['+17875550123', undefined],
    ['+99912345678', 'no-place'],
  ]
  for (const [number, kind] of table) t.equal(refusedKind(number), kind, number)
})

t.test('an import refuses them with the word for their kind', async t => {
  const table: readonly (readonly [country: string, text: string, problem: NumberProblem])[] = [
    ['US', '+8816 2123 45678', 'satellite'],
    ['US', '+88351 0012 3456', 'international-network'],
    ['US', '+979 123 456 789', 'premium-rate'],
    ['US', '+870 773 111 632', 'satellite'],
    ['US', '+979', 'premium-rate'],
    ['US', '212 976 0123', 'premium-rate'],
    ['US', '(900) 555-0123', 'premium-rate'],
    ['US', '800 555 0123', 'toll-free'],
    ['US', '500 555 0123', 'personal-number'],
    ['GB', '070 1234 5678', 'personal-number'],
    ['GB', '076 4012 3456', 'pager'],
    ['AU', '1300 123 456', 'shared-cost'],
    ['US', '+1 600 555 0123', 'no-place'],
  ]
  for (const [country, text, problem] of table) {
    const reading = createNumberReader(country)(text)
    t.strictSame(reading, { valid: false, problem }, `${text} in ${country}`)
    t.ok(numberKinds[problem as NumberKind], `${problem} has a sentence`)
  }
})

t.test('one table says which area codes of the United States and Canada are in use, at every door', async t => {
  for (const [code, [place = '']] of areaCodePlaces()) {
    if (!/^(US|CA)-/.test(place) || /^US-(PR|VI|GU|AS|MP)$/.test(place)) continue
    const number = `+1${code}5550101`
    for (const text of [`${code}5550101`, `(${code}) 555-0101`, `1 ${code} 555 0101`, number, `${number} `])
      t.strictSame(createNumberReader('US')(text), { valid: true, number }, text)
    t.strictSame(createNumberReader('GB')(`001 ${code} 555 0101`), { valid: true, number }, `${code} from Britain`)
  }
  for (const text of ['555 555 0101', '211 555 0101', '436 155 0101', '299 555 0101'])
    t.strictSame(createNumberReader('US')(text), { valid: false, problem: 'not-in-use' }, text)
})

t.test('the kinds in the table are words that there are, and no code has a place and a kind', async t => {
  for (const [code, kind] of areaCodeKinds()) {
    t.ok(numberKinds[kind], `${code} ${kind}`)
    t.notOk(areaCodePlaces().has(code), code)
  }
})

t.test('a list of refusals takes every number that has the shape of one', async t => {
  const table: readonly (readonly [country: string, text: string, number: string])[] = [
    ['US', '555 555 0123', '+15555550123'],
    ['US', '436 555 0101', '+14365550101'],
    ['US', '200-555-0123', '+12005550123'],
    ['US', '900 555 0123', '+19005550123'],
    ['US', '212 976 0123', '+12129760123'],
    ['US', '800 555 0123', '+18005550123'],
    ['US', '+8816 2123 45678', '+8816212345678'],
    ['GB', '0843 123 4567', '+448431234567'],
    ['GB', '070 1234 5678', '+447012345678'],
  ]
  for (const [country, text, number] of table)
    t.strictSame(createListedNumberReader(country)(text), { valid: true, number }, `${text} in ${country}`)
  for (const text of ['', 'unknown', '1.5E+10', '911', '72345', '201555012', '20155501234567', '2015550123 x12'])
    t.strictSame(createListedNumberReader('US')(text), createNumberReader('US')(text), `"${text}"`)
})

t.test('the remembered beginning of a number decides as the library does, in every country', async t => {
  let seed = 11
  const digit = (): number => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % 10
  }
  const wrong: string[] = []
  let valid = 0
  for (const code of new Set(getCountries().map(country => getCountryCallingCode(country)))) {
    if (code === '1') continue
    for (let round = 0; round < 120; round += 1) {
      const start = `+${code}${Array.from({ length: 9 - code.length }, digit).join('')}`
      for (const tail of ['', '7', '12', '345', '6789', '01234'].flatMap(text => [
        text,
        [...text].reverse().join(''),
      ])) {
        const number = `${start}${tail}`
        const parsed = parsePhoneNumberFromString(number)
        if (!parsed?.isValid()) continue
        valid += 1
        const reading = readingOf(number)
        if (reading?.country !== parsed.country || reading?.type !== parsed.getType())
          wrong.push(`${number} ${reading?.country} ${reading?.type}: ${parsed.country} ${parsed.getType()}`)
      }
    }
  }
  t.ok(valid > 10_000, `${valid} valid numbers`)
  t.strictSame(wrong, [])
})
