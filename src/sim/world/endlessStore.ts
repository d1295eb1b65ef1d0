import type { AgentSettings } from '../../core/agents/agent.ts'
import type { CampaignSettings } from '../../core/campaigns/campaign.ts'
import { given } from '../../core/given.ts'
import type { CampaignId } from '../../core/ids.ts'
import type { DialerStore } from '../../dialer/shell.ts'
import type { CampaignStore, SavedProgress } from '../../ports/campaigns.ts'
import { MemoryAbandonment, ownerOf } from '../../store/memory/abandonment.ts'

/** Fictional numbers, never dialed: +1 555 and a running lead id, in E.164's length. */
function numberOf(leadId: number): string {
  return `+1555${String(leadId).padStart(9, '0')}`
}

const always = { zone: 'UTC', offsetMinutes: 0, from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY }
const noCounters = { attempts: 0, answered: 0, answeredByPerson: 0, connected: 0, abandoned: 0, doNotCallBlocked: 0 }
const none = async () => undefined

/**
 * What a dialer asks of a store, with leads without end, who may always be called, and with no memory of calls: what happened is
 * counted by whoever watches the simulated PBX. A simulated month fits into it.
 */
export function createEndlessStore(): DialerStore {
  const campaigns = new Map<CampaignId, CampaignSettings>()
  const abandonment = new MemoryAbandonment()
  let nextLeadId = 1
  return {
    ...campaignPort(campaigns),
    async dialableLeads({ limit }) {
      const leads = Array.from({ length: limit }, (_, n) => nextLeadId + n)
      nextLeadId += limit
      return { leads: leads.map(leadId => ({ leadId, number: numberOf(leadId), attempts: 0, priority: 0 })) }
    },
    facts: async ({ leadId }) => ({
      number: numberOf(leadId),
      numberValid: true,
      doNotCall: [],
      lists: [],
      list: 'leads',
      places: [],
      history: [],
      permissions: [],
      leadState: 'new',
      dialableAt: 0,
      attempts: 0,
      zones: [always],
    }),
    placesOfLeads: async () => [],
    leadCounts: async () => ({ total: nextLeadId, dialable: nextLeadId, finished: 0 }),
    deferLead: none,
    releaseLeads: async () => 0,
    beginAttempt: none,
    async endAttempt(end) {
      const owner = ownerOf(end.campaignId, campaigns.get(end.campaignId))
      abandonment.count(owner, {}, { end })
    },
    recordWrapUp: none,
    trouble: () => undefined,
    onTrouble: () => () => {},
    tryWriting: none,
    openAttempts: async () => [],
    dayTotals: async () => [],
    calls: async () => [],
    abandonmentSpans: query => abandonment.abandonmentSpans(query),
    addDoNotCall: none,
    addDoNotCallPrefix: none,
    doNotCallHits: async () => [],
    numbersOfPerson: async number => [number],
    permissionsOf: async () => [],
    withdrawPermission: async () => 0,
    erasePerson: async () => ({ numbers: 0, leads: 0, calls: 0, permissions: 0, kept: [] }),
  }
}

function campaignPort(campaigns: Map<CampaignId, CampaignSettings>): CampaignStore {
  const progresses = new Map<CampaignId, SavedProgress>()
  const agents = new Map<string, AgentSettings>()
  return {
    async saveCampaign(settings) {
      campaigns.set(settings.campaignId, settings)
    },
    async saveCampaignProgress(progress) {
      progresses.set(progress.campaignId, progress)
    },
    campaigns: async () =>
      [...campaigns.values()].map(settings => ({
        settings,
        counters: { ...noCounters },
        ...given({ progress: progresses.get(settings.campaignId) }),
      })),
    async saveAgent(settings) {
      agents.set(settings.agentId, settings)
    },
    async removeAgent(agentId) {
      agents.delete(agentId)
    },
    async importAgents(imported) {
      for (const { settings } of imported) if (settings !== undefined) agents.set(settings.agentId, settings)
    },
    agents: async () => [...agents.values()],
    agentsOfFile: async () => [],
  }
}
