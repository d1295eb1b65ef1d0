import { getCountries, getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import t from 'tap'
import { placeOfAddress } from '../../src/numbers/addresses.ts'
import { isKnownPlace, placesOfNumber } from '../../src/numbers/places.ts'
import { areaCodePlaces, countryZones, postalAreas, subdivisions, zonesOfPlace } from '../../src/numbers/placeTables.ts'
import { canonicalZone, zoneOffset } from '../../src/numbers/zoneOffsets.ts'
import { zonesOfNumber } from '../../src/numbers/zones.ts'

/** What a zone's clock shows in winter and summer: zones with the same history of late are one. */
function clockOf(zone: string): string {
  const at = [Date.UTC(2025, 0, 15), Date.UTC(2025, 6, 15)]
  return at.map(instant => zoneOffset(zone, instant)?.offsetMinutes).join(' ')
}

t.test('a number gives the places where its owner may be', async t => {
  const table: readonly (readonly [number: string, ...places: string[]])[] = [
    ['+13055550123', 'US-FL'],
    ['+14055550123', 'US-OK'],
    ['+12065550123', 'US-WA'],
    ['+12125550123', 'US-NY'],
    ['+12025550123', 'US-DC'],
    ['+14165550123', 'CA-ON'],
    ['+19025550123', 'CA-NS', 'CA-PE'],
    ['+18675550123', 'CA-YT', 'CA-NT', 'CA-NU'],
    ['+17875550123', 'US-PR'],
    ['+13405550123', 'US-VI'],
    ['+16715550123', 'US-GU'],
    ['+18765550123', 'JM'],
    ['+18095550123', 'DO'],
    ['+14415550123', 'BM'],
    ['+442079460123', 'GB'],
    ['+441481256789', 'GG'],
    ['+441534456789', 'JE'],
    ['+447400123456', 'GB'],
    ['+447911123456', 'GG'],
    ['+493012345678', 'DE'],
    ['+33612345678', 'FR'],
    ['+262262123456', 'RE'],
    ['+590590201234', 'GP'],
    ['+61281234567', 'AU'],
    ['+8613812345678', 'CN'],
    ['+77012345678', 'KZ'],
    ['+79161234567', 'RU'],
    ['+35312345678', 'IE'],
    ['+85221234567', 'HK'],
  ]
  for (const [number, ...places] of table) t.strictSame(placesOfNumber(number), places, number)
  const nowhere = ['+18005550123', '+18885550123', '+19005550123', '+15005550123', '+12115550123', '+80012345678']
  for (const number of [...nowhere, '+8821612345678', '+99912345678'])
    t.strictSame(placesOfNumber(number), [], `${number} belongs to no place`)
})

t.test('where a shared code leaves the country open, all of its countries count', async t => {
  t.strictSame([...placesOfNumber('+4410000000')].sort(), ['GB', 'GG', 'IM', 'JE'])
  t.strictSame([...placesOfNumber('+4410000000')].sort(), ['GB', 'GG', 'IM', 'JE'], 'a bad number is not remembered')
})

t.test("every area code stands in the country in which the library has it, and in a zone of the number's", async t => {
  const wrongCountry: string[] = []
  const noCommonZone: string[] = []
  const unitedStates = new Set(['US', 'PR', 'VI', 'GU', 'AS', 'MP'])
  let known = 0
  for (const [code, places] of areaCodePlaces()) {
    const countries = new Set<string | undefined>()
    for (let exchange = 201; exchange < 1000; exchange += 7) {
      const parsed = parsePhoneNumberFromString(`+1${code}${exchange}1234`)
      if (parsed?.isValid()) countries.add(parsed.country)
    }
    if (countries.size > 0) known += 1
    for (const country of countries) {
      const place = unitedStates.has(country ?? '') && country !== 'US' ? `US-${country}` : country
      if (!places.every(one => one === place || one.startsWith(`${place}-`))) wrongCountry.push(`${code} ${country}`)
    }
    const clocks = new Set(places.flatMap(zonesOfPlace).map(clockOf))
    const ofNumber = zonesOfNumber(`+1${code}5550123`).map(clockOf)
    if (ofNumber.length > 0 && !ofNumber.some(clock => clocks.has(clock))) noCommonZone.push(`${code} ${places}`)
  }
  t.strictSame(wrongCountry, [])
  t.strictSame(noCommonZone, [])
  t.ok(known > 420, `${known} codes are in the library`)
})

t.test('every area code of a place that the library knows has its place', async t => {
  const noPlace = new Set(['TOLL_FREE', 'PERSONAL_NUMBER', 'PREMIUM_RATE', 'VOIP'])
  const missing: string[] = []
  for (let code = 200; code < 1000; code += 1) {
    for (let exchange = 202; exchange < 1000; exchange += 13) {
      const parsed = parsePhoneNumberFromString(`+1${code}${exchange}1234`)
      if (!parsed?.isValid() || noPlace.has(parsed.getType() ?? '')) continue
      if (!areaCodePlaces().has(String(code))) missing.push(String(code))
    }
  }
  t.strictSame([...new Set(missing)], [])
})

t.test('the remembered prefix of a shared code decides as the library does', async t => {
  const shared = getCountries().filter(country => {
    const code = getCountryCallingCode(country)
    return code !== '1' && getCountries().filter(other => getCountryCallingCode(other) === code).length > 1
  })
  let seed = 7
  const digit = (): number => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % 10
  }
  const wrong: string[] = []
  let valid = 0
  for (const country of shared) {
    for (let round = 0; round < 1500; round += 1) {
      const length = 8 + (round % 3)
      const number = `+${getCountryCallingCode(country)}${Array.from({ length }, digit).join('')}`
      const parsed = parsePhoneNumberFromString(number)
      if (!parsed?.isValid() || parsed.country === undefined) continue
      valid += 1
      const places = placesOfNumber(number)
      if (places.length !== 1 || places[0] !== parsed.country) wrong.push(`${number} ${places} ${parsed.country}`)
    }
  }
  t.ok(valid > 3000, `${valid} valid numbers`)
  t.strictSame(wrong, [])
})

