// The people, campaigns and lists of the simulated month.
import type { CampaignSettings } from '../../src/core/campaigns/campaign.ts'
import { defaultFatigue } from '../../src/core/compliance/fatigue.ts'
import type { PhoneNumber } from '../../src/core/ids.ts'
import { placeOfAddress } from '../../src/numbers/addresses.ts'
import { zonesOfNumber } from '../../src/numbers/zones.ts'
import type { NewLead } from '../../src/ports/leads.ts'
import { testCampaign } from './engineHarness.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** Where the people live: the beginning of their numbers, and an address where the number alone does not say it. */
const homes = {
  newYork: { prefix: '+1212555' },
  florida: { prefix: '+1305555' },
  oklahoma: { prefix: '+1405555' },
  washington: { prefix: '+1206555' },
  california: { prefix: '+1213555' },
  phoenix: { prefix: '+1602555' },
  navajo: { prefix: '+1928555', address: { country: 'US', region: 'AZ', postcode: '86515' } },
  hawaii: { prefix: '+1808555' },
  indiana: { prefix: '+1317555' },
  toronto: { prefix: '+1416555' },
  london: { prefix: '+44207946' },
  berlin: { prefix: '+49309018' },
  paris: { prefix: '+3319900' },
  sydney: { prefix: '+6125550' },
  madrid: { prefix: '+3491555' },
} as const

/** A place where people are called. */
export type Home = keyof typeof homes

const american = [
  ...([
    'newYork',
    'florida',
    'oklahoma',
    'washington',
    'california',
    'phoenix',
    'navajo',
    'hawaii',
    'indiana',
  ] as const),
] satisfies Home[]

/** Where people must have been called in the end. */
export const covered: readonly Home[] = [...american, 'toronto', 'london', 'berlin', 'paris', 'sydney']

/** The number of the person with this index at a place. */
export function numberOf(home: Home, index: number): PhoneNumber {
  return `${homes[home].prefix}${String(index).padStart(4, '0')}`
}

/** Place and index of a number. */
export function whoIs(number: PhoneNumber): { readonly home: Home; readonly index: number } {
  const found = Object.entries(homes).find(([, { prefix }]) => number.startsWith(prefix))
  if (found === undefined) throw new RangeError(`nobody lives at ${number}`)
  // Object.entries cannot say that the keys are the homes'.
  return { home: found[0] as Home, index: Number(number.slice(-4)) }
}

/** Every third family has several telephones: three numbers are one person. */
function personOf(home: Home, index: number): string | undefined {
  const family = Math.floor(index / 3)
  return family % 3 === 0 ? `${home}-${family}` : undefined
}

/** All numbers of the person who has this one. */
export function familyOf(number: PhoneNumber): readonly PhoneNumber[] {
  const { home, index } = whoIs(number)
  if (personOf(home, index) === undefined) return [number]
  const first = index - (index % 3)
  return [first, first + 1, first + 2].map(one => numberOf(home, one))
}

function leadOf(home: Home, index: number): NewLead {
  const number = numberOf(home, index)
  const { prefix: _, ...more } = homes[home]
  const address = 'address' in more ? placeOfAddress(more.address) : undefined
  const zones = [...new Set([...zonesOfNumber(number), ...(address?.zones ?? [])])]
  const personId = personOf(home, index)
  return {
    number,
    // Of some nobody knows where they are.
    timeZones: index % 47 === 46 ? [] : zones,
    priority: index % 3,
    data: { wave: index % 11 === 10 ? '2' : '1' },
    ...(address === undefined ? {} : { places: address.places }),
    ...(personId === undefined ? {} : { personId }),
  }
}

/** One campaign: whom it calls, and with how many agents. */
export interface MonthCampaign {
  readonly settings: CampaignSettings
  readonly agents: number
  /** So many people of each place, by the default scale. */
  readonly calls: Partial<Readonly<Record<Home, number>>>
}

const acme = { sellerId: 'acme', place: 'US' }
const fern = { sellerId: 'fern', place: 'GB' }
const british = '+441632960001'
const mobile = '+33612345678'
const restless = { ...defaultFatigue, on: false }

/** Shorter than any law's rest: what keeps the engine from calling again is the law, not the retry rules. */
const impatient: CampaignSettings['retry'] = {
  attemptsMax: 14,
  byDisposition: {
    busy: { afterMs: 10 * minuteMs },
    'no-answer': { afterMs: 50 * minuteMs },
    congestion: { afterMs: 5 * minuteMs },
    rejected: { afterMs: 3 * hourMs },
    failed: { afterMs: hourMs },
    machine: { afterMs: 2 * hourMs },
    withdrawn: { afterMs: 50 * minuteMs },
    abandoned: { afterMs: 6 * hourMs },
    'hung-up-waiting': { afterMs: 6 * hourMs },
  },
}
/** The same, and after a conversation as well. */
const insistent: CampaignSettings['retry'] = {
  ...impatient,
  byDisposition: { ...impatient.byDisposition, connected: { afterMs: 8 * hourMs } },
}

const base: CampaignSettings = {
  ...testCampaign,
  countries: ['US', 'CA', 'GB', 'AU', 'FR', 'DE', 'CN', 'IE', 'ES', 'JP', 'DO'],
  ...{ seller: acme, fatigue: restless, retry: impatient, ringTimeoutMs: 20_000, setupTimeoutMs: 5_000 },
  wrapUpTimeoutMs: minuteMs,
}

function everyone(homes: readonly Home[], count: number): Partial<Record<Home, number>> {
  return Object.fromEntries(homes.map(home => [home, count]))
}

