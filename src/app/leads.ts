import { ApiError, obeyed } from '../api/apiError.ts'
import type { LeadListsView, LeadListView, RecycleBody, RecycleView } from '../api/leads.ts'
import { viewLead, viewProvenance } from '../api/views.ts'
import type { ListShare } from '../core/campaigns/campaign.ts'
import { given } from '../core/given.ts'
import type { LeadListState, LeadRecycling } from '../ports/leadUpkeep.ts'
import { findCampaign } from './campaigns.ts'
import type { AppContext } from './context.ts'

/** A page of a campaign's leads. */
export async function listLeads(
  context: AppContext,
  id: string,
  { limit = 100, after }: { readonly limit?: number; readonly after?: number },
): Promise<LeadListView> {
  const { campaignId } = findCampaign(context, id).settings
  const leads = await context.store.listLeads({ campaignId, limit, ...given({ after }) })
  const next = leads.length === limit ? leads.at(-1)?.leadId : undefined
  return { leads: leads.map(viewLead), ...given({ next }) }
}

/** A campaign's lists with how far each has come. Counts every lead: some seconds for millions. */
export async function showLeadLists(context: AppContext, id: string): Promise<LeadListsView> {
  const { campaignId, listMix } = findCampaign(context, id).settings
  return { lists: withEmpty(await context.store.leadLists(campaignId), listMix).map(viewList) }
}

/** Finished leads are called again, a portion at a time. */
export async function recycleLeads(context: AppContext, id: string, body: RecycleBody): Promise<RecycleView> {
  const { gateway, store } = context
  const { campaignId, retry } = findCampaign(context, id).settings
  const recycling = readRecycling(body)
  const { attemptsMax } = retry
  const { after, ...report } = await store.recycleLeads({ campaignId, attemptsMax, ...recycling })
  const { list } = recycling
  if (list !== undefined && report.recycled + report.barred + report.exhausted === 0)
    await refuseUnknownList(context, { campaignId, list })
  if (report.recycled > 0 && !recycling.dryRun) obeyed(await gateway.command({ kind: 'leads-changed', campaignId }))
  return { ...report, ...given({ next: after }) }
}

function readRecycling(body: RecycleBody): Omit<LeadRecycling, 'campaignId' | 'attemptsMax'> {
  const { list, last, after, resetAttempts = false, dryRun = false } = body
  if (list === undefined && last === undefined) {
    const text = 'say which leads: last, like ["no-answer"], or list, or both'
    throw new ApiError(422, 'too-many', text)
  }
  return { resetAttempts, dryRun, ...given({ list, last, after }) }
}

async function refuseUnknownList(
  { store }: AppContext,
  { campaignId, list }: { readonly campaignId: string; readonly list: string },
): Promise<void> {
  const names = (await store.leadLists(campaignId)).map(one => one.list)
  if (names.includes(list)) return
  const there = names.length === 0 ? 'none was imported' : `there is ${names.join(', ')}`
  throw new ApiError(404, 'unknown-list', `campaign ${campaignId} has no list "${list}": ${there}`)
}

interface ListWithShare extends LeadListState {
  readonly share?: number
}

/** A list of the mix that nobody has imported is shown too: its share goes to the others. */
function withEmpty(lists: readonly LeadListState[], mix: readonly ListShare[]): readonly ListWithShare[] {
  if (mix.length === 0) return lists
  const total = mix.reduce((sum, { share }) => sum + share, 0)
  const shareOf = (name: string) => mix.filter(({ list }) => list === name).reduce((sum, { share }) => sum + share, 0)
  const none = { leads: 0, dialable: 0, finished: 0, attempts: 0, origins: [] }
  const absent = [...new Set(mix.map(({ list }) => list))].filter(name => !lists.some(({ list }) => list === name))
  return [...lists, ...absent.map(list => ({ list, ...none }))].map(one => ({
    ...one,
    share: total === 0 ? 0 : shareOf(one.list) / total,
  }))
}

function viewList({ origins, ...list }: ListWithShare): LeadListsView['lists'][number] {
  return { ...list, origins: origins.map(viewProvenance) }
}
