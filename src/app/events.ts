import type { EventQuery } from '../api/system.ts'
import type { EngineEvent } from '../core/effects.ts'

/** Which events a listener gets: with a filter, only those that name its campaign or agent. */
export function wantedEvents({ campaign, agent }: EventQuery): (event: EngineEvent) => boolean {
  return event => concerns(event, 'campaignId', campaign) && concerns(event, 'agentId', agent)
}

function concerns(event: EngineEvent, key: 'campaignId' | 'agentId', id: string | undefined): boolean {
  if (id === undefined) return true
  return Object.entries(event).some(([name, value]) => name === key && value === id)
}
