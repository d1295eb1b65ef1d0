/** Nine digits and more may be a telephone number with its country code; a day has eight. */
const mayBeNumber = /\d(?:[_-]?\d){8,}/

/**
 * Under which name each of these ids stands where anybody may keep it for years: its own, but for one that could be a telephone
 * number, which is told by its place among them. Ids have no brackets, so no two have one name.
 */
export function seriesNames(ids: readonly string[]): (id: string) => string | undefined {
  const names = new Map(ids.map((id, index) => [id, mayBeNumber.test(id) ? `(number ${index + 1})` : id]))
  return id => names.get(id)
}
