import { type Static, Type } from 'typebox'
import { campaignSchema, durationSchema, idSchema, pacingSchema } from '../config/campaignFile.ts'
import { closed, closedAlso } from './schemas.ts'
import { campaignStatusView, dayCapView, decisionView, instant } from './views.ts'

/** A campaign with its settings, figures and leads. */
export const campaignView = Type.Object({
  campaign: campaignSchema,
  status: campaignStatusView,
  leads: Type.Object({ total: Type.Integer(), dialable: Type.Integer(), finished: Type.Integer() }),
  /** Why it dials in another mode than its file says; absent: it does not. */
  modeBecause: Type.Optional(Type.String()),
})
/** A campaign with its settings as a file has them, its figures and the counts of its leads. */
export type CampaignView = Static<typeof campaignView>

/** What the file of a campaign has changed: settings by their path in it, as written before and now; `new`: it was not there. */
export const changedView = Type.Union([
  Type.Literal('new'),
  Type.Array(
    Type.Object({ path: Type.String(), before: Type.Optional(Type.String()), now: Type.Optional(Type.String()) }),
  ),
])

/** A campaign as it was applied, with what that has changed. */
export const campaignAppliedView = Type.Object({ ...campaignView.properties, changed: changedView })
/** A campaign as it was applied, with what that has changed. */
export type CampaignAppliedView = Static<typeof campaignAppliedView>

/** What a campaign would be with these settings: all that is wrong with them, by their paths, and what they would change. */
export const campaignCheckView = Type.Object({
  /** Empty: they may be applied. */
  problems: Type.Array(Type.Object({ path: Type.String(), says: Type.String() })),
  /** Absent: there are problems. */
  changed: Type.Optional(changedView),
})
/** All that is wrong with settings, and what they would change. */
export type CampaignCheckView = Static<typeof campaignCheckView>

/** Settings of a campaign, right or wrong. */
export const campaignCheckBody = Type.Object({}, { additionalProperties: true })

/** A campaign as its file has it; its id may have the name that answers have. */
export const campaignBody = Type.Object(campaignSchema.properties, closedAlso({ campaignId: 'id' }))

/** Sounds that a campaign names and a PBX lacks, each with what to do; and the PBXs that could not be asked. */
export const campaignSoundsView = Type.Object({
  missing: Type.Array(Type.Object({ nodeId: Type.String(), sound: Type.String(), says: Type.String() })),
  notAsked: Type.Array(Type.String()),
})
/** What the PBXs lack of a campaign's sounds. */
export type CampaignSoundsView = Static<typeof campaignSoundsView>

/** All campaigns. */
export const campaignListView = Type.Object({ campaigns: Type.Array(campaignStatusView) })

/** Whether a stop waits for calls that ring. */
export const stopBody = Type.Optional(Type.Object({ force: Type.Optional(Type.Boolean()) }, closed))

/** The last decisions of a campaign, newest first. */
export const decisionListView = Type.Object({ decisions: Type.Array(decisionView) })

/** How many decisions to list. */
export const decisionListQuery = Type.Object(
  { limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })) },
  closed,
)

/** A decision with everything it rested on, for `dialwright pacing recompute`; its members are the engine's. */
export const decisionRecordView = Type.Object({}, { additionalProperties: true })

/** What an operator tunes while dialing: the pacing, and how long a call rings. */
export const pacingView = Type.Object(
  { ...pacingSchema.properties, ringTimeout: Type.Optional(durationSchema) },
  closed,
)
/** The pacing as a campaign's file has it. */
export type PacingView = Static<typeof pacingView>

/** Why a campaign's leads may not be dialed now, and when they may. */
export const campaignExplainView = Type.Object({
  campaignId: idSchema,
  /** The instant for which it holds. */
  at: instant,
  leads: Type.Integer(),
  dialable: Type.Integer(),
  /** Places of its leads whose own law nobody has read: only the law of the whole country is asked there. */
  unread: Type.Array(Type.String()),
  /** Nobody is dialed but by an agent: shown the lead, or by a number that they type. */
  agentsDial: Type.Optional(Type.Enum(['preview', 'manual'])),
  /** Nobody is dialed: a cap of the day is reached. */
  dayCap: Type.Optional(dayCapView),
  /** Trunks of the campaign that are left alone because their carriers fail. */
  trunksFailing: Type.Array(Type.Object({ trunkId: idSchema, says: Type.String() })),
  reasons: Type.Array(
    Type.Object({
      reason: Type.String(),
      says: Type.String(),
      leads: Type.Integer(),
      /** They will not be dialed again by themselves. */
      finished: Type.Boolean(),
      firstAt: Type.Optional(instant),
      lastAt: Type.Optional(instant),
      /** What has to happen first: they are looked at again at these instants, and nothing is changed by waiting. */
      changedBy: Type.Optional(Type.String()),
    }),
  ),
})
/** A campaign's leads counted by why they may not be dialed. */
export type CampaignExplainView = Static<typeof campaignExplainView>
