import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { LedgerSubject } from '../../ports/ledger.ts'

/** What ties a row to a person, as the database keeps it until they are erased. */
export type SealingSubject = Pick<LedgerSubject, 'subject' | 'key'>

const cipher = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

/** A key of the archive's own, from the person's: their key stays what it is for. */
function keyOf({ key }: SealingSubject): Buffer {
  return Buffer.from(hkdfSync('sha256', Buffer.from(key, 'hex'), '', 'dialwright archive 1', 32))
}

/** What the seal covers beside what it hides: nothing of the row can be exchanged for another's. */
function around(subject: string, plain: string): Buffer {
  return Buffer.from(`${subject} ${plain}`)
}

/** Seals what is personal in a row, beside its plain part, so that only who has the person's key can read it. Base64. */
export function seal(
  of: SealingSubject,
  { plain, hidden }: { readonly plain: string; readonly hidden: object },
): string {
  const nonce = randomBytes(nonceBytes)
  const sealing = createCipheriv(cipher, keyOf(of), nonce).setAAD(around(of.subject, plain))
  const bytes = [nonce, sealing.update(JSON.stringify(hidden)), sealing.final(), sealing.getAuthTag()]
  return Buffer.concat(bytes).toString('base64')
}

/** The inverse of {@link seal}; `undefined`: it is not sealed with this key, or the row was changed. */
export function unseal(
  of: SealingSubject,
  { plain, sealed }: { readonly plain: string; readonly sealed: string },
): Readonly<Record<string, unknown>> | undefined {
  const bytes = Buffer.from(sealed, 'base64')
  const [nonce, tag] = [bytes.subarray(0, nonceBytes), bytes.subarray(-tagBytes)]
  try {
    const opening = createDecipheriv(cipher, keyOf(of), nonce).setAAD(around(of.subject, plain)).setAuthTag(tag)
    const text = Buffer.concat([opening.update(bytes.subarray(nonceBytes, -tagBytes)), opening.final()])
    return JSON.parse(text.toString())
  } catch {
    return undefined
  }
}
