import { createHmac, hash } from 'node:crypto'
import type { PhoneNumber } from '../../core/ids.ts'
import { canonicalJson } from '../ledger/chain.ts'
import type { JournalEntry } from './entries.ts'

/** A place in a journal: the entry of this number, with its hash. */
export interface JournalPlace {
  readonly seq: number
  readonly hash: string
}

/** A line of a journal. Each hash is over the one before it, so that a line that is missing or was changed shows. */
export interface JournalLine extends JournalPlace {
  readonly entry: JournalEntry
  /** It stood before the place where the journal was trimmed; its number is not the one that it had there. */
  readonly kept?: true
}

/** What the first line follows. */
export const nothingBefore: JournalPlace = { seq: 0, hash: '0'.repeat(64) }

/** The line that follows. */
export function lineAfter(last: JournalPlace, entry: JournalEntry): JournalLine & { readonly text: string } {
  const seq = last.seq + 1
  const body = canonicalJson(entry)
  const sum = hash('sha256', `${last.hash}\n${seq}\n${body}`, 'hex')
  return { seq, hash: sum, entry, text: `{"seq":${seq},"entry":${body},"hash":"${sum}"}\n` }
}

/** Reads a line back; `undefined`: it is not what follows this place. */
export function readLine(text: string, last: JournalPlace): JournalLine | undefined {
  try {
    const { entry } = JSON.parse(text)
    const line = lineAfter(last, entry)
    return line.text === `${text}\n` ? line : undefined
  } catch {
    return undefined
  }
}

/** How an erased number stands in a journal: only who has the key, and the number, can tell that it is meant. */
export function sealOf(key: string, number: PhoneNumber): string {
  return createHmac('sha256', Buffer.from(key, 'hex')).update(number).digest('hex')
}
