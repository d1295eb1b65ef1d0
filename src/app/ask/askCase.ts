import { type AskCase, askCaseSchema, isAskCase } from '../../api/rules/ask.ts'
import { pathText, problemsOf } from '../../config/problems.ts'
import type { Permission } from '../../core/compliance/consent.ts'
import type { DoNotCallHit } from '../../core/compliance/doNotCall.ts'
import type { PastAttempt, Viewpoint } from '../../core/compliance/history.ts'
import { given } from '../../core/given.ts'
import type { InstantMs } from '../../core/ids.ts'
import { InputError } from '../../errors.ts'
import { instantProblems, readInstant } from '../../numbers/instants.ts'
import { sellerList } from '../../ports/bulkLists.ts'

/** Proves that something is a case. @throws InputError in one line that says what to write */
export function readCase(written: unknown): AskCase {
  if (isAskCase(written)) return written
  const [first = { path: [], text: 'is no case' }, ...more] = problemsOf(askCaseSchema, written)
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`
  throw new InputError(
    'bad-case',
    `${first.path.length === 0 ? 'the case' : pathText(first.path)} ${first.text}${others}`,
  )
}

/** An instant of a case. @throws InputError that names the key */
export function instantOf(written: string, key: string): InstantMs {
  const reading = readInstant(written)
  if ('at' in reading) return reading.at
  throw new InputError('bad-instant', `${key}: "${written}" ${instantProblems[reading.problem]}`)
}

/** A day (its midnight in UTC) or an instant of a case. @throws InputError that names the key */
export function dayOf(written: string, key: string): InstantMs {
  return instantOf(/^\d{4}-\d\d-\d\d$/.test(written) ? `${written}T00:00Z` : written, key)
}

/** What the person permitted. @throws InputError */
export function permissionsOf({ permissions = [] }: AskCase): readonly Permission[] {
  return permissions.map(({ basis, topics = [], channels = [], ...days }, index) => {
    const key = `permissions[${index}]`
    const givenAt = dayOf(days.given, `${key}.given`)
    const ending = (name: 'expires' | 'withdrawn') => {
      const written = days[name]
      if (written === undefined) return undefined
      const at = dayOf(written, `${key}.${name}`)
      if (at >= givenAt) return at
      throw new InputError('bad-case', `${key}.${name}: "${written}" is before it was given`)
    }
    const ends = given({ expiresAt: ending('expires'), withdrawnAt: ending('withdrawn') })
    return { permissionId: index + 1, basis, topics, channels, givenAt, ...ends }
  })
}

/** Earlier attempts, newest first, as the gate gets them. @throws InputError */
export function historyOf({ attempts = [] }: AskCase, of: Viewpoint, now: InstantMs): readonly PastAttempt[] {
  return attempts
    .map((attempt, index) => pastOf(typeof attempt === 'string' ? { at: attempt } : attempt, { index, of, now }))
    .sort((left, right) => right.originatedAt - left.originatedAt)
}

type WrittenAttempt = Exclude<NonNullable<AskCase['attempts']>[number], string>

function pastOf(
  written: WrittenAttempt,
  { index, of, now }: { readonly index: number; readonly of: Viewpoint; readonly now: InstantMs },
): PastAttempt {
  const originatedAt = instantOf(written.at, `attempts[${index}].at`)
  if (originatedAt > now) throw new InputError('bad-case', `attempts[${index}].at lies after at: an attempt is earlier`)
  const later = (name: 'answered' | 'connected' | 'ended') => {
    const text = written[name]
    if (text === undefined) return undefined
    const at = instantOf(text, `attempts[${index}].${name}`)
    if (at >= originatedAt && at <= now) return at
    throw new InputError('bad-case', `attempts[${index}].${name} lies before the attempt or after at`)
  }
  const disposition = written.disposition ?? 'no-answer'
  // Whoever says that somebody was talked to and not when, says it of the attempt.
  const connectedAt = later('connected') ?? (disposition === 'connected' ? originatedAt : undefined)
  return {
    sameNumber: written.sameNumber ?? true,
    campaignId: written.campaign ?? of.campaignId,
    purpose: written.purpose ?? of.purpose,
    topic: written.topic ?? of.topic,
    originatedAt,
    counts: true,
    disposition,
    endedAt: later('ended') ?? connectedAt ?? originatedAt,
    machine: written.machine ?? disposition === 'machine',
    refusal: written.refusal ?? false,
    complaint: written.complaint ?? false,
    ...given({ answeredAt: later('answered'), connectedAt }),
  }
}

/** The lists that hold the number. @throws InputError */
export function hitsOf(
  { doNotCall = [] }: AskCase,
  { campaignId, sellerId }: Viewpoint,
  now: InstantMs,
): readonly DoNotCallHit[] {
  return doNotCall.map(({ kind, place, seller, list }, index) => {
    if (seller !== undefined && kind !== 'seller')
      throw new InputError('bad-case', `doNotCall[${index}].seller: only what kind: seller lists was said to one`)
    const to = kind === 'seller' ? (seller ?? sellerId) : undefined
    return {
      list: list ?? (to === undefined ? listName(kind, place) : sellerList(to)),
      kind,
      version: 'stated',
      importedAt: now,
      asOf: now,
      ...given({ place, campaignId: kind === 'campaign' ? campaignId : undefined, seller: to }),
    }
  })
}

function listName(kind: DoNotCallHit['kind'], place: string | undefined): string {
  return place === undefined ? kind : `${kind}-${place}`
}
