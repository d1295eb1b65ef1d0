import type { AgentSettings } from '../core/agents/agent.ts'
import type { CampaignCounters, CampaignSettings } from '../core/campaigns/campaign.ts'
import type { CampaignId } from '../core/ids.ts'
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
  agents(): Promise<readonly AgentSettings[]>
}

/** What survives of a campaign beside its counters, which follow from the call records. */
export interface SavedProgress {
  readonly campaignId: CampaignId
  readonly running: boolean
  readonly memory?: PacerMemory
}
