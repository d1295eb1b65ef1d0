import type { InstantMs } from '../../core/ids.ts'
import type { LeavingRows } from '../../ports/archives.ts'
import { isAsRead, mayLeadLeave } from '../decisions/archive.ts'
import type { WriteHandlers } from '../operations.ts'
import { leadRecord } from './lead.ts'
import type { Model } from './model.ts'

/** What leaves the model for an archive. */
export function archiveWrites(model: Model): WriteHandlers<'name-subjects' | 'let-rows-go' | 'record-archive'> {
  const { leads, attempts, ledger } = model

  function letLeadGo(read: LeavingRows['leads'][number], before: InstantMs): boolean {
    const lead = leads.active(read.leadId)
    if (lead === undefined) return false
    const { campaignId, activatedAt = before } = lead
    const hasAttempts = attempts.callsOf(lead.lead.number).some(record => record.campaignId === campaignId)
    const of = { importedAt: activatedAt, campaignOver: attempts.isOver(campaignId, before), hasAttempts }
    const record = leadRecord(lead)
    if (!isAsRead(record, read) || !mayLeadLeave({ lead: record, ...of }, before)) return false
    leads.letGo(lead)
    return true
  }

  return {
    'name-subjects'({ numbers }) {
      const known = numbers.filter(one => attempts.callsOf(one).length + leads.ofNumber(one).length > 0)
      for (const number of known) ledger.book.subject(number, 'make')
    },
    'let-rows-go'({ rows: { before, attempts: calls, leads: leaving } }) {
      // First, because a lead waits until its attempts have left.
      const left = calls.filter(call => attempts.letGo(call, before)).length
      return { attempts: left, leads: leaving.filter(read => letLeadGo(read, before)).length }
    },
    'record-archive'() {},
  }
}
