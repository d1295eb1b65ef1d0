import type { AttemptEnd } from '../../core/calls/call.ts'
import { given } from '../../core/given.ts'
import type { CallId, CampaignId, InstantMs, LeadId, PhoneNumber } from '../../core/ids.ts'
import type { Disposition } from '../../core/vocabulary.ts'
import type { DoNotCallEntry } from '../doNotCall.ts'

/** A call of another dialer's log: it has begun and ended. */
export interface MovedCall {
  /** Follows from the other dialer's id, so that the same call never comes in twice. */
  readonly callId: CallId
  readonly number: PhoneNumber
  readonly originatedAt: InstantMs
  readonly endedAt: InstantMs
  readonly disposition: Disposition
  readonly answeredAt?: InstantMs
  readonly connectedAt?: InstantMs
  readonly agentId?: string
  /** The other dialer's status. */
  readonly wrapUpCode: string
  readonly refusal: boolean
  readonly countsAsAttempt: boolean
}

/** What comes over beside leads, at most 100 at once. */
export type MovedBatch =
  | { readonly kind: 'calls'; readonly calls: readonly MovedCall[] }
  | { readonly kind: 'refusals'; readonly refusals: readonly DoNotCallEntry[] }

/** A {@link MovedBatch} on its way between threads, as text: it passes through the main thread. */
export type PackedMoved = string

/** Packs a batch. */
export function packMoved(batch: MovedBatch): PackedMoved {
  return JSON.stringify(batch)
}

/** The inverse of {@link packMoved}. */
export function unpackMoved(packed: PackedMoved): MovedBatch {
  return JSON.parse(packed)
}

/** A store that takes what another dialer knew. */
export interface MoveInStore {
  /** Adds what is not there yet; the answer names the rest by its position. Counts the calls for the campaign. */
  moveIn(campaignId: CampaignId, packed: PackedMoved): Promise<{ readonly duplicates: readonly number[] }>
  /** Removes calls that came in with a move that was not finished. */
  takeBackCalls(campaignId: CampaignId, callIds: readonly CallId[]): Promise<void>
}

/** Node and trunk of calls that another dialer made. */
export const movedFrom = 'vicidial'

/** The end of a moved call; what becomes of its lead was decided where it came from. */
export function movedEnd(
  campaignId: CampaignId,
  call: Omit<MovedCall, 'wrapUpCode' | 'refusal'>,
  leadId: LeadId,
): AttemptEnd {
  const { callId, number, disposition, answeredAt, connectedAt, endedAt, agentId, countsAsAttempt } = call
  return {
    origin: 'campaign',
    callId,
    campaignId,
    leadId,
    number,
    disposition,
    endedAt,
    countsAsAttempt,
    ...given({ answeredAt, connectedAt, agentId }),
    leadRetryAt: null,
  }
}
