import { type Static, Type } from 'typebox'
import type { CampaignSettings, Seller } from '../core/campaigns/campaign.ts'
import { defaultFatigue, type FatigueSettings } from '../core/compliance/fatigue.ts'
import { automations, purposes, type Rule, voices } from '../core/compliance/rules.ts'
import { given } from '../core/given.ts'
import { durationMs, durationPattern, formatDuration } from './durations.ts'

const closed = { additionalProperties: false }
const id = Type.String({ pattern: '^[A-Za-z0-9_-]{1,40}$', 'x-says': 'an id of at most 40 letters, digits, _ and -' })
const duration = Type.String({ pattern: durationPattern, 'x-says': 'a duration like 24h, 7d or 30d' })

/** A place whose rules apply: a country or a part of one. */
export const placeSchema = Type.String({
  pattern: '^[A-Z]{2}(-[A-Z0-9]{1,3})?$',
  'x-says': 'a country like US, or a part of one like US-FL',
})

/** Whom the calls are made for. */
export const sellerSchema = Type.Object({ id, place: placeSchema }, closed)

const limitSchema = Type.Object(
  {
    // The gate sees a person's last 100 attempts: a higher limit would never be reached.
    max: Type.Integer({ minimum: 1, maximum: 100 }),
    window: Type.Union([duration, Type.Literal('day'), Type.Literal('life')], {
      'x-says': 'a duration like 24h or 7d, or day (the calendar day at the person), or life',
    }),
    per: Type.Optional(Type.Enum(['number', 'person'])),
    across: Type.Optional(Type.Enum(['all', 'purpose', 'topic', 'campaign'])),
  },
  closed,
)

const points = Type.Optional(Type.Number({ minimum: 0, maximum: 1000 }))

const fatigueSchema = Type.Object(
  {
    on: Type.Optional(Type.Boolean({ 'x-says': 'true or false' })),
    halfLife: Type.Optional(duration),
    limit: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1000 })),
    rest: Type.Optional(duration),
    weights: Type.Optional(
      Type.Object(
        {
          attempt: points,
          hungUpWithin5s: points,
          hungUpWithin20s: points,
          abandoned: points,
          refusal: points,
          complaint: points,
        },
        closed,
      ),
    ),
  },
  closed,
)

const listShareSchema = Type.Object(
  { list: Type.String({ minLength: 1, maxLength: 60 }), share: Type.Number({ minimum: 0, maximum: 100 }) },
  closed,
)

/** The keys of a campaign's document that say whom it may call, why and in which order. */
export const complianceKeys = {
  seller: Type.Optional(sellerSchema),
  countries: Type.Optional(
    Type.Array(Type.String({ pattern: '^[A-Z]{2}$', 'x-says': 'a country like US' }), {
      minItems: 1,
      maxItems: 250,
      uniqueItems: true,
      'x-says': 'a list of countries like [US, CA]',
    }),
  ),
  purpose: Type.Optional(Type.Enum([...purposes])),
  topic: Type.Optional(
    Type.String({
      pattern: '^[a-z0-9-]{1,40}$',
      'x-says': 'a subject of small letters, digits and -, like spring-offer',
    }),
  ),
  voice: Type.Optional(Type.Enum([...voices])),
  automation: Type.Optional(Type.Array(Type.Enum([...automations]), { minItems: 1, maxItems: automations.length })),
  optOutNumber: Type.Optional(
    Type.String({
      pattern: '^\\+[1-9]\\d{6,14}$',
      'x-says': "a toll-free number like '+18005550100' that takes callers off the list",
    }),
  ),
  consent: Type.Optional(Type.Enum(['required', 'respected'])),
  limits: Type.Optional(Type.Array(limitSchema, { maxItems: 20 })),
  fatigue: Type.Optional(fatigueSchema),
  lists: Type.Optional(Type.Array(listShareSchema, { maxItems: 50 })),
  filter: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
}

const complianceSchema = Type.Object(complianceKeys, closed)
type ComplianceDocument = Static<typeof complianceSchema>

/** The part of a campaign's settings that these keys make. */
export type ComplianceSettings = Pick<
  CampaignSettings,
  | 'seller'
  | 'countries'
  | 'purpose'
  | 'topic'
  | 'voice'
  | 'automation'
  | 'optOutNumber'
  | 'consent'
  | 'attemptLimits'
  | 'fatigue'
  | 'listMix'
  | 'filter'
>

/** Sales by the strictest reading is what a silent campaign is for. */
export function complianceSettings(document: ComplianceDocument, seller: Seller): ComplianceSettings {
  const purpose = document.purpose ?? 'sales'
  const { id: sellerId, place } = document.seller ?? { id: seller.sellerId, place: seller.place }
  return {
    seller: { sellerId, place },
    purpose,
    topic: document.topic ?? purpose,
    consent: document.consent ?? 'respected',
    attemptLimits: (document.limits ?? []).map(attemptLimit),
    fatigue: fatigueSettings(document.fatigue ?? {}),
    listMix: (document.lists ?? []).map(({ list, share }) => ({ list, share })),
    ...given({
      filter: document.filter,
      countries: document.countries,
      voice: document.voice,
      optOutNumber: document.optOutNumber,
    }),
    ...given({ automation: document.automation && automations.filter(one => document.automation?.includes(one)) }),
  }
}

/** The inverse of {@link complianceSettings}. */
export function complianceDocument(settings: CampaignSettings): ComplianceDocument {
  const { fatigue, seller } = settings
  return {
    seller: { id: seller.sellerId, place: seller.place },
    purpose: settings.purpose,
    topic: settings.topic,
    consent: settings.consent,
    limits: settings.attemptLimits.map(({ max, window, per, across }) => ({
      max,
      per,
      across,
      window: window.kind === 'rolling' ? formatDuration(window.lengthMs) : window.kind,
    })),
    fatigue: {
      on: fatigue.on,
      limit: fatigue.limit,
      weights: { ...fatigue.weights },
      halfLife: formatDuration(fatigue.halfLifeMs),
      rest: formatDuration(fatigue.restMs),
    },
    lists: settings.listMix.map(share => ({ ...share })),
    ...given({
      filter: settings.filter,
      countries: settings.countries && [...settings.countries],
      voice: settings.voice,
      optOutNumber: settings.optOutNumber,
    }),
    ...given({ automation: settings.automation && [...settings.automation] }),
  }
}

function attemptLimit({ max, window, per, across }: Static<typeof limitSchema>): Rule<'attempts'> {
  const kind = window === 'day' || window === 'life' ? window : undefined
  return {
    kind: 'attempts',
    ruleId: `campaign/${max}-in-${window}`,
    max,
    window: kind === undefined ? { kind: 'rolling', lengthMs: durationMs(window) } : { kind },
    per: per ?? 'number',
    across: across ?? 'all',
    source: 'the campaign',
    date: '',
  }
}

function fatigueSettings(document: Static<typeof fatigueSchema>): FatigueSettings {
  const { on, limit, halfLife, rest, weights } = document
  return {
    on: on ?? defaultFatigue.on,
    limit: limit ?? defaultFatigue.limit,
    halfLifeMs: halfLife === undefined ? defaultFatigue.halfLifeMs : durationMs(halfLife),
    restMs: rest === undefined ? defaultFatigue.restMs : durationMs(rest),
    weights: { ...defaultFatigue.weights, ...weights },
  }
}
