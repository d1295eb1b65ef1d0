import type { AgentSettings } from '../../core/agents/agent.ts'
import type { CampaignSettings } from '../../core/campaigns/campaign.ts'
import { createLawFinder } from '../../core/compliance/law.ts'
import { decideVerdict, verdictRules } from '../../core/compliance/verdict.ts'
import type { AgentId, CampaignId, InstantMs, LeadId, PhoneNumber } from '../../core/ids.ts'
import { StoreError } from '../../errors.ts'
import type { AttemptStore } from '../../ports/attempts.ts'
import type { BulkListStore } from '../../ports/bulkLists.ts'
import type { SavedProgress } from '../../ports/campaigns.ts'
import type { CensusStore } from '../../ports/census.ts'
import type { DoNotCallStore } from '../../ports/doNotCall.ts'
import type { LeadStore } from '../../ports/leads.ts'
import { type PackedLeadStore, unpackLeads } from '../../ports/packedLeads.ts'
import type { MoveInStore } from '../../ports/packedMoved.ts'
import type { Store } from '../../ports/store.ts'
import { startCounting } from '../decisions/census.ts'
import { factsOf } from '../decisions/facts.ts'
import { storeProblems } from '../decisions/problems.ts'
import { MemoryAttempts } from './attempts.ts'
import { createMemoryDoNotCall } from './doNotCall.ts'
import { leadRecord, type MemoryLead } from './lead.ts'
import { MemoryLeads } from './leads.ts'
import { createMemoryUpkeep } from './leadUpkeep.ts'
import { createMemoryLedger, recorded } from './ledger.ts'
import { createMemoryPeople, type MemoryPeople } from './people.ts'

/** A store in memory. */
export interface MemoryStore extends Store, BulkListStore, PackedLeadStore, MoveInStore {
  /** Replaces a bulk do-not-call list whole; in memory nothing has to be built aside. */
  replaceBulkList(list: string, numbers: Iterable<PhoneNumber>, importedAt: InstantMs): void
}

/** Makes an empty store that keeps everything in memory: for the simulator and for tests. Nothing survives it. */
export function createMemoryStore(): MemoryStore {
  const leads = new MemoryLeads()
  const campaigns = new Map<CampaignId, CampaignSettings>()
  const attempts = new MemoryAttempts(leads, campaigns)
  const doNotCall = createMemoryDoNotCall()
  const ledger = createMemoryLedger(leadId => leads.get(leadId)?.lead.personId)
  const people = createMemoryPeople({ leads, attempts, doNotCall, ledger })
  const { factsOf: _, ...peoplePort } = people
  const kept = { ...attemptPort(attempts), ...doNotCall, ...campaignPort(attempts, campaigns) }
  return {
    ...kept,
    abandonmentSpans: query => attempts.abandonment.abandonmentSpans(query),
    abandonedCalls: query => attempts.abandonment.abandonedCalls(query),
    ...leadPort({ leads, attempts, doNotCall, people }),
    ...createMemoryUpkeep({ leads, attempts, doNotCall }),
    ...peoplePort,
    ...recorded(kept, ledger),
    ...ledger,
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

interface LeadParts {
  readonly leads: MemoryLeads
  readonly attempts: MemoryAttempts
  readonly doNotCall: DoNotCallStore
  readonly people: MemoryPeople
}

function leadPort({ leads, attempts, doNotCall, people }: LeadParts): LeadStore & CensusStore & PackedLeadStore {
  function visible(leadId: LeadId) {
    const lead = leads.get(leadId)
    return lead?.active ? lead : undefined
  }
  function factsOfLead(found: MemoryLead, columns: boolean | undefined, now: InstantMs) {
    const { state, dialableAt, attempts: had, lead } = found
    const { number, timeZones, places = [] } = lead
    const facts = { ...{ number, timeZones, places, state, dialableAt, list: found.list }, attempts: had }
    const others = leads.numbersOf(number).slice(1)
    const person = { history: attempts.historyOf(number, others), ...people.factsOf([number, ...others]) }
    return factsOf({ lead: { ...facts, ...(columns ? { columns: lead.data } : {}) }, person, ...doNotCall }, now)
  }
  return {
    async dialableLeads({ campaignId, exclude, ...query }) {
      const { leads: best, ...more } = leads.order(campaignId).best({ ...query, exclude: new Set(exclude) })
      return { leads: best.map(lead => leads.dialable(lead)), ...more }
    },
    async facts({ campaignId, leadId, columns, now }) {
      const found = visible(leadId)
      if (found?.campaignId !== campaignId) throw storeProblems.unknownLead(leadId, campaignId)
      return factsOfLead(found, columns, now)
    },
    async census({ settings, book, now }) {
      const counting = startCounting(now)
      const rules = verdictRules(settings, createLawFinder(book))
      for (const lead of leads.all(settings.campaignId)) {
        if (!lead.active) continue
        const { state, dialableAt, reason = null, openAttempts } = lead
        const ask = () => decideVerdict(factsOfLead(lead, rules.filter !== undefined, now), rules, now)
        counting.add({ state, dialableAt, reason, inFlight: openAttempts > 0 }, ask)
      }
      return counting.result()
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
    ...importPort(leads),
  }
}

function importPort(
  leads: MemoryLeads,
): Pick<LeadStore, 'importLeads' | 'activateImport' | 'discardImport'> & PackedLeadStore {
  return {
    importLeads: async (importId, campaignId, rows) => leads.add(importId, campaignId, rows),
    importPackedLeads: async (importId, campaignId, packed) => leads.add(importId, campaignId, unpackLeads(packed)),
    activateImport: async (importId, { list }) => leads.activate(importId, list),
    discardImport: async importId => leads.discard(importId),
  }
}

function campaignPort(attempts: MemoryAttempts, campaigns: Map<CampaignId, CampaignSettings>) {
  const agents = new Map<AgentId, AgentSettings>()
  const progresses = new Map<CampaignId, SavedProgress>()
  return {
    async saveCampaign(settings: CampaignSettings) {
      campaigns.set(settings.campaignId, settings)
    },
    async saveCampaignProgress(progress: SavedProgress) {
      progresses.set(progress.campaignId, progress)
    },
    async campaigns() {
      return [...campaigns.values()].map(settings => {
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
