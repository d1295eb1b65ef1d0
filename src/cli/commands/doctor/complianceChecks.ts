import { readingsOf } from '../../../app/rules/readings.ts'
import { formatDuration } from '../../../config/durations.ts'
import type { Config } from '../../../config.ts'
import type { CampaignSettings } from '../../../core/campaigns/campaign.ts'
import { createLawFinder, type LawFinder, listsAtSeller } from '../../../core/compliance/law.ts'
import { countryOf, type Rule, type RuleBook } from '../../../core/compliance/rules.ts'
import type { InstantMs } from '../../../core/ids.ts'
import { dayMs } from '../../../core/time.ts'
import { OperatingError } from '../../../errors.ts'
import { isZoneDataOld, type ZoneData, zoneData } from '../../../numbers/zoneOffsets.ts'
import { loadRuleBook } from '../../../rules/ruleBook.ts'
import { longestRetention } from '../../../store/decisions/archiveBorder.ts'
import { plural } from '../../terminal/format.ts'
import { type Check, finding, ok } from './checks.ts'
import { castOf, type Kept, readKept } from './kept.ts'

/** What `doctor` says of whom may be called: the rules, what the operator has changed of them, the lists that they want. */
export function complianceChecks(
  config: Pick<Config, 'rules' | 'campaigns' | 'store'>,
  now: InstantMs,
): readonly Check[] {
  let book: RuleBook
  try {
    book = loadRuleBook(config.rules)
  } catch (error) {
    if (!(error instanceof OperatingError)) throw error
    return [finding('rules-wrong', 'rules', { says: error.message })]
  }
  const kept = readKept(config.store.path)
  const campaigns = castOf({ campaigns: config.campaigns, agents: [] }, kept).campaigns
  const laws = createLawFinder(book)
  return [
    ...ruleChecks(book),
    ...readingChecks(book, campaigns),
    ...placeChecks(campaigns, { laws, now }),
    ...listChecks(campaigns, { laws, lists: kept.lists, now }),
    ...respectLineChecks(campaigns),
    ...messageChecks(campaigns),
    zoneDataCheck(zoneData, now),
    retentionCheck(book),
  ]
}

type Lists = Kept['lists']

function ruleChecks({ version, jurisdictions, overrides, profiles }: RuleBook): readonly Check[] {
  const lines = jurisdictions.reduce((sum, { rules }) => sum + rules.length, 0)
  const under = Object.entries(profiles).map(([place, profile]) => `${place} under ${profile}`)
  const profiled = under.length === 0 ? '' : `; ${under.join(', ')}`
  const says = `version ${version}: ${plural(lines, 'line')} of ${plural(jurisdictions.length, 'jurisdiction')}${profiled}`
  const changed = overrides.map(({ ruleId, by, reason, change }) =>
    finding('rule-overridden', 'override', { says: `${ruleId}: ${change}, signed by ${by}: ${reason}` }),
  )
  return [ok('rules', says, { version }), ...changed]
}

interface Asked {
  readonly laws: LawFinder
  readonly now: InstantMs
}

function lawAtSeller({ seller, purpose }: CampaignSettings, { laws, now }: Asked) {
  return laws.law({ seller: seller.place, purpose, person: [seller.place] }, now)
}

/** Calls to people of an uncovered place are refused one by one: better to hear it before. */
function placeChecks(campaigns: readonly CampaignSettings[], asked: Asked): readonly Check[] {
  const uncovered = new Set(campaigns.flatMap(campaign => lawAtSeller(campaign, asked).uncovered))
  return [...uncovered].map(place =>
    finding('place-without-rules', `rules of ${place}`, {
      says: `no rules cover ${place}: nobody is called there`,
      todo: `add a file of its rules to rules.folder, or rules.profiles: { ${place}: XX } with a place that has them`,
      facts: { place },
    }),
  )
}

/** Whoever calls back asks who has called: the shipped prompt cannot say it. */
function respectLineChecks(campaigns: readonly CampaignSettings[]): readonly Check[] {
  const nameless = campaigns.filter(({ respectLine }) => respectLine?.whoSound === undefined)
  if (nameless.length === 0) return []
  const names = nameless.map(({ campaignId }) => campaignId).join(', ')
  const says = `whoever calls back hears no name: the shipped prompt speaks for ${names}`
  return [finding('respect-line-nameless', 'respect line', { says, facts: { campaigns: nameless.length } })]
}

/** As it comes with the campaign that `init` writes. */
const shippedMessage = 'dialwright/nobody-free'

function messageChecks(campaigns: readonly CampaignSettings[]): readonly Check[] {
  const nameless = campaigns.filter(({ messageSound }) => messageSound === shippedMessage)
  if (nameless.length === 0) return []
  const names = nameless.map(({ campaignId }) => campaignId).join(', ')
  const says = `whom no agent can take hears the shipped message, which names nobody: ${names}`
  return [finding('message-nameless', 'message', { says, facts: { campaigns: nameless.length } })]
}

