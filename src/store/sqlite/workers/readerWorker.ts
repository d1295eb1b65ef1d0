import Database from 'better-sqlite3'
import { serveAnswers } from '../../../threads/threads.ts'
import { storeErrorOf } from '../problems.ts'
import { prepareAbandonmentReads } from '../queries/calls/abandonment.ts'
import { prepareCallPages } from '../queries/calls/callReads.ts'
import { prepareDialableLeads } from '../queries/leads/dialableLeads.ts'
import { prepareLeadScans } from '../queries/leads/leadReads.ts'
import { prepareLeadUpkeepScans } from '../queries/leads/leadUpkeepReads.ts'
import { prepareLedgerLookups } from '../queries/ledgerReads.ts'
import type { ReaderData, ScanQuestion } from '../scans.ts'

serveAnswers<ReaderData, ScanQuestion, unknown>(({ file }) => {
  const database = new Database(file, { readonly: true, fileMustExist: true })
  const dialableLeads = prepareDialableLeads(database)
  const calls = prepareCallPages(database)
  const leads = prepareLeadScans(database)
  const abandonment = prepareAbandonmentReads(database)
  const ledger = prepareLedgerLookups(database)
  const upkeep = prepareLeadUpkeepScans(database)
  return {
    answer(question) {
      try {
        switch (question.kind) {
          case 'dialable-leads':
            return dialableLeads(question.query)
          case 'list-leads':
            return leads.listLeads(question.query)
          case 'lead-counts':
            return leads.leadCounts(question.campaignId)
          case 'calls':
            return calls(question.query)
          case 'abandonment-spans':
            return abandonment.spans(question.query)
          case 'abandoned-calls':
            return abandonment.calls(question.query)
          case 'recyclable-leads':
            return upkeep.recyclable(question.question)
          case 'lead-lists':
            return upkeep.lists(question.campaignId, question.after)
          case 'leads-put-off':
            return upkeep.putOff(question.query)
          case 'ledger-entries':
            return ledger.entries(question.afterSeq, question.limit)
        }
      } catch (error) {
        throw storeErrorOf(error, file)
      }
    },
    close: () => void database.close(),
  }
})
