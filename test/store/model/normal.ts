const ranked: Readonly<Record<string, string>> = {
  leadId: 'lead',
  permissionId: 'permission',
  subject: 'subject',
  seal: 'seal',
  key: 'key',
  person: 'person subject',
  persons: 'person subject',
  after: 'lead',
}

/** Later than any instant of a run: the time on the wall. */
const wallFrom = 1e12

/** Whose a lead is only tells which leads of one answer belong together: a key may serve again when its person is gone. */
function withPerson(all: readonly unknown[], one: unknown, index: number): unknown {
  const personOf = (value: unknown) =>
    typeof value === 'object' && value !== null && 'personKey' in value ? value.personKey : undefined
  const key = personOf(one)
  if (key === undefined) return one
  const first = all.findIndex(other => personOf(other) === key)
  return { ...Object(one), personKey: first === index ? 'a person' : `as ${first}` }
}

/**
 * Puts in the place of what each store chooses for itself (ids, random names, surrogates of erased numbers, the time on the
 * wall) the order in which it first appeared. Two stores that agree give the same values.
 */
export function createNormaliser(): (value: unknown) => unknown {
  const places = new Map<string, number>()
  const counts = new Map<string, number>()

  function rank(family: string, value: unknown): string {
    const name = `${family} ${value}`
    const place = places.get(name) ?? (counts.get(family) ?? 0) + 1
    if (!places.has(name)) counts.set(family, place)
    places.set(name, place)
    return `${family} #${place}`
  }

  function normal(value: unknown, name = ''): unknown {
    if (Array.isArray(value)) return value.map((one, index) => normal(withPerson(value, one, index), name))
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, normal(member, key)]))
    const family = ranked[name]
    if (family !== undefined && value !== undefined && value !== 0) return rank(family, value)
    if (typeof value === 'string' && (value.startsWith('erased-') || value.startsWith('+-')))
      return rank('erased', value)
    if (typeof value === 'number' && value > wallFrom) return 'now'
    return value
  }

  return value => normal(value)
}
