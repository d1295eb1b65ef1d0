import type { InstantMs, PhoneNumber } from '../../core/ids.ts'
import type { LedgerStore } from '../../ports/ledger.ts'
import { type MoveInStore, unpackMoved } from '../../ports/packedMoved.ts'
import type {
  ErasureReport,
  ImportedPermission,
  PermissionRecord,
  PermissionWithdrawal,
  PersonData,
  PersonHoursRecord,
  PersonStore,
} from '../../ports/people.ts'
import type { PersonFacts } from '../decisions/facts.ts'
import { erasureKeeps, saysAll, standingWithdrawal, withdrawalEffect } from '../decisions/permissionChange.ts'
import { storeProblems } from '../decisions/problems.ts'
import type { WriteOperation } from '../operations.ts'
import type { MemoryAttempts } from './attempts.ts'
import type { MemoryDoNotCall } from './doNotCall.ts'
import { leadRecord } from './lead.ts'
import type { MemoryLeads } from './leads.ts'

/** What the people of a memory store are known by. */
export interface MemoryPeopleParts {
  readonly leads: MemoryLeads
  readonly attempts: MemoryAttempts
  readonly doNotCall: MemoryDoNotCall
  readonly ledger: Pick<LedgerStore, 'eraseSubject' | 'ledgerSubject' | 'ledgerEntries'> & {
    record(operation: WriteOperation, answer?: unknown): void
  }
}

/** The side of the memory store that knows what people permitted and asked for. */
export interface MemoryPeople extends PersonStore, MoveInStore {
  /** What the verdict needs, of these numbers of one person. */
  factsOf(numbers: readonly PhoneNumber[]): Pick<PersonFacts, 'permissions' | 'ownHours'>
}

/** Nobody has permitted anything. */
export function createMemoryPeople(parts: MemoryPeopleParts): MemoryPeople {
  const { leads, ledger } = parts
  const permissions = createPermissions()
  const hours = new Map<PhoneNumber, PersonHoursRecord>()
  const hoursOf = (numbers: readonly PhoneNumber[]) =>
    numbers.map(number => hours.get(number)).find(found => found !== undefined)

  return {
    ...importPort(permissions, ledger),
    ...moveInPort(parts),
    factsOf(numbers) {
      const own = hoursOf(numbers)
      return { permissions: permissions.of(numbers), ...(own === undefined ? {} : { ownHours: own.days }) }
    },
    async addPermission(permission) {
      const id = permissions.add(permission)
      ledger.record({ kind: 'add-permission', permission })
      return id
    },
    async withdrawPermission(withdrawal) {
      const ended = permissions.withdraw(leads.numbersOf(withdrawal.number), withdrawal)
      ledger.record({ kind: 'withdraw-permission', withdrawal })
      return ended
    },
    permissionsOf: async number => permissions.of(leads.numbersOf(number)),
    numbersOfPerson: async number => leads.numbersOf(number),
    async setPersonHours(change) {
      if (change.days === null) hours.delete(change.number)
      else hours.set(change.number, change)
      ledger.record({ kind: 'set-person-hours', hours: change })
    },
    personHoursOf: async number => hoursOf(leads.numbersOf(number)),
    personData: number => dataOf({ ...parts, permissions, hours }, number),
    erasePerson: erasure => erase({ ...parts, permissions, hours }, erasure),
  }
}

interface Everything extends MemoryPeopleParts {
  readonly permissions: Permissions
  readonly hours: Map<PhoneNumber, PersonHoursRecord>
}

async function dataOf(everything: Everything, number: PhoneNumber): Promise<PersonData> {
  const { leads, attempts, doNotCall, permissions, hours, ledger } = everything
  const numbers = leads.numbersOf(number)
  const calls = await Promise.all(numbers.map(one => attempts.calls({ number: one, limit: Number.MAX_SAFE_INTEGER })))
  const subjects = await Promise.all(numbers.map(one => ledger.ledgerSubject(one)))
  const entries = await ledger.ledgerEntries(0, Number.MAX_SAFE_INTEGER)
  return {
    numbers,
    personIds: leads.personIdsOf(number),
    leads: numbers.flatMap(one =>
      leads
        .ofNumber(one)
        .filter(lead => lead.active)
        .map(leadRecord),
    ),
    calls: calls.flatMap(ofOne => [...ofOne].reverse()),
    permissions: permissions.of(numbers),
    hours: numbers.map(one => hours.get(one)).filter(found => found !== undefined),
    doNotCall: numbers.flatMap(one => doNotCall.ownEntries(one)),
    ledger: entries.filter(({ entry }) => subjects.some(known => known !== undefined && entry.includes(known.subject))),
  }
}

let surrogates = 0

async function erase(
  everything: Everything,
  erasure: Parameters<PersonStore['erasePerson']>[0],
): Promise<ErasureReport> {
  const { leads, attempts, doNotCall, permissions, hours, ledger } = everything
  const numbers = leads.numbersOf(erasure.number)
  if (numbers.some(number => attempts.inFlight(number))) throw storeProblems.callInFlight(erasure.number)
  let [removed, calls, ended, withdrawals, listed, subjects] = [0, 0, 0, 0, 0, 0]
  for (const number of numbers) {
    subjects += Number(await ledger.eraseSubject(number, erasure.at))
    surrogates += 1
    calls += attempts.hideNumber(number, `erased-${surrogates}`)
    removed += leads.remove(number)
    ended += permissions.erase(number)
    withdrawals += permissions.of([number]).length
    listed += doNotCall.forgetNotes(number)
    hours.delete(number)
  }
  ledger.record({ kind: 'erase-person', ...erasure })
  const kept = [
    calls > 0 ? erasureKeeps.calls : undefined,
    listed > 0 ? erasureKeeps.doNotCall : undefined,
    withdrawals > 0 ? erasureKeeps.withdrawals : undefined,
    subjects > 0 ? erasureKeeps.ledger : undefined,
  ].filter(line => line !== undefined)
  return { numbers: numbers.length, leads: removed, calls, permissions: ended, kept }
}

