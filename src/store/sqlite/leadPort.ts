import type { Database } from 'better-sqlite3'
import { numberToInteger } from '../../numbers/e164.ts'
import type { Store } from '../../ports/store.ts'
import { type DoNotCallLookup, factsOf } from '../decisions/facts.ts'
import { storeProblems } from '../decisions/problems.ts'
import { prepareLeadLookups } from './queries/leads/leadReads.ts'
import { preparePersonFacts } from './queries/people/personFacts.ts'
import type { Writing } from './writing/writing.ts'

type LeadReads = Pick<Store, 'dialableLeads' | 'facts' | 'lead' | 'leadsByNumber' | 'listLeads' | 'leadCounts'>

/** What is read of leads. */
export function leadPort(
  { database, doNotCall }: { readonly database: Database; readonly doNotCall: DoNotCallLookup },
  writes: Writing,
): LeadReads {
  const leads = prepareLeadLookups(database)
  const people = preparePersonFacts(database)
  // In one transaction: all is of one moment, and a dozen of statements take the lock once.
  const read = database.transaction((query: Parameters<Store['facts']>[0]) => {
    const lead = leads.facts(query)
    if (lead === undefined) throw storeProblems.unknownLead(query.leadId, query.campaignId)
    return factsOf({ lead, person: people(numberToInteger(lead.number)), doNotCall }, query.now)
  })
  return {
    dialableLeads: query => writes.scan({ kind: 'dialable-leads', query }),
    async facts({ now, ...query }) {
      const { leadId } = query
      const moving = writes.settledFor(leadId)
      if (moving !== undefined) await moving
      const found = read({ ...query, now })
      const numbering = writes.settledFor(found.number)
      if (numbering === undefined) return found
      await numbering
      return read({ ...query, now })
    },
    async lead(leadId) {
      await writes.settled()
      return leads.lead(leadId)
    },
    async leadsByNumber(number) {
      await writes.settled()
      return leads.leadsByNumber(number)
    },
    listLeads: query => writes.scan({ kind: 'list-leads', query }),
    leadCounts: campaignId => writes.scan({ kind: 'lead-counts', campaignId }),
  }
}
