import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** A secret that nobody guesses: 32 random bytes, in letters that an address and a cookie may hold. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** A name for people and lists: it opens nothing. */
export function newId(): string {
  return randomBytes(6).toString('hex')
}

/** What is kept of a secret that nobody can guess: SHA-256, hexadecimal. */
export function secretHash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** Another secret that follows from one, for another use; it does not lead back. */
export function derivedSecret(secret: string, use: string): string {
  return createHash('sha256').update(`${use}\n${secret}`).digest('base64url')
}

/** Compares in a time that does not tell where two texts differ. */
export function isSameSecret(one: string, other: string): boolean {
  const [a, b] = [one, other].map(text => createHash('sha256').update(text).digest())
  return a !== undefined && b !== undefined && timingSafeEqual(a, b)
}
