import { type Static, Type } from 'typebox'
import { idSchema } from '../config/campaignFile.ts'
import { refusalReasons } from '../core/vocabulary.ts'
import { instant } from './instants.ts'

const perMinute = Type.Array(Type.Integer({ minimum: 0 }))

/** How the last hours went, minute by minute; each list has the oldest first and as many entries as the others. */
const campaignCourseView = Type.Object({
  campaignId: idSchema,
  name: Type.String(),
  /** Dialed, answered by a person, talked with an agent, abandoned, in each minute. */
  attempts: perMinute,
  answers: perMinute,
  reached: perMinute,
  abandoned: perMinute,
  /** Agents at work, and those of them who talk, at the end of each minute. */
  atWork: perMinute,
  talking: perMinute,
  /** Why the gate has put leads off since the daemon began, the most frequent first; one that is looked at again counts again. */
  heldBack: Type.Array(
    Type.Object({ reason: Type.Enum([...refusalReasons]), says: Type.String(), times: Type.Integer({ minimum: 0 }) }),
  ),
})
/** One campaign's last hours. */
export type CampaignCourse = Static<typeof campaignCourseView>

/** `GET /v1/status/course` */
export const courseView = Type.Object({
  /** When the first entry of every list begins; a minute each from there. */
  from: instant,
  /** Before this nothing was counted: the daemon began. */
  since: instant,
  campaigns: Type.Array(campaignCourseView),
})
/** The last hours of every campaign that did anything in them. */
export type CourseView = Static<typeof courseView>
