import { type TSchema, Type } from 'typebox'
import { permissionBases, purposes, type RuleBody, restCauses, voices } from '../core/compliance/rules.ts'
import { observances } from './calendar.ts'

const closed = { additionalProperties: false }
const text = Type.String({ minLength: 1, maxLength: 500 })

const durationKey = Type.String({
  pattern: '^(?:\\d+(?:\\.\\d+)?(?:ms|s|m|h|d))+$',
  'x-says': 'a duration with its unit, like 15s, 72h or 31d',
})
const spanKey = Type.String({
  pattern: '^(?:\\d+y)?(?:\\d+mo)?(?:\\d+d)?$',
  minLength: 1,
  'x-says': 'years, months and days, like 5y, 18mo, 3y31d or 30d',
})
const day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', 'x-says': 'a day like 2026-08-11' })
const place = Type.String({
  pattern: '^[A-Z]{2}(?:-[A-Z0-9]{1,3})?$',
  'x-says': "a place like US or US-FL ('NO' in quotes)",
})
const ratio = Type.Number({ minimum: 0, maximum: 1, 'x-says': 'a ratio from 0 to 1, like 0.03 for 3 %' })
const flag = Type.Boolean({ 'x-says': 'true or false' })
const purposeKey = Type.Enum([...purposes])

const span = Type.String({
  pattern: '^(?:[01]\\d|2[0-3]):[0-5]\\d-(?:(?:[01]\\d|2[0-3]):[0-5]\\d|24:00)$',
})
const dayHours = Type.Union([span, Type.Array(span, { minItems: 1, maxItems: 10 }), Type.Literal('none')], {
  'x-says': "hours like '08:00-21:00', a list of such, or none",
})
const weekdays = 'sun|mon|tue|wed|thu|fri|sat'
const hoursKey = Type.Record(Type.String({ pattern: `^(?:${weekdays})(?:-(?:${weekdays}))?$` }), dayHours, {
  ...closed,
  'x-says': "hours by weekday, like { mon-fri: '08:00-20:00', sat: '09:00-18:00', sun: none }",
})

const scope = {
  per: Type.Enum(['number', 'person']),
  across: Type.Enum(['all', 'purpose', 'topic', 'campaign']),
}

const exemption = Type.Object(
  {
    basis: Type.Enum([...permissionBases]),
    within: Type.Optional(spanKey),
    agreedHours: Type.Optional(Type.Literal(true, { 'x-says': 'true, or no such key' })),
  },
  closed,
)

const rollingWindow = 'rolling (?:\\d+(?:\\.\\d+)?(?:ms|s|m|h|d))+'

const prefixes = Type.Array(
  Type.String({ pattern: '^\\+[1-9]\\d{0,14}$', 'x-says': "the beginning of a number in quotes, like '+336'" }),
  { minItems: 1, maxItems: 1000 },
)

/** What stands in every line beside what its kind asks for. */
const common = {
  id: Type.String({ pattern: '^[a-z0-9-]{1,40}$', 'x-says': 'a name of small letters, digits and -, like hours' }),
  purposes: Type.Optional(Type.Array(purposeKey, { minItems: 1, maxItems: purposes.length })),
  topics: Type.Optional(
    Type.Array(Type.String({ pattern: '^[a-z0-9-]{1,40}$', 'x-says': 'a topic of small letters, digits and -' }), {
      minItems: 1,
      maxItems: 100,
    }),
  ),
  voices: Type.Optional(Type.Array(Type.Enum([...voices]), { minItems: 1, maxItems: voices.length })),
  automates: Type.Optional(Type.Enum(['either', 'both'])),
  from: Type.Optional(day),
  until: Type.Optional(day),
  yieldsTo: Type.Optional(Type.Array(exemption, { minItems: 1, maxItems: 10 })),
  source: text,
  date: day,
}

