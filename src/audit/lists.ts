import type { Call, Story } from './calls.ts'
import { dayIn } from './counts.ts'
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

const dayMs = 86_400_000

/** Days of the calendar since a list's day, the most of all zones; what is dated by day stands at midnight by UTC. */
function ageDays(call: Call, arrived: number): number {
  const zones = call.cleared?.zones ?? []
  const dated = arrived % dayMs === 0
  const days = zones.map(zone => dayIn(zone, call.at) - (dated ? arrived / dayMs : dayIn(zone, arrived)))
  return Math.max(...(days.length === 0 ? [Math.floor((call.at - arrived) / dayMs)] : days))
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
      const days = ageDays(call, arrived)
      if (days <= ageMaxMs / dayMs) return []
      return [violation(call, { check: 'list', ruleId, says: `list ${list} was ${days} days old` })]
    })
  })
}
