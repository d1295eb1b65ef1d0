/** What people are, who log in. */
export const roles = ['admin', 'supervisor', 'agent', 'auditor'] as const
/** What a user is; what each may do stands in {@link rightsOf}. */
export type Role = (typeof roles)[number]

/** Everything that somebody can be let do. A token's scopes are of these words. */
export const rights = [
  /** The board: figures, pacing, PBXs, alarms, why campaigns do not dial. */
  'see-status',
  'see-events',
  /** Agents with the call that they are in. */
  'see-agents',
  'see-metrics',
  'see-leads',
  'see-calls',
  /** What people permitted and asked for, on which lists they are, everything that is kept of them. */
  'see-people',
  /** The regulator's table, the head of the ledger. */
  'see-reports',
  /** Numbers as they are: without it they are masked wherever they are shown. */
  'see-numbers',
  /** Start, pause, stop, pacing. */
  'run-campaigns',
  /** All settings of a campaign, and who its agents are. */
  'change-campaigns',
  /** Import, recycle, move in. */
  'bring-leads',
  /** Log-in, pause, log-out of lines; hang-up and wrap-up of calls. */
  'steer-agents',
  /** Passwords of desk phones: they open a line. */
  'set-up-phones',
  /** Permissions, withdrawals, hours, refusals, as people say them. */
  'record-wishes',
  /** Files of permissions and of do-not-call lists, and taking these away. */
  'import-lists',
  'unlist-numbers',
  'erase-people',
  /** Backups, rotation, silences, drains, the log's level, reloads. */
  'keep-house',
  /** Users and tokens. */
  'manage-users',
] as const
/** One thing that somebody can be let do. */
export type Right = (typeof rights)[number]

const reading = [
  ...['see-status', 'see-events', 'see-agents', 'see-metrics', 'see-leads', 'see-calls', 'see-people'],
  'see-reports',
] as const satisfies readonly Right[]

const ofRole: { readonly [R in Role]: readonly Right[] } = {
  admin: rights,
  // Of their campaigns; what is no campaign's (lists of the company, erasures, the house) is not theirs.
  supervisor: [
    ...['see-status', 'see-events', 'see-agents', 'see-leads', 'see-calls', 'see-people', 'see-reports'],
    ...['see-numbers', 'run-campaigns', 'bring-leads', 'steer-agents', 'record-wishes'],
  ] as const satisfies readonly Right[] as readonly Right[],
  // Of their own line.
  agent: ['see-events', 'see-agents', 'see-calls', 'steer-agents', 'set-up-phones'],
  auditor: reading,
}

/** What a role may; `seesNumbers`, where somebody has said so of the user, counts more than the role. */
export function rightsOf(role: Role, seesNumbers?: boolean): ReadonlySet<Right> {
  const may = new Set(ofRole[role])
  if (seesNumbers === true) may.add('see-numbers')
  if (seesNumbers === false) may.delete('see-numbers')
  return may
}
