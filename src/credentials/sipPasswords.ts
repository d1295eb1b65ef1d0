import { createHash, randomInt } from 'node:crypto'

/** Letters and digits that nobody mistakes for one another: somebody types them into a telephone. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'
const groups = 6
const groupLength = 4

/** A password for a telephone, `k7mq-...`: 24 characters of 31, 118 bits. */
export function newSipPassword(): string {
  const group = () => Array.from({ length: groupLength }, () => alphabet[randomInt(alphabet.length)]).join('')
  return Array.from({ length: groups }, group).join('-')
}

/** What a PBX needs of a password to check it: A1 of SIP's digest (RFC 7616 section 3.4.2), MD5 in hex. */
export function sipDigest(login: { readonly user: string; readonly realm: string; readonly password: string }): string {
  return createHash('md5').update(`${login.user}:${login.realm}:${login.password}`).digest('hex')
}
