import type { OfferedView } from '../../api/agents/dialing.ts'
import { obeyed } from '../../api/apiError.ts'
import { iso, viewProvenance } from '../../api/views.ts'
import { previewOf } from '../../core/campaigns/dialModes.ts'
import { given } from '../../core/given.ts'
import { findAgent } from '../agents.ts'
import type { AppContext } from '../context.ts'
import { personOnDesk } from './desk.ts'
import { judge, viewJudged } from './judge.ts'

/** The lead that an agent is shown, with the gate's answer now; undefined: they are shown none. */
export async function showOffer(context: AppContext, id: string): Promise<OfferedView | undefined> {
  const { gateway, store } = context
  const { agentId, campaignId, offer } = findAgent(context, id)
  const settings = campaignId === undefined ? undefined : gateway.campaign(campaignId)?.settings
  const record = offer === undefined ? undefined : await store.lead(offer.leadId)
  if (offer === undefined || settings === undefined || record === undefined) return undefined
  const { leadId, number, data, provenance } = record
  const asked = { settings, leadId }
  const { timeUp, skipReasons } = previewOf(settings)
  return {
    leadId,
    number,
    campaign: settings.name,
    until: iso(offer.until),
    timeUp,
    skipReasons: skipReasons.map(({ name }) => name),
    lead: { ...data },
    ...given({ provenance: provenance && viewProvenance(provenance) }),
    person: await personOnDesk(context, { call: { campaignId: settings.campaignId, leadId }, agentId, number }),
    verdict: await viewJudged(context, asked, await judge(context, asked)),
  }
}

/** The agent calls the lead that they are shown. @throws ApiError 409 where they are shown another by now, or nobody can be called */
export async function callOffered({ gateway }: AppContext, agentId: string, leadId: number): Promise<void> {
  obeyed(await gateway.command({ kind: 'offer-call', agentId, leadId }))
}

/** The agent skips it. @throws ApiError 409 where they are shown another by now, 422 for a reason that is none */
export async function skipOffered(
  { gateway }: AppContext,
  agentId: string,
  skipped: { readonly leadId: number; readonly skipReason: string },
): Promise<void> {
  const { leadId, skipReason: reason } = skipped
  obeyed(await gateway.command({ kind: 'offer-skip', agentId, leadId, reason }))
}
