import { ApiError } from '../api/apiError.ts'
import type { Proposal, ProposalsView } from '../api/doNotCall.ts'
import { iso } from '../api/views.ts'
import { explainFatigue, type Fatigue } from '../core/compliance/fatigue.ts'
import { given } from '../core/given.ts'
import type { PhoneNumber } from '../core/ids.ts'
import type { LeadRecord } from '../ports/leads.ts'
import { findCampaign } from './campaigns.ts'
import type { AppContext } from './context.ts'

/** Numbers that have reached their campaign's limit of fatigue, a page at a time. */
export async function listProposals(
  context: AppContext,
  query: { readonly campaignId?: string; readonly limit?: number; readonly after?: number },
): Promise<ProposalsView> {
  const { campaignId, limit = 100, after } = query
  if (campaignId !== undefined) findCampaign(context, campaignId)
  const page = { reason: 'fatigue-limit', limit, ...given({ campaignId, after }) } as const
  const leads = await context.store.leadsPutOff(page)
  const proposals: Proposal[] = []
  for (const lead of leads) proposals.push(...(await proposalsOf(context, lead)))
  const next = leads.length === limit ? leads.at(-1)?.leadId : undefined
  return { proposals, ...given({ next }) }
}

/** Puts proposed numbers on the company's list: all of them, or none where one is not proposed. */
export async function acceptProposals(
  context: AppContext,
  written: readonly string[],
): Promise<{ accepted: PhoneNumber[] }> {
  const numbers = [...new Set(written.map(context.readNumber))]
  const found: { readonly number: PhoneNumber; readonly note: string }[] = []
  for (const number of numbers) found.push({ number, note: noteOf(await proposalFor(context, number)) })
  for (const entry of found) await context.gateway.refuse({ way: 'operator', ...entry })
  return { accepted: numbers }
}

async function proposalFor(context: AppContext, number: PhoneNumber): Promise<Proposal> {
  const leads = (await context.store.leadsByNumber(number)).filter(({ reason }) => reason === 'fatigue-limit')
  for (const lead of leads) {
    const [proposal] = await proposalsOf(context, lead)
    if (proposal !== undefined) return proposal
  }
  throw new ApiError(
    409,
    'not-proposed',
    `${number} is not proposed: \`dialwright dnc add\` puts any number on the list`,
  )
}

/** None where the number is on a list of the company's already, or the campaign is gone. */
async function proposalsOf({ gateway, store }: AppContext, lead: LeadRecord): Promise<readonly Proposal[]> {
  const { number, campaignId, leadId, state, dialableAt } = lead
  const campaign = gateway.campaign(campaignId)
  const hits = await store.doNotCallHits(number)
  if (state === 'finished' || campaign === undefined || hits.some(({ kind }) => kind === 'company')) return []
  const now = gateway.now()
  const { fatigue } = campaign.settings
  const { history } = await store.facts({ campaignId, leadId, now })
  const { points, parts } = explainFatigue(history, fatigue, now)
  return [
    {
      number,
      campaignId,
      leadId,
      points: hundredths(points),
      limit: fatigue.limit,
      parts: parts.map(viewFatiguePart),
      restsUntil: iso(dialableAt),
    },
  ]
}

/** What tires a number, with its points. */
export function viewFatiguePart({ what, times, points }: Fatigue['parts'][number]): Proposal['parts'][number] {
  return { what, times, points: hundredths(points) }
}

/** Points to the hundredth: more would only look exact. */
export function hundredths(value: number): number {
  return Math.round(value * 100) / 100
}

/** `fatigue: 13.2 of 12 points (attempt 9, hungUpWithin5s 1)` */
function noteOf({ points, limit, parts }: Proposal): string {
  const from = parts.map(({ what, times }) => `${what} ${times}`).join(', ')
  return `fatigue: ${points} of ${limit} points${from === '' ? '' : ` (${from})`}`
}
