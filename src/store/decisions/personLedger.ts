import type { InstantMs } from '../../core/ids.ts'
import type { PersonData } from '../../ports/people.ts'

/**
 * The instants of what is kept of a person: the ledger's entries about the person are looked for there. To read the whole
 * ledger would hold up the dialing for seconds.
 */
export function instantsOf({
  calls,
  permissions,
  hours,
  doNotCall,
}: Omit<PersonData, 'ledger'>): ReadonlySet<InstantMs> {
  const instants = [
    ...calls.flatMap(({ originatedAt, end, wrapUp }) => [originatedAt, end?.endedAt, wrapUp?.at]),
    ...permissions.flatMap(({ recordedAt, withdrawnAt }) => [recordedAt, withdrawnAt]),
    ...hours.map(({ recordedAt }) => recordedAt),
    ...doNotCall.map(({ at }) => at),
  ]
  return new Set(instants.filter(at => at !== undefined))
}
