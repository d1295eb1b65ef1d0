import type { Provenance } from '../../core/compliance/provenance.ts'
import { given } from '../../core/given.ts'
import type { InstantMs } from '../../core/ids.ts'
import { InputError } from '../../errors.ts'
import { numberProblems } from '../../numbers/phone.ts'
import { zonesOfPerson } from '../../numbers/whereabouts.ts'
import type { LeadPast, MovedStatus } from '../../ports/importing/imports.ts'
import type { NewLead } from '../../ports/leads.ts'
import { createAddressReader } from '../leads/addressCells.ts'
import { priorityMax } from '../leads/leadRows.ts'
import { type RowRemark, remark } from '../rowRemark.ts'
import type { Callback, Callbacks } from './callbacks.ts'
import { countOf, createPairReader, readLocalTime } from './cells.ts'
import { type StatusMeaning, statusMeaning } from './statuses.ts'
import type { TableRow } from './table.ts'

/** What rows of VICIdial's tables are read by. */
export interface VicidialOptions {
  readonly defaultCountry: string
  /** IANA zone of the files' times. */
  readonly timeZone: string
  readonly fromCampaign?: string
  readonly provenance?: Partial<Provenance>
  readonly withoutOrigin?: boolean
  readonly statuses?: Readonly<Record<string, MovedStatus>>
  readonly now: InstantMs
}

/** A row of vicidial_list. */
export type MovedLeadRow =
  | RowRemark
  | {
      readonly line: number
      readonly list: string
      readonly leads: readonly NewLead[]
      /** The status says that the person refused. */
      readonly refused: boolean
      readonly warnings: readonly RowRemark[]
    }

/** Columns that the agent sees. */
const shown = [
  ...['title', 'first_name', 'middle_initial', 'last_name', 'address1', 'address2', 'address3', 'city', 'state'],
  ...['province', 'postal_code', 'country_code', 'gender', 'date_of_birth', 'email', 'security_phrase', 'comments'],
  ...['vendor_lead_code', 'owner'],
] as const

/** After an abandoned call nobody is called again sooner, unless an agent is held for it (Ofcom 2016). */
const restAfterAbandonmentMs = 72 * 60 * 60_000
/** The last call's time is the called person's, and nobody says where that is. */
const zoneMarginMs = 24 * 60 * 60_000

/**
 * Makes the reader of vicidial_list's rows.
 * @throws InputError `no-origin`
 */
export function createLeadReader(options: VicidialOptions, callbacks: Callbacks): (row: TableRow) => MovedLeadRow {
  const { provenance = {}, withoutOrigin = false } = options
  if (provenance.legalBasis === undefined && !withoutOrigin) {
    const message = `nothing says why these people may be called: add --basis consent and --origin 'our customers' (for leads without source_id); --without-origin takes them so`
    throw new InputError('no-origin', message)
  }
  const numbersOf = createNumbers(options.defaultCountry)
  const address = createAddressReader({ country: 0, region: 1, postcode: 2 }, options.defaultCountry)
  return ({ line, cells }) => {
    if (cells === undefined) return remark(line, 'column-count: has another number of cells than the table', '')
    const { numbers, problems } = numbersOf(cells, line)
    if (numbers.length === 0) return problems[0] ?? remark(line, 'empty: there is no number', '')
    const from = originOf(cells, options)
    if (from === undefined) return remark(line, 'no-origin: has no source_id, and no --origin is given', '')
    const status = cells.status ?? ''
    const callback = callbacks.take(cells.lead_id ?? '')
    const meaning = statusMeaning(status, options.statuses)
    const past = pastOf({ cells, meaning, callback }, options)
    const place = address?.([cells.country_code ?? '', cells.state || cells.province || '', cells.postal_code ?? ''])
    const { priority, warnings } = priorityOf(cells, line)
    const person = numbers.length > 1 ? { personId: `vicidial-${cells.lead_id || `line-${line}`}` } : {}
    const places = place === undefined || place.places.length === 0 ? {} : { places: place.places }
    const leads = numbers.map((number, index): NewLead => {
      const timeZones = zonesOfPerson({ number, ...given({ address: place }) })
      const order = Math.max(-priorityMax, priority - index)
      return { number, timeZones, priority: order, data: dataOf(cells, callback), ...from, ...person, ...places, past }
    })
    const list = /^\d{1,14}$/.test(cells.list_id ?? '') ? `vicidial-${cells.list_id}` : 'vicidial'
    return {
      line,
      list,
      leads,
      refused: meaning?.lead === 'do-not-call',
      warnings: [...problems, ...warnings, ...statusWarnings({ line, status, meaning, callback })],
    }
  }
}

