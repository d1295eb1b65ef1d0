import t from 'tap'
import { createIncomingNumberReader } from '../../src/numbers/incoming.ts'

t.test('who calls and what they called, as carriers write it', async t => {
  const table: readonly (readonly [country: string, written: string, number: string | undefined])[] = [
    ['US', '+12125550131', '+12125550131'],
    ['US', '12125550131', '+12125550131'],
    ['US', '2125550131', '+12125550131'],
    ['US', '011442071838750', '+442071838750'],
    ['US', '442071838750', '+442071838750'],
    ['US', '493012345678', '+493012345678'],
    ['US', '18005550199', '+18005550199'],
    ['GB', '442071838750', '+442071838750'],
    ['GB', '02071838750', '+442071838750'],
    ['GB', '+442071838750', '+442071838750'],
    ['GB', '12125550131', '+12125550131'],
    ['US', '911', undefined],
    ['US', '', undefined],
  ]
  for (const [country, written, number] of table)
    t.equal(createIncomingNumberReader(country)(written), number, `${country}: ${written}`)
})
