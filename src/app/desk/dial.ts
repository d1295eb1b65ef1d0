import type { DialBody, DialedView, LookedUpView, LookUpBody } from '../../api/agents/dialing.ts'
import { ApiError, obeyed } from '../../api/apiError.ts'
import { refusalSentences } from '../../api/sentences.ts'
import { viewProvenance } from '../../api/views.ts'
import type { CampaignSettings } from '../../core/campaigns/campaign.ts'
import { leadUnderLaw } from '../../core/campaigns/leadUnderLaw.ts'
import { legalBasisWords, type Provenance } from '../../core/compliance/provenance.ts'
import { given } from '../../core/given.ts'
import type { LeadId, PhoneNumber } from '../../core/ids.ts'
import type { LeadRecord } from '../../ports/leads.ts'
import { findAgent } from '../agents.ts'
import type { AppContext } from '../context.ts'
import { readOrigin } from '../origin.ts'
import { judge, viewJudged } from './judge.ts'

/**
 * What an agent is told before they call somebody of their own choice: the gate's answer, and what is still wanted. Nothing that is kept
 * of the person is shown: whoever may type numbers could read everybody's.
 */
export async function lookUp(context: AppContext, id: string, asked: LookUpBody): Promise<LookedUpView> {
  const settings = manualCampaignOf(context, id)
  const { number, lead } = await whom(context, settings, asked)
  const known = lead && { settings, leadId: lead.leadId }
  return {
    number,
    purpose: settings.purpose,
    otherNumbers: await otherNumbers(context, settings, number),
    ...given({
      leadId: lead?.leadId,
      provenance: lead?.provenance && viewProvenance(lead.provenance),
      verdict: known && (await viewJudged(context, known, await judge(context, known))),
    }),
  }
}

/**
 * An agent calls whom they choose: the same gate decides, and a number without an origin is nobody's lead yet.
 * @throws ApiError 409 with the gate's reason, 422 where origin or purpose is wanted
 */
export async function dial(context: AppContext, id: string, asked: DialBody): Promise<DialedView> {
  const { gateway, store } = context
  const { agentId } = findAgent(context, id)
  const settings = manualCampaignOf(context, id)
  const { number, lead } = await whom(context, settings, asked)
  checkPurpose(settings, asked, lead)
  const leadId = lead?.leadId ?? (await addTyped(context, { settings, number, agentId }, asked))
  const judged = await judge(context, { settings, leadId })
  if (!judged.verdict.allowed) throw await notPermitted(context, { settings, leadId }, judged)
  const callable = await store.callableLead(leadId)
  if (callable === undefined) throw unknownLead(settings, leadId)
  const dialed = leadUnderLaw(callable, { settings, ...judged })
  obeyed(await gateway.command({ kind: 'agent-dial', agentId, lead: dialed }))
  return { agentId, leadId }
}

function manualCampaignOf(context: AppContext, id: string): CampaignSettings {
  const { agentId, campaignId } = findAgent(context, id)
  const settings = campaignId === undefined ? undefined : context.gateway.campaign(campaignId)?.settings
  if (settings?.pacing.mode === 'manual') return settings
  const mode = settings === undefined ? 'none' : `${settings.campaignId}, which is ${settings.pacing.mode}`
  const message = `the campaign of agent ${agentId} is ${mode}: numbers are typed in campaigns whose mode is manual`
  throw new ApiError(409, 'wrong-mode', message)
}

interface Whom {
  readonly number: PhoneNumber
  /** Absent: the campaign does not know the number. */
  readonly lead?: LeadRecord
}

async function whom(
  { store, readNumber }: AppContext,
  settings: CampaignSettings,
  { number: typed, leadId }: LookUpBody,
): Promise<Whom> {
  if ((typed === undefined) === (leadId === undefined))
    throw new ApiError(422, 'invalid-request', 'say whom: either number or leadId, and not both')
  const { campaignId } = settings
  if (leadId !== undefined) {
    const lead = await store.lead(leadId)
    if (lead?.campaignId !== campaignId) throw unknownLead(settings, leadId)
    return { number: lead.number, lead }
  }
  const number = readNumber(typed ?? '')
  const lead = (await store.leadsByNumber(number)).find(one => one.campaignId === campaignId)
  return { number, ...given({ lead }) }
}

function unknownLead({ campaignId }: CampaignSettings, leadId: LeadId): ApiError {
  return new ApiError(404, 'unknown-lead', `campaign ${campaignId} has no lead ${leadId}`)
}

async function otherNumbers(
  { store }: AppContext,
  { campaignId }: CampaignSettings,
  number: PhoneNumber,
): Promise<LookedUpView['otherNumbers']> {
  const numbers = (await store.numbersOfPerson(number)).filter(one => one !== number)
  return Promise.all(
    numbers.map(async other => {
      const lead = (await store.leadsByNumber(other)).find(one => one.campaignId === campaignId)
      return { number: other, ...given({ leadId: lead?.leadId }) }
    }),
  )
}

/** Laws differ by what a call is for: whoever calls for something else needs another campaign. */
function checkPurpose({ campaignId, purpose }: CampaignSettings, asked: DialBody, lead: LeadRecord | undefined): void {
  if (asked.purpose === undefined && lead === undefined)
    throw new ApiError(422, 'purpose-missing', `say what the call is for: campaign ${campaignId} is for ${purpose}`)
  if (asked.purpose === undefined || asked.purpose === purpose) return
  const message = `campaign ${campaignId} calls for ${purpose}: for ${asked.purpose} use a campaign of that purpose`
  throw new ApiError(409, 'purpose-differs', message)
}

interface Typed {
  readonly settings: CampaignSettings
  readonly number: PhoneNumber
  readonly agentId: string
}

/** A typed number becomes a lead like any other, with where it came from. */
async function addTyped({ store, importer }: AppContext, typed: Typed, asked: DialBody): Promise<LeadId> {
  const { settings, number, agentId } = typed
  const { campaignId } = settings
  const provenance = provenanceOf(asked)
  if ((await store.doNotCallHits(number)).length > 0)
    throw new ApiError(409, 'not-permitted', `the person cannot be called: ${refusalSentences['do-not-call']}`)
  await importer.addLead({ campaignId, number, provenance, source: `typed by agent ${agentId}` })
  const lead = (await store.leadsByNumber(number)).find(one => one.campaignId === campaignId)
  if (lead === undefined) throw new ApiError(503, 'store-unavailable', 'the number was not kept: try again')
  return lead.leadId
}

function provenanceOf({ origin, obtainedAt, legalBasis }: DialBody): Provenance {
  const read = readOrigin(given({ origin, obtainedAt, legalBasis })).provenance ?? {}
  if (read.origin !== undefined && read.legalBasis !== undefined)
    return { origin: read.origin, legalBasis: read.legalBasis, ...given({ obtainedAt: read.obtainedAt }) }
  const message = `the campaign does not know this number: say where it is from (origin) and on what basis it may be used (legalBasis: ${legalBasisWords})`
  throw new ApiError(422, 'origin-missing', message)
}

async function notPermitted(...of: Parameters<typeof viewJudged>): Promise<ApiError> {
  const { says, rule, nextAt } = await viewJudged(...of)
  const by = rule === undefined ? '' : ` (${rule})`
  const then = nextAt === undefined ? '' : `; permitted next at ${nextAt}`
  return new ApiError(409, 'not-permitted', `the person cannot be called: ${says}${by}${then}`)
}