type Cells = Readonly<Record<string, string>>

/** phone_number, then alt_phone, then address3, which VICIdial dials where it holds a number. */
function createNumbers(defaultCountry: string) {
  const read = createPairReader(defaultCountry)
  return (cells: Cells, line: number) => {
    const numbers: string[] = []
    const problems: RowRemark[] = []
    for (const column of ['phone_number', 'alt_phone', 'address3'] as const) {
      const written = cells[column] ?? ''
      if (written === '' && column !== 'phone_number') continue
      const reading = read({ code: cells.phone_code ?? '', country: cells.country_code ?? '' }, written)
      if (reading.valid) {
        if (!numbers.includes(reading.number)) numbers.push(reading.number)
      } else if (column !== 'address3')
        problems.push(remark(line, `${reading.problem}: ${numberProblems[reading.problem]}`, written))
    }
    return { numbers, problems }
  }
}

/** `undefined`: it must say where it is from, and does not. */
function originOf(
  cells: Cells,
  { provenance = {}, withoutOrigin, timeZone }: VicidialOptions,
): { readonly provenance?: Provenance } | undefined {
  const origin = cells.source_id || provenance.origin
  const { legalBasis } = provenance
  if (origin === undefined || legalBasis === undefined) return withoutOrigin === true ? {} : undefined
  const obtainedAt = readLocalTime(cells.entry_date ?? '', timeZone) ?? provenance.obtainedAt
  return { provenance: { origin, legalBasis, ...given({ obtainedAt }) } }
}

function pastOf(
  { cells, meaning, callback }: { cells: Cells; meaning: StatusMeaning | undefined; callback: Callback | undefined },
  { timeZone }: VicidialOptions,
): LeadPast {
  const attempts = countOf(cells.called_count)
  const last = given({ lastDisposition: meaning?.disposition })
  if (meaning?.lead === 'do-not-call') return { state: 'finished', attempts, reason: 'do-not-call', ...last }
  if (callback !== undefined) {
    const own = given({ callbackAgentId: callback.agentId })
    return { state: 'retry', attempts, dialableAt: callback.at, reason: 'resting', ...last, ...own }
  }
  if (meaning?.lead === 'new' || meaning?.lead === 'retry') {
    const calledAt = readLocalTime(cells.last_local_call_time ?? '', timeZone)
    const rests = meaning.disposition === 'abandoned' && calledAt !== undefined
    const until = rests ? { dialableAt: calledAt + restAfterAbandonmentMs + zoneMarginMs, reason: 'resting' } : {}
    return { state: meaning.lead === 'new' && attempts === 0 ? 'new' : 'retry', attempts, ...last, ...until }
  }
  // A status that nobody knows, and a call-back without its time, are no permission to call.
  return { state: 'finished', attempts, reason: meaning === undefined ? 'unknown-status' : 'lead-finished', ...last }
}

function statusWarnings(of: {
  line: number
  status: string
  meaning: StatusMeaning | undefined
  callback: Callback | undefined
}): readonly RowRemark[] {
  const { line, status, meaning, callback } = of
  if (meaning === undefined && callback === undefined) {
    const reason = `unknown-status: ${status || '(empty)'} is not one of VICIdial's own, so these leads are not dialed; say --status ${status || 'CODE'}=retry, finished or do-not-call`
    return [remark(line, reason, status)]
  }
  if (meaning?.lead === 'callback' && callback === undefined)
    return [remark(line, 'no-callback: waits for a call-back that is not in --callbacks, so it is not dialed', status)]
  if (meaning?.lead === 'do-not-call')
    return [remark(line, "refused: goes onto the company's do-not-call list", status)]
  return []
}

function priorityOf(
  cells: Cells,
  line: number,
): { readonly priority: number; readonly warnings: readonly RowRemark[] } {
  const rank = Number(cells.rank || 0)
  if (!Number.isInteger(rank))
    return { priority: 0, warnings: [remark(line, 'bad-rank: is no whole number; priority 0', cells.rank ?? '')] }
  const priority = Math.max(-priorityMax, Math.min(priorityMax, rank))
  const reason = `rank: priorities go from -${priorityMax} to ${priorityMax}; cut`
  return { priority, warnings: priority === rank ? [] : [remark(line, reason, String(rank))] }
}

function dataOf(cells: Cells, callback: Callback | undefined): Readonly<Record<string, string>> {
  const data: Record<string, string> = {}
  for (const name of shown) {
    const value = cells[name]
    if (value !== undefined && value !== '') data[name] = value
  }
  if (callback !== undefined && callback.comments !== '') data['callback comments'] = callback.comments
  return data
}
