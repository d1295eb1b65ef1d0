import type { DeskCampaignView, DeskPersonView, DeskView, PastCallView, TopicView } from '../../api/agents/desk.ts'
import { viewPersonHours } from '../../api/persons.ts'
import { iso, isoOf } from '../../api/views.ts'
import { writtenScript } from '../../config/scriptSection.ts'
import type { CampaignSettings } from '../../core/campaigns/campaign.ts'
import { hasWithdrawn, isValid } from '../../core/compliance/consent.ts'
import { given } from '../../core/given.ts'
import type { AgentId, CampaignId, PhoneNumber } from '../../core/ids.ts'
import { zoneClocks } from '../../numbers/zoneOffsets.ts'
import { zonesOfNumber } from '../../numbers/zones.ts'
import type { CallRecord } from '../../ports/attempts.ts'
import type { CallSnapshot } from '../../ports/engine.ts'
import { findAgent } from '../agents.ts'
import type { AppContext } from '../context.ts'
import { usualPauses } from '../pauses.ts'
import { viewClock } from './callBack.ts'
import { topicsOf } from './wishes.ts'

/** So many earlier attempts are shown: more would not be read while somebody is on the line. */
const historyMax = 20

/** What stands on an agent's desk beside the call itself: the campaign's script, and the person on the line. */
export async function showDesk(context: AppContext, agentId: string): Promise<DeskView> {
  const { gateway } = context
  const agent = findAgent(context, agentId)
  const call = 'callId' in agent.phase ? gateway.call(agent.phase.callId) : undefined
  const campaignId = call?.campaignId ?? agent.campaignId
  const settings = campaignId === undefined ? undefined : gateway.campaign(campaignId)?.settings
  const number = call?.number
  return given({
    campaign: settings && viewCampaign(settings),
    person: call && number !== undefined ? await showPerson(context, { call, agentId, number }) : undefined,
  })
}

function viewCampaign({ name, topic, script, pacing, ...settings }: CampaignSettings): DeskCampaignView {
  const { wrapUpCodes, wrapUpTimeoutMs, pauses = usualPauses } = settings
  const written = given({ script: script && writtenScript(script) })
  return { name, topic, ...written, wrapUpCodes, wrapUpTimeoutMs, pauses: [...pauses], mode: pacing.mode }
}

interface OnTheLine {
  readonly call: Pick<CallSnapshot, 'campaignId' | 'leadId'> & Partial<Pick<CallSnapshot, 'callId'>>
  readonly agentId: AgentId
  readonly number: PhoneNumber
}

async function showPerson(
  context: AppContext,
  on: OnTheLine & { readonly call: CallSnapshot },
): Promise<DeskPersonView> {
  return { callId: on.call.callId, ...(await personOnDesk(context, on)) }
}

/** What an agent needs to know of somebody whom they talk to, or are to call: clocks, wishes, and what was before. */
export async function personOnDesk(
  context: AppContext,
  { call, agentId, number }: OnTheLine,
): Promise<Omit<DeskPersonView, 'callId'>> {
  const { gateway, store } = context
  const { campaignId, leadId } = call
  const now = gateway.now()
  const zones = (leadId === undefined ? undefined : (await store.lead(leadId))?.timeZones) ?? zonesOfNumber(number)
  const hours = await store.personHoursOf(number)
  const { number: _, ...shownHours } = hours === undefined ? { number } : viewPersonHours(hours)
  const history = await historyOf(context, { call, agentId, number })
  return {
    clocks: zones.flatMap(zone => zoneClocks(zone, now)).map(zone => viewClock(zone, now)),
    ...given({ hours: 'days' in shownHours ? shownHours : undefined }),
    topics: await topicsSaid(context, { campaignId, number }),
    history: history.slice(0, historyMax),
    historyGoesOn: history.length > historyMax,
  }
}

async function topicsSaid(
  context: AppContext,
  { campaignId, number }: { readonly campaignId: CampaignId; readonly number: PhoneNumber },
): Promise<TopicView[]> {
  const { gateway, store } = context
  const now = gateway.now()
  const seller = gateway.campaign(campaignId)?.settings.seller.sellerId
  const permissions = (await store.permissionsOf(number)).map(one => ({ ...one, otherNumber: one.number !== number }))
  return topicsOf(context, campaignId).map(topic => {
    const about = { topic, channel: 'call', ...given({ seller }) }
    if (hasWithdrawn(permissions, about, now)) return { topic, says: 'no' }
    return { topic, says: permissions.some(one => isValid(one, about, now)) ? 'yes' : 'not-said' }
  })
}

/** What campaigns of the same seller have tried before, newest first: what others do with the person is none of this agent's business. */
async function historyOf(context: AppContext, { call, agentId, number }: OnTheLine): Promise<PastCallView[]> {
  const { gateway, store } = context
  const sellerOf = (campaignId: CampaignId) => gateway.campaign(campaignId)?.settings.seller.sellerId
  const seller = sellerOf(call.campaignId)
  const found: CallRecord[] = []
  for (const one of await store.numbersOfPerson(number))
    found.push(...(await store.calls({ number: one, limit: historyMax + 2 })))
  return found
    .filter(
      ({ callId, campaignId }) => callId !== call.callId && seller !== undefined && sellerOf(campaignId) === seller,
    )
    .sort((a, b) => b.originatedAt - a.originatedAt)
    .slice(0, historyMax + 1)
    .map(record =>
      viewPastCall(record, { agentId, campaign: gateway.campaign(record.campaignId)?.settings.name ?? '' }),
    )
}

function viewPastCall(
  { originatedAt, origin, end, wrapUp }: CallRecord,
  { agentId, campaign }: { readonly agentId: AgentId; readonly campaign: string },
): PastCallView {
  const { disposition, connectedAt, endedAt = 0 } = end ?? {}
  return {
    at: iso(originatedAt),
    campaign,
    incoming: origin === 'inbound',
    ...given({
      disposition,
      talkMs: connectedAt === undefined ? undefined : endedAt - connectedAt,
      wrapUpCode: wrapUp?.code,
      note: wrapUp?.note,
      callbackAt: isoOf(wrapUp?.callbackAt),
    }),
    mine: end?.agentId === agentId,
  }
}
