import type { AgentSettings } from '../core/agent.ts'
import type { CampaignSettings } from '../core/campaign.ts'
import type { AgentId, CampaignId, InstantMs, LeadId, PhoneNumber } from '../core/ids.ts'
import { StoreError } from '../errors.ts'
import type { AttemptStore, DoNotCallEntry, DoNotCallStore, LeadStore, SavedProgress, Store } from '../ports.ts'
import type { BulkListStore } from './bulkLists.ts'
import { factsOf } from './facts.ts'
import { MemoryAttempts } from './memory/attempts.ts'
import { createMemoryBulkLists } from './memory/bulkLists.ts'
import { leadRecord, MemoryLeads } from './memory/leads.ts'
import { type PackedLeadStore, unpackLeads } from './packedLeads.ts'
import { storeProblems } from './problems.ts'

/** A store in memory. */
export interface MemoryStore extends Store, BulkListStore, PackedLeadStore {
  /** Replaces a bulk do-not-call list whole; in memory nothing has to be built aside. */
  replaceBulkList(list: string, numbers: Iterable<PhoneNumber>, importedAt: InstantMs): void
}

/** Makes an empty store that keeps everything in memory: for the simulator and for tests. Nothing survives it. */
export function createMemoryStore(): MemoryStore {
  const leads = new MemoryLeads()
  const attempts = new MemoryAttempts(leads)
  const doNotCall = createDoNotCall()
  return {
    ...attemptPort(attempts),
    ...leadPort(leads, attempts, doNotCall),
    ...doNotCall,
    ...createMemoryBulkLists(doNotCall.replaceBulkList),
    ...campaignPort(attempts),
    async backup() {
      throw new StoreError('no-file', 'a store in memory cannot be backed up: use a database file')
    },
    async close() {},
  }
}

function attemptPort(attempts: MemoryAttempts): AttemptStore {
  return {
    beginAttempt: attempt => attempts.beginAttempt(attempt),
    endAttempt: end => attempts.endAttempt(end),
    recordWrapUp: wrapUp => attempts.recordWrapUp(wrapUp),
    openAttempts: () => attempts.openAttempts(),
    calls: query => attempts.calls(query),
    call: callId => attempts.call(callId),
  }
}

type MemoryDoNotCall = DoNotCallStore & Pick<MemoryStore, 'replaceBulkList'>

function createDoNotCall(): MemoryDoNotCall {
  const company = new Map<PhoneNumber, DoNotCallEntry>()
  const lists = new Map<string, { readonly numbers: ReadonlySet<PhoneNumber>; readonly importedAt: InstantMs }>()
  return {
    async addDoNotCall(entry) {
      if (!company.has(entry.number)) company.set(entry.number, entry)
    },
    removeDoNotCall: async number => company.delete(number),
    async doNotCallEntry(number) {
      const own = company.get(number)
      if (own !== undefined) return own
      for (const [list, { numbers, importedAt: at }] of lists)
        if (numbers.has(number)) return { number, list, source: 'import', at }
      return undefined
    },
    async doNotCallLists() {
      return [...lists].map(([name, { numbers, importedAt }]) => ({ name, numbers: numbers.size, importedAt }))
    },
    replaceBulkList(list, numbers, importedAt) {
      lists.set(list, { numbers: new Set(numbers), importedAt })
    },
  }
}

function leadPort(
  leads: MemoryLeads,
  attempts: MemoryAttempts,
  doNotCall: DoNotCallStore,
): LeadStore & PackedLeadStore {
  function visible(leadId: LeadId) {
    const lead = leads.get(leadId)
    return lead?.active ? lead : undefined
  }
  return {
    async dialableLeads({ campaignId, limit, exclude, now }) {
      const { leads: best, ...more } = leads.order(campaignId).best({ limit, exclude: new Set(exclude), now })
      return { leads: best.map(({ leadId, lead, attempts }) => ({ leadId, number: lead.number, attempts })), ...more }
    },
    async facts({ campaignId, leadId, now }) {
      const found = visible(leadId)
      if (found?.campaignId !== campaignId) throw storeProblems.unknownLead(leadId, campaignId)
      const listed = await doNotCall.doNotCallEntry(found.lead.number)
      const { state, dialableAt, attempts: had, lead } = found
      const facts = { number: lead.number, timeZones: lead.timeZones, state, dialableAt, attempts: had }
      return factsOf(facts, listed?.list, now)
    },
    async deferLead(leadId, until, reason) {
      const lead = visible(leadId)
      if (lead === undefined || lead.state === 'finished') return
      if (reason === 'do-not-call') attempts.counters(lead.campaignId).doNotCallBlocked += 1
      leads.move(lead, { until, reason })
    },
    async lead(leadId) {
      const lead = visible(leadId)
      return lead && leadRecord(lead)
    },
    async leadsByNumber(number) {
      return leads
        .ofNumber(number)
        .filter(lead => lead.active)
        .map(leadRecord)
    },
    async listLeads({ campaignId, limit, after }) {
      const found = []
      for (const lead of leads.all(campaignId)) {
        if (found.length >= limit) break
        if (lead.active && lead.leadId > (after ?? 0)) found.push(leadRecord(lead))
      }
      return found
    },
    async leadCounts(campaignId) {
      let [total, finished] = [0, 0]
      for (const lead of leads.all(campaignId)) {
        if (!lead.active) continue
        total += 1
        finished += Number(lead.state === 'finished')
      }
      return { total, dialable: total - finished, finished }
    },
    importLeads: async (importId, campaignId, rows) => leads.add(importId, campaignId, rows),
    importPackedLeads: async (importId, campaignId, packed) => leads.add(importId, campaignId, unpackLeads(packed)),
    activateImport: async importId => leads.activate(importId),
    discardImport: async importId => leads.discard(importId),
  }
}

function campaignPort(attempts: MemoryAttempts) {
  const campaigns = new Map<CampaignId, { readonly settings: CampaignSettings; progress?: SavedProgress }>()
  const agents = new Map<AgentId, AgentSettings>()
  const progresses = new Map<CampaignId, SavedProgress>()
  return {
    async saveCampaign(settings: CampaignSettings) {
      campaigns.set(settings.campaignId, { settings })
    },
    async saveCampaignProgress(progress: SavedProgress) {
      progresses.set(progress.campaignId, progress)
    },
    async campaigns() {
      return [...campaigns.values()].map(({ settings }) => {
        const progress = progresses.get(settings.campaignId)
        const counters = { ...attempts.counters(settings.campaignId) }
        return { settings, counters, ...(progress === undefined ? {} : { progress }) }
      })
    },
    async saveAgent(settings: AgentSettings) {
      agents.set(settings.agentId, settings)
    },
    agents: async () => [...agents.values()],
  }
}
