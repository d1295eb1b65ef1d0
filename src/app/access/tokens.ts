import type { TokenBody, TokenView } from '../../api/access/users.ts'
import { ApiError } from '../../api/apiError.ts'
import { iso } from '../../api/views.ts'
import type { Principal } from '../../core/access/principal.ts'
import { rights as allRights } from '../../core/access/rights.ts'
import { given } from '../../core/given.ts'
import { dayMs } from '../../core/time.ts'
import type { ApiTokenRecord } from '../../ports/users.ts'
import type { Access } from './access.ts'

/** Every token that was not revoked, in the order in which they were made. */
export function listTokens({ book }: Access): readonly TokenView[] {
  return [...book.tokens()].sort((a, b) => a.addedAt - b.addedAt).map(token => viewToken(token, book.now()))
}

/** Makes a token for a program; it is told here and never again. @throws ApiError 403, 409 */
export async function addToken(
  { book, hasToken }: Access,
  { name, rights, campaigns, days }: TokenBody,
  by: Principal,
): Promise<TokenView & { readonly token: string }> {
  const beyond = rights.filter(right => !by.rights.has(right))
  if (beyond.length > 0)
    throw new ApiError(403, 'forbidden', `nobody gives what they have not: you may not ${beyond.join(', ')}`)
  if (rights.includes('manage-users') && (rights.length < allRights.length || campaigns !== undefined)) {
    const message =
      'whoever manages users can make themselves an admin: give manage-users with all other rights, or leave it out'
    throw new ApiError(422, 'contradiction', message)
  }
  if (!hasToken)
    throw new ApiError(
      409,
      'token-needed',
      'without api.tokenFile nobody is asked for a token: set it first, then restart',
    )
  const now = book.now()
  if (book.tokens().some(one => one.name === name && one.expiresAt > now))
    throw new ApiError(409, 'token-exists', `there is a token ${name} already: revoke it, or take another name`)
  const wanted = { name, rights, addedBy: by.name, expiresAt: now + days * dayMs, ...given({ campaigns }) }
  const { token, secret } = await book.addToken(wanted)
  return { ...viewToken(token, now), token: secret }
}

/** Takes a token back, by its id or, where there is only one of it, its name. @throws ApiError 404, 409 */
export async function revokeToken({ book }: Access, named: string, by: string): Promise<void> {
  const found = book.tokens().filter(({ tokenId, name }) => tokenId === named || name === named)
  const [token, ...others] = found
  if (token === undefined)
    throw new ApiError(404, 'unknown-token', `there is no token ${named}: \`dialwright tokens list\` has them`)
  if (others.length > 0)
    throw new ApiError(409, 'several-tokens', `${named} is the name of ${found.length} tokens: say which by its id`)
  await book.revokeToken(token.tokenId, by)
}

function viewToken(token: ApiTokenRecord, now: number): TokenView {
  const { tokenId, name, rights, campaigns, addedAt, addedBy, expiresAt } = token
  return {
    tokenId,
    name,
    rights: [...rights],
    ...given({ campaigns: campaigns && [...campaigns] }),
    addedAt: iso(addedAt),
    addedBy,
    expiresAt: iso(expiresAt),
    expired: expiresAt <= now,
  }
}
