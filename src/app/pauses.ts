import { ApiError } from '../api/apiError.ts'
import type { PauseReason } from '../core/campaigns/campaign.ts'
import type { AgentSnapshot } from '../ports/engine.ts'
import type { AppContext } from './context.ts'

/** For what people pause where their campaign says nothing. */
export const usualPauses: readonly PauseReason[] = ['break', 'lunch', 'training', 'meeting'].map(name => ({ name }))

/** When the pause that an agent is in has lasted as long as their campaign lets it; undefined: never, or there is none. */
export function pauseUntil({ gateway }: AppContext, { phase, campaignId }: AgentSnapshot): number | undefined {
  if (phase.state !== 'paused') return undefined
  const maxMs = pausesOf({ gateway }, campaignId)?.find(({ name }) => name === phase.reason)?.maxMs
  return maxMs === undefined ? undefined : phase.since + maxMs
}

/** @throws ApiError 422: the agent's campaign names its reasons, and this is none of them */
export function checkReason({ gateway }: AppContext, agentId: string, reason: string | undefined): void {
  const pauses = pausesOf({ gateway }, gateway.agent(agentId)?.campaignId)
  if (pauses === undefined || reason === undefined || pauses.some(({ name }) => name === reason)) return
  const names = pauses.map(({ name }) => name).join(', ')
  throw new ApiError(
    422,
    'unknown-pause-reason',
    `${reason} is no reason to pause in this campaign: take one of ${names}`,
  )
}

function pausesOf({ gateway }: Pick<AppContext, 'gateway'>, campaignId: string | undefined) {
  return campaignId === undefined ? undefined : gateway.campaign(campaignId)?.settings.pauses
}
