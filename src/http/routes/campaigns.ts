import { type Static, Type } from 'typebox'
import { campaignStatusView, decisionView, done, doneView, errorView, viewDecision } from '../../api/views.ts'
import { campaignStatus } from '../../app/status.ts'
import {
  campaignDocument,
  campaignSchema,
  campaignSettings,
  checkCampaign,
  durationSchema,
  idSchema,
  pacingDocument,
  pacingSchema,
} from '../../config/campaignFile.ts'
import { durationMs, formatDuration } from '../../config/durations.ts'
import type { CampaignSettings } from '../../core/campaigns/campaign.ts'
import type { Campaign } from '../../core/state.ts'
import { ApiError, obeyed } from '../apiError.ts'
import type { Api, ApiContext } from '../context.ts'

const params = Type.Object({ id: idSchema })
const failures = { '4xx': errorView, '5xx': errorView }

/** A campaign with its settings, figures and leads. */
export const campaignView = Type.Object({
  campaign: campaignSchema,
  status: campaignStatusView,
  leads: Type.Object({ total: Type.Integer(), dialable: Type.Integer(), finished: Type.Integer() }),
})

/** The last decisions of a campaign, newest first. */
export const decisionListView = Type.Object({ decisions: Type.Array(decisionView) })

/** All campaigns. */
export const campaignListView = Type.Object({ campaigns: Type.Array(campaignStatusView) })

/** The campaign, or a 404 that names the ones there are. */
export function findCampaign({ gateway }: ApiContext, campaignId: string): Campaign {
  const { campaigns } = gateway.state()
  const campaign = campaigns.get(campaignId)
  if (campaign !== undefined) return campaign
  const known = [...campaigns.keys()].slice(0, 10).join(', ')
  const hint = known === '' ? 'there is none yet: apply one' : `there is ${known}`
  throw new ApiError(404, 'unknown-campaign', `no campaign ${campaignId}: ${hint}`)
}

/** Campaigns: apply, list, show, start, pause, stop. */
export function campaignRoutes(app: Api, context: ApiContext): void {
  const { gateway, store } = context

  const show = async (campaignId: string) => {
    const campaign = findCampaign(context, campaignId)
    const leads = await store.leadCounts(campaignId)
    return { campaign: campaignDocument(campaign.settings), status: campaignStatus(gateway, campaign), leads }
  }

  app.get(
    '/v1/campaigns',
    {
      schema: {
        tags: ['campaigns'],
        response: { 200: campaignListView, ...failures },
      },
    },
    async () => ({
      campaigns: [...gateway.state().campaigns.values()].map(campaign => campaignStatus(gateway, campaign)),
    }),
  )

  app.get(
    '/v1/campaigns/:id',
    { schema: { tags: ['campaigns'], params, response: { 200: campaignView, ...failures } } },
    async request => show(request.params.id),
  )

  app.put(
    '/v1/campaigns/:id',
    { schema: { tags: ['campaigns'], params, body: campaignSchema, response: { 200: campaignView, ...failures } } },
    async request => {
      const { body } = request
      const { id } = request.params
      if (body.id !== id)
        throw new ApiError(422, 'id-differs', `the body's id is ${body.id}, the path's ${id}: make them the same`)
      obeyed(await gateway.command({ kind: 'campaign-apply', settings: campaignSettings(body, context) }))
      return show(id)
    },
  )

  for (const kind of ['start', 'pause'] as const) {
    app.post(
      `/v1/campaigns/:id/${kind}`,
      { schema: { tags: ['campaigns'], params, response: { 200: doneView, ...failures } } },
      async request => {
        obeyed(await gateway.command({ kind: `campaign-${kind}`, campaignId: request.params.id }))
        return done
      },
    )
  }

  const stopBody = Type.Object({ force: Type.Optional(Type.Boolean()) }, { additionalProperties: false })
  app.post(
    '/v1/campaigns/:id/stop',
    {
      schema: { tags: ['campaigns'], params, body: Type.Optional(stopBody), response: { 200: doneView, ...failures } },
    },
    async request => {
      const force = request.body?.force ?? false
      obeyed(await gateway.command({ kind: 'campaign-stop', campaignId: request.params.id, force }))
      return done
    },
  )
}

/** What an operator tunes while dialing: the pacing, and how long a call rings. */
export const pacingView = Type.Object(
  { ...pacingSchema.properties, ringTimeout: Type.Optional(durationSchema) },
  { additionalProperties: false },
)

function viewPacing({ pacing, ringTimeoutMs }: CampaignSettings): Static<typeof pacingView> {
  return { ...pacingDocument(pacing), ringTimeout: formatDuration(ringTimeoutMs) }
}

/** Pacing: show, change while dialing, explain. */
export function pacingRoutes(app: Api, context: ApiContext): void {
  const { gateway } = context

  app.get(
    '/v1/campaigns/:id/pacing',
    { schema: { tags: ['pacing'], params, response: { 200: pacingView, ...failures } } },
    async request => viewPacing(findCampaign(context, request.params.id).settings),
  )

  app.patch(
    '/v1/campaigns/:id/pacing',
    {
      schema: {
        tags: ['pacing'],
        description: 'Takes effect at the next decision, while calls ring.',
        params,
        body: pacingView,
        response: { 200: pacingView, ...failures },
      },
    },
    async request => {
      const { settings } = findCampaign(context, request.params.id)
      const { ringTimeout, ...pacing } = request.body
      const ringTimeoutMs = ringTimeout === undefined ? settings.ringTimeoutMs : durationMs(ringTimeout)
      const changed = { ...settings, ringTimeoutMs, pacing: { ...settings.pacing, ...pacing } }
      checkCampaign(changed, context)
      obeyed(await gateway.command({ kind: 'campaign-apply', settings: changed }))
      return viewPacing(findCampaign(context, request.params.id).settings)
    },
  )

  decisionRoutes(app, context)
}

/** What was decided: in words, and one decision with everything it rested on. */
function decisionRoutes(app: Api, context: ApiContext): void {
  const { gateway } = context

  app.get(
    '/v1/campaigns/:id/pacing/record',
    {
      schema: {
        tags: ['pacing'],
        description:
          'The newest decision with everything it rested on: `dialwright pacing recompute` works it out again.',
        params,
        response: { 200: Type.Object({}, { additionalProperties: true }), ...failures },
      },
    },
    async request => {
      const { settings } = findCampaign(context, request.params.id)
      const record = gateway.state().campaigns.get(settings.campaignId)?.pacer.lastRecord?.()
      if (record === undefined) {
        const message = `campaign ${settings.campaignId} has no recorded decision yet: is it started, with agents?`
        throw new ApiError(404, 'no-decision', message)
      }
      return { ...record }
    },
  )

  const query = Type.Object(
    { limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })) },
    { additionalProperties: false },
  )
  app.get(
    '/v1/campaigns/:id/pacing/decisions',
    {
      schema: {
        tags: ['pacing'],
        description: 'The last decisions in words, newest first.',
        params,
        querystring: query,
        response: { 200: decisionListView, ...failures },
      },
    },
    async request => {
      const { settings } = findCampaign(context, request.params.id)
      const decisions = gateway.decisions(settings.campaignId).slice(0, request.query.limit ?? 20)
      return { decisions: decisions.map(viewDecision) }
    },
  )
}