const own = {
  hours: { hours: hoursKey, holidays: Type.Optional(Type.Enum(['closed', 'sunday'])) },
  attempts: {
    // The gate sees a person's last 100 attempts: a higher limit would never be reached.
    max: Type.Integer({ minimum: 1, maximum: 100 }),
    window: Type.String({
      pattern: `^(?:${rollingWindow}|day|life)$`,
      'x-says': 'rolling 24h (or another duration), day or life',
    }),
    ...scope,
  },
  rest: {
    after: Type.Enum([...restCauses]),
    for: durationKey,
    wholeDays: Type.Optional(Type.Enum(['from-the-day', 'from-the-next-day'])),
    unless: Type.Optional(Type.Literal('agent-reserved', { 'x-says': 'agent-reserved' })),
    ...scope,
  },
  ring: { min: durationKey, max: Type.Optional(durationKey) },
  abandonment: {
    max: ratio,
    target: Type.Optional(ratio),
    window: Type.String({
      pattern: `^(?:${rollingWindow}|${rollingWindow.replace('rolling', 'successive')}|calendar-month|life)$`,
      'x-says': 'rolling 24h, successive 30d (or other durations), calendar-month or life',
    }),
    hungUpWaiting: Type.Optional(Type.Literal('not-counted', { 'x-says': 'not-counted' })),
  },
  connect: { within: durationKey, message: flag, optOutKey: flag },
  consent: { basis: Type.Enum(['written', 'express']) },
  'do-not-call-list': { place, ageMax: durationKey },
  'caller-identity': { forbiddenPrefixes: prefixes, except: Type.Optional(prefixes) },
  'opt-out': { key: flag, tollFree: flag },
  refusal: { binds: Type.Enum(['everybody', 'seller']) },
  retention: { of: Type.Enum(['records', 'refusals']), for: spanKey },
  duty: { says: text },
} as const satisfies Readonly<Record<RuleBody['kind'], Readonly<Record<string, TSchema>>>>

/** The kinds of lines that a rule file may have. */
// Object.keys forgets the names of the keys.
export const ruleKinds = Object.keys(own) as readonly RuleBody['kind'][]

/** What a line of each kind is made of. */
export const lineSchemas: Readonly<Record<RuleBody['kind'], TSchema>> = {
  hours: line('hours'),
  attempts: line('attempts'),
  rest: line('rest'),
  ring: line('ring'),
  abandonment: line('abandonment'),
  connect: line('connect'),
  consent: line('consent'),
  'do-not-call-list': line('do-not-call-list'),
  'caller-identity': line('caller-identity'),
  'opt-out': line('opt-out'),
  refusal: line('refusal'),
  retention: line('retention'),
  duty: line('duty'),
}

function line(kind: RuleBody['kind']): TSchema {
  return Type.Object({ ...common, kind: Type.Literal(kind), ...own[kind] }, closed)
}

/** A line whose kind has been found wrong or not yet looked at. */
export const anyLineSchema = Type.Object({
  kind: Type.Enum([...ruleKinds]),
})

/** A jurisdiction's file; its lines are checked by {@link lineSchemas}. */
export const jurisdictionSchema = Type.Object(
  {
    jurisdiction: Type.String({
      pattern: '^[A-Z]{2}(?:-[A-Za-z0-9]{1,20})?$',
      'x-says': 'a name like US-FTC: the country and the authority',
    }),
    name: text,
    places: Type.Array(place, { minItems: 1, maxItems: 300 }),
    partsHaveLaws: Type.Optional(Type.Literal(true, { 'x-says': 'true, or no such key' })),
    zone: Type.Optional(text),
    rules: Type.Array(Type.Unknown(), { minItems: 1, maxItems: 1000 }),
  },
  closed,
)

const year = Type.Integer({ minimum: 1900, maximum: 2100 })

/** A file of holidays. */
export const holidaysSchema = Type.Object(
  {
    places: Type.Array(place, { minItems: 1, maxItems: 300 }),
    source: text,
    date: day,
    holidays: Type.Array(
      Type.Object(
        {
          name: text,
          on: text,
          observed: Type.Optional(Type.Enum([...observances])),
          parts: Type.Optional(Type.Array(place, { minItems: 1, maxItems: 100 })),
          from: Type.Optional(year),
          until: Type.Optional(year),
          except: Type.Optional(Type.Array(year, { minItems: 1, maxItems: 100 })),
        },
        closed,
      ),
      { minItems: 1, maxItems: 200 },
    ),
  },
  closed,
)
