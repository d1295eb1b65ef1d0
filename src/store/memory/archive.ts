import type { InstantMs } from '../../core/ids.ts'
import { mayLeadLeave } from '../decisions/archive.ts'
import type { WriteHandlers } from '../operations.ts'
import { leadRecord, type MemoryLead } from './lead.ts'
import type { Model } from './model.ts'

/** What leaves the model for an archive. */
export function archiveWrites(model: Model): WriteHandlers<'name-subjects' | 'let-rows-go' | 'record-archive'> {
  const { leads, attempts, ledger } = model

  function letLeadGo(lead: MemoryLead, before: InstantMs): boolean {
    const { campaignId, activatedAt = before } = lead
    const hasAttempts = attempts.callsOf(lead.lead.number).some(record => record.campaignId === campaignId)
    const of = { importedAt: activatedAt, campaignOver: attempts.isOver(campaignId, before), hasAttempts }
    if (!mayLeadLeave({ lead: leadRecord(lead), ...of }, before)) return false
    leads.removeOne(lead)
    return true
  }

  return {
    'name-subjects'({ numbers }) {
      for (const number of numbers) ledger.book.subject(number, 'make')
    },
    'let-rows-go'({ rows: { before, attempts: calls, leads: leadIds } }) {
      // First, because a lead waits until its attempts have left.
      const left = calls.filter(call => attempts.letGo(call, before)).length
      const found = leadIds.map(leadId => leads.active(leadId)).filter(lead => lead !== undefined)
      return { attempts: left, leads: found.filter(lead => letLeadGo(lead, before)).length }
    },
    'record-archive'() {},
  }
}
