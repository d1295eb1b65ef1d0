import type { AgentSettings } from '../../core/agents/agent.ts'
import type { CampaignSettings } from '../../core/campaigns/campaign.ts'
import type { CampaignId } from '../../core/ids.ts'
import { StoreError } from '../../errors.ts'
import type { SavedProgress } from '../../ports/campaigns.ts'
import type { Store } from '../../ports/store.ts'
import { MemoryAbandonment, ownerOf } from '../../store/memory/abandonment.ts'

/** Fictional numbers, never dialed: +1 555 and a running lead id, in E.164's length. */
function numberOf(leadId: number): string {
  return `+1555${String(leadId).padStart(9, '0')}`
}

const always = { zone: 'UTC', offsetMinutes: 0, from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY }

function notKept(): never {
  throw new StoreError('not-kept', 'a simulated store keeps no such thing')
}

const none = async () => undefined

/** Nobody has said anything, no list has been imported, nothing is written down. */
const peopleAndLists = {
  addDoNotCall: none,
  removeDoNotCall: async () => false,
  doNotCallEntry: none,
  doNotCallHits: async () => [],
  doNotCallLists: async () => [],
  addDoNotCallPrefix: none,
  removeDoNotCallPrefix: async () => false,
  doNotCallPrefixes: async () => [],
  dropDoNotCallList: async () => false,
  addPermission: async () => notKept(),
  withdrawPermission: async () => 0,
  permissionsOf: async () => [],
  numbersOfPerson: async number => [number],
  importPermissions: async () => notKept(),
  activatePermissions: async () => notKept(),
  discardPermissions: none,
  setPersonHours: none,
  personHoursOf: none,
  personData: async () => notKept(),
  erasePerson: async () => notKept(),
  releaseLeads: async () => 0,
  recycleLeads: async () => notKept(),
  leadLists: async () => [],
  leadsPutOff: async () => [],
  census: async () => notKept(),
  ledgerHead: async () => notKept(),
  ledgerEntries: async () => [],
  recordRules: async () => false,
  ledgerSubject: none,
  eraseSubject: async () => false,
} satisfies Partial<Store>

/**
 * A store with leads without end, who may always be called, and with no memory of calls: what happened is counted by whoever watches the
 * simulated PBX. A simulated month fits into it.
 */
export function createEndlessStore(): Store {
  const campaigns = new Map<CampaignId, CampaignSettings>()
  const progresses = new Map<CampaignId, SavedProgress>()
  const agents = new Map<string, AgentSettings>()
  let nextLeadId = 1
  const abandonment = new MemoryAbandonment()
  const zero = { attempts: 0, answered: 0, answeredByPerson: 0, connected: 0, abandoned: 0, doNotCallBlocked: 0 }
  return {
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
    async saveCampaign(settings) {
      campaigns.set(settings.campaignId, settings)
    },
    async saveCampaignProgress(progress) {
      progresses.set(progress.campaignId, progress)
    },
    campaigns: async () =>
      [...campaigns.values()].map(settings => {
        const progress = progresses.get(settings.campaignId)
        return { settings, counters: { ...zero }, ...(progress === undefined ? {} : { progress }) }
      }),
    async saveAgent(settings) {
      agents.set(settings.agentId, settings)
    },
    agents: async () => [...agents.values()],
    deferLead: none,
    lead: none,
    leadsByNumber: async () => [],
    listLeads: async () => [],
    leadCounts: async () => ({ total: nextLeadId - 1, dialable: nextLeadId - 1, finished: 0 }),
    importLeads: async () => notKept(),
    activateImport: async () => notKept(),
    discardImport: none,
    beginAttempt: none,
    async endAttempt(end) {
      const owner = ownerOf(end.campaignId, campaigns.get(end.campaignId))
      abandonment.count(owner, {}, { end })
    },
    recordWrapUp: none,
    openAttempts: async () => [],
    calls: async () => [],
    call: none,
    ...peopleAndLists,
    abandonmentSpans: query => abandonment.abandonmentSpans(query),
    abandonedCalls: async () => [],
    close: none,
  }
}
