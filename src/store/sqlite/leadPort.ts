import type { Database } from 'better-sqlite3'
import type { InstantMs } from '../../core/ids.ts'
import { integerToNumber, numberToInteger } from '../../numbers/e164.ts'
import type { Store } from '../../ports/store.ts'
import { type DoNotCallLookup, factsOf } from '../decisions/facts.ts'
import { storeProblems } from '../decisions/problems.ts'
import { prepareLeadLookups } from './queries/leads/leadReads.ts'
import { preparePersonFacts } from './queries/people/personFacts.ts'
import type { Writing } from './writing/writing.ts'

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
>

/** What is read of leads. */
export function leadPort(
  {
    database,
    doNotCall,
    attemptsUnknownUntil,
  }: {
    readonly database: Database
    readonly doNotCall: DoNotCallLookup
    readonly attemptsUnknownUntil?: InstantMs | undefined
  },
  writes: Writing,
): LeadReads {
  const leads = prepareLeadLookups(database)
  const people = preparePersonFacts(database)
  // In one transaction: all is of one moment, and a dozen of statements take the lock once.
  const read = database.transaction((query: Parameters<Store['facts']>[0]) => {
    const lead = leads.facts(query)
    if (lead === undefined) throw storeProblems.unknownLead(query.leadId, query.campaignId)
    const person = people(numberToInteger(lead.number))
    const numbers = [lead.number, ...person.others.map(integerToNumber)]
    return { facts: factsOf({ lead, person, doNotCall, attemptsUnknownUntil }, query.now), numbers }
  })
  return {
    dialableLeads: query => writes.scan({ kind: 'dialable-leads', query }),
    async facts(query) {
      const moving = writes.settledFor(query.leadId)
      if (moving !== undefined) await moving
      const { facts, numbers } = read(query)
      // What is on its way to the disk may be about another number of the person.
      const pending = numbers.map(writes.settledFor).filter(one => one !== undefined)
      if (pending.length === 0) return facts
      await Promise.all(pending)
      return read(query).facts
    },
    async lead(leadId) {
      await writes.settled()
      return leads.lead(leadId)
    },
    async callableLead(leadId) {
      await writes.settled()
      return leads.callableLead(leadId)
    },
    async leadsByNumber(number) {
      await writes.settled()
      return leads.leadsByNumber(number)
    },
    async callBacksOf(agentId) {
      await writes.settled()
      return leads.callBacksOf(agentId)
    },
    listLeads: query => writes.scan({ kind: 'list-leads', query }),
    leadCounts: campaignId => writes.scan({ kind: 'lead-counts', campaignId }),
    placesOfLeads: campaignId => writes.scan({ kind: 'places-of-leads', campaignId }),
  }
}
