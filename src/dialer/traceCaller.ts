import { given } from '../core/given.ts'
import type { PhoneNumber } from '../core/ids.ts'
import type { ShellAnswer } from '../core/inputs.ts'
import { dayMs } from '../core/time.ts'
import { errorCode, errorMessage } from '../errors.ts'
import type { Shell } from './shell.ts'

type Traced = Extract<ShellAnswer, { kind: 'caller-traced' }>

/** Whom we called longer ago than this, we do not know any more when they call. */
const rememberedMs = 90 * dayMs
/** Calls of one number that are looked through, the newest first. */
const callsMax = 200

/** Whether somebody who calls us has been called, and by which campaign last with the number that they call. */
export async function traceCaller(
  { store, clock, log }: Pick<Shell, 'store' | 'clock' | 'log'>,
  { number, called }: { readonly number: PhoneNumber; readonly called: PhoneNumber },
): Promise<Pick<Traced, 'called' | 'campaignId'>> {
  try {
    const calls = await store.calls({ number, since: clock.now() - rememberedMs, limit: callsMax })
    const made = calls.filter(({ origin }) => origin !== 'inbound')
    const { campaignId } = made.find(({ callerId }) => callerId === called) ?? {}
    return { called: made.length > 0 ? 'yes' : 'no', ...given({ campaignId }) }
  } catch (error) {
    log.warn({ code: errorCode(error), error: errorMessage(error) }, 'a caller could not be looked up')
    return { called: 'unsure' }
  }
}
