import { Type } from 'typebox'
import type { DayCaps } from '../core/campaigns/campaign.ts'
import { given } from '../core/given.ts'

/** How much may be dialed and talked in a day. */
export const dayCapsKeys = {
  attempts: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 100_000_000, 'x-says': 'a whole number of attempts a day' }),
  ),
  minutes: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 100_000_000, 'x-says': 'a whole number of minutes a day' }),
  ),
}

/** Caps of a day from their keys in a file. */
export function dayCaps({ attempts, minutes }: { readonly attempts?: number; readonly minutes?: number }): DayCaps {
  return given({ attemptsMax: attempts, minutesMax: minutes })
}

/** As files and the API write them. */
export function dayCapsDocument({ attemptsMax, minutesMax }: DayCaps): { attempts?: number; minutes?: number } {
  return given({ attempts: attemptsMax, minutes: minutesMax })
}
