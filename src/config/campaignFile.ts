import { type Static, Type } from 'typebox'
import type { CallingHours, CampaignSettings, Seller } from '../core/campaigns/campaign.ts'
import { agentModeOf, automatedBy, automationOf } from '../core/campaigns/dialModes.ts'
import { readFilter } from '../core/campaigns/filter.ts'
import { defaultRetryRules, type RetryRule, type RetryRules } from '../core/campaigns/lead.ts'
import { given } from '../core/given.ts'
import { pacingModes } from '../core/pacing/pacer.ts'
import { dayMs } from '../core/time.ts'
import { type Disposition, dispositions } from '../core/vocabulary.ts'
import { SettingError } from '../errors.ts'
import { isKnownPlace, placeOfCountry } from '../numbers/places.ts'
import { isTollFree } from '../numbers/tollFree.ts'
import { complianceDocument, complianceKeys, complianceSettings } from './complianceFile.ts'
import { dayCaps, dayCapsDocument, dayCapsKeys } from './dayCapsSection.ts'
import { durationMs, durationPattern, formatDuration } from './durations.ts'
import { checkPauses, pauseReasons, pausesSchema, writtenPauses } from './pausesSection.ts'
import { checkPreview, previewSchema, previewSettings, writtenPreview } from './previewSection.ts'
import { respectLineOf, respectLineSchema, writtenRespectLine } from './respectLineSection.ts'
import { checkScript, scriptOf, scriptSchema, writtenScript } from './scriptSection.ts'

const closed = { additionalProperties: false }

/** The shortest ring that the law allows: 16 CFR 310.4(b)(4)(ii), 47 CFR 64.1200(a)(6), Ofcom. */
export const ringTimeoutMinMs = 15_000
/** Longer than this, carriers answer for the person. */
export const ringTimeoutMaxMs = 60_000

/** Ids in files, paths and the PBX: of campaigns, agents, trunks, nodes. */
export const idSchema = Type.String({
  pattern: '^[A-Za-z0-9_-]{1,40}$',
  'x-says': 'an id of at most 40 letters, digits, _ and -',
})

/** A telephone number in E.164. */
export const phoneNumberSchema = Type.String({
  pattern: '^\\+[1-9][0-9]{6,14}$',
  'x-says': "a number with its country code in quotes, like '+12025550100'",
})

/** Seconds, or text like `20s`. */
export const durationSchema = Type.Union([Type.Number({ minimum: 0 }), Type.String({ pattern: durationPattern })], {
  'x-says': 'a duration like 20s, 1m or 4h',
})

const weekdayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

/** One of the law's windows; see `AbandonmentWindow`. */
const windowSchema = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z0-9-]{1,20}$', 'x-says': 'a name like 24h, 30d or life' }),
    kind: Type.Optional(
      Type.Enum(['life', 'successive', 'rolling', 'calendar-month'], {
        'x-says': 'life, successive, rolling or calendar-month',
      }),
    ),
    lengthMs: Type.Optional(Type.Number({ minimum: 60_000, maximum: 366 * dayMs })),
    rateMax: Type.Optional(Type.Number({ minimum: 0, maximum: 0.1, 'x-says': 'a ratio from 0 to 0.1' })),
  },
  closed,
)

