import type { AgentSettings } from '../core/agents/agent.ts'
import type { AgentImport } from '../core/agents/agentFile.ts'
import type { CampaignCounters, CampaignSettings } from '../core/campaigns/campaign.ts'
import type { AgentId, CampaignId } from '../core/ids.ts'
import type { PacerMemory } from '../core/pacing/pacer.ts'

/** Campaigns and agents as applied, with what they must remember over a restart. */
export interface CampaignStore {
  saveCampaign(settings: CampaignSettings): Promise<void>
  /** The campaign's run state and what its pacer learned; written every few seconds and at every change of state. */
  saveCampaignProgress(progress: SavedProgress): Promise<void>
  campaigns(): Promise<
    readonly {
      readonly settings: CampaignSettings
      readonly progress?: SavedProgress
      readonly counters: CampaignCounters
    }[]
  >
  saveAgent(settings: AgentSettings): Promise<void>
  /** What the configuration file last said of them stays: repeated, it does not bring them back. */
  removeAgent(agentId: AgentId): Promise<void>
  /** Takes in what the configuration file says. */
  importAgents(agents: readonly AgentImport[]): Promise<void>
  /** By id. */
  agents(): Promise<readonly AgentSettings[]>
  /** What the configuration file last said of each agent that it names; by id. */
  agentsOfFile(): Promise<readonly AgentSettings[]>
}

/** What survives of a campaign beside its counters, which follow from the call records. */
export interface SavedProgress {
  readonly campaignId: CampaignId
  readonly running: boolean
  readonly memory?: PacerMemory
}
