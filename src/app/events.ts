import type { EventQuery } from '../api/system.ts'
import type { EngineEvent } from '../core/effects.ts'
import type { Topic } from './live/topics.ts'

/** Which events a listener gets: with a filter, only those that name its campaign or agent. */
export function wantedEvents({ campaignId, agentId }: EventQuery): (event: EngineEvent) => boolean {
  return event => concerns(event, 'campaignId', campaignId) && concerns(event, 'agentId', agentId)
}

function concerns(event: EngineEvent, key: 'campaignId' | 'agentId', id: string | undefined): boolean {
  if (id === undefined) return true
  return Object.entries(event).some(([name, value]) => name === key && value === id)
}

/** The topics of a query that has passed its schema. */
export function topicsIn(topics: string | undefined): readonly Topic[] {
  // The schema lets no other words through.
  return topics === undefined ? [] : (topics.split(',') as Topic[])
}
