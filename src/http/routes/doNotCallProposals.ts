import { type Static, Type } from 'typebox'
import { errorView, instant, iso } from '../../api/views.ts'
import { idSchema } from '../../config/campaignFile.ts'
import { explainFatigue, type Fatigue } from '../../core/compliance/fatigue.ts'
import type { PhoneNumber } from '../../core/ids.ts'
import type { LeadRecord } from '../../ports/leads.ts'
import { ApiError } from '../apiError.ts'
import type { Api, ApiContext } from '../context.ts'
import { findCampaign } from './campaigns.ts'
import { blockNumber } from './doNotCall.ts'

const closed = { additionalProperties: false }
const failures = { '4xx': errorView, '5xx': errorView }
const tags = ['do-not-call']
const text = Type.String()

const proposalView = Type.Object({
  number: text,
  campaignId: text,
  leadId: Type.Integer(),
  /** The points of the number now, which fall with time, and the limit that they reached. */
  points: Type.Number(),
  limit: Type.Number(),
  parts: Type.Array(Type.Object({ what: text, times: Type.Integer(), points: Type.Number() })),
  /** Without a decision the number is called again from then on. */
  restsUntil: instant,
})

/** Numbers that calls have worn out, and that nobody has put on do-not-call yet. */
export const proposalsView = Type.Object({ proposals: Type.Array(proposalView), next: Type.Optional(Type.Integer()) })

/** What was put on the company's list. */
export const acceptedView = Type.Object({ accepted: Type.Array(text) })

type Proposal = Static<typeof proposalView>

/** Do-not-call: what fatigue proposes. */
export function doNotCallProposalRoutes(app: Api, context: ApiContext): void {
  const { store } = context
  const query = Type.Object(
    {
      campaign: Type.Optional(idSchema),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
      after: Type.Optional(Type.Integer({ minimum: 0 })),
    },
    closed,
  )
  app.get(
    '/v1/do-not-call/proposals',
    {
      schema: {
        tags,
        description:
          'Numbers that have reached their campaign’s limit of fatigue: put them on do-not-call, or let them rest.',
        querystring: query,
        response: { 200: proposalsView, ...failures },
      },
    },
    async request => {
      const { campaign, limit = 100, after } = request.query
      if (campaign !== undefined) findCampaign(context, campaign)
      const of = campaign === undefined ? {} : { campaignId: campaign }
      const behind = after === undefined ? {} : { after }
      const leads = await store.leadsPutOff({ reason: 'fatigue-limit', limit, ...of, ...behind })
      const proposals: Proposal[] = []
      for (const lead of leads) proposals.push(...(await proposalsOf(context, lead)))
      const last = leads.at(-1)
      return { proposals, ...(leads.length === limit && last !== undefined ? { next: last.leadId } : {}) }
    },
  )

  app.post(
    '/v1/do-not-call/proposals/accept',
    {
      schema: {
        tags,
        description: 'Puts proposed numbers on the company’s list: all of them, or none where one is not proposed.',
        body: Type.Object(
          { numbers: Type.Array(Type.String({ minLength: 1, maxLength: 50 }), { minItems: 1, maxItems: 1000 }) },
          closed,
        ),
        response: { 200: acceptedView, ...failures },
      },
    },
    async request => {
      const numbers = [...new Set(request.body.numbers.map(context.readNumber))]
      const found: { readonly number: PhoneNumber; readonly note: string }[] = []
      for (const number of numbers) found.push({ number, note: noteOf(await proposalFor(context, number)) })
      for (const entry of found) await blockNumber(context, { ...entry, source: 'operator' })
      return { accepted: numbers }
    },
  )
}

async function proposalFor(context: ApiContext, number: PhoneNumber): Promise<Proposal> {
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
async function proposalsOf({ gateway, store }: ApiContext, lead: LeadRecord): Promise<readonly Proposal[]> {
  const { number, campaignId, leadId, state, dialableAt } = lead
  const campaign = gateway.state().campaigns.get(campaignId)
  const hits = await store.doNotCallHits(number)
  if (state === 'finished' || campaign === undefined || hits.some(({ kind }) => kind === 'company')) return []
  const now = gateway.now()
  const { fatigue } = campaign.settings
  const { history } = await store.facts({ campaignId, leadId, now })
  const { points, parts } = explainFatigue(history, fatigue, now)
  return [
    {
      ...{ number, campaignId, leadId, points: rounded(points), limit: fatigue.limit, parts: parts.map(viewPart) },
      restsUntil: iso(dialableAt),
    },
  ]
}

function viewPart({ what, times, points }: Fatigue['parts'][number]): Proposal['parts'][number] {
  return { what, times, points: rounded(points) }
}

function rounded(points: number): number {
  return Math.round(points * 100) / 100
}

/** `fatigue: 13.2 of 12 points (attempt 9, hungUpWithin5s 1)` */
function noteOf({ points, limit, parts }: Proposal): string {
  const from = parts.map(({ what, times }) => `${what} ${times}`).join(', ')
  return `fatigue: ${points} of ${limit} points${from === '' ? '' : ` (${from})`}`
}
