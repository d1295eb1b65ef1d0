import type { Database } from 'better-sqlite3'
import { integerToNumber, numberToInteger } from '../../numbers/e164.ts'
import type { Store } from '../../ports/store.ts'
import { type DoNotCallLookup, factsOf, type PersonFacts } from '../decisions/facts.ts'
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

  /** The person, when nothing is on its way to the disk that is about another number of theirs. */
  async function settledPerson(integer: number): Promise<PersonFacts> {
    const person = people(integer)
    const pending = person.others
      .map(other => writes.settledFor(integerToNumber(other)))
      .filter(one => one !== undefined)
    if (pending.length === 0) return person
    await Promise.all(pending)
    return people(integer)
  }

  return {
    dialableLeads: query => writes.scan({ kind: 'dialable-leads', query }),
    async facts({ now, ...query }) {
      const { leadId, campaignId } = query
      const moving = writes.settledFor(leadId)
      if (moving !== undefined) await moving
      const lead = leads.facts(query)
      if (lead === undefined) throw storeProblems.unknownLead(leadId, campaignId)
      const numbering = writes.settledFor(lead.number)
      if (numbering !== undefined) await numbering
      const person = await settledPerson(numberToInteger(lead.number))
      return factsOf({ lead, person, doNotCall }, now)
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
