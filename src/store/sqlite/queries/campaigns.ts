import type { Database } from 'better-sqlite3'
import type { AgentSettings } from '../../../core/agents/agent.ts'
import type { AgentImport } from '../../../core/agents/agentFile.ts'
import type { CampaignCounters, CampaignSettings } from '../../../core/campaigns/campaign.ts'
import { given } from '../../../core/given.ts'
import type { AgentId } from '../../../core/ids.ts'
import type { CampaignStore, SavedProgress } from '../../../ports/campaigns.ts'
import { prepareCampaignKeys } from './campaignKeys.ts'
import { prepareOwnerKeys } from './ownerKeys.ts'
import { prepareSellerChange } from './sellers.ts'

type KeptCampaign = Awaited<ReturnType<CampaignStore['campaigns']>>[number]

interface CampaignRow extends CampaignCounters {
  readonly campaignId: string
  readonly settings: string
  readonly running: number | null
  readonly memory: string | null
}

/** Look-ups of campaigns and agents. */
export interface CampaignLookups {
  campaigns(): readonly KeptCampaign[]
  agents(): readonly AgentSettings[]
  agentsOfFile(): readonly AgentSettings[]
}

/** Prepares the look-ups on a connection. */
export function prepareCampaignLookups(database: Database): CampaignLookups {
  const campaigns = database.prepare<[], CampaignRow>(
    `SELECT campaignId, settings, running, memory,
       attempts, answered, answeredByPerson, connected, abandoned, doNotCallBlocked
     FROM campaign WHERE settings IS NOT NULL ORDER BY campaignKey`,
  )
  const agents = database.prepare<[], string>('SELECT settings FROM agent ORDER BY agentId').pluck()
  const ofFile = database.prepare<[], string>('SELECT settings FROM agentImport ORDER BY agentId').pluck()
  return {
    campaigns: () => campaigns.all().map(keptCampaign),
    agents: () => agents.all().map(settings => JSON.parse(settings)),
    agentsOfFile: () => ofFile.all().map(settings => JSON.parse(settings)),
  }
}

function keptCampaign({ campaignId, settings, running, memory, ...counters }: CampaignRow): KeptCampaign {
  const learned = memory === null ? {} : { memory: JSON.parse(memory) }
  const progress = running === null ? undefined : { campaignId, running: running === 1, ...learned }
  return { settings: JSON.parse(settings), counters, ...given({ progress }) }
}

/** Everything that changes campaigns and agents; in the writer's transaction. */
export interface CampaignWrites {
  save(settings: CampaignSettings): void
  saveProgress(progress: SavedProgress): void
  saveAgent(settings: AgentSettings): void
  removeAgent(agentId: AgentId): void
  importAgents(agents: readonly AgentImport[]): void
}

/** Prepares the writes on the writer's connection. */
export function prepareCampaignWrites(database: Database): CampaignWrites {
  const campaignKeys = prepareCampaignKeys(database)
  const ownerKeys = prepareOwnerKeys(database)
  const changeSeller = prepareSellerChange(database)
  const save = database.prepare<[string, number, number]>(
    'UPDATE campaign SET settings = ?, ownerKey = ? WHERE campaignKey = ?',
  )
  const progress = database.prepare<[number, string | null, number]>(
    'UPDATE campaign SET running = ?, memory = ? WHERE campaignKey = ?',
  )
  const agents = prepareAgentWrites(database)
  return {
    save(settings) {
      const campaignKey = campaignKeys(settings.campaignId)
      save.run(JSON.stringify(settings), ownerKeys(settings), campaignKey)
      changeSeller(campaignKey, settings.seller.sellerId)
    },
    saveProgress({ campaignId, running, memory }) {
      progress.run(Number(running), memory === undefined ? null : JSON.stringify(memory), campaignKeys(campaignId))
    },
    ...agents,
  }
}

function prepareAgentWrites(database: Database): Pick<CampaignWrites, 'saveAgent' | 'removeAgent' | 'importAgents'> {
  const write = (table: 'agent' | 'agentImport') => ({
    save: database.prepare<[string, string]>(`INSERT OR REPLACE INTO ${table} (agentId, settings) VALUES (?, ?)`),
    drop: database.prepare<[string]>(`DELETE FROM ${table} WHERE agentId = ?`),
  })
  const agents = write('agent')
  const ofFile = write('agentImport')
  const keep = ({ save, drop }: typeof agents, agentId: AgentId, settings: AgentSettings | undefined): void => {
    if (settings === undefined) drop.run(agentId)
    else save.run(agentId, JSON.stringify(settings))
  }
  return {
    saveAgent: settings => keep(agents, settings.agentId, settings),
    removeAgent: agentId => keep(agents, agentId, undefined),
    importAgents(changed) {
      for (const { agentId, settings, fromFile } of changed) {
        keep(agents, agentId, settings)
        keep(ofFile, agentId, fromFile)
      }
    },
  }
}
