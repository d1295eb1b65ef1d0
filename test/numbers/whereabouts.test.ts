import t from 'tap'
import { type Address, placeOfAddress } from '../../src/numbers/addresses.ts'
import { zonesOfPerson } from '../../src/numbers/whereabouts.ts'

interface Row {
  readonly number: string
  readonly stated?: string
  readonly address?: Address
  readonly zones: readonly string[]
}

const east = 'America/New_York'
const central = 'America/Chicago'
const pacific = 'America/Los_Angeles'

const rows: readonly Row[] = [
  // A stated zone within the address counts alone, and more exactly.
  { number: '+12125550123', stated: east, zones: [east] },
  { number: '+12125550123', stated: pacific, zones: [pacific] },
  { number: '+12125550123', stated: east, address: { country: 'US', region: 'NY' }, zones: [east] },
  { number: '+12125550123', stated: 'US/Eastern', address: { country: 'US', region: 'NY' }, zones: ['US/Eastern'] },
  { number: '+12125550123', stated: central, address: { country: 'US', region: 'FL' }, zones: [central] },
  { number: '+12125550123', stated: east, address: { country: 'US' }, zones: [east] },
  // One that the address contradicts does not: all must permit.
  { number: '+12125550123', stated: east, address: { country: 'US', postcode: '90001' }, zones: [east, pacific] },
  { number: '+13235550123', stated: east, address: { country: 'US', postcode: '90001' }, zones: [east, pacific] },
  { number: '+12125550123', stated: central, address: { country: 'US', region: 'NY' }, zones: [central, east] },
  {
    number: '+13235550123',
    stated: 'America/Phoenix',
    address: { country: 'US', region: 'CA' },
    zones: ['America/Phoenix', pacific],
  },
  { number: '+12125550123', stated: 'Europe/London', zones: ['Europe/London', east] },
  { number: '+442079460123', stated: east, zones: [east, 'Europe/London'] },
  { number: '+61412345678', stated: 'Australia/Perth', zones: ['Australia/Perth'] },
  {
    number: '+61412345678',
    stated: 'Australia/Perth',
    address: { country: 'AU', postcode: '2000' },
    zones: ['Australia/Perth', 'Australia/Sydney'],
  },
  // Number and address: both.
  { number: '+12125550123', address: { country: 'US', postcode: '90001' }, zones: [east, pacific] },
  // A number that tells no place is where its address is, within its country.
  { number: '+61412345678', address: { country: 'AU', postcode: '2000' }, zones: ['Australia/Sydney'] },
  {
    number: '+34612345678',
    address: { country: 'FR', postcode: '75001' },
    zones: ['Europe/Madrid', 'Atlantic/Canary', 'Europe/Paris'],
  },
  {
    number: '+61282345678',
    address: { country: 'AU', postcode: '6000' },
    zones: ['Australia/Sydney', 'Australia/Perth'],
  },
]

t.test('what is more exact counts alone where nothing contradicts it, else all must permit', async t => {
  for (const { number, stated, address, zones } of rows) {
    const place = address && placeOfAddress(address)
    const found = zonesOfPerson({ number, ...(stated && { stated }), ...(place && { address: place }) })
    t.strictSame([...found].sort(), [...zones].sort(), `${number} ${stated} ${JSON.stringify(address)}`)
  }
})
