import type { Principal } from '../../core/access/principal.ts'
import { rights, rightsOf } from '../../core/access/rights.ts'
import { given } from '../../core/given.ts'
import type { ApiTokenRecord, UserRecord } from '../../ports/users.ts'

/** Whoever has the token of the configuration, or asks from this machine where none is asked for. */
export const localAdmin: Principal = { name: 'local', via: 'local', rights: new Set(rights) }

/** What a user may. */
export function principalOfUser({ name, role, campaigns, agentId, seesNumbers }: UserRecord): Principal {
  const may = { name, via: 'session', role, rights: rightsOf(role, seesNumbers) } as const
  if (role === 'supervisor') return { ...may, campaigns: new Set(campaigns) }
  // One who has no line has nothing.
  return role === 'agent' ? { ...may, agentId: agentId ?? '', joins: new Set(campaigns) } : may
}

/** What a token may. */
export function principalOfToken({ name, rights: scopes, campaigns }: ApiTokenRecord): Principal {
  const bound = campaigns === undefined ? undefined : new Set(campaigns)
  return { name: `token ${name}`, via: 'token', rights: new Set(scopes), ...given({ campaigns: bound }) }
}
