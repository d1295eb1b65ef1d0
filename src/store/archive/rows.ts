import type { AttemptEnd } from '../../core/calls/call.ts'
import { given } from '../../core/given.ts'
import type { InstantMs } from '../../core/ids.ts'
import { Defect } from '../../errors.ts'
import { isE164 } from '../../numbers/e164.ts'
import type { CallRecord, WrapUpRecord } from '../../ports/attempts.ts'
import type { LeadRecord } from '../../ports/leads.ts'
import { type SealingSubject, seal, unseal } from './seal.ts'

/** The first line of an archive. */
export interface ArchiveHeader {
  readonly format: 'dialwright-archive'
  readonly version: 1
  readonly databaseId: string
  readonly before: InstantMs
  readonly createdAt: InstantMs
}

/** The last line of an archive. */
export interface ArchiveEnd {
  readonly attempts: number
  readonly leads: number
}

/** A call without what would lead to the person. A surrogate stays: it is the number of nobody. */
export type PlainCall = Omit<CallRecord, 'end' | 'wrapUp' | 'line'> & {
  readonly end?: Omit<AttemptEnd, 'number' | 'sipCallId'>
  readonly wrapUp?: Omit<WrapUpRecord, 'note' | 'form'>
}

/** A lead without what would lead to the person. */
export type PlainLead = Omit<LeadRecord, 'number' | 'personId' | 'timeZones' | 'places' | 'data' | 'provenance'>

/** A row with its person's name in the ledger, and what is sealed with their key; neither: the person has no number, or was erased. */
export type ArchiveRow = ({ readonly attempt: PlainCall } | { readonly lead: PlainLead }) & {
  readonly subject?: string
  readonly sealed?: string
}

/** Whose number it is: their rows are sealed with their key. */
export type SubjectOf = (number: string) => SealingSubject | undefined

/** A call as a line, without the line's end. */
export function lineOfCall(call: CallRecord, subjectOf: SubjectOf): string {
  const { end, wrapUp, number, line, ...start } = call
  const { number: _number, sipCallId, ...ended } = end ?? {}
  const { note, form, ...word } = wrapUp ?? {}
  const surrogate = number !== undefined && !isE164(number) ? number : undefined
  const plain = { ...start, ...given({ number: surrogate, end: end && ended, wrapUp: wrapUp && word }) }
  return lineOf('attempt', plain, { number, hidden: { number, ...given({ sipCallId, note, form, line }) }, subjectOf })
}

/** A lead as a line, without the line's end. */
export function lineOfLead(lead: LeadRecord, subjectOf: SubjectOf): string {
  const { number, personId, timeZones, places, data, provenance, ...plain } = lead
  const hidden = { number, timeZones, places, data, ...given({ personId, provenance }) }
  return lineOf('lead', plain, { number, hidden, subjectOf })
}

interface Hiding {
  readonly number: string | undefined
  readonly hidden: object
  readonly subjectOf: SubjectOf
}

function lineOf(name: 'attempt' | 'lead', what: object, { number, hidden, subjectOf }: Hiding): string {
  const plain = JSON.stringify(what)
  if (number === undefined || !isE164(number)) return `{"${name}":${plain}}`
  const of = subjectOf(number)
  if (of === undefined) throw new Defect('a row for an archive has nobody to be sealed for')
  return `{"${name}":${plain},"subject":"${of.subject}","sealed":"${seal(of, { plain, hidden })}"}`
}

/** What a row says with what is sealed in it; `undefined`: the key is not the row's, or the row was changed. */
export function openRow(row: ArchiveRow, of: SealingSubject): CallRecord | LeadRecord | undefined {
  const what = 'attempt' in row ? row.attempt : row.lead
  const { sealed } = row
  if (sealed === undefined) return undefined
  const hidden = unseal(of, { plain: JSON.stringify(what), sealed })
  if (hidden === undefined) return undefined
  // It was sealed by lineOfLead.
  if ('lead' in row) return { ...row.lead, ...hidden } as LeadRecord
  const { number, sipCallId, note, form, line } = hidden
  const { end, wrapUp, ...start } = row.attempt
  const ended = end && { ...end, ...given({ number, sipCallId }) }
  // It was sealed by lineOfCall.
  return {
    ...start,
    ...given({ number, end: ended, wrapUp: wrapUp && { ...wrapUp, ...given({ note, form }) }, line }),
  } as CallRecord
}
