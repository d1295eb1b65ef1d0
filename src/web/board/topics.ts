import type { AgentView } from '../../api/agents/agents.ts'
import type { Status } from '../../api/views.ts'

/** A campaign on the board. */
export type Campaign = Status['campaigns'][number]
/** Every agent by id. */
export type Agents = Readonly<Record<string, AgentView>>
/** What the board follows. */
export interface Topics {
  readonly board: Status
  readonly agents: Agents
}

/** What keeps people from being called too often: one window of one campaign. */
export interface Limit {
  readonly campaign: Campaign
  readonly window: Campaign['windows'][number]
}

/** The limit with the least left of all campaigns that dial; undefined: no law, or nothing dials. */
export function tightest(campaigns: readonly Campaign[]): Limit | undefined {
  const limits = campaigns
    .filter(({ state }) => state !== 'stopped')
    .flatMap(campaign => campaign.windows.map(window => ({ campaign, window })))
  return limits.sort((one, other) => one.window.left - other.window.left)[0]
}

/** Share 0..1 of a window's budget that is left; 0 beyond the limit. */
export function shareLeft({ window }: Limit): number {
  const budget = window.rateMax * window.answers
  return budget <= 0 ? 0 : Math.max(0, Math.min(1, (budget - window.abandoned) / budget))
}

/** Agents at work, whatever they do. */
export function atWork(agents: Status['agents']): number {
  return Object.entries(agents).reduce((sum, [state, count]) => (state === 'offline' ? sum : sum + count), 0)
}
