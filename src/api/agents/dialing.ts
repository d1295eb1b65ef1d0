import { type Static, Type } from 'typebox'
import { idSchema } from '../../config/campaignFile.ts'
import { purposes } from '../../core/compliance/rules.ts'
import { refusalReasons } from '../../core/vocabulary.ts'
import { closed, closedAlso, textUpTo } from '../schemas.ts'
import { instant, provenanceView } from '../views.ts'
import { deskPersonView } from './desk.ts'

const text = Type.String()
const leadId = Type.Integer({ minimum: 1 })

/** The gate's answer now; for a no, in words, with the next time at which it would be yes. */
const judgedView = Type.Object({
  allowed: Type.Boolean(),
  reason: Type.Optional(Type.Enum([...refusalReasons])),
  says: text,
  /** The line that decided. */
  rule: Type.Optional(text),
  /** Absent: it is allowed, or nobody can say. */
  nextAt: Type.Optional(instant),
})
/** The gate's answer now. */
export type JudgedView = Static<typeof judgedView>

/** The lead that an agent is shown, with all that they decide by. */
const offeredView = Type.Object({
  leadId: Type.Integer(),
  number: text,
  campaign: text,
  until: instant,
  /** What happens then, when they have not decided. */
  timeUp: Type.Enum(['skip', 'call']),
  skipReasons: Type.Array(text),
  lead: Type.Record(Type.String(), text),
  /** Absent: the lead came in without. */
  provenance: Type.Optional(provenanceView),
  person: Type.Omit(deskPersonView, ['callId']),
  verdict: judgedView,
})
/** The lead that an agent is shown. */
export type OfferedView = Static<typeof offeredView>

/** Absent: they are shown none. */
export const offerView = Type.Object({ offer: Type.Optional(offeredView) })

/** Which lead, as the agent saw it: an answer to one that is gone changes nothing. */
export const offerCallBody = Type.Object({ leadId }, closed)

/** Why the agent does not call it, by a name of the campaign's list. */
export const offerSkipBody = Type.Object(
  { leadId, skipReason: Type.String({ pattern: '^[a-z0-9-]{1,40}$', 'x-says': 'a reason of the campaign' }) },
  closedAlso({ reason: 'skipReason' }),
)

/** Whom an agent would call: a number as they type it, or a lead of their campaign. */
export const lookUpBody = Type.Object({ number: Type.Optional(textUpTo(50)), leadId: Type.Optional(leadId) }, closed)
/** Whom an agent would call. */
export type LookUpBody = Static<typeof lookUpBody>

/** What an agent is told of whom they would call. */
export const lookedUpView = Type.Object({
  number: text,
  /** Absent: the campaign does not know the number: origin and purpose are wanted. */
  leadId: Type.Optional(Type.Integer()),
  /** Absent: nobody knows before the number has an origin. */
  verdict: Type.Optional(judgedView),
  provenance: Type.Optional(provenanceView),
  /** What the campaign calls for. */
  purpose: Type.Enum([...purposes]),
  /** Of the same person. Without a `leadId`: in another campaign. */
  otherNumbers: Type.Array(Type.Object({ number: text, leadId: Type.Optional(Type.Integer()) })),
})
/** What an agent is told of whom they would call. */
export type LookedUpView = Static<typeof lookedUpView>

/** A call that an agent asks for. Of a number that the campaign does not know, where it is from and what for. */
export const dialBody = Type.Object(
  {
    ...lookUpBody.properties,
    purpose: Type.Optional(Type.Enum([...purposes])),
    origin: Type.Optional(textUpTo(200)),
    obtainedAt: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\d$', 'x-says': 'a date like 2026-10-01' })),
    legalBasis: Type.Optional(textUpTo(120)),
  },
  closed,
)
/** A call that an agent asks for. */
export type DialBody = Static<typeof dialBody>

/** The gate is asked once more on its way: `refused` of the agent says so where it has changed its mind. */
export const dialedView = Type.Object({ agentId: idSchema, leadId: Type.Integer() })
/** A call that is on its way. */
export type DialedView = Static<typeof dialedView>