t.test('an address gives its place and its zones', async t => {
  const east = 'America/New_York'
  const central = 'America/Chicago'
  const mountain = 'America/Denver'
  const table: readonly (readonly [
    country: string,
    region: string,
    postcode: string,
    place: string,
    ...zones: string[],
  ])[] = [
    ['US', 'FL', '33101', 'US-FL', east],
    ['US', 'Florida', '', 'US-FL', east, central],
    ['US', 'fla.', '32501', 'US-FL', central],
    ['US', 'FL', '32401-1234', 'US-FL', central],
    ['US', 'FL', '32456', 'US-FL', east, central],
    ['US', '', '02134', 'US-MA', east],
    ['US', '', '2134', 'US-MA', east],
    ['US', 'US-WA', '', 'US-WA', 'America/Los_Angeles'],
    ['US', 'Washington, D.C.', '', 'US-DC', east],
    ['US', 'Washington', '', 'US-WA', 'America/Los_Angeles'],
    ['US', 'IN', '46201', 'US-IN', 'America/Indiana/Indianapolis'],
    ['US', 'IN', '46402', 'US-IN', central],
    ['US', 'IN', '47708', 'US-IN', central],
    ['US', 'IN', '46534', 'US-IN', 'America/Indiana/Indianapolis', central],
    ['US', 'KY', '40202', 'US-KY', east],
    ['US', 'KY', '42101', 'US-KY', central],
    ['US', 'TN', '37201', 'US-TN', central],
    ['US', 'TN', '37402', 'US-TN', east],
    ['US', 'TN', '37347', 'US-TN', east, central],
    ['US', 'TX', '79901', 'US-TX', mountain],
    ['US', 'TX', '79821', 'US-TX', central, mountain],
    ['US', 'TX', '77002', 'US-TX', central],
    ['US', 'ID', '83702', 'US-ID', 'America/Boise'],
    ['US', 'ID', '83814', 'US-ID', 'America/Los_Angeles'],
    ['US', 'OR', '97201', 'US-OR', 'America/Los_Angeles'],
    ['US', 'OR', '97914', 'US-OR', 'America/Los_Angeles', 'America/Boise'],
    ['US', 'NE', '68102', 'US-NE', central],
    ['US', 'NE', '69361', 'US-NE', mountain],
    ['US', 'NE', '69101', 'US-NE', central, mountain],
    ['US', 'KS', '67735', 'US-KS', central, mountain],
    ['US', 'KS', '66101', 'US-KS', central],
    // Beginnings on both sides of a boundary: Cumberland and Fentress in Tennessee, Morton in North Dakota, Pulaski in Indiana.
    ['US', 'ND', '58601', 'US-ND', mountain, central],
    ['US', 'ND', '58631', 'US-ND', mountain, central],
    ['US', 'TN', '37723', 'US-TN', east, central],
    ['US', 'TN', '37701', 'US-TN', east, central],
    ['US', 'TN', '37801', 'US-TN', east],
    ['US', 'TN', '37601', 'US-TN', east],
    ['US', 'TN', '38555', 'US-TN', central],
    ['US', 'IN', '46960', 'US-IN', 'America/Indiana/Indianapolis', central],
    ['US', 'NE', '69001', 'US-NE', central, mountain],
    ['US', 'AL', '36869', 'US-AL', central, east],
    ['US', 'ND', '58102', 'US-ND', central],
    ['US', 'SD', '57701', 'US-SD', mountain],
    ['US', 'SD', '57104', 'US-SD', central],
    ['US', 'SD', '57501', 'US-SD', central, mountain],
    ['US', 'MI', '48201', 'US-MI', 'America/Detroit'],
    ['US', 'MI', '49801', 'US-MI', 'America/Detroit', 'America/Menominee'],
    ['US', 'AZ', '85001', 'US-AZ', 'America/Phoenix'],
    ['US', 'AZ', '86515', 'US-AZ', 'America/Phoenix', mountain],
    ['US', 'AZ', '86045', 'US-AZ', 'America/Phoenix', mountain],
    ['US', 'AZ', '', 'US-AZ', 'America/Phoenix', mountain],
    ['US', 'AK', '99501', 'US-AK', 'America/Anchorage'],
    ['US', 'AK', '99546', 'US-AK', 'America/Anchorage', 'America/Adak'],
    ['PR', '', '00901', 'US-PR', 'America/Puerto_Rico'],
    ['US', 'PR', '', 'US-PR', 'America/Puerto_Rico'],
    ['CA', 'ON', 'M5V 1A1', 'CA-ON', 'America/Toronto'],
    ['CA', '', 'p8n 2z3', 'CA-ON', 'America/Toronto', 'America/Winnipeg', 'America/Atikokan'],
    ['Canada', 'Québec', '', 'CA-QC', 'America/Toronto', 'America/Halifax', 'America/Blanc-Sablon'],
    ['CA', 'quebec', 'H2X 1Y4', 'CA-QC', 'America/Toronto'],
    ['CA', '', 'A1C 5M2', 'CA-NL', 'America/St_Johns'],
    ['CA', 'SK', 'S4P 3Y2', 'CA-SK', 'America/Regina'],
    ['GB', 'Kent', 'CT1 2EH', 'GB', 'Europe/London'],
    ['United Kingdom', '', '', 'GB', 'Europe/London'],
    ['Deutschland', 'Bayern', '80331', 'DE-BY', 'Europe/Berlin'],
    ['FR', '', '75001', 'FR', 'Europe/Paris'],
    ['FR', '', '1000', 'FR', 'Europe/Paris'],
    ['France', '', '97400', 'RE', 'Indian/Reunion'],
    ['AU', 'NSW', '2000', 'AU-NSW', 'Australia/Sydney'],
    ['AU', 'New South Wales', '2880', 'AU-NSW', 'Australia/Broken_Hill', 'Australia/Sydney'],
    ['AU', '', '4000', 'AU-QLD', 'Australia/Brisbane'],
    ['AU', '', '800', 'AU-NT', 'Australia/Darwin'],
    ['AU', '', '0200', 'AU-ACT', 'Australia/Sydney'],
    ['AU', 'Western Australia', '6000', 'AU-WA', 'Australia/Perth'],
    ['ES', '', '28001', 'ES', 'Europe/Madrid', 'Africa/Ceuta', 'Atlantic/Canary'],
    ['CN', '', '', 'CN', 'Asia/Shanghai'],
  ]
  for (const [country, region, postcode, place, ...zones] of table) {
    const found = placeOfAddress({ country, region, postcode })
    t.strictSame(found, { places: [place], zones }, `${country} ${region} ${postcode}`)
  }
})

