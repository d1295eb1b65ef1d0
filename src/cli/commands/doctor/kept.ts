import type { AgentSettings } from '../../../core/agents/agent.ts'
import type { CampaignSettings } from '../../../core/campaigns/campaign.ts'
import { given } from '../../../core/given.ts'
import { OperatingError } from '../../../errors.ts'
import { type HistoryReader, openHistory } from '../../../store/sqlite/history.ts'

/** What the database holds. */
export interface Kept {
  readonly campaigns: readonly CampaignSettings[]
  readonly agents: readonly AgentSettings[]
  readonly lists: ReturnType<HistoryReader['doNotCallLists']>
  /** Absent: there is no database that can be read. */
  readonly databaseId?: string
}

/** Reads the file, because the daemon may be down; a database that is not there or cannot be read holds nothing, which other checks tell. */
export function readKept(file: string): Kept {
  try {
    const history = openHistory(file)
    try {
      const databaseId = history.databaseId()
      return {
        campaigns: history.campaigns().map(({ settings }) => settings),
        agents: history.agents(),
        lists: history.doNotCallLists(),
        ...given({ databaseId }),
      }
    } finally {
      history.close()
    }
  } catch (error) {
    if (!(error instanceof OperatingError)) throw error
    return { campaigns: [], agents: [], lists: [] }
  }
}

/** Who plays a part: what the configuration names has the last word. */
export type Cast = Pick<Kept, 'campaigns' | 'agents'>

/** Campaigns and agents of the configuration, and those of the database that it does not name. */
export function castOf(config: Cast, kept: Cast): Cast {
  const campaigns = new Map([...kept.campaigns, ...config.campaigns].map(one => [one.campaignId, one]))
  const agents = new Map([...kept.agents, ...config.agents].map(one => [one.agentId, one]))
  return { campaigns: [...campaigns.values()], agents: [...agents.values()] }
}
