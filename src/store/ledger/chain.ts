import { createHmac, hash, randomBytes } from 'node:crypto'
import { Defect } from '../../errors.ts'
import type { LedgerEntry, LedgerHead, LedgerKind, LedgerSubject } from '../../ports/ledger.ts'

/** What the first entry follows: nothing. */
export const noHash = '0'.repeat(64)

/** The first entry says how the rest is to be read. */
export function genesisEntry(): Record<string, unknown> {
  return { format: 1, hash: 'sha256', ledgerId: randomBytes(16).toString('hex') }
}

/**
 * JSON that is the same text for the same value: members sorted by name, no spaces, absent members left out, so that a hash
 * over it can be worked out again by anybody (the rules of RFC 8785, for what the ledger holds).
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number') return numberJson(value)
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? listJson(value) : recordJson(value)
  return JSON.stringify(value) ?? 'null'
}

function numberJson(value: number): string {
  if (!Number.isFinite(value)) throw new Defect('the ledger takes finite numbers only')
  return `${value}`
}

function listJson(values: readonly unknown[]): string {
  let text = ''
  for (const value of values) text += `${text === '' ? '' : ','}${canonicalJson(value)}`
  return `[${text}]`
}

function recordJson(value: object): string {
  // Its members are all that is looked at, whatever else it is.
  const members = value as Readonly<Record<string, unknown>>
  let text = ''
  for (const name of Object.keys(members).sort()) {
    const member = members[name]
    if (member !== undefined) text += `${text === '' ? '' : ','}${nameJson(name)}:${canonicalJson(member)}`
  }
  return `{${text}}`
}

/** Names are few and come with every entry; those that are not of the ledger's making are not kept. */
const nameJsons = new Map<string, string>()
const nameJsonsMax = 1_000

function nameJson(name: string): string {
  const known = nameJsons.get(name)
  if (known !== undefined) return known
  const made = JSON.stringify(name)
  if (nameJsons.size < nameJsonsMax) nameJsons.set(name, made)
  return made
}

/**
 * The hash of an entry: SHA-256 over the previous hash (32 bytes), `seq` and `at` (8 bytes each, big-endian, signed), the
 * lengths of `kind` and `entry` in bytes (4 bytes each, big-endian), then both in UTF-8. Fixed lengths and counted texts: no
 * two entries share an encoding.
 */
export function chainHash(previous: string, { seq, at, kind, entry }: Omit<LedgerEntry, 'hash'>): string {
  const kindLength = Buffer.byteLength(kind)
  const entryLength = Buffer.byteLength(entry)
  const bytes = Buffer.allocUnsafe(56 + kindLength + entryLength)
  bytes.write(previous, 0, 32, 'hex')
  writeInt64(bytes, seq, 32)
  writeInt64(bytes, at, 40)
  bytes.writeUInt32BE(kindLength, 48)
  bytes.writeUInt32BE(entryLength, 52)
  bytes.write(kind, 56)
  bytes.write(entry, 56 + kindLength)
  return hash('sha256', bytes, 'hex')
}

/** A whole number in two halves: a BigInt would cost more than the rest of the encoding. */
function writeInt64(bytes: Buffer, value: number, offset: number): void {
  bytes.writeInt32BE(Math.floor(value / 2 ** 32), offset)
  bytes.writeUInt32BE(value >>> 0, offset + 4)
}

/** The entry that follows the head; without a head, the first. */
export function nextEntry(
  head: LedgerHead | undefined,
  { kind, at, entry }: { readonly kind: LedgerKind; readonly at: number; readonly entry: string },
): LedgerEntry {
  const body = { seq: (head?.seq ?? 0) + 1, at, kind, entry }
  return { ...body, hash: chainHash(head?.hash ?? noHash, body) }
}

/** A new subject: a random name, a random key, and the seal that the key gives for the number. */
export function newSubject(number: string): LedgerSubject {
  const random = randomBytes(48).toString('hex')
  return subjectOf(number, { subject: random.slice(0, 32), key: random.slice(32) })
}

/** A subject with its seal. */
export function subjectOf(number: string, { subject, key }: Omit<LedgerSubject, 'seal'>): LedgerSubject {
  const seal = createHmac('sha256', Buffer.from(key, 'hex')).update(number).digest('hex')
  return { subject, key, seal }
}

/** SHA-256 of a value's canonical JSON. */
export function digestOf(value: unknown): string {
  return hash('sha256', canonicalJson(value), 'hex')
}

/** How an entry names a number: by the subject's random name, and by the seal that its key can open. */
export function named({ subject, seal }: Omit<LedgerSubject, 'key'>): Omit<LedgerSubject, 'key'> {
  return { subject, seal }
}
