import { type AskCase, callKeys } from '../../api/rules/ask.ts'
import { type CampaignDocument, campaignSettings } from '../../config/campaignFile.ts'
import type { CampaignSettings, Seller } from '../../core/campaigns/campaign.ts'
import type { VerdictFacts, VerdictRules } from '../../core/compliance/facts.ts'
import type { LawFinder } from '../../core/compliance/law.ts'
import { isAboutPerson } from '../../core/compliance/lists.ts'
import type { Place } from '../../core/compliance/rules.ts'
import { caseOf, verdictRules } from '../../core/compliance/verdict.ts'
import { given } from '../../core/given.ts'
import type { InstantMs, PhoneNumber } from '../../core/ids.ts'
import { ConfigError, InputError } from '../../errors.ts'
import { placeOfCountry } from '../../numbers/places.ts'
import { countryZones } from '../../numbers/placeTables.ts'
import { zonesOfPerson } from '../../numbers/whereabouts.ts'
import { personDays } from '../persons.ts'
import { dayOf, historyOf, hitsOf, instantOf, permissionsOf } from './askCase.ts'
import { type AskedPerson, createPersonReader } from './askPlace.ts'

/** How the stores make the gate's facts of a lead, its person and the lists; a case goes the same way. */
type FactsMaker = (
  of: {
    readonly lead: {
      readonly number: PhoneNumber
      readonly state: VerdictFacts['leadState']
      readonly dialableAt: InstantMs
      readonly attempts: number
      readonly list: string
      readonly timeZones: readonly string[]
      readonly places: readonly Place[]
    }
    readonly person: Pick<VerdictFacts, 'history' | 'permissions' | 'ownHours'> & { readonly others: readonly number[] }
    readonly doNotCall: {
      hitsOf(): VerdictFacts['doNotCall']
      refusalsOf(): VerdictFacts['doNotCall']
      lists(): VerdictFacts['lists']
    }
  },
  now: InstantMs,
) => VerdictFacts

/** What cases are read by. */
export interface CaseOptions {
  readonly factsOf: FactsMaker
  /** Holidays are known for these years, both included. */
  readonly years: { readonly first: number; readonly last: number }
  readonly defaultCountry: string
  /** For whom calls are made where a case does not say. */
  readonly seller?: Seller
  /** Whose own limits are asked beside the law; absent: none are. */
  readonly campaign?: CampaignDocument
}

/** A case as the gate sees it, and how its person was read. */
export interface AskedCall {
  readonly facts: VerdictFacts
  readonly rules: VerdictRules
  readonly now: InstantMs
  readonly person: AskedPerson
}

/** Makes the reader that turns a case into the gate's facts and rules. It throws an InputError in one line. */
export function createCallReader(options: CaseOptions, laws: LawFinder): (asked: AskCase) => AskedCall {
  const readPerson = createPersonReader(options.defaultCountry)
  const readSettings = createSettingsReader(options)
  return asked => {
    const now = readNow(asked, options)
    const person = readPerson(asked)
    const rules = { ...verdictRules(readSettings(asked), laws), ...given({ agentReserved: asked.agentReserved }) }
    const stated = statedFacts(asked, { person, rules, now })
    const made = options.factsOf(stated, now)
    // What is no number that may be dialed is refused before it becomes a lead.
    const facts = person.reading.valid ? made : { ...made, numberValid: false }
    return { facts: asked.lists === undefined ? withFreshLists(facts, rules, now) : facts, rules, now, person }
  }
}

function readNow(asked: AskCase, { years: { first, last } }: CaseOptions): InstantMs {
  const now = instantOf(asked.at, 'at')
  const year = new Date(now).getUTCFullYear()
  if (year >= first && year <= last) return now
  throw new InputError(
    'bad-case',
    `at: "${asked.at}" lies in a year whose holidays are unknown: use ${first} to ${last}`,
  )
}

function statedFacts(
  asked: AskCase,
  { person, rules, now }: { readonly person: AskedPerson; readonly rules: VerdictRules; readonly now: InstantMs },
): Parameters<FactsMaker>[0] {
  const { address, reading } = person
  const number = reading.valid ? reading.number : asked.number
  const history = historyOf(asked, rules.of, now)
  const ofCampaign = history.filter(past => past.sameNumber && past.campaignId === rules.of.campaignId)
  return {
    lead: {
      number,
      state: 'new',
      dialableAt: 0,
      attempts: ofCampaign.length,
      list: 'leads',
      timeZones: allZones(number, person),
      places: address?.places ?? [],
    },
    person: {
      others: [],
      history,
      permissions: permissionsOf(asked),
      ...given({ ownHours: asked.ownHours && personDays(asked.ownHours) }),
    },
    doNotCall: {
      hitsOf: () => hitsOf(asked, rules.of, now),
      refusalsOf: () => [],
      lists: () => statedLists(asked, now),
    },
  }
}