/** What an operator may tune while a campaign runs. Ratios are 0..1. */
export const pacingSchema = Type.Object(
  {
    mode: Type.Optional(Type.Enum([...pacingModes])),
    ratio: Type.Optional(Type.Number({ minimum: 1, maximum: 10 })),
    abandonmentTarget: Type.Optional(
      Type.Number({ minimum: 0, maximum: 0.1, 'x-says': 'a ratio from 0 to 0.1, like 0.027 for 2.7 %' }),
    ),
    abandonmentRateMax: Type.Optional(
      Type.Number({ minimum: 0, maximum: 0.1, 'x-says': 'a ratio from 0 to 0.1, like 0.03 for 3 %' }),
    ),
    dialLevelMax: Type.Optional(Type.Number({ minimum: 1, maximum: 20 })),
    intensity: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1, 'x-says': 'the share of the abandonment target to use, from 0 to 1' }),
    ),
    abandonmentWindows: Type.Optional(
      Type.Array(windowSchema, {
        maxItems: 8,
        'x-says': 'a list of windows like [{ name: 24h, lengthMs: 86400000 }, { name: life }]',
      }),
    ),
    personTakenForMachineRate: Type.Optional(
      Type.Number({ minimum: 0, maximum: 0.5, 'x-says': 'a ratio from 0 to 0.5, the upper bound of your measurement' }),
    ),
    ringWithdrawal: Type.Optional(Type.Boolean({ 'x-says': 'true or false' })),
    ringWithdrawalAfterMs: Type.Optional(
      Type.Number({ minimum: ringTimeoutMinMs, maximum: ringTimeoutMaxMs, 'x-says': 'milliseconds from 15000' }),
    ),
    agentGapMs: Type.Optional(
      Type.Number({ minimum: 0, maximum: 600_000, 'x-says': 'milliseconds of rest between two calls, up to 600000' }),
    ),
    occupancyMax: Type.Optional(
      Type.Number({ minimum: 0.3, maximum: 1, 'x-says': 'a ratio from 0.3 to 1, like 0.85 for 85 %' }),
    ),
  },
  closed,
)

const retryAfter = Type.Optional(
  Type.Union([durationSchema, Type.Literal('never')], { 'x-says': 'a duration like 15m, or never' }),
)

const retrySchema = Type.Object(
  {
    attempts: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    sameHour: Type.Optional(Type.Boolean({ 'x-says': 'true or false' })),
    connected: retryAfter,
    abandoned: retryAfter,
    machine: retryAfter,
    busy: retryAfter,
    'no-answer': retryAfter,
    congestion: retryAfter,
    rejected: retryAfter,
    failed: retryAfter,
    withdrawn: retryAfter,
    'hung-up-waiting': retryAfter,
  },
  closed,
)

const wrapUpSchema = Type.Object(
  {
    timeout: Type.Optional(durationSchema),
    codes: Type.Optional(
      Type.Record(Type.String({ pattern: '^[0-9*#]$' }), Type.String({ pattern: '^[a-z0-9-]{1,40}$' }), {
        ...closed,
        'x-says': "codes by key, like { '1': sale, '2': not-interested }",
      }),
    ),
  },
  closed,
)

/** A campaign as written in a file or sent over the API. */
export const campaignSchema = Type.Object(
  {
    id: idSchema,
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    ...complianceKeys,
    pacing: Type.Optional(pacingSchema),
    preview: Type.Optional(previewSchema),
    pauses: Type.Optional(pausesSchema),
    trunks: Type.Optional(Type.Array(idSchema, { minItems: 1, maxItems: 50 })),
    callerIds: Type.Optional(Type.Array(phoneNumberSchema, { minItems: 1, maxItems: 1000 })),
    ringTimeout: Type.Optional(durationSchema),
    setupTimeout: Type.Optional(durationSchema),
    message: Type.String({
      pattern: '^[a-zA-Z0-9/_-]{1,200}$',
      'x-says': 'the name of the sound (without its ending) that names the seller, a phone number and the opt-out key',
    }),
    optOutKey: Type.Optional(
      Type.String({ pattern: '^[0-9*#]$', 'x-says': "a key in quotes, one of '0' to '9', '*', '#'" }),
    ),
    respectLine: Type.Optional(respectLineSchema),
    wrapUp: Type.Optional(wrapUpSchema),
    script: Type.Optional(scriptSchema),
    maxCall: Type.Optional(durationSchema),
    dayCaps: Type.Optional(Type.Object(dayCapsKeys, closed)),
    hours: Type.Optional(
      Type.String({
        pattern: '^([01]\\d|2[0-3]):[0-5]\\d-(([01]\\d|2[0-3]):[0-5]\\d|24:00)$',
        'x-says': "hours like '09:00-20:00'",
      }),
    ),
    weekdays: Type.Optional(Type.Array(Type.Enum([...weekdayNames]), { minItems: 1, maxItems: 7 })),
    retry: Type.Optional(retrySchema),
    webhook: Type.Optional(
      Type.String({
        pattern: '^https?://[^\\s]+$',
        maxLength: 2000,
        'x-says': 'an address like https://crm.example.com/hook',
      }),
    ),
    shortCallRateMax: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1, 'x-says': 'a ratio from 0 to 1, like 0.15 for 15 %' }),
    ),
  },
  closed,
)

