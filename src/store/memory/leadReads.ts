import type { VerdictFacts } from '../../core/compliance/facts.ts'
import { createLawFinder } from '../../core/compliance/law.ts'
import { decideVerdict, verdictRules } from '../../core/compliance/verdict.ts'
import { given } from '../../core/given.ts'
import type { InstantMs } from '../../core/ids.ts'
import { numberToInteger } from '../../numbers/e164.ts'
import { placesOfNumber } from '../../numbers/places.ts'
import type { Store } from '../../ports/store.ts'
import { startCounting } from '../decisions/census.ts'
import { factsOf, placesOf } from '../decisions/facts.ts'
import { storeProblems } from '../decisions/problems.ts'
import { leadRecord, type MemoryLead } from './lead.ts'
import type { Model } from './model.ts'

type LeadReads = Pick<
  Store,
  | 'dialableLeads'
  | 'facts'
  | 'lead'
  | 'callableLead'
  | 'leadsByNumber'
  | 'callBacksOf'
  | 'listLeads'
  | 'leadCounts'
  | 'placesOfLeads'
  | 'census'
>

/** What is read of leads. */
export function leadReads(model: Model): LeadReads {
  const { leads, attempts } = model
  return {
    async dialableLeads({ campaignId, exclude, ...query }) {
      const { leads: best, ...more } = leads.order(campaignId).best({ ...query, exclude: new Set(exclude) })
      const dialable = best.map(lead => {
        const carrierFaults = attempts.carrierFaults(lead.leadId, lead.lead.number)
        return { ...leads.dialable(lead), ...(carrierFaults === 0 ? {} : { carrierFaults }) }
      })
      return { leads: dialable, ...more }
    },
    async facts({ campaignId, leadId, columns, now }) {
      const found = leads.active(leadId)
      if (found?.campaignId !== campaignId) throw storeProblems.unknownLead(leadId, campaignId)
      return factsOfLead(model, found, { columns: columns === true, now })
    },
    async lead(leadId) {
      const lead = leads.active(leadId)
      return lead && leadRecord(lead)
    },
    async callableLead(leadId) {
      const lead = leads.active(leadId)
      if (lead === undefined) return undefined
      const { priority: _, ...callable } = leads.dialable(lead)
      const carrierFaults = attempts.carrierFaults(leadId, lead.lead.number)
      return { ...callable, ...(carrierFaults === 0 ? {} : { carrierFaults }) }
    },
    leadsByNumber: async number =>
      leads
        .ofNumber(number)
        .filter(lead => lead.active)
        .map(leadRecord),
    callBacksOf: async agentId =>
      [...leads.all(undefined)]
        .filter(lead => lead.active && lead.state !== 'finished' && lead.callbackAgentId === agentId)
        .sort((a, b) => a.dialableAt - b.dialableAt || a.leadId - b.leadId)
        .map(leadRecord),
    async listLeads({ campaignId, limit, after = 0 }) {
      const found = [...leads.all(campaignId)].filter(lead => lead.active && lead.leadId > after)
      return found.slice(0, limit).map(leadRecord)
    },
    async leadCounts(campaignId) {
      const active = [...leads.all(campaignId)].filter(lead => lead.active)
      const finished = active.filter(lead => lead.state === 'finished').length
      return { total: active.length, dialable: active.length - finished, finished }
    },
    async placesOfLeads(campaignId) {
      const unfinished = [...leads.all(campaignId)].filter(lead => lead.active && lead.state !== 'finished')
      const found = unfinished.flatMap(({ lead: { number, places = [] } }) => placesOf(placesOfNumber(number), places))
      return [...new Set(found)].sort()
    },
    async census({ settings, book, now }, waiter) {
      if (waiter?.signal?.aborted) throw storeProblems.countStopped()
      const counting = startCounting(now)
      const rules = verdictRules(settings, createLawFinder(book))
      for (const lead of leads.all(settings.campaignId)) {
        if (!lead.active) continue
        const { state, dialableAt, reason = null, openAttempts } = lead
        const facts = () => factsOfLead(model, lead, { columns: rules.filter !== undefined, now })
        counting.add({ state, dialableAt, reason, inFlight: openAttempts > 0 }, () =>
          decideVerdict(facts(), rules, now),
        )
      }
      return counting.result()
    },
  }
}

function factsOfLead(
  { leads, attempts, doNotCall, people }: Model,
  found: MemoryLead,
  { columns, now }: { readonly columns: boolean; readonly now: InstantMs },
): VerdictFacts {
  const { state, dialableAt, attempts: had, list, lead: row } = found
  const { number, timeZones, places = [] } = row
  const others = leads.numbersOf(number).slice(1)
  const known = people.factsOf([number, ...others])
  const person = { others: others.map(numberToInteger), history: attempts.historyOf(number, others), ...known }
  const more = given({ columns: columns ? row.data : undefined })
  const lead = { number, timeZones, places, state, dialableAt, list, attempts: had, ...more }
  return factsOf({ lead, person, doNotCall: doNotCall.lookup }, now)
}
