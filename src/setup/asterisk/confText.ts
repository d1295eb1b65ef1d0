import { InputError } from '../../errors.ts'

/**
 * A value as it may stand behind `=` in an Asterisk configuration: one line of printable ASCII, the comment's sign escaped.
 * @throws InputError `not-writable`: no way of writing it means the same
 */
export function confValue(what: string, value: string): string {
  const isPlain = /^[\x21-\x7e]{1,200}$/.test(value)
  // Asterisk takes a backslash away where a semicolon follows, and nowhere else.
  if (isPlain && !value.includes('\\;')) return value.replaceAll(';', '\\;')
  throw new InputError(
    'not-writable',
    `${what} cannot stand in Asterisk's configuration: use 1 to 200 letters, digits and signs without blanks, and no backslash before a semicolon`,
  )
}

/** A name in square brackets, or a user's. @throws InputError `not-writable` */
export function confName(what: string, name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(name)) return name
  throw new InputError('not-writable', `${what} must be of letters, digits, points, hyphens and underscores`)
}
