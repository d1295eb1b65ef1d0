import { given } from '../../core/given.ts'
import { secondMs } from '../../core/time.ts'
import { numberProblems } from '../../numbers/phone.ts'
import type { MovedCall } from '../../ports/importing/packedMoved.ts'
import { type RowRemark, remark } from '../rowRemark.ts'
import { countOf, createPairReader, readLocalTime } from './cells.ts'
import type { VicidialOptions } from './leads.ts'
import { agentOf, dispositionOf, statusMeaning } from './statuses.ts'
import type { TableRow } from './table.ts'

/** A row of vicidial_log. */
export type MovedCallRow =
  | RowRemark
  | { readonly line: number; readonly skipped: string }
  | { readonly line: number; readonly call: MovedCall; readonly warning?: RowRemark }

const answeredBy: ReadonlySet<string> = new Set(['connected', 'abandoned', 'machine'])

/**
 * Makes the reader of vicidial_log's rows. The log does not tell when somebody answered: an answered call counts as answered
 * at its start, which puts it into every window that it may belong to.
 */
export function createCallReader(options: VicidialOptions): (row: TableRow) => MovedCallRow {
  const read = createPairReader(options.defaultCountry)
  return ({ line, cells }) => {
    if (cells === undefined) return remark(line, 'column-count: has another number of cells than the table', '')
    if (options.fromCampaign !== undefined && cells.campaign_id !== options.fromCampaign)
      return { line, skipped: 'of another campaign' }
    const callId = callIdOf(cells.uniqueid ?? '')
    if (callId === undefined) return remark(line, 'no-uniqueid: the call has no id of its own', cells.uniqueid ?? '')
    const reading = read({ code: cells.phone_code ?? '' }, cells.phone_number ?? '')
    if (!reading.valid)
      return remark(line, `${reading.problem}: ${numberProblems[reading.problem]}`, cells.phone_number ?? '')
    const times = timesOf(cells, options)
    if (times === undefined) return remark(line, 'bad-time: is no time like 2026-10-01 15:30:00', cells.call_date ?? '')
    if (times.originatedAt > options.now) return remark(line, 'bad-time: lies in the future', cells.call_date ?? '')
    const result = resultOf(cells, line)
    const { warning, ...said } = result
    const refusal = statusMeaning(cells.status ?? '', options.statuses)?.lead === 'do-not-call'
    const call = withAnswer({ callId, number: reading.number, ...times, ...said, refusal, countsAsAttempt: true })
    return warning === undefined ? { line, call } : { line, call, warning }
  }
}

/** The same call always has the same id, and it says nothing about whom was called. */
function callIdOf(uniqueId: string): string | undefined {
  return /^[\d.]{5,30}$/.test(uniqueId) ? `vicidial-${uniqueId.replaceAll('.', '-')}` : undefined
}

type Cells = Readonly<Record<string, string>>

/** The epochs need no zone; where they are missing, the clock of the other dialer. */
function timesOf(cells: Cells, { timeZone }: VicidialOptions): Pick<MovedCall, 'originatedAt' | 'endedAt'> | undefined {
  const started = epoch(cells.start_epoch) ?? readLocalTime(cells.call_date ?? '', timeZone)
  if (started === undefined) return undefined
  const ended = epoch(cells.end_epoch) ?? started + countOf(cells.length_in_sec) * secondMs
  return { originatedAt: started, endedAt: Math.max(started, ended) }
}

function epoch(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{9,10}$/.test(text) ? Number(text) * secondMs : undefined
}

type Result = Pick<MovedCall, 'disposition' | 'agentId' | 'wrapUpCode'> & { readonly warning?: RowRemark }

function resultOf(cells: Cells, line: number): Result {
  const status = cells.status ?? ''
  const agentId = agentOf(cells.user ?? '')
  const disposition = dispositionOf({ status, termReason: cells.term_reason ?? '', agentId })
  const agent = given({ agentId })
  if (disposition !== undefined) return { disposition, wrapUpCode: status, ...agent }
  const reason = `unknown-status: ${status || '(empty)'} does not tell how a call ended; it counts as one that nobody answered`
  return { disposition: 'no-answer', wrapUpCode: status, warning: remark(line, reason, status) }
}

function withAnswer(call: MovedCall): MovedCall {
  if (!answeredBy.has(call.disposition)) return call
  const answered = { ...call, answeredAt: call.originatedAt }
  return call.disposition === 'connected' ? { ...answered, connectedAt: call.originatedAt } : answered
}