interface Permissions {
  of(numbers: readonly PhoneNumber[]): readonly PermissionRecord[]
  add(permission: ImportedPermission): number
  knows(permission: ImportedPermission): boolean
  withdraw(numbers: readonly PhoneNumber[], withdrawal: PermissionWithdrawal): number
  /** Removes what is not withdrawn and the words of the rest. */
  erase(number: PhoneNumber): number
}

function createPermissions(): Permissions {
  let records: PermissionRecord[] = []
  let lastId = 0

  function add(permission: ImportedPermission): number {
    lastId += 1
    records.push({ ...permission, permissionId: lastId })
    return lastId
  }

  function withdrawOne(permission: PermissionRecord, withdrawal: PermissionWithdrawal): 'ended' | 'excepted' | 'none' {
    const { topic, at, how } = withdrawal
    const effect = withdrawalEffect(permission, withdrawal)
    if (effect === 'none' || effect === 'excepts') return effect === 'none' ? 'none' : 'excepted'
    const index = records.indexOf(permission)
    const end = { withdrawnAt: at, withdrawnHow: how }
    if (effect === 'ends') records[index] = { ...permission, ...end }
    else {
      records[index] = { ...permission, topics: effect.keeps }
      const { permissionId: _, ...given } = permission
      add({ ...given, topics: topic === undefined ? [] : [topic], ...end })
    }
    return 'ended'
  }

  const of = (numbers: readonly PhoneNumber[]) =>
    numbers.flatMap(number => records.filter(record => record.number === number))
  return {
    of,
    add,
    knows: permission => of([permission.number]).some(known => identity(known) === identity(permission)),
    withdraw(numbers, withdrawal) {
      const all = of(numbers).map(permission => ({ permission, result: withdrawOne(permission, withdrawal) }))
      const said = all.some(({ permission, result }) => result === 'ended' && saysAll(permission, withdrawal))
      if (!said) add(standingWithdrawal(withdrawal))
      return all.filter(({ result }) => result !== 'none').length
    },
    erase(number) {
      const before = records.length
      records = records
        .filter(record => record.number !== number || record.withdrawnAt !== undefined)
        .map(record => (record.number === number ? withoutWords(record) : record))
      return before - records.length
    },
  }
}

function identity(permission: ImportedPermission): string {
  const { basis, topics, channels, givenAt, expiresAt, withdrawnAt } = permission
  return JSON.stringify([basis, topics, channels, givenAt, expiresAt ?? null, withdrawnAt ?? null])
}

function importPort(
  permissions: Permissions,
  ledger: MemoryPeopleParts['ledger'],
): Pick<PersonStore, 'importPermissions' | 'activatePermissions' | 'discardPermissions'> {
  const open = new Map<string, ImportedPermission[]>()

  function take(importId: string): readonly ImportedPermission[] {
    const rows = open.get(importId)
    if (rows === undefined) throw storeProblems.unknownImport(importId)
    open.delete(importId)
    return rows
  }

  return {
    async importPermissions(importId, rows) {
      const staged = open.get(importId) ?? []
      open.set(importId, staged)
      const duplicates: number[] = []
      rows.forEach((row, position) => {
        const twice = staged.some(other => other.number === row.number && identity(other) === identity(row))
        if (twice || permissions.knows(row)) duplicates.push(position)
        else staged.push(row)
      })
      return { duplicates }
    },
    async activatePermissions(importId, { source, imported, at }) {
      for (const row of take(importId)) permissions.add(row)
      ledger.record({ kind: 'activate-permissions', importId, source, permissions: imported, at })
    },
    discardPermissions: async importId => void take(importId),
  }
}

function moveInPort({ attempts, doNotCall, ledger }: MemoryPeopleParts): MoveInStore {
  return {
    async moveIn(campaignId, moved) {
      const batch = unpackMoved(moved)
      const duplicates: number[] = []
      if (batch.kind === 'calls') {
        batch.calls.forEach((call, position) => {
          if (!attempts.bringIn(campaignId, call)) duplicates.push(position)
        })
      } else {
        for (const [position, entry] of batch.refusals.entries()) {
          const known = doNotCall.ownEntries(entry.number).some(({ list }) => list === entry.list)
          if (known) duplicates.push(position)
          else await doNotCall.addDoNotCall(entry)
        }
      }
      ledger.record({ kind: 'move-in', campaignId, moved }, { duplicates })
      return { duplicates }
    },
    async takeBackCalls(_campaignId, callIds) {
      for (const callId of callIds) attempts.takeBack(callId)
    },
  }
}

/** What an erasure leaves of a withdrawal: to the day, for an instant to the millisecond would lead back to the ledger's entry. */
function withoutWords(record: PermissionRecord): PermissionRecord {
  const day = (at: InstantMs) => Math.floor(at / 86_400_000) * 86_400_000
  const { withdrawnAt } = record
  return {
    ...{ ...record, how: 'erased', withdrawnHow: 'erased' },
    ...{ givenAt: day(record.givenAt), recordedAt: day(record.recordedAt) },
    ...(withdrawnAt === undefined ? {} : { withdrawnAt: day(withdrawnAt) }),
  }
}
