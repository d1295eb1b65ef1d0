import { createHmac, randomBytes } from 'node:crypto'
import { secretHash } from './secrets.ts'

/** RFC 6238 with what every authenticator takes: SHA-1, six digits, half a minute. */
const stepMs = 30_000
const digits = 6
/** RFC 4226 section 4, R6: 160 bits. */
const secretBytes = 20
/** Clocks that differ by so many steps are taken (RFC 6238 section 5.2). */
const stepsOff = 1
const recoveryCodes = 10

/** RFC 4648 section 6. */
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** A new secret, in base32. */
export function newCodeSecret(): string {
  return base32(randomBytes(secretBytes))
}

/** What an authenticator reads from a picture. */
export function codeAddress(secret: string, user: string): string {
  const label = encodeURIComponent(`Dialwright:${user}`)
  return `otpauth://totp/${label}?secret=${secret}&issuer=Dialwright&digits=${digits}&period=${stepMs / 1000}`
}

/** The step in which the code is right, for one that was not used yet: behind `after`. Undefined: it is wrong, too old, or was used. */
export function codeStep(
  { secret, code }: { readonly secret: string; readonly code: string },
  { at, after = -1 }: { readonly at: number; readonly after?: number | undefined },
): number | undefined {
  const now = Math.floor(at / stepMs)
  for (let step = now - stepsOff; step <= now + stepsOff; step += 1)
    if (step > after && codeAt(secret, step) === code) return step
  return undefined
}

/** The code of a step (RFC 4226 section 5.3). */
export function codeAt(secret: string, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest()
  const offset = (mac.at(-1) ?? 0) & 0xf
  const value = (mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits
  return String(value).padStart(digits, '0')
}

/** Codes that serve once each where the device is lost, and what is kept of them. */
export function newRecoveryCodes(): { readonly codes: readonly string[]; readonly hashes: readonly string[] } {
  const codes = Array.from({ length: recoveryCodes }, () => {
    const text = base32(randomBytes(10)).toLowerCase()
    return `${text.slice(0, 8)}-${text.slice(8)}`
  })
  return { codes, hashes: codes.map(recoveryHash) }
}

/** What is kept of a recovery code, however it is typed. */
export function recoveryHash(code: string): string {
  return secretHash(code.toLowerCase().replaceAll(/[^a-z2-7]/g, ''))
}

function base32(bytes: Buffer): string {
  const bits = [...bytes].map(byte => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? []).map(five => letters[Number.parseInt(five.padEnd(5, '0'), 2)]).join('')
}

function fromBase32(text: string): Buffer {
  const bits = [...text].map(letter => letters.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map(eight => Number.parseInt(eight, 2)))
}
