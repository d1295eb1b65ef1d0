import type { BoundView } from '../../api/rules/rules.ts'
import { verdictSentence } from '../../api/sentences.ts'
import { iso, isoOf } from '../../api/views.ts'
import { attemptWindows } from '../../core/compliance/checks.ts'
import type { VerdictFacts } from '../../core/compliance/facts.ts'
import { explainLaw } from '../../core/compliance/lawLines.ts'
import { localTime } from '../../core/compliance/localTime.ts'
import { caseOf, verdictRules } from '../../core/compliance/verdict.ts'
import { given } from '../../core/given.ts'
import type { CampaignId, PhoneNumber } from '../../core/ids.ts'
import { isE164 } from '../../numbers/e164.ts'
import { refusedKind } from '../../numbers/kinds.ts'
import { placesOfNumber } from '../../numbers/places.ts'
import { zoneClocks } from '../../numbers/zoneOffsets.ts'
import { zonesOfNumber } from '../../numbers/zones.ts'
import type { CampaignSnapshot } from '../../ports/engine.ts'
import type { LeadRecord } from '../../ports/leads.ts'
import { createLineView, viewRefusal } from '../ask/ask.ts'
import { createLawFacts } from '../ask/askLaws.ts'
import { findCampaign } from '../campaigns.ts'
import type { AppContext } from '../context.ts'
import { clockText } from '../explain.ts'

type BoundCase = BoundView['cases'][number]

/** A call that somebody might make: for which campaign, and to which of its leads, where one has the number. */
interface Might {
  readonly campaign: CampaignSnapshot
  readonly number: PhoneNumber
  readonly lead?: LeadRecord
}

/**
 * What binds a call to this number now: every line of law with its answer, the clocks there, what is left in each window of attempts.
 * The gate's own facts and checks say so. @throws ApiError
 */
export async function boundAtNumber(
  context: AppContext,
  written: string,
  { campaignId }: { readonly campaignId?: CampaignId },
): Promise<BoundView> {
  const { gateway, store } = context
  const number = context.readNumber(written)
  const asked = campaignId === undefined ? gateway.campaigns() : [findCampaign(context, campaignId)]
  const leads = await store.leadsByNumber(number)
  const ofLeads = leads.flatMap(lead => {
    const campaign = asked.find(({ settings }) => settings.campaignId === lead.campaignId)
    return campaign === undefined ? [] : [{ campaign, number, lead }]
  })
  const might: readonly Might[] = ofLeads.length > 0 ? ofLeads : asked.map(campaign => ({ campaign, number }))
  return {
    number,
    at: iso(gateway.now()),
    version: gateway.laws.book.version,
    cases: await Promise.all(might.map(one => boundCase(context, one))),
  }
}

async function boundCase(context: AppContext, might: Might): Promise<BoundCase> {
  const { gateway } = context
  const { settings } = might.campaign
  const now = gateway.now()
  const rules = verdictRules(settings, gateway.laws)
  const facts = await factsOf(context, might)
  const { verdict, refusals, law, lines } = explainLaw(facts, rules, now)
  const lawFacts = createLawFacts(gateway.laws.book)(law, rules.seller, facts.places)
  const viewLine = createLineView(context.wordsOf)
  return {
    campaignId: settings.campaignId,
    allowed: verdict.allowed,
    says: verdictSentence(verdict),
    ...given({ leadId: might.lead?.leadId, retryAt: verdict.allowed ? undefined : isoOf(verdict.retryAt) }),
    places: facts.places.map(place => ({ place, read: !lawFacts.unread.includes(place) })),
    localTimes: facts.zones.map(zone => ({ zone: zone.zone, time: clockText(localTime(zone, now).minuteOfDay) })),
    refusals: refusals.map(viewRefusal),
    lines: lines.map(line => viewLine(line, lawFacts)),
    off: lawFacts.off.map(({ ruleId, by, reason }) => ({ rule: ruleId, by, reason })),
    windows: attemptWindows(caseOf(facts, rules, now)).map(({ ruleId: rule, count, max, retryAt }) => ({
      rule,
      count,
      max,
      ...given({ retryAt: count < max ? undefined : isoOf(retryAt) }),
    })),
  }
}

async function factsOf({ gateway, store }: AppContext, { campaign, number, lead }: Might): Promise<VerdictFacts> {
  const { settings } = campaign
  const now = gateway.now()
  if (lead !== undefined) {
    const { campaignId, leadId } = lead
    return store.facts({ campaignId, leadId, columns: settings.filter !== undefined, now })
  }
  const numberPlaces = placesOfNumber(number)
  const [permissions, hours] = [await store.permissionsOf(number), await store.personHoursOf(number)]
  return {
    number,
    numberValid: isE164(number),
    numberPlaces,
    doNotCall: await store.doNotCallHits(number),
    lists: await store.doNotCallLists(),
    places: numberPlaces,
    zones: zonesOfNumber(number).flatMap(zone => zoneClocks(zone, now)),
    leadState: 'new',
    dialableAt: 0,
    attempts: 0,
    list: 'leads',
    history: [],
    permissions: permissions.map(one => (one.number === number ? one : { ...one, otherNumber: true })),
    ...given({ ownHours: hours?.days, refusedKind: refusedKind(number) }),
  }
}
