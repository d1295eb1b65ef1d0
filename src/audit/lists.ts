import type { Call, Story } from './calls.ts'
import { isIn, rulesFor } from './laws.ts'
import type { PlainRules, Violation } from './types.ts'
import { violation } from './violations.ts'

interface Installed {
  readonly seq: number
  readonly list: string
  readonly version: string
  readonly place: string
  readonly asOf: number
}

/** Versions of imported lists, as the ledger tells of them. */
export function listsOf({ entries }: Story): readonly Installed[] {
  return entries
    .filter(({ kind, entry }) => kind === 'list' && entry.event === 'installed')
    .map(({ seq, entry: { list, version, place, asOf } }) => ({
      seq,
      list: String(list),
      version: String(version),
      place: String(place),
      asOf: Number(asOf),
    }))
}

/**
 * Where a law wants a list to be asked, one of that place was, and what stood in it was young enough. How old it was is what
 * the ledger says of the list's arrival; what the originate says of it must be the same.
 */
export function checkLists(
  call: Call,
  book: PlainRules | undefined,
  lists: readonly Installed[],
): readonly Violation[] {
  const { cleared } = call
  return rulesFor(call, book, 'do-not-call-list').flatMap(({ rule }) => {
    const { place = '', ageMaxMs = 0, ruleId } = rule
    if (cleared?.places !== undefined && !cleared.places.some(where => isIn(where, place))) return []
    const asked = (cleared?.lists ?? []).flatMap(one => {
      const known = lists.filter(
        ({ seq, list, version, place: of }) =>
          seq < call.seq && list === one.list && version === one.version && of === place,
      )
      return known.slice(-1).map(({ asOf }) => ({ ...one, arrived: asOf }))
    })
    if (asked.length === 0)
      return [violation(call, { check: 'list', ruleId, says: `no list of ${place} was asked that the ledger knows` })]
    return asked.flatMap(({ list, asOf, arrived }) => {
      if (asOf !== arrived)
        return [violation(call, { check: 'list', ruleId, says: `list ${list} is of another day than the entry says` })]
      if (call.at - arrived <= ageMaxMs) return []
      const days = Math.floor((call.at - arrived) / 86_400_000)
      return [violation(call, { check: 'list', ruleId, says: `list ${list} was ${days} days old` })]
    })
  })
}
