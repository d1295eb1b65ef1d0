import type { Store } from '../../ports/store.ts'
import type { ApiTokenRecord, SessionRecord, UserChange, UserRecord } from '../../ports/users.ts'

/** Users, sessions and tokens in memory. */
export class MemoryUsers {
  readonly #users = new Map<string, UserRecord>()
  readonly #sessions = new Map<string, SessionRecord>()
  readonly #tokens = new Map<string, ApiTokenRecord>()

  save({ user, endsSessions }: UserChange): void {
    this.#users.set(user.name, user)
    if (endsSessions !== undefined) this.#endOthers(user.name, endsSessions.except)
  }

  remove(name: string): boolean {
    this.#endOthers(name, undefined)
    return this.#users.delete(name)
  }

  #endOthers(user: string, except: string | undefined): void {
    for (const session of this.#sessions.values())
      if (session.user === user && session.sessionId !== except) this.#sessions.delete(session.sessionId)
  }

  /** One that has ended meanwhile does not begin again because it was used; nobody's begins. */
  saveSession(session: SessionRecord): void {
    const known = this.#sessions.get(session.sessionId)
    if (known !== undefined) this.#sessions.set(session.sessionId, { ...known, usedAt: session.usedAt })
    else if (session.usedAt === session.begunAt && this.#users.has(session.user))
      this.#sessions.set(session.sessionId, session)
  }

  endSessions(sessionIds: readonly string[]): void {
    for (const sessionId of sessionIds) this.#sessions.delete(sessionId)
  }

  addToken(token: ApiTokenRecord): void {
    this.#tokens.set(token.tokenId, token)
  }

  revokeToken(tokenId: string): boolean {
    return this.#tokens.delete(tokenId)
  }

  reads(): Pick<Store, 'users' | 'userSessions' | 'apiTokens'> {
    return {
      users: async () => inOrder(this.#users),
      userSessions: async () => inOrder(this.#sessions),
      apiTokens: async () => inOrder(this.#tokens),
    }
  }
}

function inOrder<Kept>(kept: ReadonlyMap<string, Kept>): readonly Kept[] {
  return [...kept].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one)
}