t.test(
  'an address that contradicts itself counts in both places, one that says little in the whole country',
  async t => {
    t.strictSame(placeOfAddress({ country: 'US', region: 'NY', postcode: '90001' }), {
      places: ['US-NY', 'US-CA'],
      zones: ['America/New_York', 'America/Los_Angeles'],
    })
    t.match(placeOfAddress({ country: 'US' }), { places: ['US'], zones: countryZones().get('US') })
    t.match(placeOfAddress({ country: 'US', region: 'Atlantis', postcode: '331' }), { places: ['US'] })
    t.match(placeOfAddress({ country: 'AU' }), { places: ['AU'] })
    t.equal(placeOfAddress({ country: 'Atlantis', region: 'FL' }), undefined)
    t.equal(placeOfAddress({ country: '' }), undefined)
    t.equal(placeOfAddress({ country: 'US', region: 'AE', postcode: '09012' }), undefined, "an army's post")
  },
)

t.test('every place and zone in the tables is one that there is, and every beginning stands once', async t => {
  const zones = [
    ...countryZones().values(),
    ...[...subdivisions().values(), ...postalAreas().values()].map(one => one.zones),
  ]
  t.strictSame(
    [...new Set(zones.flat())].filter(zone => canonicalZone(zone) === undefined),
    [],
  )
  const places = [...[...areaCodePlaces().values()].flat(), ...[...postalAreas().values()].map(({ place }) => place)]
  t.strictSame(
    [...new Set(places)].filter(place => !isKnownPlace(place)),
    [],
  )
  t.strictSame(
    [...postalAreas().values()].filter(({ zones }) => zones.length === 0),
    [],
  )
  const outside = [...postalAreas()].filter(([, { place, zones }]) => {
    const clocks = new Set(zonesOfPlace(place).map(clockOf))
    return !zones.every(zone => clocks.has(clockOf(zone)))
  })
  // Opposite Columbus, Georgia, people keep the neighbour's clock.
  t.strictSame([...new Set(outside.map(([, { place }]) => place))], ['US-AL'])
  const states = [...subdivisions().keys()].filter(place => place.startsWith('US-'))
  const withZip = new Set([...postalAreas().values()].map(({ place }) => place))
  t.strictSame(
    states.filter(place => !withZip.has(place)),
    [],
    'every state has ZIP codes',
  )
  const withAreaCode = new Set([...areaCodePlaces().values()].flat())
  t.strictSame(
    states.filter(place => !withAreaCode.has(place)),
    [],
    'and area codes',
  )
  t.equal(states.length, 56)
  for (const place of ['US', 'US-FL', 'CA-ON', 'GB', 'DE', 'RE', 'AU-WA', 'XK']) t.ok(isKnownPlace(place), place)
  for (const place of ['PR', 'UK', 'US-XX', 'us', '', 'EU']) t.notOk(isKnownPlace(place), place)
})
