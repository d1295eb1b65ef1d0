import type { SaidHoursBody, SaidTopicBody } from '../../api/agents/desk.ts'
import { ApiError } from '../../api/apiError.ts'
import type { PersonHoursView } from '../../api/persons.ts'
import { given } from '../../core/given.ts'
import type { AppContext } from '../context.ts'
import { addPermission, withdrawPermission } from '../permissions.ts'
import { forgetHours, setHours } from '../persons.ts'
import { sellersOf } from '../sellers.ts'
import { numberOf, type PresentCall, presentCall } from './presentCall.ts'

/** The evidence: who said it to whom, in which call. */
function howOf({ call, agentId }: PresentCall): string {
  return `said on the telephone to agent ${agentId}, call ${call.callId}`
}

/** The person on the line says when they want to be called: on disk before this resolves. */
export async function sayHours(
  context: AppContext,
  callId: string,
  { days }: SaidHoursBody,
): Promise<Omit<PersonHoursView, 'number'>> {
  const present = await presentCall(context, callId)
  const { number: _, ...hours } = await setHours(context, numberOf(present.call), { days, how: howOf(present) })
  return hours
}

/** The person on the line has no hours of their own any more. */
export async function sayAnyHours(context: AppContext, callId: string): Promise<void> {
  const { call } = await presentCall(context, callId)
  await forgetHours(context, numberOf(call))
}

/**
 * The person on the line wants calls about a topic, or wants none: on disk before this resolves; a no goes by the one door of refusals.
 * @throws ApiError 422 `unknown-topic`
 */
export async function sayTopic(context: AppContext, callId: string, { topic, wanted }: SaidTopicBody): Promise<void> {
  const present = await presentCall(context, callId)
  const number = numberOf(present.call)
  const topics = topicsOf(context, present.call.campaignId)
  if (!topics.includes(topic))
    throw new ApiError(422, 'unknown-topic', `nobody calls about "${topic}": use one of ${topics.join(', ')}`)
  const how = howOf(present)
  if (!wanted) {
    await withdrawPermission(context, { number, topic, how })
    return
  }
  // Where there is one seller, nobody has to be named.
  const sellerId = context.gateway.campaign(present.call.campaignId)?.settings.seller.sellerId
  const seller = sellersOf(context).length < 2 ? undefined : sellerId
  await addPermission(context, { number, topics: [topic], basis: 'express', how, ...given({ seller }) })
}

/** What the campaigns of the same seller call about, its own topic first. */
export function topicsOf({ gateway }: AppContext, campaignId: string): readonly string[] {
  const own = gateway.campaign(campaignId)?.settings
  if (own === undefined) return []
  const others = gateway
    .campaigns()
    .flatMap(({ settings: { seller, topic } }) => (seller.sellerId === own.seller.sellerId ? [topic] : []))
  return [...new Set([own.topic, ...others.sort()])]
}
