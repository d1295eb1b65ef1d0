import type { VerdictFacts, ZoneOffset } from '../core/compliance/verdict.ts'
import type { InstantMs, PhoneNumber } from '../core/ids.ts'
import { isE164 } from '../numbers/e164.ts'
import { zoneOffset } from '../numbers/zoneOffsets.ts'

/** What the verdict needs of a lead as stored. */
export interface LeadFacts {
  readonly number: PhoneNumber
  readonly state: VerdictFacts['leadState']
  readonly dialableAt: InstantMs
  readonly attempts: number
  readonly timeZones: readonly string[]
}

/** Makes the verdict's facts from a lead and the list that holds its number. */
export function factsOf(lead: LeadFacts, doNotCallList: string | undefined, now: InstantMs): VerdictFacts {
  return {
    number: lead.number,
    numberValid: isE164(lead.number),
    doNotCallList,
    leadState: lead.state,
    dialableAt: lead.dialableAt,
    attempts: lead.attempts,
    zones: zonesAt(lead.timeZones, now),
  }
}

/** One zone that this machine does not know makes the whole place unknown: dropping it would permit more. */
function zonesAt(names: readonly string[], now: InstantMs): readonly ZoneOffset[] {
  const offsets: ZoneOffset[] = []
  for (const name of names) {
    const offset = zoneOffset(name, now)
    if (offset === undefined) return []
    offsets.push(offset)
  }
  return offsets
}
