import type { PastAttempt } from '../../core/compliance/history.ts'
import type { InstantMs } from '../../core/ids.ts'
import type { LeavingRows } from '../../ports/archives.ts'
import type { CallRecord } from '../../ports/attempts.ts'
import type { LeadRecord } from '../../ports/leads.ts'
import { historyMax } from './facts.ts'
import { complaintCode } from './outcome.ts'

/**
 * Whether an attempt may leave for an archive: it and all that was said of it is over before the instant. Who refused or complained in
 * it, did so for ever: such an attempt stays.
 */
export function mayAttemptLeave({ originatedAt, end, wrapUp }: CallRecord, before: InstantMs): boolean {
  if (end === undefined || end.detail === 'opted-out') return false
  if (wrapUp?.refusal === true || wrapUp?.code === complaintCode) return false
  const times = [originatedAt, end.endedAt, wrapUp?.at, wrapUp?.callbackAt]
  return times.every(at => at === undefined || at < before)
}

/** A lead with what its leaving depends on. */
export interface LeavingLead {
  readonly lead: LeadRecord
  /** When it came in. */
  readonly importedAt: InstantMs
  /** See {@link isCampaignOver}. */
  readonly campaignOver: boolean
  /** An attempt of its number in its campaign is still in the database. */
  readonly hasAttempts: boolean
}

/** A campaign is over that does not run and has begun no call since the instant. */
export function isCampaignOver({ running, lastBegunAt }: CampaignEnd, before: InstantMs): boolean {
  return !running && (lastBegunAt === undefined || lastBegunAt < before)
}

/** How far a campaign has come. */
export interface CampaignEnd {
  readonly running: boolean
  readonly lastBegunAt?: InstantMs | undefined
}

/**
 * Whether a lead may leave for an archive: nobody will be called by it, no attempt of its own is left, nobody promised to call back.
 * What ties its number to its person stays when it leaves: a refusal at one number binds the person's others.
 */
export function mayLeadLeave({ lead, importedAt, campaignOver, hasAttempts }: LeavingLead, before: InstantMs): boolean {
  if (lead.callbackAgentId !== undefined || hasAttempts) return false
  // Recycled or released: somebody wants it dialed.
  if (lead.state === 'retry' && lead.dialableAt === 0) return false
  return (lead.state === 'finished' || campaignOver) && importedAt < before && lead.dialableAt < before
}

/** Whether nobody has touched a lead since it was read for an archive. */
export function isAsRead(lead: LeadRecord, read: LeavingRows['leads'][number]): boolean {
  return lead.state === read.state && lead.attempts === read.attempts && lead.dialableAt === read.dialableAt
}

/** Attempts of one number in one campaign that have left. Only those that cost one are counted. */
export interface LeftAttempts extends Pick<PastAttempt, 'campaignId' | 'purpose' | 'topic'> {
  readonly attempts: number
  /** When the newest of them was begun. */
  readonly lastAt: InstantMs
}

/**
 * The attempts on one number, newest first, with those that have left: a limit of a campaign's whole life counts them, and no other
 * rule reaches as far back as they are.
 */
export function withLeft(
  kept: readonly PastAttempt[],
  left: readonly LeftAttempts[],
  sameNumber: boolean,
): readonly PastAttempt[] {
  if (left.length === 0) return kept
  const all = [...left].sort(byName).flatMap(({ attempts, lastAt, ...whose }) => {
    const one = {
      sameNumber,
      ...whose,
      originatedAt: lastAt,
      endedAt: lastAt,
      disposition: 'no-answer',
      ...costly,
    } as const
    return Array<PastAttempt>(Math.min(attempts, historyMax)).fill(one)
  })
  return [...kept, ...all].sort((a, b) => b.originatedAt - a.originatedAt).slice(0, historyMax)
}

const costly = { counts: true, machine: false, refusal: false, complaint: false } as const

/** Where two were begun at one instant, every store has them in one order. */
function byName(one: LeftAttempts, other: LeftAttempts): number {
  const [a, b] = [one, other].map(({ campaignId, purpose, topic }) => `${campaignId} ${purpose} ${topic}`)
  return (a ?? '') < (b ?? '') ? -1 : 1
}
