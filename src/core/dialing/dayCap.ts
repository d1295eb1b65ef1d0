import type { Campaign } from '../state.ts'
import type { Step } from '../step.ts'

/** Whether a cap of the day stands in the way of one more call of the campaign; each is told once a day. */
export function followDayCap({ state, now, effects }: Step, campaign: Campaign): boolean {
  const { settings } = campaign
  const reached = state.day.reached(settings, state.calls.values(), now)
  campaign.dayCap = reached
  if (reached === undefined) return false
  const told = `${reached.of} ${reached.what} ${reached.max} ${reached.until}`
  // A call that the gate refuses gives its place back: what is reached then anew is no news.
  if (campaign.dayCapTold !== told)
    effects.push({ kind: 'notify', event: { kind: 'day-cap-reached', campaignId: settings.campaignId, ...reached } })
  campaign.dayCapTold = told
  return true
}
