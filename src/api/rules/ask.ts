import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { campaignSchema, idSchema, phoneNumberSchema } from '../../config/campaignFile.ts'
import { complianceKeys, placeSchema, sellerSchema } from '../../config/complianceFile.ts'
import { doNotCallKinds } from '../../core/compliance/doNotCall.ts'
import { lineAnswers } from '../../core/compliance/lawLines.ts'
import { permissionBases, purposes } from '../../core/compliance/rules.ts'
import { dispositions } from '../../core/vocabulary.ts'
import { hoursBody } from '../persons.ts'
import { closed, countrySchema, textUpTo } from '../schemas.ts'

const text = Type.String()
const yesOrNo = Type.Boolean({ 'x-says': 'true or false' })
const name = Type.String({ pattern: '^[a-zA-Z0-9-]{1,40}$', 'x-says': 'a word of letters, digits and -' })

/** With offset or zone; the reader says more precisely what is wrong with one. */
const instantKey = Type.String({
  minLength: 1,
  maxLength: 100,
  'x-says': 'an instant like 2026-11-25T20:59-05:00 or 2026-11-25T20:59[America/New_York]',
})
/** A day is its midnight in UTC, as everywhere where permissions are recorded. */
const dayKey = Type.String({
  minLength: 1,
  maxLength: 100,
  'x-says': 'a day like 2026-10-01 or an instant like 2026-10-01T12:00Z',
})

const addressKey = Type.Union(
  [
    textUpTo(200),
    Type.Object(
      {
        country: Type.Optional(textUpTo(100)),
        /** State, province: code or name. */
        region: Type.Optional(textUpTo(100)),
        postcode: Type.Optional(textUpTo(100)),
      },
      closed,
    ),
  ],
  { 'x-says': "'US-FL 33101', 'GB SW1A 1AA' or { country: US, region: FL, postcode: '33101' }" },
)

const permissionKey = Type.Object(
  {
    basis: Type.Enum([...permissionBases]),
    given: dayKey,
    expires: Type.Optional(dayKey),
    withdrawn: Type.Optional(dayKey),
    /** Absent: every topic. */
    topics: Type.Optional(Type.Array(name, { maxItems: 100 })),
    channels: Type.Optional(Type.Array(name, { maxItems: 100 })),
  },
  closed,
)

const attemptKey = Type.Object(
  {
    at: instantKey,
    disposition: Type.Optional(Type.Enum([...dispositions])),
    /** Absent: to the number that is asked about; false: to another number of the person. */
    sameNumber: Type.Optional(yesOrNo),
    /** These three: absent: as the call that is asked about. */
    purpose: Type.Optional(Type.Enum([...purposes])),
    topic: Type.Optional(name),
    campaign: Type.Optional(textUpTo(40)),
    answered: Type.Optional(instantKey),
    connected: Type.Optional(instantKey),
    ended: Type.Optional(instantKey),
    /** The person asked not to be called again, complained; an agent said that a machine had answered. */
    refusal: Type.Optional(yesOrNo),
    complaint: Type.Optional(yesOrNo),
    machine: Type.Optional(yesOrNo),
  },
  closed,
)

/** What is known of the person beside number and address. */
const personKeys = {
  permissions: Type.Optional(Type.Array(permissionKey, { maxItems: 100 })),
  /** Earlier attempts in any order, all that cost something. The gate looks at the newest hundred. */
  attempts: Type.Optional(
    Type.Array(Type.Union([instantKey, attemptKey], { 'x-says': 'an instant, or { at: ..., disposition: busy }' }), {
      maxItems: 100,
    }),
  ),
  /** Hours in which the person wants to be called. */
  ownHours: Type.Optional(hoursBody.properties.days),
  /** Lists that hold the number. */
  doNotCall: Type.Optional(
    Type.Array(
      Type.Object(
        {
          kind: Type.Enum([...doNotCallKinds]),
          place: Type.Optional(placeSchema),
          /** Of kind `seller`: to whom it was said; absent: to the one for whom the call is. */
          seller: Type.Optional(idSchema),
          list: Type.Optional(textUpTo(60)),
        },
        closed,
      ),
      { maxItems: 100 },
    ),
  ),
  /** National and state lists that are at hand, with the day of their content. Absent: all that the law wants, of today. */
  lists: Type.Optional(
    Type.Array(Type.Object({ place: placeSchema, asOf: dayKey, list: Type.Optional(textUpTo(60)) }, closed), {
      maxItems: 300,
    }),
  ),
}