/** Calls to a state whose law nobody has read rest on the law of the whole country alone. */
function readingChecks(book: RuleBook, campaigns: readonly CampaignSettings[]): readonly Check[] {
  const sellers = new Set(campaigns.map(({ seller }) => countryOf(seller.place)))
  return readingsOf(book)
    .filter(({ country, unread }) => sellers.has(country) && unread.length > 0)
    .map(({ country, read, unread }) =>
      finding('laws-unread', `laws of the parts of ${country}`, {
        says: `${read.length} have been read; nobody has read the law of ${unread.join(', ')}`,
        facts: { country, unread: unread.length },
      }),
    )
}

/** A list that a law wants, with the campaigns that cannot call without it. */
interface Wanted {
  readonly rule: Rule<'do-not-call-list'>
  readonly campaignIds: string[]
}

function listChecks(
  campaigns: readonly CampaignSettings[],
  { lists, ...asked }: Asked & { readonly lists: Lists },
): readonly Check[] {
  const wanted = new Map<string, Wanted>()
  for (const campaign of campaigns) {
    const { seller, purpose } = campaign
    for (const rule of listsAtSeller(asked.laws, { place: seller.place, purpose }, asked.now)) {
      const known = wanted.get(rule.place)
      // Of several rules about one list the strictest counts.
      const strictest = known === undefined || rule.ageMaxMs < known.rule.ageMaxMs ? rule : known.rule
      const others = known?.campaignIds.filter(id => id !== campaign.campaignId) ?? []
      wanted.set(rule.place, { rule: strictest, campaignIds: [...others, campaign.campaignId] })
    }
  }
  return [...wanted.values()].map(one => listCheck(one, lists, asked.now))
}

function listCheck({ rule, campaignIds }: Wanted, lists: Lists, now: InstantMs): Check {
  const { place, ruleId, ageMaxMs } = rule
  const what = `list of ${place}`
  const own = lists.filter(list => (list.kind === 'national' || list.kind === 'state') && list.place === place)
  const [first] = own
  const kind = place.includes('-') ? 'state' : 'national'
  const name = first?.list ?? place.toLowerCase()
  const todo = `dialwright dnc import FILE --list ${name} --kind ${kind} --place ${place} --as-of DAY`
  const stops = `${plural(campaignIds.length, 'campaign')} cannot call there: ${campaignIds.slice(0, 10).join(', ')}`
  if (first === undefined) {
    const says = `none has been imported, ${ruleId} wants it; ${stops}`
    return finding('list-missing', what, { says, todo, facts: { place } })
  }
  const oldest = own.reduce((old, list) => (list.asOf < old.asOf ? list : old), first)
  const ageMs = now - oldest.asOf
  const days = Math.max(0, Math.floor(ageMs / dayMs))
  const facts = { place, days, daysMax: ageMaxMs / dayMs }
  const age = `${oldest.list} is ${plural(days, 'day')} old`
  const limit = `${ruleId} allows ${formatDuration(ageMaxMs)}`
  if (ageMs > ageMaxMs) return finding('list-too-old', what, { says: `${age}, ${limit}; ${stops}`, todo, facts })
  const soon = ageMs > ageMaxMs - 3 * dayMs
  return soon
    ? finding('list-soon-too-old', what, { says: `${age}, ${limit}`, todo: `get the next one: ${todo}`, facts })
    : ok(what, `${age}, ${limit}`, facts)
}

/** Which zone data there are, and whether they are too old to call by. */
export function zoneDataCheck(data: ZoneData, now: InstantMs): Check {
  const { version, published, from } = data
  const whose = from === 'node' ? "Node's" : 'as shipped'
  const says = `tz ${version}, ${whose}, published ${published}`
  const [year = 0, month = 1, day = 1] = published.split('-').map(Number)
  const facts = { version, published }
  if (now < Date.UTC(year, month - 1, day))
    return finding('clock-behind', 'clock', { says: `stands at ${new Date(now).toISOString()}, before ${says}` })
  if (!isZoneDataOld(data, now)) return ok('zone data', says, facts)
  return finding('zone-data-old', 'zone data', { says: `${says}: older than 12 months`, facts })
}

function retentionCheck(book: RuleBook): Check {
  const longest = longestRetention(book)
  if (longest === undefined) {
    return finding('retention-unknown', 'records', { says: 'no rule says how long they are kept' })
  }
  const says = `kept ${formatDuration(longest.forMs)} at least, by ${longest.ruleId}; nothing is dropped by itself`
  return ok('records', says)
}
