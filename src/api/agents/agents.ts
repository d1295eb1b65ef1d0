import { type Static, Type } from 'typebox'
import { idSchema } from '../../config/campaignFile.ts'
import { agentSchema } from '../../config/configFile.ts'
import { endCauses, refusalReasons } from '../../core/vocabulary.ts'
import { campaignToo, closed, closedAlso } from '../schemas.ts'
import { instant, provenanceView } from '../views.ts'

const text = Type.String()

/** An agent in lists. */
export const agentView = Type.Object({
  agentId: idSchema,
  name: text,
  endpoint: text,
  nodeId: idSchema,
  campaignId: Type.Optional(idSchema),
  state: Type.Enum(['offline', 'calling', 'available', 'reserved', 'on-call', 'wrap-up', 'paused', 'breather']),
  since: instant,
  pauseReason: Type.Optional(text),
  /** When a pause for that reason has lasted as long as the campaign lets it. */
  pauseUntil: Type.Optional(instant),
  wrapUpUntil: Type.Optional(instant),
  /** When a breather is over and calls come again. */
  breatherUntil: Type.Optional(instant),
  pending: Type.Optional(Type.Enum(['pause', 'logout', 'breather'])),
  /** Since when their hand is raised: they ask for somebody to come. */
  helpSince: Type.Optional(instant),
  /** They are removed as soon as they are off the line. */
  removed: Type.Optional(Type.Boolean()),
  /** Why their phone, rung for the last log-in, did not come onto the line. */
  unreached: Type.Optional(Type.Enum([...endCauses])),
  /** The lead that they are shown, and until when they decide. */
  offer: Type.Optional(Type.Object({ leadId: Type.Integer(), until: instant })),
  /** The gate's no to the last call that they asked for. */
  refused: Type.Optional(
    Type.Object({
      at: instant,
      reason: Type.Enum([...refusalReasons]),
      says: text,
      /** When the answer can be another one. */
      retryAt: Type.Optional(instant),
    }),
  ),
  registered: Type.Optional(Type.Boolean()),
  mediaFlowing: Type.Boolean(),
  calls: Type.Integer(),
  /** Breathers since the session began. */
  breathers: Type.Integer(),
  occupancy: Type.Number(),
  callId: Type.Optional(text),
})
/** An agent as answers show them. */
export type AgentView = Static<typeof agentView>

/** Every agent, or those of one campaign. */
export const agentListView = Type.Object({ agents: Type.Array(agentView) })

/** The call an agent is in or wraps up, with its lead. */
const agentCallView = Type.Object({
  callId: text,
  campaignId: idSchema,
  leadId: Type.Optional(Type.Integer()),
  number: Type.Optional(text),
  callerId: text,
  state: text,
  connectedAt: Type.Optional(instant),
  /** Since when the person is on hold. */
  heldSince: Type.Optional(instant),
  /** The longest hold of it that is over. */
  longestHoldMs: Type.Optional(Type.Number({ minimum: 0 })),
  lead: Type.Record(Type.String(), text),
  /** What the person who asks is told; absent: the lead came in without. */
  provenance: Type.Optional(provenanceView),
  wrapUpCodes: Type.Record(Type.String(), text),
  /** Under way: to whom the person is to be given. */
  transfer: Type.Optional(
    Type.Object({ targetId: idSchema, blind: Type.Boolean(), state: Type.Enum(['calling', 'joining', 'talking']) }),
  ),
  /** To whom the person may be given. */
  targets: Type.Array(Type.Object({ targetId: idSchema, name: text })),
})
/** An agent's call as answers show it. */
export type AgentCallView = Static<typeof agentCallView>

/** An agent with their call. */
export const agentShowView = Type.Object({ agent: agentView, call: Type.Optional(agentCallView) })
/** An agent with their call, where they have one. */
export type AgentShowView = Static<typeof agentShowView>

const force = Type.Optional(Type.Boolean())

const { name, endpoint } = agentSchema.properties

/** An agent to add, under the names that answers have. */
export const agentBody = Type.Object(
  { agentId: idSchema, name, endpoint, nodeId: Type.Optional(idSchema), campaignId: Type.Optional(idSchema) },
  closedAlso({ id: 'agentId', node: 'nodeId', campaign: 'campaignId' }),
)
/** An agent as they are sent. */
export type AgentBody = Static<typeof agentBody>

/** An agent who was removed. */
export const removedView = Type.Object({
  /** They are no more; else they are removed when they are off the line. */
  removed: Type.Boolean(),
})

/** Which agents to list. */
export const agentListQuery = Type.Object({ campaignId: Type.Optional(idSchema) }, campaignToo)

/** The campaign that a log-in joins. */
export const loginBody = Type.Optional(Type.Object({ campaignId: Type.Optional(idSchema) }, campaignToo))

/** Whether a log-out waits for the calls that ring for the agent. */
export const logoutBody = Type.Optional(Type.Object({ force }, closed))

/** Why an agent pauses, and whether that waits for the calls that ring for them. */
export const pauseBody = Type.Optional(
  Type.Object(
    { pauseReason: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })), force },
    closedAlso({ reason: 'pauseReason' }),
  ),
)