/** Where several zones are stated, all of them must permit. */
function allZones(number: PhoneNumber, { address, stated }: AskedPerson): readonly string[] {
  const hints = { number, ...given({ address }) }
  if (stated.length === 0) return zonesOfPerson(hints)
  return [...new Set(stated.flatMap(zone => zonesOfPerson({ ...hints, stated: zone })))]
}

function statedLists({ lists = [] }: AskCase, now: InstantMs): VerdictFacts['lists'] {
  return lists.map(({ place, asOf, list }, index) => {
    const at = dayOf(asOf, `lists[${index}].asOf`)
    if (at <= now) return listOf(place, { asOf: at, name: list ?? `list of ${place}` })
    throw new InputError('bad-case', `lists[${index}].asOf lies after at: a list is of an earlier day`)
  })
}

function listOf(
  place: Place,
  { asOf, name }: { readonly asOf: InstantMs; readonly name: string },
): VerdictFacts['lists'][number] {
  const kind = place.includes('-') ? 'state' : 'national'
  return { name, kind, place, version: 'stated', numbers: 0, importedAt: asOf, asOf }
}

/** The lists that the law wants, as if they had come in now: a case that says nothing of lists is not about them. */
function withFreshLists(facts: VerdictFacts, rules: VerdictRules, now: InstantMs): VerdictFacts {
  const one = caseOf(facts, rules, now)
  if (one.law.lists.length === 0) return facts
  const places = new Set(one.law.lists.filter(rule => isAboutPerson(rule, one)).map(({ place }) => place))
  return { ...facts, lists: [...places].map(place => listOf(place, { asOf: now, name: `list of ${place}` })) }
}

/** Without a campaign only the law speaks: every hour, every attempt and every tiredness is allowed by the asker. */
const noCampaign: CampaignDocument = {
  id: 'none',
  message: 'none',
  hours: '00:00-24:00',
  weekdays: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
  fatigue: { on: false },
}

/** Presented where no identity is stated: no law's forbidden beginning is one of it. */
export const unstatedCallerId = '+'

/** So many different settings are remembered: the cases of one file have few. */
const rememberedMax = 5_000

function createSettingsReader({ campaign, seller, defaultCountry }: CaseOptions): (asked: AskCase) => CampaignSettings {
  const { lists: _lists, filter: _filter, ...base } = campaign ?? noCampaign
  const trunks = (base.trunks ?? ['none']).map(trunkId => ({ trunkId, callerIds: [unstatedCallerId] }))
  const known = new Map<string, CampaignSettings>()
  const defaults = { trunks, defaultCountry: placeOfCountry(defaultCountry), ...given({ seller }) }
  const sellerId = base.seller?.id ?? seller?.sellerId ?? 'default'
  const read = (stated: Partial<CampaignDocument>): CampaignSettings => {
    const settings = settingsOf({ ...base, ...stated }, defaults)
    const unlimited = campaign === undefined && stated.retry === undefined
    const anywhere = given({ countries: campaign === undefined ? (settings.countries ?? everyCountry) : undefined })
    const retry = { ...settings.retry, attemptsMax: Number.POSITIVE_INFINITY }
    return { ...settings, ...anywhere, ...given({ retry: unlimited ? retry : undefined }) }
  }
  return asked => {
    const stated = statedKeys(asked, sellerId)
    const key = JSON.stringify(stated)
    const settings = known.get(key) ?? read(stated)
    if (known.size >= rememberedMax) known.clear()
    known.set(key, settings)
    return settings
  }
}

/** A case is about the law, not about whom a campaign calls. */
const everyCountry: readonly Place[] = [...countryZones().keys()]

const settingKeys = Object.keys(callKeys) as readonly (keyof typeof callKeys)[]

function statedKeys(asked: AskCase, sellerId: string): Partial<CampaignDocument> {
  const stated: Record<string, unknown> = {}
  for (const key of settingKeys) if (asked[key] !== undefined) stated[key] = asked[key]
  const { seller } = asked
  if (typeof seller === 'string') stated.seller = { id: sellerId, place: seller }
  // The keys are a campaign's own, and the case's schema has proved each.
  return stated
}

function settingsOf(document: CampaignDocument, defaults: Parameters<typeof campaignSettings>[1]): CampaignSettings {
  try {
    return campaignSettings(document, defaults)
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause
    throw new InputError('bad-case', cause.message.replace(/^campaign \S+: /, ''), { cause })
  }
}
