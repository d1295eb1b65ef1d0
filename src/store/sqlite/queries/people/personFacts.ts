import type { Database } from 'better-sqlite3'
import type { Permission } from '../../../../core/compliance/consent.ts'
import type { PastAttempt } from '../../../../core/compliance/history.ts'
import type { PermissionBasis, Purpose } from '../../../../core/compliance/rules.ts'
import { given } from '../../../../core/given.ts'
import type { CampaignId } from '../../../../core/ids.ts'
import type { Disposition } from '../../../../core/vocabulary.ts'
import { type LeftAttempts, withLeft } from '../../../decisions/archive.ts'
import { historyMax, type PersonFacts } from '../../../decisions/facts.ts'
import { complaintCode, machineCode } from '../../../decisions/outcome.ts'
import { prepareSellerLookups } from '../sellers.ts'
import { permissionIsActive } from './permissionRows.ts'
import { prepareNumbersOf } from './personReads.ts'

const pastColumns = `campaignKey, ownerKey, originatedAt, countsAsAttempt, answeredAt, connectedAt, endedAt, disposition,
  detail, wrapUpCode, refusal, callbackAt IS NOT NULL`

/** Columns of an attempt in the order in which they are asked for: the look-up is the gate's most frequent. */
type PastRow = readonly [
  campaignKey: number,
  ownerKey: number,
  originatedAt: number,
  countsAsAttempt: number | null,
  answeredAt: number | null,
  connectedAt: number | null,
  endedAt: number | null,
  disposition: Disposition | null,
  detail: string | null,
  wrapUpCode: string | null,
  refusal: number | null,
  promised: number,
]

interface PermissionRow {
  readonly permissionId: number
  readonly basis: PermissionBasis
  readonly topics: string
  readonly channels: string
  readonly givenAt: number
  readonly expiresAt: number | null
  readonly withdrawnAt: number | null
  readonly sellerKey: number | null
}

/** Numbers for which a look-up cannot find anything: a count over all leads knows them beforehand. */
export interface SparedLookups {
  hasPermission(integer: number): boolean
  hasHours(integer: number): boolean
  hasLeft(integer: number): boolean
  /** Some lead says, or has said, that a person has this number and perhaps others. */
  hasPerson(integer: number): boolean
  /** The attempts of a number that were read with others'; `undefined`: they were not. */
  historyOf?(integer: number): readonly PastRow[] | undefined
}

const nothingSpared: SparedLookups = {
  hasPermission: () => true,
  hasHours: () => true,
  hasLeft: () => true,
  hasPerson: () => true,
}

/** So many numbers fit into memory well; of a larger table every number is looked up. */
const sparedNumbersMax = 2_000_000

/** Whether a number is among those that a query gives; always, where they are too many for memory. It scans. */
export function readMembership(database: Database, numbers: string): (integer: number) => boolean {
  const all = database
    .prepare<[number], number>(`${numbers} LIMIT ?`)
    .pluck()
    .all(sparedNumbersMax + 1)
  if (all.length > sparedNumbersMax) return () => true
  const known = new Set(all)
  return integer => known.has(integer)
}

/** Reads which numbers the small tables hold. For a thread of its own: it scans. */
export function readSparedLookups(
  database: Database,
): SparedLookups & { readTogether(numbers: readonly number[]): void } {
  const has = (numbers: string) => readMembership(database, numbers)
  const histories = database
    .prepare<[string], readonly [number, ...PastRow]>(
      `SELECT number, ${pastColumns} FROM attempt INDEXED BY attemptOfNumber
       WHERE number IN (SELECT value FROM json_each(?)) AND countsAsAttempt IS NOT 0 ORDER BY number, originatedAt DESC`,
    )
    .raw()
  let together = new Map<number, PastRow[]>()
  return {
    readTogether(numbers) {
      together = new Map(numbers.map(number => [number, []]))
      for (const [number, ...row] of histories.iterate(JSON.stringify(numbers))) {
        const rows = together.get(number)
        if (rows !== undefined && rows.length < historyMax) rows.push(row)
      }
    },
    historyOf: integer => together.get(integer),
    hasPermission: has('SELECT DISTINCT number FROM permission'),
    hasHours: has('SELECT number FROM personHours'),
    hasLeft: has('SELECT DISTINCT number FROM attemptsLeft'),
    hasPerson: has(
      `SELECT number FROM lead INDEXED BY leadOfPerson WHERE personKey IS NOT NULL
       UNION SELECT number FROM personLeft`,
    ),
  }
}

/**
 * Looks up what the verdict needs of the person behind a number, whichever lead says that they have other numbers; some
 * microseconds a number.
 */
