import { type Static, Type } from 'typebox'
import { errorView, provenanceView, viewProvenance } from '../../api/views.ts'
import { idSchema } from '../../config/campaignFile.ts'
import { dispositions } from '../../core/vocabulary.ts'
import type { LeadListState, LeadRecycling } from '../../ports/leadUpkeep.ts'
import { ApiError, obeyed } from '../apiError.ts'
import type { Api, ApiContext } from '../context.ts'
import { findCampaign } from './campaigns.ts'

const closed = { additionalProperties: false }
const failures = { '4xx': errorView, '5xx': errorView }
const params = Type.Object({ id: idSchema })
const count = Type.Integer({ minimum: 0 })

const recycleBody = Type.Object(
  {
    list: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
    last: Type.Optional(Type.Array(Type.Enum([...dispositions]), { minItems: 1, maxItems: dispositions.length })),
    resetAttempts: Type.Optional(Type.Boolean()),
    dryRun: Type.Optional(Type.Boolean()),
    after: Type.Optional(count),
  },
  closed,
)

/** What a portion of a recycling did. `next`: ask again with it as `after`. */
export const recycleView = Type.Object({
  recycled: count,
  barred: count,
  exhausted: count,
  next: Type.Optional(count),
})

/** A campaign's lists. */
export const leadListsView = Type.Object({
  lists: Type.Array(
    Type.Object({
      list: Type.String(),
      leads: count,
      dialable: count,
      finished: count,
      attempts: count,
      /** 0..1 of the calls, by the campaign's list mix; absent: the campaign has none, so the list has its turn with all. */
      share: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
      origins: Type.Array(provenanceView),
    }),
  ),
})

/** Leads: lists, recycle. */
export function leadRecycleRoutes(app: Api, context: ApiContext): void {
  const { store, gateway } = context

  app.get(
    '/v1/campaigns/:id/leads/lists',
    {
      schema: {
        tags: ['leads'],
        description: 'Each list with how far it has come. Counts every lead: some seconds for millions.',
        params,
        response: { 200: leadListsView, ...failures },
      },
    },
    async request => {
      const { settings } = findCampaign(context, request.params.id)
      return { lists: withEmpty(await store.leadLists(settings.campaignId), settings.listMix).map(viewList) }
    },
  )

  app.post(
    '/v1/campaigns/:id/leads/recycle',
    {
      schema: {
        tags: ['leads'],
        description:
          'Finished leads are called again: those whose last attempt ended so, or of one list. Never after a refusal, a complaint, on do-not-call or of a dead number. The laws’ windows go on counting. A portion at a time, see `next`.',
        params,
        body: recycleBody,
        response: { 200: recycleView, ...failures },
      },
    },
    async request => {
      const { settings } = findCampaign(context, request.params.id)
      const recycling = readRecycling(request.body)
      const { campaignId, retry } = settings
      const { after, ...report } = await store.recycleLeads({
        campaignId,
        attemptsMax: retry.attemptsMax,
        ...recycling,
      })
      const { list } = recycling
      if (list !== undefined && report.recycled + report.barred + report.exhausted === 0)
        await refuseUnknownList(context, { campaignId, list })
      if (report.recycled > 0 && !recycling.dryRun) obeyed(await gateway.command({ kind: 'leads-changed', campaignId }))
      return { ...report, ...(after === undefined ? {} : { next: after }) }
    },
  )
}

function readRecycling(body: Static<typeof recycleBody>): Omit<LeadRecycling, 'campaignId' | 'attemptsMax'> {
  const { list, last, after, resetAttempts = false, dryRun = false } = body
  if (list === undefined && last === undefined) {
    const text = 'say which leads: last, like ["no-answer"], or list, or both'
    throw new ApiError(422, 'too-many', text)
  }
  return {
    ...{ resetAttempts, dryRun },
    ...(list === undefined ? {} : { list }),
    ...(last === undefined ? {} : { last }),
    ...(after === undefined ? {} : { after }),
  }
}

async function refuseUnknownList(
  { store }: ApiContext,
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
function withEmpty(
  lists: readonly LeadListState[],
  mix: readonly { readonly list: string; readonly share: number }[],
): readonly ListWithShare[] {
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

function viewList({ origins, ...list }: ListWithShare): Static<typeof leadListsView>['lists'][number] {
  return { ...list, origins: origins.map(viewProvenance) }
}
