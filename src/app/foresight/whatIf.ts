import { ApiError } from '../../api/apiError.ts'
import type { WhatIfBody, WhatIfView } from '../../api/foresight/whatIf.ts'
import type { CampaignSettings } from '../../core/campaigns/campaign.ts'
import { agentModeOf } from '../../core/campaigns/dialModes.ts'
import { given } from '../../core/given.ts'
import type { Expected } from '../../ports/foresight/foresee.ts'
import type { Waiter } from '../../ports/waiter.ts'
import { findCampaign, viewPacing, withPacing } from '../campaigns.ts'
import type { AppContext } from '../context.ts'
import { campaignStatus } from '../status.ts'

/** Where nobody is on the line and nobody says how many. */
const agentsAssumed = 10

/** Tries changes of the pacing, one at a time: it takes a core for some seconds. @throws ApiError 409, 422, 429 */
export function createWhatIf(context: AppContext): {
  whatIf(campaignId: string, body: WhatIfBody, waiter?: Waiter): Promise<WhatIfView>
} {
  let isBusy = false
  return {
    async whatIf(campaignId, body, waiter = {}) {
      const question = await questionOf(context, campaignId, body)
      if (isBusy) {
        const message = 'another what-if is being simulated: ask again in some seconds'
        throw new ApiError(429, 'what-if-under-way', message)
      }
      isBusy = true
      try {
        return await answerOf(question, waiter)
      } finally {
        isBusy = false
      }
    },
  }
}

interface Question {
  readonly present: CampaignSettings
  readonly changed: CampaignSettings
  readonly agents: number
  readonly agentsAssumed: boolean
  readonly openLeads: number
  readonly trunk: { readonly channels: number; readonly callsPerSecond: number }
  readonly foresee: NonNullable<AppContext['foresee']>
}

/** What the daemon would refuse is not simulated. */
async function questionOf(context: AppContext, campaignId: string, body: WhatIfBody): Promise<Question> {
  const { foresee, store } = context
  const { settings: present } = findCampaign(context, campaignId)
  if (foresee === undefined) throw new ApiError(503, 'no-foresight', 'this daemon has no simulator')
  const changed = withPacing(context, present, body.pacing)
  for (const { pacing } of [present, changed])
    if (agentModeOf(pacing) !== undefined) {
      const message = `in the mode ${pacing.mode} agents dial by themselves: there is no pacing to foretell`
      throw new ApiError(409, 'agents-dial', message)
    }
  const { total, finished } = await store.leadCounts(present.campaignId)
  const there = onTheLine(context, campaignId)
  const agents = body.agents ?? (there === 0 ? agentsAssumed : there)
  return {
    present,
    changed,
    agents,
    foresee,
    agentsAssumed: body.agents === undefined && there === 0,
    openLeads: total - finished,
    trunk: capacityOf(context, present),
  }
}

function onTheLine({ gateway }: AppContext, campaignId: string): number {
  const { agents } = campaignStatus(gateway, campaignId)
  return agents.available + agents.reserved + agents['on-call'] + agents['wrap-up'] + agents.paused + agents.breather
}

function capacityOf({ gateway }: AppContext, { trunkIds }: CampaignSettings): Question['trunk'] {
  const used = gateway.board().trunks.filter(({ trunkId }) => trunkIds.includes(trunkId))
  return {
    channels: used.reduce((sum, trunk) => sum + trunk.channelsMax, 0),
    callsPerSecond: used.reduce((sum, trunk) => sum + trunk.callsPerSecondMax, 0),
  }
}

async function answerOf({ foresee, agentsAssumed, ...question }: Question, waiter: Waiter): Promise<WhatIfView> {
  const { basis, runs, hours, present, changed } = await foresee(question, waiter)
  const { agents, openLeads } = question
  return {
    campaignId: question.present.campaignId,
    agents,
    agentsAssumed,
    basis,
    runs,
    hours,
    openLeads,
    present: viewExpected(present, question.present),
    changed: viewExpected(changed, question.changed),
  }
}

function viewExpected(expected: Expected, settings: CampaignSettings): WhatIfView['present'] {
  const { hoursToFinish } = expected
  const { startMinute, endMinute } = settings.callingHours
  const hoursADay = (endMinute - startMinute) / 60
  const daysToFinish = hoursToFinish === undefined ? undefined : hoursToFinish / hoursADay
  return { ...expected, pacing: viewPacing(settings), ...given({ daysToFinish }) }
}
