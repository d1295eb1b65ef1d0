import type { Database } from 'better-sqlite3'
import type { RuleBook } from '../../../core/compliance/rules.ts'
import type { InstantMs } from '../../../core/ids.ts'
import { Defect, StoreError } from '../../../errors.ts'
import { integerToNumber, numberToInteger } from '../../../numbers/e164.ts'
import type { LedgerHead } from '../../../ports/ledger.ts'
import type { LedgerBook, LedgerOwner, SubjectName } from '../../ledger/book.ts'
import { canonicalJson, digestOf, genesisEntry, newSubject, nextEntry } from '../../ledger/chain.ts'
import type { DroppedSegment, Rotation, RotationStep } from '../../ledger/rotation.ts'
import { prepareLedgerLookups } from './ledgerReads.ts'
import { sellerKeyOf } from './sellers.ts'

/** Everything that is written to the ledger; in the writer's transaction. */
export interface LedgerWrites extends LedgerBook {
  /** At the beginning of a transaction: the head is read anew, because the last one may have been rolled back. */
  begin(): void
  recordRules(book: RuleBook, at: InstantMs): boolean
  eraseSubject(number: string, at: InstantMs): boolean
  rotate(rotation: Rotation): RotationStep
  dropped(segment: DroppedSegment, at: InstantMs): void
}

/** Deleting more at once would keep calls waiting. */
const rotationRowsMax = 2_000

/** Prepares the writes on the writer's connection; an empty ledger gets its first entry. */
export function prepareLedgerWrites(database: Database): LedgerWrites {
  const lookups = prepareLedgerLookups(database)
  const insert = database.prepare<[number, number, string, string, string]>(
    'INSERT INTO ledger (seq, at, kind, entry, hash) VALUES (?, ?, ?, ?, unhex(?))',
  )
  let head: LedgerHead | undefined
  const book: LedgerBook = {
    append(kind, at, entry) {
      head ??= lookups.head()
      if (head === undefined && kind !== 'genesis') throw new Defect('the ledger has no beginning')
      const next = nextEntry(head, { kind, at, entry: canonicalJson(entry) })
      insert.run(next.seq, at, kind, next.entry, next.hash)
      head = next
    },
    ...prepareSubjects(database),
    ...prepareContext(database),
    now: () => Date.now(),
  }
  if (lookups.head() === undefined) book.append('genesis', Date.now(), genesisEntry())
  return {
    ...book,
    begin() {
      head = undefined
    },
    recordRules(rules, at) {
      if (!book.changed('rules', digestOf(rules))) return false
      book.append('rules', at, rules)
      return true
    },
    eraseSubject(number, at) {
      const subject = book.forget(number)
      if (subject !== undefined) book.append('erasure', at, { subject })
      return subject !== undefined
    },
    rotate: prepareRotation(database, book.append),
    dropped: (segment, at) => book.append('dropped', at, segment),
  }
}

/** Whom a seller calls by one id. */
interface SellersPerson {
  readonly personKey: number
  readonly sellerKey: number
}

function prepareSubjects(database: Database): Pick<LedgerBook, 'subject' | 'person' | 'personsOf' | 'forget'> {
  const find = database.prepare<[number], SubjectName>(
    'SELECT lower(hex(subjectId)) AS subject, lower(hex(seal)) AS seal FROM subject WHERE number = ?',
  )
  const add = database.prepare<[number, Buffer, Buffer, Buffer]>(
    'INSERT INTO subject (number, subjectId, key, seal) VALUES (?, ?, ?, ?)',
  )
  const remove = database.prepare<[number]>('DELETE FROM subject WHERE number = ?')
  const persons = prepareSubjectsOfPersons(database)

  function stored(number: string) {
    return find.get(numberToInteger(number))
  }

  function made(number: string) {
    const made = newSubject(number)
    const bytes = (hex: string) => Buffer.from(hex, 'hex')
    add.run(numberToInteger(number), bytes(made.subject), bytes(made.key), bytes(made.seal))
    return made
  }

  return {
    // The overload promises a subject only where one is made.
    subject: ((number: string, make?: 'make') =>
      stored(number) ?? (make === undefined ? undefined : made(number))) as LedgerBook['subject'],
    person: persons.person,
    personsOf: persons.personsOf,
    forget(number) {
      const known = stored(number)
      // What is deleted is overwritten as well: a key must not be found in a free page.
      database.pragma('secure_delete = ON')
      try {
        remove.run(numberToInteger(number))
        persons.forget(numberToInteger(number))
      } finally {
        database.pragma('secure_delete = OFF')
      }
      return known?.subject
    },
  }
}

interface SubjectsOfPersons extends Pick<LedgerBook, 'person' | 'personsOf'> {
  forget(integer: number): void
}

