import { ApiError } from '../../api/apiError.ts'
import { hourMs, minuteMs } from '../../core/time.ts'
import { createPasswords, type Passwords } from '../../credentials/passwords.ts'
import type { UserRecord } from '../../ports/users.ts'
import { type AccessBook, type BookOptions, openBook, type SessionLimits } from './book.ts'
import { createThrottle, type Throttle } from './throttle.ts'

/** NIST SP 800-63B-4 section 2.2.3 (AAL2): half an hour unused, twelve in all; an open page uses it. */
export const defaultSessionLimits: SessionLimits = { idleMs: 30 * minuteMs, longestMs: 12 * hourMs }

/** What logging in and being known stand on. */
export interface Access {
  readonly book: AccessBook
  readonly passwords: Passwords
  readonly throttle: Throttle
  /** The last step of a one-time code that a user was let in with: none serves twice. */
  readonly usedSteps: Map<string, number>
  /**
   * Whether there is a token that lets the local admin in. Without one everybody on this machine is, until there is a user: then
   * nobody would be.
   */
  readonly hasToken: boolean
  /** The daemon's address for people; absent: nobody has said. */
  readonly url?: string
}

/** What it is opened with. */
export interface AccessOptions extends Omit<BookOptions, 'limits'> {
  readonly limits?: SessionLimits
  readonly hasToken: boolean
  readonly url?: string
  /** Absent: those of the daemon. */
  readonly passwords?: Passwords
}

/** Opens it on what the store keeps. */
export async function openAccess({ passwords, limits, ...options }: AccessOptions): Promise<Access> {
  const book = await openBook({ ...options, limits: limits ?? defaultSessionLimits })
  return {
    ...options,
    book,
    passwords: passwords ?? createPasswords(),
    throttle: createThrottle(options.now),
    usedSteps: new Map(),
  }
}

/** @throws ApiError 404 */
export function findUser({ book }: Pick<Access, 'book'>, name: string): UserRecord {
  const user = book.user(name)
  if (user !== undefined) return user
  throw new ApiError(404, 'unknown-user', `there is no user ${name}: \`dialwright users list\` has them`)
}
