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

/** What becomes of a permission when its person takes back what he permitted about a topic, or about anything. */
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
 * must stand beside them: who takes back everything has not taken back his one topic only.
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

/** What an erasure leaves, with the rule that demands it. */
export const erasureKeeps = {
  calls:
    'calls: time, caller identity, agent and result, without the number and the notes (budgets and proof: 16 CFR 310.5, 47 CFR 64.1200(a)(7))',
  doNotCall:
    "the number on the company's do-not-call list, without its note: the refusal must be honoured (47 CFR 64.1200(d)(6), 5 years; GDPR Art. 17(3)(b), 21(3))",
  withdrawals:
    'withdrawals of permission, without their words: the refusal must be honoured (GDPR Art. 7(3), 17(3)(b))',
  ledger: 'ledger entries: nobody can tell any more whom they are about (the key has been destroyed)',
} as const
