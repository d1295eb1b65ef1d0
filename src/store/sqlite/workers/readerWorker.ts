import Database from 'better-sqlite3'
import { serveAnswers } from '../../../threads/threads.ts'
import { storeErrorOf } from '../problems.ts'
import { prepareAbandonmentReads } from '../queries/calls/abandonment.ts'
import { prepareCallPages, prepareDayTotals } from '../queries/calls/callReads.ts'
import { prepareDialableLeads } from '../queries/leads/dialableLeads.ts'
import { prepareLeadScans } from '../queries/leads/leadReads.ts'
import { prepareLeadUpkeepScans } from '../queries/leads/leadUpkeepReads.ts'
import { prepareLedgerLookups } from '../queries/ledgerReads.ts'
import type { ReaderData, ScanHandlers, ScanQuestion } from '../scans.ts'

serveAnswers<ReaderData, ScanQuestion, unknown>(({ file }) => {
  const database = new Database(file, { readonly: true, fileMustExist: true })
  const handlers = prepareHandlers(database)
  return {
    answer(question) {
      try {
        // The table pairs each kind with its question; TypeScript cannot carry that pairing through an index.
        const handler = handlers[question.kind] as (question: ScanQuestion) => unknown
        return handler(question)
      } catch (error) {
        throw storeErrorOf(error, file)
      }
    },
    close: () => void database.close(),
  }
})

function prepareHandlers(database: Database.Database): ScanHandlers {
  const dialableLeads = prepareDialableLeads(database)
  const calls = prepareCallPages(database)
  const dayTotals = prepareDayTotals(database)
  const leads = prepareLeadScans(database)
  const abandonment = prepareAbandonmentReads(database)
  const ledger = prepareLedgerLookups(database)
  const upkeep = prepareLeadUpkeepScans(database)
  return {
    'dialable-leads': ({ query }) => dialableLeads(query),
    'list-leads': ({ query }) => leads.listLeads(query),
    'lead-counts': ({ campaignId }) => leads.leadCounts(campaignId),
    'places-of-leads': ({ campaignId }) => leads.placesOfLeads(campaignId),
    calls: ({ query }) => calls(query),
    'day-totals': ({ day }) => dayTotals(day),
    'abandonment-spans': ({ query }) => abandonment.spans(query),
    'abandoned-calls': ({ query }) => abandonment.calls(query),
    'recyclable-leads': ({ question }) => upkeep.recyclable(question),
    'lead-lists': ({ campaignId, after }) => upkeep.lists(campaignId, after),
    'leads-put-off': ({ query }) => upkeep.putOff(query),
    'ledger-entries': ({ afterSeq, limit }) => ledger.entries(afterSeq, limit),
    'ledger-deeds': ({ query }) => ledger.deeds(query),
  }
}
