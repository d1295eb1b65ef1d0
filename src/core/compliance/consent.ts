import type { InstantMs } from '../ids.ts'
import type { Exemption, HoursSpan, PermissionBasis, Rule, RuleBody } from './rules.ts'

/** What a person permitted, or took back. */
export interface Permission {
  readonly permissionId: number
  readonly basis: PermissionBasis
  /** Empty: every topic. */
  readonly topics: readonly string[]
  /** `call`, `sms`, ... Empty: every channel. */
  readonly channels: readonly string[]
  readonly givenAt: InstantMs
  readonly expiresAt?: InstantMs
  readonly withdrawnAt?: InstantMs
  /** To whom it was given, or with whom the person had to do; absent: there is one seller only; empty: there are several, and nobody said to which. */
  readonly seller?: string
  /** It was given for another number of the person than the one that is to be called. */
  readonly otherNumber?: boolean
}

/** Local hours by weekday (Sunday first) in which a person wants to be called; a hard gate. */
export type PersonHours = readonly (readonly HoursSpan[])[]

/** What a campaign asks a permission about. */
export interface PermissionQuestion {
  readonly topic: string
  /** Ours is `call`. */
  readonly channel: string
  /** For whom the campaign calls. */
  readonly seller?: string
  /** The answer may come so long after now: what expires while the phone rings is not relied on. Absent: at once. */
  readonly latestAnswerMs?: number
  /** The person has hours of their own: nothing is dialed outside of them. Absent: none. */
  readonly ownHours?: true
}

/** What a person has had to do with a seller is the person's, whichever number is called. */
const relationships: ReadonlySet<PermissionBasis> = new Set(['purchase', 'inquiry'])

/**
 * Whether it speaks for this seller and this number: nothing lifts a rule for anybody else than whom it was given to, and an agreement
 * names the number that may be called (16 CFR 310.4(b)(1)(iii)(B)(1); PECR reg. 21(4): "that line").
 */
function isFor({ seller, otherNumber, basis }: Permission, question: PermissionQuestion): boolean {
  return (seller === undefined || seller === question.seller) && (otherNumber !== true || relationships.has(basis))
}

function isAbout(permission: Permission, { topic, channel }: PermissionQuestion): boolean {
  const { topics, channels } = permission
  return (topics.length === 0 || topics.includes(topic)) && (channels.length === 0 || channels.includes(channel))
}

/** Whether a permission holds now, and still at the latest possible answer: given, about this, to this seller and for this number, not expired, not withdrawn. */
export function isValid(permission: Permission, about: PermissionQuestion, now: InstantMs): boolean {
  const answerAt = now + (about.latestAnswerMs ?? 0)
  return (
    permission.givenAt <= now &&
    (permission.expiresAt === undefined || answerAt < permission.expiresAt) &&
    (permission.withdrawnAt === undefined || now < permission.withdrawnAt) &&
    isAbout(permission, about) &&
    isFor(permission, about)
  )
}

/** A refusal for the topic, to whomever it was said, that no later permission for this seller and number has lifted. */
export function hasWithdrawn(permissions: readonly Permission[], about: PermissionQuestion, now: InstantMs): boolean {
  let withdrawnAt = Number.NEGATIVE_INFINITY
  let givenAt = Number.NEGATIVE_INFINITY
  for (const permission of permissions) {
    if (!isAbout(permission, about)) continue
    if (permission.withdrawnAt !== undefined && permission.withdrawnAt <= now) {
      withdrawnAt = Math.max(withdrawnAt, permission.withdrawnAt)
    } else if (isValid(permission, about, now)) givenAt = Math.max(givenAt, permission.givenAt)
  }
  // Files give days: on one and the same day the refusal stands.
  return withdrawnAt > Number.NEGATIVE_INFINITY && withdrawnAt >= givenAt
}

/** Whether a permission is one of those that an exemption names, and recent enough. */
export function exempts(permission: Permission, exemption: Exemption, now: InstantMs): boolean {
  if (permission.basis !== exemption.basis) return false
  return exemption.withinMs === undefined || now - permission.givenAt <= exemption.withinMs
}

/** The permission that lifts a rule for this person now, where the rule lets one. */
export function liftedBy(
  rule: Rule<RuleBody['kind']>,
  { permissions, about }: { readonly permissions: readonly Permission[]; readonly about: PermissionQuestion },
  now: InstantMs,
): Permission | undefined {
  const { yieldsTo } = rule
  if (yieldsTo === undefined || permissions.length === 0 || hasWithdrawn(permissions, about, now)) return undefined
  const answerAt = now + (about.latestAnswerMs ?? 0)
  return permissions.find(
    one =>
      isValid(one, about, now) &&
      yieldsTo.some(
        exemption =>
          exempts(one, exemption, answerAt) && (exemption.agreedHours === undefined || about.ownHours === true),
      ),
  )
}
