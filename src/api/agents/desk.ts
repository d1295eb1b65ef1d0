import { type Static, Type } from 'typebox'
import { idSchema } from '../../config/campaignFile.ts'
import { scriptSchema } from '../../config/scriptSection.ts'
import { pacingModes } from '../../core/pacing/pacer.ts'
import { dispositions, refusalReasons } from '../../core/vocabulary.ts'
import { hoursBody, personHoursView } from '../persons.ts'
import { closed, textUpTo } from '../schemas.ts'
import { instant } from '../views.ts'

const text = Type.String()

/** A clock that people at the place may go by. */
const clockView = Type.Object({
  /** IANA, `America/New_York`. */
  zone: text,
  /** Minutes east of UTC at the instant that it goes with. */
  offsetMinutes: Type.Integer(),
})
/** A clock at the person's place, at one instant. */
export type ClockView = Static<typeof clockView>

/** An earlier attempt to reach the person, by whatever campaign of the same seller. */
const pastCallView = Type.Object({
  at: instant,
  /** The campaign's name. */
  campaign: text,
  /** They called us. */
  incoming: Type.Boolean(),
  /** Absent: it has not ended. */
  disposition: Type.Optional(Type.Enum([...dispositions])),
  /** Absent: nobody talked. */
  talkMs: Type.Optional(Type.Integer()),
  /** Absent: nobody has said what came of it. */
  wrapUpCode: Type.Optional(text),
  note: Type.Optional(text),
  /** They were promised a call then. */
  callbackAt: Type.Optional(instant),
  /** Whoever asks was the one who talked. */
  mine: Type.Boolean(),
})
/** An earlier attempt to reach the person. */
export type PastCallView = Static<typeof pastCallView>

/** What the person has said of a topic. */
const topicView = Type.Object({
  topic: text,
  /** `not-said`: neither; the law of the place decides. */
  says: Type.Enum(['yes', 'no', 'not-said']),
})
/** What the person has said of a topic. */
export type TopicView = Static<typeof topicView>

/** The person on an agent's line: their clocks, wishes, and what was before. */
export const deskPersonView = Type.Object({
  callId: text,
  /** Empty: nobody knows where they are. */
  clocks: Type.Array(clockView),
  hours: Type.Optional(Type.Omit(personHoursView, ['number'])),
  topics: Type.Array(topicView),
  /** Newest first. */
  history: Type.Array(pastCallView),
  /** There may be older ones. */
  historyGoesOn: Type.Boolean(),
})
/** The person on an agent's line. */
export type DeskPersonView = Static<typeof deskPersonView>

/** What an agent needs to know of the campaign that they are in. */
const deskCampaignView = Type.Object({
  name: text,
  topic: text,
  script: Type.Optional(scriptSchema),
  wrapUpCodes: Type.Record(Type.String(), text),
  wrapUpTimeoutMs: Type.Integer(),
  /** For what agents pause, with the longest of each. */
  pauses: Type.Array(Type.Object({ name: text, maxMs: Type.Optional(Type.Integer()) })),
  /** How the campaign dials: in `preview` and `manual` its agents do. */
  mode: Type.Enum([...pacingModes]),
})
/** What an agent needs to know of the campaign that they are in. */
export type DeskCampaignView = Static<typeof deskCampaignView>

/** What stands on an agent's desk beside the call itself. */
export const deskView = Type.Object({
  /** Absent: the line is in none. */
  campaign: Type.Optional(deskCampaignView),
  /** Absent: nobody is on the line. */
  person: Type.Optional(deskPersonView),
})
/** What stands on an agent's desk beside the call itself. */
export type DeskView = Static<typeof deskView>

/** An instant, or what a clock at the person's place will show; one of the two. `callbackOwn`: the agent makes the call themselves. */
export const callBackQuery = Type.Object(
  {
    at: Type.Optional(instant),
    local: Type.Optional(
      Type.String({
        pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d$',
        'x-says': 'a day and time at the person’s place like 2026-01-31T14:30',
      }),
    ),
    callbackOwn: Type.Optional(Type.Boolean()),
  },
  closed,
)
/** When somebody would be called back. */
export type CallBackQuery = Static<typeof callBackQuery>

/** Whether the person may be called back then. */
export const callBackView = Type.Object({
  at: instant,
  permitted: Type.Boolean(),
  /** Why not. */
  reason: Type.Optional(Type.Enum([...refusalReasons])),
  says: Type.Optional(text),
  /** The line that decided. */
  rule: Type.Optional(text),
  /** When it is permitted next; absent: nobody can say. */
  nextAt: Type.Optional(instant),
  clocks: Type.Array(clockView),
})
/** Whether the person may be called back then. */
export type CallBackView = Static<typeof callBackView>

/** A call-back that an agent has promised to make themselves. */
const promiseView = Type.Object({
  agentId: idSchema,
  leadId: Type.Integer(),
  at: instant,
  due: Type.Boolean(),
  /** The campaign's name. */
  campaign: text,
  number: text,
  lead: Type.Record(Type.String(), text),
  clocks: Type.Array(clockView),
})
/** A call-back that an agent has promised to make themselves. */
export type PromiseView = Static<typeof promiseView>

/** Call-backs that an agent has promised, the next first. */
export const promiseListView = Type.Object({ callBacks: Type.Array(promiseView) })

/** From when on an agent's day is counted. */
export const dayQuery = Type.Object({ since: instant }, closed)

/** An agent's day in figures. Times in milliseconds. */
export const dayView = Type.Object({
  /** Nothing before it is known: the daemon was started then, or it is longer ago than a day. */
  knownSince: instant,
  calls: Type.Integer(),
  talkMs: Type.Integer(),
  wrapUpMs: Type.Integer(),
  availableMs: Type.Integer(),
  pausedMs: Type.Integer(),
  /** By wrap-up code. */
  outcomes: Type.Record(Type.String(), Type.Integer()),
})
/** An agent's day in figures. */
export type DayView = Static<typeof dayView>

/** The end of the wrap-up as the agent sees it: asked twice, it is longer once. */
export const moreTimeBody = Type.Object({ wrapUpUntil: instant }, closed)

/** Hours in which the person on the line wants to be called, as they say them. */
export const saidHoursBody = Type.Object({ days: hoursBody.properties.days }, closed)
/** Hours that the person on the line has said. */
export type SaidHoursBody = Static<typeof saidHoursBody>

/** Whether the person on the line wants calls about a topic. */
export const saidTopicBody = Type.Object({ topic: textUpTo(40), wanted: Type.Boolean() }, closed)
/** What the person on the line says of a topic. */
export type SaidTopicBody = Static<typeof saidTopicBody>
