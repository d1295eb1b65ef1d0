import type { PromiseView } from '../../api/agents/desk.ts'
import { iso } from '../../api/views.ts'
import { zoneClocks } from '../../numbers/zoneOffsets.ts'
import { findAgent } from '../agents.ts'
import type { AppContext } from '../context.ts'
import { viewClock } from './callBack.ts'

/** Call-backs that an agent has promised to make themselves, the next first. */
export async function listPromises(context: AppContext, id: string): Promise<PromiseView[]> {
  const { gateway, store } = context
  const { agentId } = findAgent(context, id)
  const now = gateway.now()
  return (await store.callBacksOf(agentId)).map(({ leadId, campaignId, number, data, dialableAt: at, timeZones }) => ({
    agentId,
    leadId,
    at: iso(at),
    due: at <= now,
    campaign: gateway.campaign(campaignId)?.settings.name ?? campaignId,
    number,
    lead: { ...data },
    clocks: timeZones.flatMap(zone => zoneClocks(zone, at)).map(zone => viewClock(zone, at)),
  }))
}