export function preparePersonFacts(
  database: Database,
  spared: SparedLookups = nothingSpared,
): (integer: number) => PersonFacts {
  const history = database
    .prepare<[number], PastRow>(
      `SELECT ${pastColumns} FROM attempt INDEXED BY attemptOfNumber
       WHERE number = ? AND countsAsAttempt IS NOT 0 ORDER BY originatedAt DESC LIMIT ${historyMax}`,
    )
    .raw()
  const names = prepareNames(database)
  const leftOf = prepareLeft(database, names)
  const permissions = database.prepare<[number], PermissionRow>(
    `SELECT permissionId, basis, topics, channels, givenAt, expiresAt, withdrawnAt, sellerKey FROM permission
     WHERE number = ? AND ${permissionIsActive}`,
  )
  const hours = database.prepare<[number], string>('SELECT days FROM personHours WHERE number = ?').pluck()
  const numbersOf = prepareNumbersOf(database)
  const sellers = prepareSellerLookups(database)

  function permissionsOf(integer: number, otherNumber: boolean): Permission[] {
    return permissions.all(integer).map(row => {
      const seller = row.sellerKey === null ? sellers.unnamed() : sellers.name(row.sellerKey)
      return { ...permissionOf(row), otherNumber, ...given({ seller }) }
    })
  }

  function pastOfNumber(integer: number, sameNumber: boolean): readonly PastAttempt[] {
    const rows = (sameNumber ? spared.historyOf?.(integer) : undefined) ?? history.all(integer)
    const past = rows.map(row => pastOf(row, names, sameNumber))
    return spared.hasLeft(integer) ? withLeft(past, leftOf(integer), sameNumber) : past
  }

  return integer => {
    const numbers = spared.hasPerson(integer) ? numbersOf(integer).slice(1) : []
    const past = [...pastOfNumber(integer, true)]
    const permitted = spared.hasPermission(integer) ? permissionsOf(integer, false) : []
    let own = spared.hasHours(integer) ? hours.get(integer) : undefined
    for (const other of numbers) {
      past.push(...pastOfNumber(other, false))
      permitted.push(...permissionsOf(other, true))
      own ??= hours.get(other)
    }
    if (numbers.length > 0) past.sort((a, b) => b.originatedAt - a.originatedAt)
    return {
      others: numbers,
      history: past,
      permissions: permitted,
      ...given({ ownHours: own === undefined ? undefined : JSON.parse(own) }),
    }
  }
}

/** What campaigns and owners are called, kept in memory: they are few, and a key never changes its meaning. */
interface Names {
  campaign(campaignKey: number): CampaignId
  owner(ownerKey: number): { readonly purpose: Purpose; readonly topic: string }
}

function prepareNames(database: Database): Names {
  const campaign = database
    .prepare<[number], CampaignId>('SELECT campaignId FROM campaign WHERE campaignKey = ?')
    .pluck()
  const owner = database.prepare<[number], { purpose: Purpose; topic: string }>(
    'SELECT purpose, topic FROM owner WHERE ownerKey = ?',
  )
  const campaigns = new Map<number, CampaignId>()
  const owners = new Map<number, { purpose: Purpose; topic: string }>()
  return {
    campaign: key => remembered(campaigns, key, () => campaign.get(key) ?? ''),
    owner: key => remembered(owners, key, () => owner.get(key) ?? { purpose: 'sales', topic: 'sales' }),
  }
}

/** What of a number has left for archives. */
function prepareLeft(database: Database, names: Names): (integer: number) => readonly LeftAttempts[] {
  const left = database
    .prepare<[number], readonly [campaignKey: number, ownerKey: number, attempts: number, lastAt: number]>(
      'SELECT campaignKey, ownerKey, attempts, lastAt FROM attemptsLeft WHERE number = ?',
    )
    .raw()
  return integer =>
    left.all(integer).map(([campaignKey, ownerKey, attempts, lastAt]) => {
      const { purpose, topic } = names.owner(ownerKey)
      return { campaignId: names.campaign(campaignKey), purpose, topic, attempts, lastAt }
    })
}

function remembered<Value>(known: Map<number, Value>, key: number, look: () => Value): Value {
  const found = known.get(key) ?? look()
  known.set(key, found)
  return found
}

function pastOf(row: PastRow, names: Names, sameNumber: boolean): PastAttempt {
  const [campaignKey, ownerKey, originatedAt, counts, answeredAt, connectedAt, endedAt, disposition] = row
  const [, , , , , , , , detail, wrapUpCode, refusal, promised] = row
  const { purpose, topic } = names.owner(ownerKey)
  const past: { -readonly [Key in keyof PastAttempt]: PastAttempt[Key] } = {
    sameNumber,
    campaignId: names.campaign(campaignKey),
    purpose,
    topic,
    originatedAt,
    // One that has not ended may be ringing.
    counts: counts !== 0,
    machine: wrapUpCode === machineCode || disposition === 'machine',
    refusal: refusal === 1 || detail === 'opted-out',
    complaint: wrapUpCode === complaintCode,
  }
  if (answeredAt !== null) past.answeredAt = answeredAt
  if (connectedAt !== null) past.connectedAt = connectedAt
  if (endedAt !== null) past.endedAt = endedAt
  if (disposition !== null) past.disposition = disposition
  if (promised === 1) past.promised = true
  return past
}

function permissionOf(row: PermissionRow): Permission {
  const { permissionId, basis, givenAt, expiresAt, withdrawnAt } = row
  return {
    permissionId,
    basis,
    givenAt,
    topics: words(row.topics),
    channels: words(row.channels),
    ...(expiresAt === null ? {} : { expiresAt }),
    ...(withdrawnAt === null ? {} : { withdrawnAt }),
  }
}

function words(text: string): readonly string[] {
  return text === '' ? [] : text.split(',')
}
