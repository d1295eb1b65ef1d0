import { countryOf, type Place, type RuleBook } from '../../core/compliance/rules.ts'
import { subdivisions } from '../../numbers/placeTables.ts'

/** Which parts of a country somebody has read the law of. */
export interface Readings {
  readonly country: Place
  /** With the day of the latest reading, `2026-11-29`; empty where the operator has turned every line off. */
  readonly read: readonly { readonly place: Place; readonly date: string }[]
  readonly unread: readonly Place[]
}

/** What has been read of each country whose parts make laws of their own. */
export function readingsOf({ jurisdictions }: RuleBook): readonly Readings[] {
  const countries = [...new Set(jurisdictions.flatMap(one => (one.partsHaveLaws ? one.places : [])))]
  return countries.sort().map(country => {
    const parts = [...subdivisions().keys()].filter(part => part !== country && countryOf(part) === country).sort()
    const read = parts.flatMap(place => {
      const own = jurisdictions.filter(({ places }) => places.includes(place))
      const dates = own.flatMap(({ rules }) => rules.map(({ date }) => date))
      return own.length === 0 ? [] : [{ place, date: dates.sort().at(-1) ?? '' }]
    })
    return { country, read, unread: parts.filter(part => !read.some(({ place }) => place === part)) }
  })
}
