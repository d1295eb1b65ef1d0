import { ApiError, obeyed } from '../api/apiError.ts'
import type { CampaignAppliedView, CampaignCheckView, CampaignView, PacingView } from '../api/campaigns.ts'
import { modeSentence } from '../api/sentences.ts'
import { type CampaignStatus, type DecisionView, viewDecision } from '../api/views.ts'
import { changedSettings } from '../config/campaignChange.ts'
import {
  type CampaignDocument,
  campaignDocument,
  campaignSchema,
  campaignSettings,
  checkCampaign,
  pacingDocument,
} from '../config/campaignFile.ts'
import { durationMs, formatDuration } from '../config/durations.ts'
import { pathText, problemsOf } from '../config/problems.ts'
import type { CampaignSettings } from '../core/campaigns/campaign.ts'
import { given } from '../core/given.ts'
import { abandonmentLaw } from '../core/pacing/lawful.ts'
import type { DecisionRecord } from '../core/pacing/pacer.ts'
import { SettingError } from '../errors.ts'
import type { CampaignSnapshot } from '../ports/engine.ts'
import type { AppContext } from './context.ts'
import { campaignStatus, campaignStatuses } from './status.ts'

/** The campaign, or a 404 that names the ones there are. */
export function findCampaign({ gateway }: AppContext, campaignId: string): CampaignSnapshot {
  const campaign = gateway.campaign(campaignId)
  if (campaign !== undefined) return campaign
  const known = gateway
    .campaigns()
    .slice(0, 10)
    .map(({ settings }) => settings.campaignId)
    .join(', ')
  const hint = known === '' ? 'there is none yet: apply one' : `there is ${known}`
  throw new ApiError(404, 'unknown-campaign', `no campaign ${campaignId}: ${hint}`)
}

/** Every campaign in figures. */
export function listCampaigns({ gateway }: AppContext): readonly CampaignStatus[] {
  return campaignStatuses(gateway, gateway.board())
}

/** One campaign: its settings as a file has them, its figures and the counts of its leads. */
export async function showCampaign(context: AppContext, campaignId: string): Promise<CampaignView> {
  const { gateway, store } = context
  findCampaign(context, campaignId)
  const leads = await store.leadCounts(campaignId)
  const found = findCampaign(context, campaignId)
  const status = campaignStatus(gateway, campaignId)
  const modeBecause = found.settings.pacing.mode === status.mode ? undefined : whyOtherMode(context, found)
  return { campaign: campaignDocument(found.settings), status, leads: { ...leads }, ...given({ modeBecause }) }
}

/** The lines of law under which nobody may be called for whom no agent is reserved. */
function whyOtherMode({ gateway }: AppContext, { settings, places }: CampaignSnapshot): string {
  const lines = abandonmentLaw(gateway.laws, settings, { places, now: gateway.now() })
  const rules = lines.filter(({ target }) => target === 0).map(({ ruleId }) => ruleId)
  return modeSentence(settings.pacing.mode, rules)
}

/** Creates a campaign, or changes one while it dials. */
export async function applyCampaign(
  context: AppContext,
  campaignId: string,
  document: CampaignDocument,
): Promise<CampaignAppliedView> {
  if (document.id !== campaignId) {
    const message = `the body's id is ${document.id}, the path's ${campaignId}: make them the same`
    throw new ApiError(422, 'id-differs', message)
  }
  const settings = campaignSettings(document, context)
  const before = context.gateway.campaign(campaignId)?.settings
  obeyed(await context.gateway.command({ kind: 'campaign-apply', settings }))
  const changed = before === undefined ? 'new' : [...changedSettings(before, settings)]
  return { ...(await showCampaign(context, campaignId)), changed }
}

/** What settings would change, or all that is wrong with them; nothing is changed. */
export function checkCampaignDocument(
  context: AppContext,
  campaignId: string,
  written: Readonly<Record<string, unknown>>,
): CampaignCheckView {
  const document = { ...written, id: campaignId }
  const problems = problemsOf(campaignSchema, document).map(({ path, text }) => ({ path: pathText(path), says: text }))
  if (problems.length > 0) return { problems }
  try {
    // The schema has just been asked.
    const settings = campaignSettings(document as CampaignDocument, context)
    const before = context.gateway.campaign(campaignId)?.settings
    return { problems: [], changed: before === undefined ? 'new' : [...changedSettings(before, settings)] }
  } catch (error) {
    if (!(error instanceof SettingError)) throw error
    return { problems: [{ path: error.path, says: error.says }] }
  }
}

/** Lets a campaign dial, or originate nothing more. */
export async function runCampaign({ gateway }: AppContext, campaignId: string, kind: 'start' | 'pause'): Promise<void> {
  obeyed(await gateway.command({ kind: `campaign-${kind}`, campaignId }))
}

/** Ends a campaign when its calls in flight are settled, or with `force` as soon as the law lets them end. */
export async function stopCampaign(
  { gateway }: AppContext,
  campaignId: string,
  { force = false }: { readonly force?: boolean } = {},
): Promise<void> {
  obeyed(await gateway.command({ kind: 'campaign-stop', campaignId, force }))
}

/** The pacing in force. */
export function showPacing(context: AppContext, campaignId: string): PacingView {
  return viewPacing(findCampaign(context, campaignId).settings)
}

/** Changes the pacing; takes effect at the next decision, while calls ring. */
export async function changePacing(context: AppContext, campaignId: string, change: PacingView): Promise<PacingView> {
  const settings = withPacing(context, findCampaign(context, campaignId).settings, change)
  obeyed(await context.gateway.command({ kind: 'campaign-apply', settings }))
  return showPacing(context, campaignId)
}

/** A campaign's settings with another pacing. @throws ConfigError where it does not go with the rest, or not with the law */
export function withPacing(context: AppContext, settings: CampaignSettings, change: PacingView): CampaignSettings {
  const { ringTimeout, ...pacing } = change
  const ringTimeoutMs = ringTimeout === undefined ? settings.ringTimeoutMs : durationMs(ringTimeout)
  const changed = { ...settings, ringTimeoutMs, pacing: { ...settings.pacing, ...pacing } }
  checkCampaign(changed, context)
  return changed
}

/** The pacing of a campaign as its file has it. */
export function viewPacing({ pacing, ringTimeoutMs }: CampaignSettings): PacingView {
  return { ...pacingDocument(pacing), ringTimeout: formatDuration(ringTimeoutMs) }
}

/** The newest decision with everything it rested on. */
export function lastRecord(context: AppContext, campaignId: string): DecisionRecord {
  findCampaign(context, campaignId)
  const record = context.gateway.lastRecord(campaignId)
  if (record !== undefined) return record
  const message = `campaign ${campaignId} has no recorded decision yet: is it started, with agents?`
  throw new ApiError(404, 'no-decision', message)
}

/** The last decisions in words, newest first. */
export function listDecisions(context: AppContext, campaignId: string, limit = 20): readonly DecisionView[] {
  findCampaign(context, campaignId)
  return context.gateway.decisions(campaignId, limit).map(viewDecision)
}
