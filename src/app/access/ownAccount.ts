import type { OwnPasswordBody, SessionListView, SessionView } from '../../api/access/sessions.ts'
import { ApiError } from '../../api/apiError.ts'
import { iso } from '../../api/views.ts'
import type { Principal } from '../../core/access/principal.ts'
import { given } from '../../core/given.ts'
import { codeAddress, newCodeSecret, newRecoveryCodes } from '../../credentials/oneTimeCodes.ts'
import { derivedSecret } from '../../credentials/secrets.ts'
import type { SessionRecord, UserRecord } from '../../ports/users.ts'
import { type Access, findUser } from './access.ts'
import { takeStep } from './logIn.ts'
import { checkNewPassword } from './passwordRule.ts'

/** The session that asks, with what its cookie holds. */
export interface OwnSession {
  readonly session: SessionRecord
  readonly secret: string
}

/** What a page must send with all that is no GET: another site's page cannot read it. */
export function csrfOf(secret: string): string {
  return derivedSecret(secret, 'csrf')
}

/** Who asks, and what they may. */
export function showSession({ book }: Access, principal: Principal, own: OwnSession | undefined): SessionView {
  const { name, via, role, rights, campaigns, agentId } = principal
  const who = {
    name,
    via,
    rights: [...rights].sort(),
    ...given({ role, campaigns: campaigns && [...campaigns].sort() }),
  }
  if (own === undefined) return who
  const { session, secret } = own
  return {
    ...who,
    ...given({ agentId }),
    csrf: csrfOf(secret),
    sessionId: session.sessionId,
    expiresAt: iso(session.begunAt + book.limits.longestMs),
    idleUntil: iso(session.usedAt + book.limits.idleMs),
    oneTimeCodes: book.user(name)?.oneTime?.confirmed ?? false,
  }
}

/** Changes one's own password; every other session ends. @throws ApiError 403, 422, 429 */
export async function changeOwnPassword(
  access: Access,
  { session }: OwnSession,
  { password, newPassword }: OwnPasswordBody,
): Promise<void> {
  await prove(access, session, password)
  checkNewPassword(newPassword, session.user)
  const hash = await access.passwords.hash(newPassword)
  const user = { ...findUser(access, session.user), password: hash }
  const endsSessions = { except: session.sessionId }
  await access.book.save({ user, event: 'password-set', by: user.name, endsSessions })
}

/** Makes a secret for one-time codes; they are asked for once one of them was shown. @throws ApiError 403, 409 */
export async function beginCodes(
  access: Access,
  { session }: OwnSession,
  password: string,
): Promise<{ readonly secret: string; readonly url: string }> {
  const user = await prove(access, session, password)
  if (user.oneTime?.confirmed === true)
    throw new ApiError(409, 'codes-on', 'one-time codes are on already: turn them off first')
  const secret = newCodeSecret()
  const oneTime = { secret, confirmed: false, recovery: [] }
  await access.book.save({ user: { ...user, oneTime }, event: 'changed', by: user.name })
  return { secret, url: codeAddress(secret, user.name) }
}

/** From now on a code is asked for at every log-in. Gives the codes for the day when the device is lost. @throws ApiError 403, 409 */
export async function confirmCodes(
  access: Access,
  { session }: OwnSession,
  code: string,
): Promise<{ readonly recoveryCodes: string[] }> {
  const user = findUser(access, session.user)
  const { oneTime } = user
  if (oneTime === undefined || oneTime.confirmed)
    throw new ApiError(409, 'nothing-to-confirm', 'there is nothing to confirm: begin with a new secret')
  if (!takeStep(access, user.name, { secret: oneTime.secret, code }))
    throw new ApiError(403, 'wrong-code', 'the code is wrong: is the clock of the device right?')
  const { codes, hashes } = newRecoveryCodes()
  const confirmed = { ...oneTime, confirmed: true, recovery: hashes }
  await access.book.save({ user: { ...user, oneTime: confirmed }, event: 'codes-on', by: user.name })
  return { recoveryCodes: [...codes] }
}

/** Asks for no code any more. @throws ApiError 403 */
export async function endCodes(access: Access, { session }: OwnSession, password: string): Promise<void> {
  const { oneTime: _, ...user } = await prove(access, session, password)
  await access.book.save({ user, event: 'codes-off', by: user.name })
}

/** For one who has lost device and codes: an admin turns them off, sessions end. @throws ApiError 404 */
export async function endCodesOf(access: Access, name: string, by: string): Promise<void> {
  const { oneTime: _, ...user } = findUser(access, name)
  await access.book.save({ user, event: 'codes-off', by, endsSessions: {} })
}

/** A page that was left open must not give the account away. */
async function prove(access: Access, { user: name, address }: SessionRecord, password: string): Promise<UserRecord> {
  const { passwords, throttle } = access
  const trying = { name, address, isAtHome: true }
  const waitMs = throttle.waitMs(trying)
  if (waitMs > 0)
    throw new ApiError(429, 'too-many-tries', `too many wrong passwords: try again in ${Math.ceil(waitMs / 1000)} s`)
  throttle.mistake(trying)
  if (!(await passwords.verify(password, findUser(access, name).password)))
    throw new ApiError(403, 'wrong-password', 'the password is wrong')
  throttle.right(trying)
  return findUser(access, name)
}

/** Browsers that are logged in: one's own, or with the right to it those of others. */
export function listSessions(
  { book }: Access,
  { user, own }: { readonly user: string | undefined; readonly own: OwnSession | undefined },
): SessionListView {
  const wanted = book.sessions().filter(session => user === undefined || session.user === user)
  return {
    sessions: wanted.map(({ hash: _, begunAt, usedAt, ...session }) => ({
      ...session,
      begunAt: iso(begunAt),
      usedAt: iso(usedAt),
      own: session.sessionId === own?.session.sessionId,
    })),
  }
}

/** Ends a session; `user`: only one of theirs. Who ends another's (`by`) stands in the ledger. @throws ApiError 404 */
export async function endSession(
  { book }: Access,
  sessionId: string,
  { user, by }: { readonly user: string | undefined; readonly by: string },
): Promise<void> {
  const found = book.sessions().find(session => session.sessionId === sessionId)
  if (found === undefined || (user !== undefined && found.user !== user))
    throw new ApiError(404, 'unknown-session', `there is no session ${sessionId}: GET /v1/sessions has them`)
  // Out first: whoever is to be kept out is, whatever the disk does.
  await book.end([sessionId])
  if (found.user !== by) await book.change(found.user, one => ({ user: one, event: 'session-ended', by }))
}