const { lists: _mix, filter: _filter, seller: _seller, ...lawKeys } = complianceKeys
const { hours, weekdays, retry, ringTimeout, setupTimeout } = campaignSchema.properties

/** What a campaign's file can say that a verdict asks for, under the same names. */
export const callKeys = {
  ...lawKeys,
  seller: Type.Optional(
    Type.Union([placeSchema, sellerSchema], { 'x-says': 'a place like US or US-FL, or { id: acme, place: US }' }),
  ),
  callerIds: Type.Optional(Type.Array(phoneNumberSchema, { minItems: 1, maxItems: 1000 })),
  hours,
  weekdays,
  retry,
  ringTimeout,
  setupTimeout,
}

/** One call as somebody asks about it: whom, when, for whom and why, and what is known of the person. */
export const askCaseSchema = Type.Object(
  {
    /** Comes back with the answer. */
    id: Type.Optional(Type.Union([Type.String({ maxLength: 200 }), Type.Number()], { 'x-says': 'a text or a number' })),
    number: textUpTo(50),
    at: instantKey,
    /** Country of a number without a country code. */
    country: Type.Optional(countrySchema),
    address: Type.Optional(addressKey),
    /** IANA zones that a list states. */
    zones: Type.Optional(Type.Array(textUpTo(100), { maxItems: 50 })),
    /** An agent is held for the call. */
    agentReserved: Type.Optional(yesOrNo),
    ...callKeys,
    ...personKeys,
  },
  closed,
)
/** One call as somebody asks about it. */
export type AskCase = Static<typeof askCaseSchema>

const compileCase = () => Compile(askCaseSchema)
let compiled: ReturnType<typeof compileCase> | undefined

/** Whether something is a case. The schema is compiled the first time: thousands of cases a second are looked at. */
export function isAskCase(written: unknown): written is AskCase {
  compiled ??= compileCase()
  return compiled.Check(written)
}

const instant = Type.String({ format: 'date-time' })

const later = Type.Object({
  utc: instant,
  local: Type.Array(Type.Object({ zone: text, time: text })),
})

/** A line of law with what it asks and what it answers to one call. */
export const askLineView = Type.Object({
  rule: text,
  /** For which of the call's places it speaks: the seller's, the person's. */
  places: Type.Array(text),
  asks: text,
  source: text,
  /** Day on which the source was read. */
  read: text,
  answer: Type.Enum([...lineAnswers]),
  /** Why it refuses. */
  why: Type.Optional(text),
  retryAt: Type.Optional(instant),
  /** The operator has changed the line: who answers for it, and what changed. */
  override: Type.Optional(Type.Object({ by: text, reason: text, change: text })),
})
/** A line of law with its answer. */
export type AskLine = Static<typeof askLineView>

/** A check of the gate that says no. */
export const refusalView = Type.Object({
  check: text,
  reason: text,
  rule: Type.Optional(text),
  says: text,
  retryAt: Type.Optional(instant),
})

/** The answer to one case. Keys are added in later versions, never renamed or taken away. */
export const askView = Type.Object({
  /** The case's own id. */
  id: Type.Optional(Type.Union([text, Type.Number()])),
  /** Number of the line in the file of cases. */
  line: Type.Optional(Type.Integer()),
  number: text,
  at: instant,
  allowed: Type.Boolean(),
  /** The word of the gate, the line that decided, and both in a sentence. */
  reason: Type.Optional(text),
  rule: Type.Optional(text),
  says: text,
  /** When it may be asked again, where time alone can change the answer. */
  retryAt: Type.Optional(later),
  seller: text,
  purpose: text,
  topic: text,
  /** The last moment at which the call could be answered: the hours hold until then. */
  latestAnswerAt: instant,
  /** Where the person may be, and what says so. `read`: some rule file is about this very place. */
  places: Type.Array(Type.Object({ place: text, by: Type.Array(text), read: Type.Boolean() })),
  zones: Type.Array(Type.Object({ zone: text, by: Type.Array(text), time: text })),
  /** Every check that says no, in the gate's order; the first is the verdict. */
  refusals: Type.Array(refusalView),
  lines: Type.Array(askLineView),
  /** Lines that the operator has turned off at these places. */
  off: Type.Array(Type.Object({ rule: text, by: text, reason: text })),
  /** Places whose own law nobody has read: only their country's lines are known. */
  unread: Type.Array(text),
  /** What the case left open and the answer rests on. */
  assumed: Type.Array(text),
  rulesVersion: text,
})
/** The answer to one case. */
export type AskView = Static<typeof askView>