/** A campaign as a file or the API has it. */
export type CampaignDocument = Static<typeof campaignSchema>

/** What a campaign takes from the rest of the configuration where it is silent. */
export interface CampaignDefaults {
  readonly trunks: readonly { readonly trunkId: string; readonly callerIds: readonly string[] }[]
  /** Whom calls are made for where neither campaign nor configuration names a seller: somebody in this country, `US`. */
  readonly defaultCountry?: string
  readonly seller?: Seller
}

/** What can end an attempt on a lead: whoever is informed has called us. */
const retried = dispositions.filter(word => word !== 'informed')

/** Steers below the law's limit. The windows are the law's; where it gives none, a day and the campaign's life. */
const defaultPacing: CampaignSettings['pacing'] = {
  mode: 'predictive',
  ratio: 1.5,
  abandonmentTarget: 0.027,
  abandonmentRateMax: 0.03,
  dialLevelMax: 4,
}

const defaultWrapUpCodes = { '1': 'done', '2': 'not-interested', '3': 'callback', '7': 'machine', '9': 'refused' }

/** A campaign's settings from its document, every default filled in. A {@link ConfigError} says what does not go together. */
export function campaignSettings(document: CampaignDocument, defaults: CampaignDefaults): CampaignSettings {
  const trunkIds = document.trunks ?? defaults.trunks.map(trunk => trunk.trunkId)
  const settings: CampaignSettings = {
    campaignId: document.id,
    name: document.name ?? document.id,
    ...complianceSettings(
      document,
      defaults.seller ?? { sellerId: 'default', place: placeOfCountry(defaults.defaultCountry ?? 'US') },
    ),
    pacing: { ...defaultPacing, ...document.pacing },
    ...given({ preview: document.preview && previewSettings(document.preview) }),
    ...given({ pauses: document.pauses && pauseReasons(document.pauses) }),
    trunkIds,
    callerIds: document.callerIds ?? callerIdsOf(trunkIds, defaults),
    ringTimeoutMs: durationMs(document.ringTimeout ?? '25s'),
    setupTimeoutMs: durationMs(document.setupTimeout ?? '10s'),
    // The engine decides at 1.7 s so that agent or message is audible 2 s after the answer: 16 CFR 310.4(b)(1)(iv).
    waitMaxMs: 1700,
    messageSound: document.message,
    optOutKey: document.optOutKey ?? '9',
    ...given({ respectLine: document.respectLine && respectLineOf(document.respectLine) }),
    ...given({ script: document.script && scriptOf(document.script) }),
    wrapUpTimeoutMs: durationMs(document.wrapUp?.timeout ?? '30s'),
    wrapUpCodes: document.wrapUp?.codes ?? defaultWrapUpCodes,
    maxCallMs: durationMs(document.maxCall ?? '1h'),
    callingHours: callingHours(document),
    retry: retryRules(document.retry ?? {}),
    ...given({ webhookUrl: document.webhook, shortCallRateMax: document.shortCallRateMax }),
    ...given({ dayCaps: document.dayCaps && dayCaps(document.dayCaps) }),
  }
  checkCampaign(settings, defaults)
  return settings
}

