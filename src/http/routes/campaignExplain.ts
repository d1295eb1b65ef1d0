import { Type } from 'typebox'
import { refusalSentences } from '../../api/sentences.ts'
import { errorView, instant, iso } from '../../api/views.ts'
import { idSchema } from '../../config/campaignFile.ts'
import type { RefusalReason } from '../../core/vocabulary.ts'
import { ApiError } from '../apiError.ts'
import type { Api, ApiContext } from '../context.ts'
import { findCampaign } from './campaigns.ts'

/** Why a campaign's leads may not be dialed now, and when they may. */
export const campaignExplainView = Type.Object({
  campaignId: idSchema,
  /** The instant for which it holds. */
  at: instant,
  leads: Type.Integer(),
  dialable: Type.Integer(),
  reasons: Type.Array(
    Type.Object({
      reason: Type.String(),
      says: Type.String(),
      leads: Type.Integer(),
      /** They will not be dialed again by themselves. */
      finished: Type.Boolean(),
      firstAt: Type.Optional(instant),
      lastAt: Type.Optional(instant),
    }),
  ),
})

/** `campaign explain` */
export function campaignExplainRoute(app: Api, context: ApiContext): void {
  const { gateway, store } = context
  const counting = new Set<string>()
  app.get(
    '/v1/campaigns/:id/explain',
    {
      schema: {
        tags: ['campaigns'],
        description: 'Asks the gate about every lead, in a thread of its own: some seconds for a million.',
        params: Type.Object({ id: idSchema }),
        response: { 200: campaignExplainView, '4xx': errorView, '5xx': errorView },
      },
    },
    async request => {
      const { settings } = findCampaign(context, request.params.id)
      const { campaignId } = settings
      // Each takes a core for seconds; asking again while one runs would only slow both.
      if (counting.size > 0) {
        throw new ApiError(429, 'count-under-way', `the leads of ${[...counting][0]} are being counted: ask again then`)
      }
      counting.add(campaignId)
      try {
        const now = gateway.now()
        const { reasons, ...counts } = await store.census({ settings, book: gateway.state().laws.book, now })
        const viewed = reasons.map(({ firstAt, lastAt, ...reason }) => ({
          ...reason,
          says: sentenceOf(reason.reason),
          ...(firstAt === undefined ? {} : { firstAt: iso(firstAt) }),
          ...(lastAt === undefined ? {} : { lastAt: iso(lastAt) }),
        }))
        return { campaignId, at: iso(now), ...counts, reasons: viewed }
      } finally {
        counting.delete(campaignId)
      }
    },
  )
}

/** Reasons are refusals' words, or why a lead is finished, which may be an older version's word. */
function sentenceOf(reason: string): string {
  return Object.hasOwn(refusalSentences, reason) ? refusalSentences[reason as RefusalReason] : reason
}