function campaign(id: string, of: Partial<CampaignSettings>, more: Omit<MonthCampaign, 'settings'>): MonthCampaign {
  return { settings: { ...base, campaignId: id, name: id, topic: id, ...of }, ...more }
}

const predictive = { ...testCampaign.pacing, mode: 'predictive' } as const
const onceIn = (hours: number): CampaignSettings['attemptLimits'][number] => ({
  ...{
    ruleId: 'campaign/two-in-a-day',
    kind: 'attempts',
    max: 2,
    window: { kind: 'rolling', lengthMs: hours * hourMs },
  },
  ...{ per: 'person', across: 'campaign', source: 'own', date: '2026-11-01' },
})

/** All campaigns of two sellers, who call the same people. */
export const monthCampaigns: readonly MonthCampaign[] = [
  campaign(
    'solar',
    { purpose: 'sales', pacing: predictive },
    { agents: 7, calls: everyone([...american, 'toronto'], 90) },
  ),
  campaign(
    'roof',
    { purpose: 'sales', topic: 'solar' },
    { agents: 2, calls: everyone(['newYork', 'florida', 'oklahoma'], 70) },
  ),
  campaign('debt-a', { purpose: 'debt', retry: insistent }, { agents: 2, calls: everyone(american, 24) }),
  campaign(
    'debt-b',
    { purpose: 'debt', retry: insistent, fatigue: defaultFatigue },
    { agents: 2, calls: everyone(american, 24) },
  ),
  campaign(
    'survey',
    { purpose: 'survey', seller: fern, callerIds: [british], filter: "wave = '1'", attemptLimits: [onceIn(24)] },
    { agents: 3, calls: everyone(covered, 40) },
  ),
  campaign(
    'europe',
    { purpose: 'sales', seller: fern, callerIds: [british, mobile] },
    { agents: 4, calls: { ...everyone(['london', 'berlin', 'sydney'], 100), paris: 180, madrid: 6 } },
  ),
  campaign('alpes', { purpose: 'sales', seller: fern, callerIds: [mobile] }, { agents: 1, calls: { paris: 30 } }),
  campaign(
    'care',
    { purpose: 'service', consent: 'required', retry: insistent, fatigue: defaultFatigue },
    { agents: 2, calls: everyone(['newYork', 'hawaii', 'toronto', 'london', 'berlin'], 40) },
  ),
]

/** The part `part` of `parts` of a campaign's leads; `scale` 1: all that it says. */
export function leadsOf(
  { calls }: MonthCampaign,
  { part, parts, scale }: { readonly part: number; readonly parts: number; readonly scale: number },
): readonly NewLead[] {
  return Object.entries(calls).flatMap(([home, count]) =>
    // Object.entries cannot say that the keys are the homes'.
    Array.from({ length: Math.round(count * scale) }, (_, index) => leadOf(home as Home, index)).filter(
      (_, index) => Math.floor(index / 3) % parts === part,
    ),
  )
}

/** Everybody whom anybody calls. */
export function everybody(scale: number): readonly PhoneNumber[] {
  return [
    ...new Set(monthCampaigns.flatMap(one => leadsOf(one, { part: 0, parts: 1, scale }).map(({ number }) => number))),
  ]
}

/** The lists of authorities and of others, with the numbers that stand on them. */
export const monthLists = [
  {
    list: 'dnc-us',
    kind: 'national',
    place: 'US',
    holds: (home: Home, index: number) => isIn(home, 'US') && index % 8 === 7,
  },
  {
    list: 'dnc-ca',
    kind: 'national',
    place: 'CA',
    holds: (home: Home, index: number) => home === 'toronto' && index % 8 === 7,
  },
  {
    list: 'tps',
    kind: 'national',
    place: 'GB',
    holds: (home: Home, index: number) => home === 'london' && index % 8 === 7,
  },
  {
    list: 'dnc-au',
    kind: 'national',
    place: 'AU',
    holds: (home: Home, index: number) => home === 'sydney' && index % 8 === 7,
  },
  {
    list: 'florida',
    kind: 'state',
    place: 'US-FL',
    holds: (home: Home, index: number) => home === 'florida' && index % 10 === 3,
  },
  { list: 'bought', kind: 'other', holds: (_: Home, index: number) => index % 40 === 5 },
  { list: 'not-roof', kind: 'campaign', campaignId: 'roof', holds: (_: Home, index: number) => index % 15 === 4 },
] as const

/** Whether a home is in the country. */
export function isIn(home: Home, country: 'US'): boolean {
  return country === 'US' && american.some(one => one === home)
}

/** Who on a national list has bought or signed something that lifts it. */
export function isCustomer(index: number): boolean {
  return index % 16 === 15
}

/** Whether somebody has agreed in writing to be dialed by a machine, as Florida and Oklahoma want it; nobody on a nation's list has. */
export function hasAgreed(number: PhoneNumber): boolean {
  const { home, index } = whoIs(number)
  return (home === 'florida' || home === 'oklahoma') && index % 5 !== 3 && index % 8 !== 7
}

/** Whether a list that nothing can lift keeps the campaign from the number. */
export function isBarred(number: PhoneNumber, { campaign, purpose }: { campaign: string; purpose: string }): boolean {
  const { home, index } = whoIs(number)
  const customer = familyOf(number).some(one => isCustomer(whoIs(one).index))
  return monthLists.some(list => {
    if (!list.holds(home, index)) return false
    if (list.kind === 'campaign') return list.campaignId === campaign
    // The others, and Florida's (Fla. Stat. 501.059(1)), yield to what people permit in the course of the month.
    if (list.kind === 'national') return list.place === 'US' && purpose === 'sales' && !customer
    return list.kind !== 'state'
  })
}