/** The document that gives these settings: for showing, editing and applying again. */
export function campaignDocument(settings: CampaignSettings): CampaignDocument {
  const { callingHours: hours, retry } = settings
  const weekdays = hours.weekdays.flatMap(day => weekdayNames[day] ?? [])
  return {
    id: settings.campaignId,
    name: settings.name,
    ...complianceDocument(settings),
    pacing: pacingDocument(settings.pacing),
    ...given({ preview: settings.preview && writtenPreview(settings.preview) }),
    ...given({ pauses: settings.pauses && writtenPauses(settings.pauses) }),
    trunks: [...settings.trunkIds],
    callerIds: [...settings.callerIds],
    ringTimeout: formatDuration(settings.ringTimeoutMs),
    setupTimeout: formatDuration(settings.setupTimeoutMs),
    message: settings.messageSound,
    optOutKey: settings.optOutKey,
    ...given({ respectLine: settings.respectLine && writtenRespectLine(settings.respectLine) }),
    ...given({ script: settings.script && writtenScript(settings.script) }),
    wrapUp: { timeout: formatDuration(settings.wrapUpTimeoutMs), codes: { ...settings.wrapUpCodes } },
    maxCall: formatDuration(settings.maxCallMs),
    hours: `${clock(hours.startMinute)}-${clock(hours.endMinute)}`,
    weekdays,
    retry: {
      attempts: retry.attemptsMax,
      sameHour: retry.sameHour ?? false,
      ...Object.fromEntries(retried.map(word => [word, writtenRetry(retry, word)])),
    },
    ...given({ webhook: settings.webhookUrl, shortCallRateMax: settings.shortCallRateMax }),
    ...given({ dayCaps: settings.dayCaps && dayCapsDocument(settings.dayCaps) }),
  }
}

/** Pacing settings as files and the API write them. */
export function pacingDocument({ waitMaxMs: _, ...pacing }: CampaignSettings['pacing']): Static<typeof pacingSchema> {
  const { abandonmentWindows, ...rest } = pacing
  return abandonmentWindows === undefined
    ? rest
    : { ...rest, abandonmentWindows: abandonmentWindows.map(window => ({ ...window })) }
}

/** Refuses settings that are each well formed and do not go together, or not with the law. */
export function checkCampaign(settings: CampaignSettings, defaults: CampaignDefaults): void {
  const wrong = (key: string, text: string): never => {
    throw new SettingError(settings.campaignId, key, text)
  }
  const { abandonmentTarget, abandonmentRateMax } = settings.pacing
  const known = defaults.trunks.map(trunk => trunk.trunkId)
  const unknown = settings.trunkIds.find(trunkId => !known.includes(trunkId))
  if (unknown !== undefined)
    wrong(
      'trunks',
      `names ${unknown}, which is not configured: use ${known.join(', ') || 'trunks of the configuration'}`,
    )
  if (settings.trunkIds.length === 0) wrong('trunks', 'is empty and no trunk is configured: add one under trunks')
  if (settings.callerIds.length === 0) wrong('callerIds', 'is missing: add it to the campaign or to its trunks')
  if (settings.ringTimeoutMs < ringTimeoutMinMs)
    wrong('ringTimeout', 'must be at least 15s: the law wants 15 seconds of ringing')
  if (settings.ringTimeoutMs > ringTimeoutMaxMs) wrong('ringTimeout', 'must be at most 60s')
  if (settings.setupTimeoutMs < 1000 || settings.setupTimeoutMs > 60_000)
    wrong('setupTimeout', 'must be from 1s to 60s')
  if (settings.wrapUpTimeoutMs < 1000) wrong('wrapUp.timeout', 'must be at least 1s')
  if (settings.maxCallMs < 10_000) wrong('maxCall', 'must be at least 10s')
  if (settings.callingHours.endMinute <= settings.callingHours.startMinute)
    wrong('hours', 'must end after they start, like 09:00-20:00')
  if (!isKnownPlace(settings.seller.place))
    wrong(
      'seller.place',
      `is ${settings.seller.place}, which is no place: use a country like US or GB, or a part like US-FL`,
    )
  const noCountry = settings.countries?.find(country => !isKnownPlace(country))
  if (noCountry !== undefined)
    wrong('countries', `names ${noCountry}, which is no country: use codes like US or GB; territories of the US are US`)
  const twice = settings.listMix.find(({ list }, at) => settings.listMix.findIndex(one => one.list === list) !== at)
  if (twice !== undefined) wrong('lists', `names ${twice.list} twice: give it one share`)
  const filter = settings.filter === undefined ? undefined : readFilter(settings.filter)
  if (filter?.ok === false) wrong('filter', `cannot be read at character ${filter.at}: ${filter.problem}`)
  checkModes(settings, wrong)
  if (settings.preview !== undefined) checkPreview(settings.preview, wrong)
  if (settings.pauses !== undefined) checkPauses(settings.pauses, wrong)
  if (settings.script !== undefined) checkScript(settings.script, Object.values(settings.wrapUpCodes), wrong)
  for (const window of settings.pacing.abandonmentWindows ?? []) {
    const { name, kind, lengthMs } = window
    const timed = kind === 'successive' || kind === 'rolling'
    if (timed && lengthMs === undefined) wrong('pacing.abandonmentWindows', `: ${name} is ${kind} and needs a lengthMs`)
    if (!timed && kind !== undefined && lengthMs !== undefined)
      wrong('pacing.abandonmentWindows', `: ${name} is ${kind} and has no lengthMs: leave it out`)
  }
  if (abandonmentTarget > abandonmentRateMax)
    wrong('pacing.abandonmentTarget', `must not be above abandonmentRateMax (${abandonmentRateMax})`)
}