/** The names of persons, which stand beside those of their numbers. */
function prepareSubjectsOfPersons(database: Database): SubjectsOfPersons {
  const seller = sellerKeyOf('campaignSeller')
  const personOf = database.prepare<[number], SellersPerson>(
    `SELECT personKey, ${seller} AS sellerKey FROM lead LEFT JOIN campaignSeller USING (campaignKey)
     WHERE leadId = ? AND personKey IS NOT NULL`,
  )
  // Who had the number in a lead that has left for an archive refuses as before.
  const ofNumber = `(SELECT personKey, campaignKey, leadId FROM lead WHERE number = @number AND personKey IS NOT NULL
      UNION ALL SELECT personKey, campaignKey, leadId FROM personLeft WHERE number = @number)
    LEFT JOIN campaignSeller USING (campaignKey)`
  const personsOfNumber = database.prepare<[{ number: number }], SellersPerson>(
    `SELECT personKey, ${seller} AS sellerKey FROM ${ofNumber} GROUP BY 1, 2 ORDER BY min(leadId)`,
  )
  const findPerson = database
    .prepare<[SellersPerson], Buffer>(
      'SELECT subjectId FROM personSubject WHERE personKey = @personKey AND sellerKey = @sellerKey',
    )
    .pluck()
  const addPerson = database.prepare<[SellersPerson & { readonly subjectId: Buffer }]>(
    'INSERT INTO personSubject (personKey, sellerKey, subjectId) VALUES (@personKey, @sellerKey, @subjectId)',
  )
  const removePersons = database.prepare<[{ number: number }]>(
    `DELETE FROM personSubject WHERE (personKey, sellerKey) IN (SELECT personKey, ${seller} FROM ${ofNumber})`,
  )

  function nameOf(person: SellersPerson): string {
    const known = findPerson.get(person)
    if (known !== undefined) return known.toString('hex')
    const { subject } = newSubject('')
    addPerson.run({ ...person, subjectId: Buffer.from(subject, 'hex') })
    return subject
  }

  return {
    person(leadId) {
      const person = personOf.get(leadId)
      return person === undefined ? undefined : nameOf(person)
    },
    personsOf: number => personsOfNumber.all({ number: numberToInteger(number) }).map(nameOf),
    forget: integer => void removePersons.run({ number: integer }),
  }
}

function prepareContext(database: Database): Pick<LedgerBook, 'owner' | 'numberOf' | 'changed'> {
  const owner = database.prepare<[string], LedgerOwner>(
    `SELECT sellerId AS seller, purpose, topic FROM owner
     WHERE ownerKey = coalesce((SELECT ownerKey FROM campaign WHERE campaignId = ?), 1)`,
  )
  const numberOf = database.prepare<[string], number | null>('SELECT number FROM attempt WHERE callId = ?').pluck()
  const keep = database.prepare<[string, string]>(
    `INSERT INTO ledgerDigest (name, digest) VALUES (?, ?)
     ON CONFLICT (name) DO UPDATE SET digest = excluded.digest WHERE digest <> excluded.digest`,
  )
  return {
    owner(campaignId) {
      const found = owner.get(campaignId)
      if (found === undefined) throw new Defect(`campaign ${campaignId} has no owner`)
      return found
    },
    numberOf(callId) {
      const number = numberOf.get(callId)
      return number === null || number === undefined ? undefined : integerToNumber(number)
    },
    changed: (name, digest) => keep.run(name, digest).changes > 0,
  }
}

/** Entries leave a few at a time; an anchor stands where the last of them stood, with its hash. */
function prepareRotation(database: Database, append: LedgerBook['append']): LedgerWrites['rotate'] {
  const lookups = prepareLedgerLookups(database)
  const first = database.prepare<[], { seq: number; kind: string }>('SELECT seq, kind FROM ledger ORDER BY seq LIMIT 1')
  const row = database.prepare<[number], { at: number; hash: Buffer }>('SELECT at, hash FROM ledger WHERE seq = ?')
  const lift = database.prepare<[number]>('INSERT INTO ledgerRotation (upToSeq) VALUES (?)')
  const unlift = database.prepare('DELETE FROM ledgerRotation')
  const remove = database.prepare<[number]>('DELETE FROM ledger WHERE seq <= ?')
  const anchor = database.prepare<[number, number, Buffer]>(
    `INSERT INTO ledger (seq, at, kind, entry, hash) VALUES (?, ?, 'anchor', '{}', ?)`,
  )
  return rotation => {
    const { at, ...entry } = rotation
    const last = row.get(rotation.toSeq)
    if (last?.hash.toString('hex') !== rotation.hash)
      throw new StoreError('ledger-differs', `the segment ${rotation.file} is not what the ledger holds: rotate again`)
    const said = lookups.ofKind('rotation').at(-1)?.entry
    if (said !== canonicalJson(entry)) {
      append('rotation', at, entry)
      // The rules stay with those whom they cleared, and with the ledger: what must be kept is asked of them.
      const rules = lookups.ofKind('rules').at(-1)
      if (rules !== undefined && rules.seq <= rotation.toSeq) append('rules', at, JSON.parse(rules.entry))
    }
    const beginning = first.get()?.seq ?? 0
    const upTo = Math.min(rotation.toSeq, beginning + rotationRowsMax)
    const end = row.get(upTo)
    if (end === undefined) throw new StoreError('ledger-gap', `entry ${upTo} of the ledger is missing: verify it first`)
    lift.run(upTo)
    remove.run(upTo)
    anchor.run(upTo, end.at, end.hash)
    unlift.run()
    return upTo === rotation.toSeq ? 'done' : 'more'
  }
}
