import {
  type InviteView,
  isUserName,
  type UserBody,
  type UserChangeBody,
  type UserView,
} from '../../api/access/users.ts'
import { ApiError } from '../../api/apiError.ts'
import { iso, isoOf } from '../../api/views.ts'
import { rightsOf } from '../../core/access/rights.ts'
import { given } from '../../core/given.ts'
import { hourMs } from '../../core/time.ts'
import { isSameSecret, newSecret, secretHash } from '../../credentials/secrets.ts'
import type { UserRecord } from '../../ports/users.ts'
import { type Access, findUser } from './access.ts'
import { checkNewPassword } from './passwordRule.ts'
import { localAdmin } from './principals.ts'

/** A link that lies around serves nobody for longer. */
const linkMs = 24 * hourMs

/** Whether an agent of this id exists; absent: nobody knows here. */
type KnowsAgent = (agentId: string) => boolean

/** All users, in the order of their names. */
export function listUsers(access: Access): readonly UserView[] {
  return access.book.users().map(user => viewUser(access, user))
}

/** One user. @throws ApiError 404 */
export function showUser(access: Access, name: string): UserView {
  return viewUser(access, findUser(access, name))
}

/** Adds a user, with the link by which they set their password. @throws ApiError 409, 422 */
export async function addUser(
  access: Access,
  { name, ...said }: UserBody,
  { by, knowsAgent }: { readonly by: string; readonly knowsAgent?: KnowsAgent },
): Promise<InviteView> {
  const { book, hasToken } = access
  // Without a daemon nobody has looked at it yet.
  if (!isUserName(name))
    throw new ApiError(
      422,
      'bad-name',
      `${name} is no name to log in under: 2 to 40 lower-case letters, digits, dots, _ and -`,
    )
  if (name === localAdmin.name)
    throw new ApiError(409, 'reserved-name', `${name} is whoever has the token of the configuration: take another name`)
  if (book.user(name) !== undefined)
    throw new ApiError(409, 'user-exists', `there is a user ${name} already: \`dialwright users show ${name}\``)
  if (!hasToken) {
    const message =
      'from the first user on nobody is answered without a log-in or a token: set api.tokenFile in dialwright.yaml first, then restart'
    throw new ApiError(409, 'token-needed', message)
  }
  const { campaigns = [], role, agentId, seesNumbers } = said
  const user = { name, role, campaigns, addedAt: book.now(), ...given({ agentId, seesNumbers }) }
  checkUser(user, knowsAgent)
  return invited(access, user, { event: 'added', by })
}

/** Changes what a user is; their sessions end. What is not said stays. @throws ApiError 404, 422 */
export async function changeUser(
  access: Access,
  name: string,
  {
    change,
    by,
    knowsAgent,
  }: { readonly change: UserChangeBody; readonly by: string; readonly knowsAgent?: KnowsAgent },
): Promise<UserView> {
  const before = findUser(access, name)
  const { disabled, ...said } = change
  const { disabled: was, agentId, campaigns, ...rest } = before
  const role = said.role ?? before.role
  // What another role has of its own is not taken along.
  const kept = role === before.role ? { campaigns, ...given({ agentId }) } : { campaigns: [] }
  const off = disabled ?? was ?? false
  const user: UserRecord = { ...rest, ...kept, ...said, ...given({ disabled: off ? (true as const) : undefined }) }
  checkUser(user, knowsAgent)
  refuseLast(access, user)
  await access.book.save({ user, event: 'changed', by, endsSessions: {} })
  return viewUser(access, user)
}

/** @throws ApiError 404, 409 */
export async function removeUser(access: Access, name: string, by: string): Promise<void> {
  const user = findUser(access, name)
  refuseLast(access, { ...user, disabled: true })
  await access.book.remove(name, by)
}

/** Makes a new link that sets the user's password; one that was made before serves no more. @throws ApiError 404 */
export function inviteUser(access: Access, name: string, by: string): Promise<InviteView> {
  return invited(access, findUser(access, name), { event: 'invited', by })
}

