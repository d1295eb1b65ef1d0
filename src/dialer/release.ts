import type { CampaignId } from '../core/ids.ts'
import type { Input } from '../core/inputs.ts'
import type { EngineState } from '../core/state.ts'
import { errorCode, errorMessage } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Clock } from '../ports/clock.ts'
import type { LeadRelease, LeadUpkeepStore } from '../ports/leadUpkeep.ts'

/** How often campaigns are told of leads that are due again, while there are more of them. */
const tellEveryMs = 1_000

interface ReleaserOptions {
  readonly store: Pick<LeadUpkeepStore, 'releaseLeads'>
  readonly clock: Pick<Clock, 'now'>
  readonly log: Pick<Log, 'error'>
  readonly state: Pick<EngineState, 'campaigns'>
  submit(input: Extract<Input, { kind: 'leads-changed' }>): void
}

/** Makes leads due again that were put off for what has changed, behind whatever is being dialed. */
export function createReleaser({ store, clock, log, state, submit }: ReleaserOptions): (release: LeadRelease) => void {
  function tell(campaignIds: Iterable<CampaignId>): void {
    for (const campaignId of [...campaignIds]) submit({ kind: 'leads-changed', campaignId })
  }

  return release => {
    const { campaignId, reasons } = release
    if (reasons.length === 0) return
    const concerned = () => (campaignId === undefined ? state.campaigns.keys() : [campaignId])
    let toldAt = Number.NEGATIVE_INFINITY
    store
      .releaseLeads(release, () => {
        if (clock.now() - toldAt < tellEveryMs) return
        toldAt = clock.now()
        tell(concerned())
      })
      .then(released => {
        if (released > 0) tell(concerned())
      })
      // What a stop of the daemon breaks off, the store carries on with at its next start.
      .catch(error => {
        if (errorCode(error) === 'closed') return
        log.error({ campaignId, code: errorCode(error), error: errorMessage(error) }, 'leads were not released')
      })
  }
}