/** What a mode does by itself cannot be denied, and whoever hears a machine has a free number to call. */
function checkModes(settings: CampaignSettings, wrong: (key: string, text: string) => never): void {
  const { voice = 'live', pacing, optOutNumber } = settings
  const automation = automationOf(settings)
  const missing = automatedBy(settings).find(one => !automation.includes(one))
  if (missing === 'dialing' && pacing.mode !== 'preview')
    wrong('automation', 'lacks dialing, which every pacing does by itself: write [dialing] or leave it out')
  if (missing !== undefined && pacing.mode !== 'progressive')
    wrong('automation', `lacks ${missing}, which ${pacing.mode} pacing does by itself: leave automation out`)
  if (agentModeOf(pacing) !== undefined && voice !== 'live')
    wrong('voice', `is ${voice}, and in the mode ${pacing.mode} an agent speaks: leave voice out`)
  if (optOutNumber !== undefined && !isTollFree(optOutNumber))
    wrong('optOutNumber', `is ${optOutNumber}, which is no toll-free number: whoever calls it must pay nothing`)
  if (optOutNumber !== undefined && voice === 'live')
    wrong('optOutNumber', 'is for messages that a machine speaks: set voice to recorded or artificial, or leave it out')
}

function callerIdsOf(trunkIds: readonly string[], defaults: CampaignDefaults): readonly string[] {
  const used = defaults.trunks.filter(trunk => trunkIds.includes(trunk.trunkId))
  return [...new Set(used.flatMap(trunk => trunk.callerIds))]
}

function callingHours({ hours = '09:00-20:00', weekdays = weekdayNames.slice(1, 6) }: CampaignDocument): CallingHours {
  const [start = '', end = ''] = hours.split('-')
  const days = weekdayNames.flatMap((name, day) => (weekdays.includes(name) ? [day] : []))
  return { startMinute: minuteOf(start), endMinute: minuteOf(end), weekdays: days }
}

function minuteOf(clockText: string): number {
  const [hour, minute] = clockText.split(':')
  return Number(hour) * 60 + Number(minute)
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}

function retryRules({ attempts, sameHour, ...written }: Static<typeof retrySchema>): RetryRules {
  const byDisposition: Partial<Record<Disposition, RetryRule>> = { ...defaultRetryRules.byDisposition }
  for (const word of retried) {
    const after = written[word]
    if (after !== undefined) byDisposition[word] = after === 'never' ? {} : { afterMs: durationMs(after) }
  }
  const attemptsMax = attempts ?? defaultRetryRules.attemptsMax
  return { attemptsMax, byDisposition, ...(sameHour === true ? { sameHour } : {}) }
}

function writtenRetry(rules: RetryRules, word: Disposition): string {
  const afterMs = rules.byDisposition[word]?.afterMs
  return afterMs === undefined ? 'never' : formatDuration(afterMs)
}
