import { type Static, Type } from 'typebox'
import { idSchema } from '../config/campaignFile.ts'
import type { EngineEvent } from '../core/effects.ts'
import type { InstantMs } from '../core/ids.ts'
import { agentView } from './agents.ts'
import { campaignStatusView, instant, iso } from './views.ts'

const text = Type.String()
const count = Type.Integer({ minimum: 0 })
const at = instant

/** Somebody who answered talks with an agent. */
const callConnected = Type.Object({
  kind: Type.Literal('call-connected'),
  at,
  callId: text,
  campaignId: idSchema,
  agentId: idSchema,
  leadId: Type.Optional(count),
  number: Type.Optional(text),
  connectDelayMs: Type.Number(),
})

/** Somebody who answered was not connected in time. */
const callAbandoned = Type.Object({
  kind: Type.Literal('call-abandoned'),
  at,
  callId: text,
  campaignId: idSchema,
  why: text,
})

const agentState = Type.Object({
  kind: Type.Literal('agent-state'),
  at,
  agentId: idSchema,
  state: agentView.properties.state,
})

const campaignState = Type.Object({
  kind: Type.Literal('campaign-state'),
  at,
  campaignId: idSchema,
  state: campaignStatusView.properties.state,
})

const dayCapReached = Type.Object({
  kind: Type.Literal('day-cap-reached'),
  at,
  campaignId: idSchema,
  of: Type.Enum(['campaign', 'installation']),
  what: Type.Enum(['attempts', 'minutes']),
  max: count,
  until: Type.Integer({ description: 'When dialing goes on, in milliseconds since 1970.' }),
})

/** What the event stream says of the engine. */
const engineEventView = Type.Union([callConnected, callAbandoned, agentState, campaignState, dayCapReached])

/** The `data` of one message of the event stream. The last is that of `lost`: so many events were not sent. */
export const eventView = Type.Union([...engineEventView.anyOf, Type.Object({ events: count })])

/** An event as the stream says it. */
export function viewEvent(event: EngineEvent, when: InstantMs): Static<typeof engineEventView> {
  return { ...event, at: iso(when) }
}
