import { type Static, Type } from 'typebox'
import { idSchema } from '../config/campaignFile.ts'
import type { EngineEvent } from '../core/effects.ts'
import { given } from '../core/given.ts'
import type { InstantMs } from '../core/ids.ts'
import { dispositions, refusalReasons } from '../core/vocabulary.ts'
import { agentView } from './agents/agents.ts'
import { alarmView } from './alarms.ts'
import { campaignStatusView, instant, iso, isoOf } from './views.ts'

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

/** A person is put on hold, or taken back. */
const callHeld = Type.Object({
  kind: Type.Literal('call-held'),
  at,
  callId: text,
  campaignId: idSchema,
  agentId: idSchema,
  held: Type.Boolean(),
  /** How long they were. */
  heldMs: Type.Optional(Type.Number({ minimum: 0 })),
})

/** A person is to be given to a target, or is (`done`: the agent is out), or not after all. */
const callTransfer = Type.Object({
  kind: Type.Literal('call-transfer'),
  at,
  callId: text,
  campaignId: idSchema,
  agentId: idSchema,
  leadId: Type.Optional(count),
  targetId: idSchema,
  state: Type.Enum(['calling', 'talking', 'done', 'failed', 'taken-back']),
})

/** A call is over, whatever became of it. */
const callEnded = Type.Object({
  kind: Type.Literal('call-ended'),
  at,
  callId: text,
  campaignId: idSchema,
  origin: Type.Enum(['campaign', 'manual', 'inbound']),
  leadId: Type.Optional(count),
  agentId: Type.Optional(idSchema),
  disposition: Type.Enum([...dispositions]),
  /** Why, where the disposition alone does not say it. */
  detail: Type.Optional(text),
  answeredAt: Type.Optional(instant),
  connectedAt: Type.Optional(instant),
  /** When the agent gave the person on, and to which target. */
  transferredAt: Type.Optional(instant),
  transferredTo: Type.Optional(idSchema),
  /** The longest time that its person was on hold. */
  longestHoldMs: Type.Optional(Type.Number({ minimum: 0 })),
})

/** An agent has said what came of a conversation, or their time to say it has run out (`timeout`). */
const callWrappedUp = Type.Object({
  kind: Type.Literal('call-wrapped-up'),
  at,
  callId: text,
  campaignId: idSchema,
  agentId: idSchema,
  leadId: Type.Optional(count),
  wrapUpCode: text,
  callbackAt: Type.Optional(instant),
  refusal: Type.Boolean(),
})

const agentState = Type.Object({
  kind: Type.Literal('agent-state'),
  at,
  agentId: idSchema,
  state: agentView.properties.state,
})

/** An agent asks for somebody to come, or it has been seen to. */
const agentHelp = Type.Object({ kind: Type.Literal('agent-help'), at, agentId: idSchema, raised: Type.Boolean() })

/** A lead is shown to an agent, and what has become of it. */
const leadOffer = Type.Object({
  kind: Type.Literal('lead-offer'),
  at,
  agentId: idSchema,
  campaignId: idSchema,
  leadId: count,
  state: Type.Enum(['shown', 'called', 'skipped', 'time-up', 'taken-back']),
  /** Of one that is skipped. */
  skipReason: Type.Optional(text),
})

/** The gate has said no to a call that an agent has asked for. */
const dialRefused = Type.Object({
  kind: Type.Literal('dial-refused'),
  at,
  agentId: idSchema,
  campaignId: idSchema,
  leadId: count,
  reason: Type.Enum([...refusalReasons]),
  /** When the answer can be another one. */
  retryAt: Type.Optional(instant),
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
  /** When dialing goes on. */
  until: instant,
})

const trunkBreaker = Type.Object({
  kind: Type.Literal('trunk-breaker'),
  at,
  trunkId: idSchema,
  nodeId: idSchema,
  state: Type.Enum(['closed', 'open', 'probing']),
  fault: Type.Optional(Type.Enum(['refusals', 'unknown-numbers', 'false-answers', 'short-calls'])),
  openings: count,
  probeAt: Type.Optional(instant),
  callId: Type.Optional(text),
})

const nodeBreaker = Type.Object({
  kind: Type.Literal('node-breaker'),
  at,
  nodeId: idSchema,
  state: Type.Enum(['closed', 'open', 'probing']),
  cause: Type.Enum(['pbx-slow', 'manager-link-down', 'pbx-took-over', 'joins-failed', 'legs-lost']),
})

const agentSetAside = Type.Object({
  kind: Type.Literal('agent-set-aside'),
  at,
  agentId: idSchema,
  why: Type.Literal('line-broken'),
})

const alarmTold = {
  at,
  code: alarmView.properties.code,
  what: alarmView.properties.what,
  subject: Type.Optional(text),
  campaignId: Type.Optional(idSchema),
  severity: alarmView.properties.severity,
  says: text,
  since: instant,
  /** It is not sent to the receiver of alarms. */
  silenced: Type.Boolean(),
}

/** Something is the matter that people must know of. */
const alarmRaised = Type.Object({ kind: Type.Literal('alarm-raised'), ...alarmTold, todo: text })
/** It is over. */
const alarmEnded = Type.Object({ kind: Type.Literal('alarm-ended'), ...alarmTold })

/** What the event stream says of the engine. */
const engineEventView = Type.Union([
  callConnected,
  callAbandoned,
  callHeld,
  callTransfer,
  callEnded,
  callWrappedUp,
  agentState,
  agentHelp,
  leadOffer,
  dialRefused,
  campaignState,
  dayCapReached,
  trunkBreaker,
  nodeBreaker,
  agentSetAside,
  alarmRaised,
  alarmEnded,
])

/** All of a topic, as its own route answers it; `agents` by id. What follows are patches of it. */
const snapshotView = Type.Object({ topic: text, state: Type.Unknown() })
/** What has changed in a topic (RFC 7396, JSON merge patch). */
const patchView = Type.Object({ topic: text, patch: Type.Unknown() })
/** The events since the id that was given are no longer known: read anew what you show. */
const resetView = Type.Object({ since: text })

/** The `data` of one message of the event stream. The last three are those of `snapshot`, `patch` and `reset`. */
export const eventView = Type.Union([...engineEventView.anyOf, snapshotView, patchView, resetView])

/** An event as the stream says it. */
export function viewEvent(event: EngineEvent, when: InstantMs): Static<typeof engineEventView> {
  const at = iso(when)
  switch (event.kind) {
    case 'day-cap-reached':
      return { ...event, at, until: iso(event.until) }
    case 'alarm-raised':
    case 'alarm-ended':
      return { ...event, at, since: iso(event.since) }
    case 'call-ended': {
      const { answeredAt, connectedAt, transferredAt, ...rest } = event
      const instants = { answeredAt: isoOf(answeredAt), connectedAt: isoOf(connectedAt) }
      return { ...rest, at, ...given({ ...instants, transferredAt: isoOf(transferredAt) }) }
    }
    case 'call-wrapped-up': {
      const { code: wrapUpCode, callbackAt, ...rest } = event
      return { ...rest, at, wrapUpCode, ...given({ callbackAt: isoOf(callbackAt) }) }
    }
    case 'dial-refused': {
      const { retryAt, ...rest } = event
      return { ...rest, at, ...given({ retryAt: isoOf(retryAt) }) }
    }
    case 'trunk-breaker': {
      const { probeAt, ...rest } = event
      return { ...rest, at, ...given({ probeAt: isoOf(probeAt) }) }
    }
    default:
      return { ...event, at }
  }
}
