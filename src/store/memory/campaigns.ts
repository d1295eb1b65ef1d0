import type { AgentSettings } from '../../core/agents/agent.ts'
import type { AgentImport } from '../../core/agents/agentFile.ts'
import type { CampaignCounters, CampaignSettings } from '../../core/campaigns/campaign.ts'
import { given } from '../../core/given.ts'
import type { AgentId, CampaignId } from '../../core/ids.ts'
import type { SavedProgress } from '../../ports/campaigns.ts'
import type { Store } from '../../ports/store.ts'
import { noCounters } from '../decisions/outcome.ts'
import type { LedgerOwner } from '../ledger/book.ts'

/** For whom a campaign calls that nobody has applied. */
const noSeller = 'default'

/** A campaign in memory. Leads or attempts may name it before anybody applies it. */
export interface MemoryCampaign {
  settings?: CampaignSettings
  progress?: SavedProgress
  readonly counters: CampaignCounters
}

/** Campaigns in the order in which they were first named, and agents. */
export class MemoryCampaigns {
  readonly #campaigns = new Map<CampaignId, MemoryCampaign>()
  readonly #agents = new Map<AgentId, AgentSettings>()
  readonly #agentsOfFile = new Map<AgentId, AgentSettings>()

  of(campaignId: CampaignId): MemoryCampaign {
    const campaign = this.#campaigns.get(campaignId) ?? { counters: noCounters() }
    this.#campaigns.set(campaignId, campaign)
    return campaign
  }

  /** For whom its calls are made. */
  sellerOf(campaignId: CampaignId): string {
    return this.ledgerOwner(campaignId).seller
  }

  /** The sellers whose campaigns somebody has applied. */
  sellers(): ReadonlySet<string> {
    const applied = [...this.#campaigns.values()].flatMap(({ settings }) => settings ?? [])
    return new Set(applied.map(({ seller }) => seller.sellerId))
  }

  /** The one seller there is; `undefined`: there are several. Nobody has applied a campaign: what is said of such calls. */
  onlySeller(): string | undefined {
    const [first = noSeller, second] = this.sellers()
    return second === undefined ? first : undefined
  }

  saveAgent(settings: AgentSettings): void {
    this.#agents.set(settings.agentId, settings)
  }

  removeAgent(agentId: AgentId): void {
    this.#agents.delete(agentId)
  }

  importAgents(agents: readonly AgentImport[]): void {
    for (const { agentId, settings, fromFile } of agents) {
      if (settings === undefined) this.#agents.delete(agentId)
      else this.#agents.set(agentId, settings)
      if (fromFile === undefined) this.#agentsOfFile.delete(agentId)
      else this.#agentsOfFile.set(agentId, fromFile)
    }
  }

  /** Whom the campaign's calls are made for; nobody has applied it: what is said of such calls. */
  ledgerOwner(campaignId: CampaignId): LedgerOwner {
    const settings = this.#campaigns.get(campaignId)?.settings
    if (settings === undefined) return { seller: noSeller, purpose: 'sales', topic: 'sales' }
    return { seller: settings.seller.sellerId, purpose: settings.purpose, topic: settings.topic }
  }

  reads(): Pick<Store, 'campaigns' | 'agents' | 'agentsOfFile'> {
    return {
      campaigns: async () =>
        [...this.#campaigns.values()].flatMap(({ settings, progress, counters }) =>
          settings === undefined ? [] : [{ settings, counters: { ...counters }, ...given({ progress }) }],
        ),
      agents: async () => byId(this.#agents),
      agentsOfFile: async () => byId(this.#agentsOfFile),
    }
  }
}

function byId(agents: ReadonlyMap<AgentId, AgentSettings>): readonly AgentSettings[] {
  return [...agents.values()].sort((a, b) => (a.agentId < b.agentId ? -1 : 1))
}
