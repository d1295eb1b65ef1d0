import { type Static, Type } from 'typebox'
import { idSchema } from '../../config/campaignFile.ts'
import { placeSchema } from '../../config/complianceFile.ts'
import { purposes } from '../../core/compliance/rules.ts'
import { instant } from '../instants.ts'
import { closed, textUpTo } from '../schemas.ts'
import { askLineView, refusalView } from './ask.ts'

const text = Type.String()
const count = Type.Integer({ minimum: 0 })

/** A change of a line by the operator: who answers for it, why, and what changed (`off`, or in words). */
const overrideView = Type.Object({ ruleId: text, by: text, reason: text, change: text })

/** `GET /v1/rules` */
export const rulesView = Type.Object({
  /** Changes with every word of the rules. */
  version: text,
  jurisdictions: Type.Array(
    Type.Object({
      jurisdiction: text,
      name: text,
      places: Type.Array(text),
      rules: count,
      overridden: count,
      /** The day of the latest reading of a line, `2026-11-01`; empty: every line is off. */
      read: text,
    }),
  ),
  /** Countries whose parts make laws of their own: which of them have been read, and when. */
  readings: Type.Array(
    Type.Object({
      country: text,
      read: Type.Array(Type.Object({ place: text, date: text })),
      unread: Type.Array(text),
    }),
  ),
  /** Places whose holidays are known. */
  holidays: Type.Array(text),
  /** Places that the operator has put under another place's rules. */
  profiles: Type.Record(text, text),
  overrides: Type.Array(overrideView),
})
/** The laws and codes that every call is held to, without their lines. */
export type RulesView = Static<typeof rulesView>

/** Which lines: those of a place or a jurisdiction, or those that bind a campaign. */
export const ruleLinesQuery = Type.Object(
  {
    /** A place, `US-FL`, or a jurisdiction by its name, `US-FTC`. */
    where: Type.Optional(textUpTo(40)),
    campaignId: Type.Optional(idSchema),
    purpose: Type.Optional(Type.Enum([...purposes])),
    /** Also what the seller's place says. */
    seller: Type.Optional(placeSchema),
    /** Only what is in force on this day. */
    at: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\d$', 'x-says': 'a day like 2026-08-11' })),
  },
  closed,
)
/** A question for lines. */
export type RuleLinesQuery = Static<typeof ruleLinesQuery>

/** `GET /v1/rules/lines` */
export const ruleLinesView = Type.Object({
  version: text,
  lines: Type.Array(
    Type.Object({
      ruleId: text,
      kind: text,
      says: text,
      /** Absent: for every purpose. */
      purposes: Type.Optional(Type.Array(Type.Enum([...purposes]))),
      source: text,
      /** Day on which the source was read. */
      date: text,
      override: Type.Optional(overrideView),
    }),
  ),
  /** Lines that stood there and that the operator has turned off. */
  off: Type.Array(overrideView),
  /** No line gives hours: nobody there is called until a profile or a rule file does. */
  withoutHours: Type.Boolean(),
  /** Of a campaign: where its leads are, as far as it has had any since it was applied. */
  places: Type.Optional(Type.Array(text)),
  /** Of a campaign: parts of a country that its leads are in and whose own law nobody has read. */
  unread: Type.Optional(Type.Array(text)),
})
/** Lines of law with their sources. */
export type RuleLinesView = Static<typeof ruleLinesView>

/** For which campaign's calls. */
export const boundQuery = Type.Object({ campaignId: Type.Optional(idSchema) }, closed)

const boundCase = Type.Object({
  campaignId: idSchema,
  /** Absent: no lead of the campaign has the number; what is said rests on the number and its person alone. */
  leadId: Type.Optional(Type.Integer()),
  allowed: Type.Boolean(),
  says: text,
  retryAt: Type.Optional(instant),
  /** Where the person may be. `read`: somebody has read the law of this very place. */
  places: Type.Array(Type.Object({ place: text, read: Type.Boolean() })),
  /** Every clock that may hold there, with its time now. */
  localTimes: Type.Array(Type.Object({ zone: text, time: text })),
  /** Every check of the gate that says no, in its order. */
  refusals: Type.Array(refusalView),
  /** Every line of law in force for such a call, with its answer to this one. */
  lines: Type.Array(askLineView),
  /** Lines that the operator has turned off at these places. */
  off: Type.Array(Type.Object({ rule: text, by: text, reason: text })),
  /** How full each window of attempts is. */
  windows: Type.Array(Type.Object({ rule: text, count, max: count, retryAt: Type.Optional(instant) })),
})

/** `GET /v1/rules/number/:number` */
export const boundView = Type.Object({
  number: text,
  at: instant,
  version: text,
  /** For each lead with the number; where none has it, for the campaign that was asked about, or for each. */
  cases: Type.Array(boundCase),
})
/** What binds a call to one number now. */
export type BoundView = Static<typeof boundView>
