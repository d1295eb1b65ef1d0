import { personsOf } from '../core/compliance/abandonment.ts'
import type { Purpose } from '../core/compliance/rules.ts'
import type { CampaignId } from '../core/ids.ts'
import type { Input } from '../core/inputs.ts'
import type { CountedSpan } from '../core/pacing/pacer.ts'
import { dayMs } from '../core/time.ts'
import { errorCode, errorMessage } from '../errors.ts'
import type { Log } from '../log.ts'
import type { AbandonmentSpan, AbandonmentStore } from '../ports/abandonment.ts'
import type { Clock } from '../ports/clock.ts'

/** Hours as far back as any window of a law reaches, with the period before it; older calls count by days. */
const hoursKeptMs = 62 * dayMs

interface Asker {
  readonly store: Pick<AbandonmentStore, 'abandonmentSpans'>
  readonly clock: Pick<Clock, 'now'>
  readonly log: Pick<Log, 'error'>
  submit(input: Extract<Input, { kind: 'abandonment-counted' }>): void
}

/**
 * Asks the store what an owner's calls have come to. A store that cannot tell leaves the owner's windows empty: nothing is earned, and
 * the campaigns dial one call for each free agent until they have earned it again.
 */
export function countAbandonment(
  { store, clock, log, submit }: Asker,
  owner: { readonly sellerId: string; readonly purpose: Purpose },
): void {
  store
    .abandonmentSpans({ ...owner, hoursSince: clock.now() - hoursKeptMs })
    .then(spans => submit({ kind: 'abandonment-counted', ...owner, campaigns: byCampaign(spans) }))
    .catch(error => {
      log.error({ ...owner, code: errorCode(error), error: errorMessage(error) }, 'the abandonment was not counted')
    })
}

function byCampaign(spans: readonly AbandonmentSpan[]) {
  const found = new Map<CampaignId, CountedSpan[]>()
  for (const { campaignId, at, lengthMs, ...counts } of spans) {
    const of = found.get(campaignId) ?? []
    found.set(campaignId, of)
    of.push({ at, lengthMs, ...personsOf(counts) })
  }
  return [...found].map(([campaignId, counted]) => ({ campaignId, spans: counted }))
}
