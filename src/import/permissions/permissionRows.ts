import { type PermissionBasis, permissionBases } from '../../core/compliance/rules.ts'
import { given } from '../../core/given.ts'
import type { InstantMs } from '../../core/ids.ts'
import { InputError } from '../../errors.ts'
import { keyText } from '../../numbers/keyText.ts'
import { createNumberReader, numberProblems } from '../../numbers/phone.ts'
import type { ImportedPermission } from '../../ports/people.ts'
import { openCsv } from '../csv.ts'
import { dateWords, readDate } from '../dates.ts'
import { findColumn, listed } from '../leads/header.ts'
import { cutOff, rowProblems } from '../leads/leadRows.ts'
import { type RowRemark, remark, type TellRemark } from '../rowRemark.ts'

/** What the rows of a CSV of permissions are read by; what is given here holds where a row says nothing. */
export interface PermissionFileOptions {
  readonly defaultCountry: string
  readonly topics?: readonly string[]
  readonly channels?: readonly string[]
  readonly basis?: PermissionBasis
  readonly how?: string
  readonly givenAt?: InstantMs
  readonly expiresAt?: InstantMs
  readonly seller?: string
  /** For whom campaigns call: no row may name anybody else, and each must name one where there are several. */
  readonly sellers?: readonly string[]
  /** Nothing was given later than this. */
  readonly now: InstantMs
}

/** A row: a permission, or why it is none. */
export type PermissionRow = { readonly line: number; readonly permission: ImportedPermission } | RowRemark

const columns = {
  number: ['number', 'phone', 'phone_number', 'tel', 'telephone', 'mobile'],
  topics: ['topic', 'topics'],
  channels: ['channel', 'channels'],
  basis: ['basis'],
  givenAt: ['given_at', 'given', 'date'],
  how: ['how', 'evidence'],
  expiresAt: ['expires_at', 'expires'],
  withdrawnAt: ['withdrawn_at', 'withdrawn'],
  withdrawnHow: ['withdrawn_how'],
  seller: ['seller'],
} as const

type Role = keyof typeof columns
type Cells = Readonly<Record<Role, string>>

const howMaxCharacters = 1_000
/** A topic or a channel. */
const word = /^[a-z0-9-]{1,40}$/
const sellerId = /^[A-Za-z0-9_-]{1,40}$/

/**
 * Reads permissions from a CSV with a header line.
 * @throws InputError `no-number-column`, `unknown-column`, `not-stated`, and as `openCsv`
 */
export async function* readPermissions(
  stream: AsyncIterable<Uint8Array>,
  options: PermissionFileOptions,
  tell: TellRemark,
): AsyncIterable<PermissionRow> {
  const { rows, endsWithLine } = await openCsv(stream, tell)
  const read = createReader(options)
  let header: { readonly names: readonly string[]; readonly at: Readonly<Partial<Record<Role, number>>> } | undefined
  let short = false
  for await (const { cells, line, tooLong, unreadable } of rows) {
    if (header === undefined) {
      header = { names: cells, at: readColumns(cells, options) }
      continue
    }
    short = cells.length < header.names.length
    if (tooLong) yield remark(line, rowProblems.tooLong, cells.join(','))
    else if (unreadable) yield remark(line, rowProblems.unreadable, cells.join(','))
    else if (short) yield remark(line, rowProblems.tooFewCells, cells.join(','))
    else if (cells.length > header.names.length) yield remark(line, rowProblems.tooManyCells, cells.join(','))
    else yield read(cellsOf(cells, header.at), line)
  }
  if (short && !endsWithLine()) throw cutOff()
}

function readColumns(
  cells: readonly string[],
  options: PermissionFileOptions,
): Readonly<Partial<Record<Role, number>>> {
  const found: Partial<Record<Role, number>> = {}
  // Object.keys cannot say that these are the table's own.
  for (const role of Object.keys(columns) as Role[]) {
    const index = findColumn(cells, columns[role], undefined)
    if (index !== undefined) found[role] = index
  }
  if (found.number === undefined) {
    const message = `no column is called ${columns.number.join(', ')}; the file has ${listed(cells)}`
    throw new InputError('no-number-column', message)
  }
  // A withdrawal under a name that nobody knows would make a permission that has been taken back hold.
  const unknown = cells.filter((cell, at) => cell.trim() !== '' && !Object.values(found).includes(at))
  if (unknown.length > 0) {
    const message = `nobody knows the columns ${listed(unknown)}: take them out, or name them ${Object.values(columns)
      .map(([name]) => name)
      .join(', ')}`
    throw new InputError('unknown-column', message)
  }
  const needed = { topics: '--topic', basis: '--basis', how: '--how', givenAt: '--given', seller: '--seller' } as const
  // What was taken back was taken back from everybody: such rows need no seller, so rows are asked one by one.
  const ofOne = (options.sellers ?? []).length < 2 || found.withdrawnAt !== undefined
  for (const role of ['topics', 'basis', 'how', 'givenAt', ...(ofOne ? [] : (['seller'] as const))] as const) {
    if (found[role] !== undefined || options[role] !== undefined) continue
    const message = `the file has no column ${columns[role].join(' or ')}: add one, or say it for all rows with ${needed[role]}`
    throw new InputError('not-stated', message)
  }
  return found
}

/** Columns whose words are kept as they stand. */
const evidence: ReadonlySet<Role> = new Set(['how', 'withdrawnHow'])

