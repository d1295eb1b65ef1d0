/**
 * Kinds of numbers at which no person can be found, or that cost somebody extra: no address makes them one that may be
 * called. What each is, to follow "the number ...".
 */
export const numberKinds = {
  'no-place': 'belongs to no place: nobody can tell where the person is',
  satellite: 'is of a satellite telephone, which is at no place',
  'international-network': 'is of an international network, which is at no place',
  'toll-free': 'is toll-free: the called party pays, and it belongs to no place',
  'premium-rate': 'costs the caller extra (premium rate, pay-per-call)',
  'shared-cost': 'is of shared cost',
  'personal-number': 'is a personal number, which follows its owner anywhere at extra cost',
  pager: 'is a pager',
  voicemail: 'is a voice mailbox',
} as const

/** A kind of number that is refused. */
export type NumberKind = keyof typeof numberKinds
