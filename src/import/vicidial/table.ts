import { InputError } from '../../errors.ts'
import { keyText } from '../../numbers/keyText.ts'
import type { MoveInPart } from '../../ports/importing/imports.ts'
import { openCsv } from '../csv.ts'
import { plainName } from '../leads/header.ts'
import { cutOff } from '../leads/leadRows.ts'
import { remark, type TellRemark } from '../rowRemark.ts'

/** A row by column name; what the export leaves out, and NULL, is empty. */
export interface TableRow {
  readonly line: number
  /** `undefined`: the row has another number of cells than the table. */
  readonly cells: Readonly<Record<string, string>> | undefined
}

/**
 * Columns in the order of VICIdial's schema (extras/MySQL_AST_CREATE_tables.sql), for exports without a header.
 * vicidial_list, vicidial_log, vicidial_callbacks, vicidial_dnc and vicidial_campaign_dnc.
 */
const schema: Readonly<Record<MoveInPart, readonly string[]>> = {
  leads: [
    ...['lead_id', 'entry_date', 'modify_date', 'status', 'user', 'vendor_lead_code', 'source_id', 'list_id'],
    ...['gmt_offset_now', 'called_since_last_reset', 'phone_code', 'phone_number', 'title', 'first_name'],
    ...['middle_initial', 'last_name', 'address1', 'address2', 'address3', 'city', 'state', 'province'],
    ...['postal_code', 'country_code', 'gender', 'date_of_birth', 'alt_phone', 'email', 'security_phrase'],
    ...['comments', 'called_count', 'last_local_call_time', 'rank', 'owner', 'entry_list_id'],
  ],
  calls: [
    ...['uniqueid', 'lead_id', 'list_id', 'campaign_id', 'call_date', 'start_epoch', 'end_epoch', 'length_in_sec'],
    ...['status', 'phone_code', 'phone_number', 'user', 'comments', 'processed', 'user_group', 'term_reason'],
    ...['alt_dial', 'called_count'],
  ],
  callbacks: [
    ...['callback_id', 'lead_id', 'list_id', 'campaign_id', 'status', 'entry_time', 'callback_time', 'modify_date'],
    ...['user', 'recipient', 'comments', 'user_group', 'lead_status', 'email_alert', 'email_result'],
    ...['customer_timezone', 'customer_timezone_diff', 'customer_time'],
  ],
  dnc: ['phone_number', 'campaign_id'],
}

/** Without these a table is of no use. */
const needed: Readonly<Record<MoveInPart, readonly string[]>> = {
  leads: ['phone_number', 'status'],
  calls: ['uniqueid', 'phone_number', 'call_date', 'status'],
  callbacks: ['lead_id', 'callback_time'],
  dnc: ['phone_number'],
}

/**
 * Reads an exported table, comma- or tab-separated, with or without a line of names.
 * @throws InputError `columns-missing`, and as `openCsv`
 */
export async function* readTable(
  part: MoveInPart,
  bytes: AsyncIterable<Uint8Array>,
  tell: TellRemark,
): AsyncIterable<TableRow> {
  const table = await openCsv(bytes, tell, { unquotedTabs: true }).catch(emptyTable)
  if (table === undefined) return
  let names: readonly string[] | undefined
  let short = false
  for await (const { cells, line, unreadable } of table.rows) {
    if (names === undefined) {
      const header = cells.map(plainName)
      const isHeader = header.includes('phone_number') || header.includes('lead_id')
      names = isHeader ? header : schema[part].slice(0, cells.length)
      checkColumns(part, isHeader ? header : names, cells.length)
      if (isHeader) continue
    }
    if (unreadable) tell(remark(line, unreadableLetters, cells.find(cell => cell.includes('\ufffd')) ?? ''))
    short = cells.length < names.length
    const written = table.quotes ? cells : cells.map(plain)
    yield { line, cells: cells.length === names.length ? rowOf(names, written) : undefined }
  }
  if (short && !table.endsWithLine()) throw cutOff()
}

/** A table without rows is a table; other trouble stays. */
function emptyTable(error: unknown): undefined {
  if (error instanceof InputError && error.code === 'empty-file') return undefined
  throw error
}

function checkColumns(part: MoveInPart, names: readonly string[], cells: number): void {
  const missing = needed[part].filter(name => !names.includes(name))
  if (missing.length === 0 && names.length === cells) return
  const what = missing.length > 0 ? `no column ${missing.join(', ')}` : `${cells} columns, more than VICIdial's`
  throw new InputError('columns-missing', `the table "${part}" has ${what}: export it with its header line`)
}

const unreadableLetters = 'unreadable-letters: holds bytes that are no UTF-8 beside letters that are'
/** What people wrote; everything else is a key. */
const freeText: ReadonlySet<string> = new Set([
  ...['title', 'first_name', 'middle_initial', 'last_name', 'address1', 'address2', 'address3', 'city', 'email'],
  ...['security_phrase', 'comments', 'vendor_lead_code', 'owner'],
])

function rowOf(names: readonly string[], cells: readonly string[]): Readonly<Record<string, string>> {
  const row: Record<string, string> = {}
  names.forEach((name, index) => {
    const cell = freeText.has(name) ? (cells[index] ?? '').trim() : keyText(cells[index] ?? '')
    row[name] = cell === 'NULL' || cell === '\\N' ? '' : cell
  })
  return row
}

/** What the database's client wrote for characters that would break the line. */
function plain(cell: string): string {
  return cell.includes('\\') ? cell.replace(/\\([tn0\\])/g, (_, letter) => escapes[letter] ?? '') : cell
}

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', '0': '', '\\': '\\' }