async function invited(
  access: Access,
  user: UserRecord,
  { event, by }: { readonly event: 'added' | 'invited'; readonly by: string },
): Promise<InviteView> {
  const { book, url } = access
  const secret = newSecret()
  const expiresAt = book.now() + linkMs
  const withLink = { ...user, link: { hash: secretHash(secret), expiresAt } }
  await book.save({ user: withLink, event, by })
  // What stands behind # is sent to no server, and so stands in no log.
  const path = `/setup#${secret}`
  const whole = url === undefined ? undefined : `${url.replace(/\/$/, '')}${path}`
  return { user: viewUser(access, withLink), path, expiresAt: iso(expiresAt), ...given({ url: whole }) }
}

/** Sets the password of whoever holds the link, once; sessions that there were end. @throws ApiError 401, 422 */
export async function setUp(
  access: Access,
  { link, password }: { readonly link: string; readonly password: string },
): Promise<{ readonly name: string }> {
  const { book } = access
  const hash = secretHash(link)
  const user = book.users().find(one => one.link !== undefined && isSameSecret(one.link.hash, hash))
  if (user?.link === undefined || user.link.expiresAt <= book.now() || user.disabled === true)
    throw new ApiError(401, 'link-spent', 'this link has been used, or its time is over: ask for a new one')
  await setPassword(access, user.name, { password, by: user.name, onlyWith: hash })
  return { name: user.name }
}

/** Sets a password; sessions end, and a link serves no more. `onlyWith`: only while the link is still there. @throws ApiError */
export async function setPassword(
  access: Access,
  name: string,
  { password, by, onlyWith }: { readonly password: string; readonly by: string; readonly onlyWith?: string },
): Promise<void> {
  findUser(access, name)
  checkNewPassword(password, name)
  const hash = await access.passwords.hash(password)
  // Hashing takes a while: it is the user as they are by now who changes.
  const { link, ...user } = findUser(access, name)
  if (onlyWith !== undefined && link?.hash !== onlyWith)
    throw new ApiError(401, 'link-spent', 'this link has been used: ask for a new one')
  await access.book.save({ user: { ...user, password: hash }, event: 'password-set', by, endsSessions: {} })
}

function checkUser({ name, role, campaigns, agentId }: UserRecord, knowsAgent: KnowsAgent | undefined): void {
  const refuse = (text: string): never => {
    throw new ApiError(422, 'contradiction', text)
  }
  if (role === 'supervisor' && campaigns.length === 0)
    refuse(`a supervisor has campaigns: name those of ${name} (--campaign)`)
  if ((role === 'admin' || role === 'auditor') && campaigns.length > 0)
    refuse(`an ${role} sees every campaign: leave the campaigns out, or make ${name} a supervisor`)
  if (role === 'agent' && agentId === undefined) refuse(`say whose line ${name} has: agentId (--agent)`)
  if (role !== 'agent' && agentId !== undefined) refuse(`only a user of the role agent has a line: leave agentId out`)
  if (agentId !== undefined && knowsAgent?.(agentId) === false)
    throw new ApiError(404, 'unknown-agent', `there is no agent ${agentId}: \`dialwright agents list\` has them`)
}

/** Somebody must be able to let others in. The token of the configuration can, so this keeps nobody out for good. */
function refuseLast({ book }: Access, changed: UserRecord): void {
  const isAdmin = ({ role, disabled }: UserRecord) => role === 'admin' && disabled !== true
  const before = book.users().filter(isAdmin)
  if (isAdmin(changed) || !before.some(({ name }) => name === changed.name) || before.length > 1) return
  throw new ApiError(409, 'last-admin', `${changed.name} is the only admin: add another one first`)
}

function viewUser({ book }: Pick<Access, 'book'>, user: UserRecord): UserView {
  const { name, role, campaigns, agentId, disabled, password, oneTime, addedAt, link } = user
  const linkUntil = link !== undefined && link.expiresAt > book.now() ? link.expiresAt : undefined
  return {
    name,
    role,
    campaigns: [...campaigns],
    ...given({ agentId }),
    seesNumbers: rightsOf(role, user.seesNumbers).has('see-numbers'),
    disabled: disabled ?? false,
    hasPassword: password !== undefined,
    oneTimeCodes: oneTime?.confirmed ?? false,
    addedAt: iso(addedAt),
    sessions: book.sessions().filter(session => session.user === name).length,
    ...given({ linkUntil: isoOf(linkUntil) }),
  }
}
