import type { Database } from 'better-sqlite3'
import type { Permission } from '../../core/compliance/consent.ts'
import type { PastAttempt } from '../../core/compliance/history.ts'
import type { PermissionBasis, Purpose } from '../../core/compliance/rules.ts'
import type { Disposition } from '../../core/words.ts'
import { historyMax, type PersonFacts } from '../facts.ts'
import { complaintCode, machineCode } from '../outcome.ts'
import { permissionIsActive } from './permissionRows.ts'

interface PastRow {
  readonly campaignId: string
  readonly purpose: Purpose
  readonly topic: string
  readonly originatedAt: number
  readonly countsAsAttempt: number | null
  readonly answeredAt: number | null
  readonly connectedAt: number | null
  readonly endedAt: number | null
  readonly disposition: Disposition | null
  readonly detail: string | null
  readonly wrapUpCode: string | null
  readonly refusal: number | null
}

interface PermissionRow {
  readonly permissionId: number
  readonly basis: PermissionBasis
  readonly topics: string
  readonly channels: string
  readonly givenAt: number
  readonly expiresAt: number | null
  readonly withdrawnAt: number | null
}

/** Looks up what the verdict needs of the person behind a number; some microseconds a number. */
export function preparePersonFacts(database: Database): (integer: number, personKey: number | null) => PersonFacts {
  const history = database.prepare<[number], PastRow>(
    `SELECT campaignId, purpose, topic, originatedAt, countsAsAttempt, answeredAt, connectedAt, endedAt, disposition,
       detail, wrapUpCode, refusal
     FROM attempt INDEXED BY attemptOfNumber JOIN owner USING (ownerKey)
       JOIN campaign ON campaign.campaignKey = attempt.campaignKey
     WHERE number = ? ORDER BY originatedAt DESC LIMIT ${historyMax}`,
  )
  const permissions = database.prepare<[number], PermissionRow>(
    `SELECT permissionId, basis, topics, channels, givenAt, expiresAt, withdrawnAt FROM permission
     WHERE number = ? AND ${permissionIsActive}`,
  )
  const hours = database.prepare<[number], string>('SELECT days FROM personHours WHERE number = ?').pluck()
  const others = database
    .prepare<[number, number], number>('SELECT DISTINCT number FROM lead WHERE personKey = ? AND number <> ?')
    .pluck()

  return (integer, personKey) => {
    const numbers = personKey === null ? [] : others.all(personKey, integer)
    const past = history.all(integer).map(row => pastOf(row, true))
    const given = permissions.all(integer)
    let own = hours.get(integer)
    for (const other of numbers) {
      for (const row of history.all(other)) past.push(pastOf(row, false))
      given.push(...permissions.all(other))
      own ??= hours.get(other)
    }
    if (numbers.length > 0) past.sort((a, b) => b.originatedAt - a.originatedAt)
    return {
      history: past,
      permissions: given.map(permissionOf),
      ...(own === undefined ? {} : { ownHours: JSON.parse(own) }),
    }
  }
}

function pastOf(row: PastRow, sameNumber: boolean): PastAttempt {
  const { campaignId, purpose, topic, originatedAt, answeredAt, connectedAt, endedAt, disposition } = row
  return {
    sameNumber,
    ...{ campaignId, purpose, topic, originatedAt },
    // One that has not ended may be ringing.
    counts: row.countsAsAttempt !== 0,
    ...(answeredAt === null ? {} : { answeredAt }),
    ...(connectedAt === null ? {} : { connectedAt }),
    ...(endedAt === null ? {} : { endedAt }),
    ...(disposition === null ? {} : { disposition }),
    machine: row.wrapUpCode === machineCode || disposition === 'machine',
    refusal: row.refusal === 1 || row.detail === 'opted-out',
    complaint: row.wrapUpCode === complaintCode,
  }
}

function permissionOf(row: PermissionRow): Permission {
  const { permissionId, basis, givenAt, expiresAt, withdrawnAt } = row
  return {
    ...{ permissionId, basis, givenAt },
    topics: words(row.topics),
    channels: words(row.channels),
    ...(expiresAt === null ? {} : { expiresAt }),
    ...(withdrawnAt === null ? {} : { withdrawnAt }),
  }
}

function words(text: string): readonly string[] {
  return text === '' ? [] : text.split(',')
}
