import { given } from '../../core/given.ts'
import type { AgentId, InstantMs } from '../../core/ids.ts'
import { type RowRemark, remark } from '../rowRemark.ts'
import { readLocalTime } from './cells.ts'
import { agentOf } from './statuses.ts'
import type { TableRow } from './table.ts'

/** A call-back that was promised. */
export interface Callback {
  readonly line: number
  readonly at: InstantMs
  /** Who promised it, where nobody else shall call. */
  readonly agentId?: AgentId
  readonly comments: string
}

/** Call-backs by the lead they are for. */
export interface Callbacks {
  /** Reads a row of vicidial_callbacks; a text: why it is of no use. */
  add(row: TableRow): RowRemark | { readonly line: number; readonly skipped?: string }
  /** Gives the call-back of a lead, once. */
  take(leadId: string): Callback | undefined
  /** Those that nobody took, at most as many as a report names, and how many there are. */
  left(): { readonly remarks: readonly RowRemark[]; readonly count: number }
}

/** Call-backs are held in memory until their leads come. */
const callbacksMax = 2_000_000
const remarksMax = 100

/** No call-backs yet. */
export function createCallbacks(options: { readonly timeZone: string; readonly fromCampaign?: string }): Callbacks {
  const byLead = new Map<string, Callback>()
  return {
    add({ line, cells }) {
      if (cells === undefined) return remark(line, 'column-count: has another number of cells than the table', '')
      const { fromCampaign, timeZone } = options
      if (fromCampaign !== undefined && cells.campaign_id !== fromCampaign)
        return { line, skipped: 'of another campaign' }
      if (cells.status !== undefined && !['ACTIVE', 'LIVE'].includes(cells.status))
        return { line, skipped: 'done already' }
      const at = readLocalTime(cells.callback_time ?? '', timeZone)
      if (at === undefined)
        return remark(line, 'bad-time: is no time like 2026-10-01 15:30:00', cells.callback_time ?? '')
      if (byLead.size >= callbacksMax) return { line, skipped: `more than ${callbacksMax} call-backs` }
      const agentId = cells.recipient === 'USERONLY' ? agentOf(cells.user ?? '') : undefined
      byLead.set(cells.lead_id ?? '', { line, at, comments: cells.comments ?? '', ...given({ agentId }) })
      return { line }
    },
    take(leadId) {
      const found = byLead.get(leadId)
      byLead.delete(leadId)
      return found
    },
    left() {
      const reason = 'no-lead: its lead is not in the table of leads, or could not be read'
      const remarks = [...byLead].slice(0, remarksMax).map(([leadId, { line }]) => remark(line, reason, leadId))
      return { remarks, count: byLead.size }
    },
  }
}
