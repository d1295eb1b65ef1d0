import type { PermissionRecord, PermissionWithdrawal } from '../../ports/people.ts'

/** What a withdrawal makes of one permission that was not withdrawn before. */
export type WithdrawalEffect =
  /** Not about it. */
  | 'none'
  /** It ends. */
  | 'ends'
  /** It goes on for its other topics. */
  | { readonly keeps: readonly string[] }
  /** It is for every topic and goes on for the others: the withdrawal must stand beside it. */
  | 'excepts'

/** What becomes of a permission when its person takes back what they permitted about a topic, or about anything. */
export function withdrawalEffect(
  permission: Pick<PermissionRecord, 'topics' | 'withdrawnAt'>,
  { topic }: Pick<PermissionWithdrawal, 'topic'>,
): WithdrawalEffect {
  if (permission.withdrawnAt !== undefined) return 'none'
  if (topic === undefined) return 'ends'
  if (permission.topics.length === 0) return 'excepts'
  if (!permission.topics.includes(topic)) return 'none'
  return permission.topics.length === 1 ? 'ends' : { keeps: permission.topics.filter(one => one !== topic) }
}

/**
 * Whether the end of this permission forbids calls about everything that the withdrawal is about. Where none does, the withdrawal
 * must stand beside them: who takes back everything has not taken back one topic only.
 */
export function saysAll(
  { topics, channels }: Pick<PermissionRecord, 'topics' | 'channels'>,
  { topic }: Pick<PermissionWithdrawal, 'topic'>,
): boolean {
  const calls = channels.length === 0 || channels.includes('call')
  return calls && (topics.length === 0 || (topic !== undefined && topics.includes(topic)))
}

/** How a withdrawal is recorded that stands for itself: there was nothing to end, or only something wider. */
export function standingWithdrawal({ number, topic, at, how }: PermissionWithdrawal) {
  return {
    number,
    basis: 'express',
    topics: topic === undefined ? [] : [topic],
    channels: [],
    givenAt: at,
    how: 'a withdrawal by itself',
    withdrawnAt: at,
    withdrawnHow: how,
    recordedAt: at,
  } as const
}