function cellsOf(cells: readonly string[], at: Readonly<Partial<Record<Role, number>>>): Cells {
  const cell = (role: Role): string => {
    const index = at[role]
    const written = index === undefined ? '' : (cells[index] ?? '')
    return evidence.has(role) ? written.trim() : keyText(written)
  }
  return {
    number: cell('number'),
    topics: cell('topics'),
    channels: cell('channels'),
    basis: cell('basis'),
    givenAt: cell('givenAt'),
    how: cell('how'),
    expiresAt: cell('expiresAt'),
    withdrawnAt: cell('withdrawnAt'),
    withdrawnHow: cell('withdrawnHow'),
    seller: cell('seller'),
  }
}

/** A cell that says something that cannot be. */
class BadCell {
  readonly reason: string
  readonly value: string

  constructor(reason: string, value: string) {
    this.reason = reason
    this.value = value
  }
}

function createReader(options: PermissionFileOptions): (cells: Cells, line: number) => PermissionRow {
  const readNumber = createNumberReader(options.defaultCountry)
  return (cells, line) => {
    const reading = readNumber(cells.number)
    if (!reading.valid) return remark(line, `${reading.problem}: ${numberProblems[reading.problem]}`, cells.number)
    const permission = permissionOf(cells, options)
    if (permission instanceof BadCell) return remark(line, permission.reason, permission.value)
    return { line, permission: { ...permission, number: reading.number } }
  }
}

function permissionOf(cells: Cells, options: PermissionFileOptions): Omit<ImportedPermission, 'number'> | BadCell {
  const topics = cells.topics === '' ? options.topics : wordsOf(cells.topics)
  const channels = cells.channels === '' ? (options.channels ?? ['call']) : wordsOf(cells.channels)
  const basis = cells.basis === '' ? options.basis : permissionBases.find(one => one === cells.basis.toLowerCase())
  const how = cells.how === '' ? options.how : cells.how.slice(0, howMaxCharacters)
  const dates = datesOf(cells, options)
  if (topics === undefined)
    return new BadCell('bad-topic: is not made of small letters, digits and hyphens', cells.topics)
  if (channels === undefined)
    return new BadCell('bad-channel: is not made of small letters, digits and hyphens', cells.channels)
  if (basis === undefined) return new BadCell(`bad-basis: is not one of ${permissionBases.join(', ')}`, cells.basis)
  if (how === undefined) return new BadCell('no-evidence: says neither where nor in which words it was given', '')
  if (dates instanceof BadCell) return dates
  const seller = sellerOf(cells, options)
  if (seller instanceof BadCell) return seller
  const withdrawnHow = dates.withdrawnAt === undefined ? undefined : cells.withdrawnHow || 'stated in the file'
  return { topics, channels, basis, how, ...dates, ...given({ withdrawnHow, seller }), recordedAt: options.now }
}

/** Whose the permission is. Nobody guesses: what one seller was permitted lifts nothing for another. */
function sellerOf(cells: Cells, options: PermissionFileOptions): string | undefined | BadCell {
  const { sellers = [] } = options
  const named = cells.seller === '' ? options.seller : cells.seller
  const there = sellers.join(', ')
  if (cells.withdrawnAt !== '' && (named === undefined || sellerId.test(named))) return named
  if (named === undefined) {
    return sellers.length > 1
      ? new BadCell(`no-seller: does not say to which seller it was given: ${there}`, '')
      : named
  }
  if (!sellerId.test(named)) return new BadCell('bad-seller: is no id of letters, digits, _ and -', named)
  if (sellers.length === 0 || sellers.includes(named)) return named
  return new BadCell(`unknown-seller: no campaign calls for it; there is ${there}`, named)
}

/** `spring; autumn` or `spring autumn`; `*` is everything. `undefined`: not a list of words. */
function wordsOf(text: string): readonly string[] | undefined {
  if (text === '*') return []
  const words = text
    .toLowerCase()
    .split(/[\s,;|]+/)
    .filter(part => part !== '')
  return words.every(part => word.test(part)) ? [...new Set(words)] : undefined
}

interface Dates {
  readonly givenAt: InstantMs
  readonly expiresAt?: InstantMs
  readonly withdrawnAt?: InstantMs
}

function datesOf(cells: Cells, options: PermissionFileOptions): Dates | BadCell {
  for (const written of [cells.givenAt, cells.expiresAt, cells.withdrawnAt]) {
    if (written !== '' && readDate(written) === undefined) return new BadCell(`bad-date: is not ${dateWords}`, written)
  }
  const givenAt = readDate(cells.givenAt) ?? options.givenAt
  const expiresAt = readDate(cells.expiresAt) ?? options.expiresAt
  const withdrawnAt = readDate(cells.withdrawnAt)
  if (givenAt === undefined) return new BadCell('no-date: does not say when it was given', '')
  if (givenAt > options.now) return new BadCell('bad-date: it is given in the future', cells.givenAt)
  if (expiresAt !== undefined && expiresAt <= givenAt)
    return new BadCell('bad-date: it expires before it is given', cells.expiresAt)
  if (withdrawnAt !== undefined && withdrawnAt < givenAt)
    return new BadCell('bad-date: it is withdrawn before it is given', cells.withdrawnAt)
  return { givenAt, ...given({ expiresAt, withdrawnAt }) }
}
