import type { InstantMs } from '../../core/ids.ts'
import { minuteMs } from '../../core/time.ts'
import { newId, newSecret, secretHash } from '../../credentials/secrets.ts'
import type { ApiTokenRecord, SessionRecord, UserChange, UserRecord, UserStore } from '../../ports/users.ts'

/** The use of a session is written down this often at most. */
const useWrittenMs = minuteMs

/** How long a browser stays logged in. */
export interface SessionLimits {
  /** Unused for so long, milliseconds, a session ends. */
  readonly idleMs: number
  /** After so long it ends in any case. */
  readonly longestMs: number
}

/** What the book needs of the world. */
export interface BookOptions {
  readonly store: UserStore
  readonly now: () => InstantMs
  readonly limits: SessionLimits
}

/**
 * Users, sessions and tokens as they are now, in memory: every request asks. Only one process owns a database, and what changes
 * is on disk before it counts here.
 */
export interface AccessBook {
  readonly limits: SessionLimits
  now(): InstantMs
  /** In the order of their names. */
  users(): readonly UserRecord[]
  user(name: string): UserRecord | undefined
  /** That have not ended. */
  sessions(): readonly SessionRecord[]
  tokens(): readonly ApiTokenRecord[]
  /** The session of a cookie's content, with its user; using it makes it last. */
  sessionOf(secret: string): { readonly session: SessionRecord; readonly user: UserRecord } | undefined
  /** The token, where it has not expired. */
  tokenOf(secret: string): ApiTokenRecord | undefined
  save(change: Omit<UserChange, 'at'>): Promise<void>
  /** Changes a user as they are when it is their turn: changes come one after another. False: there is none, or nothing was to be changed. */
  change(name: string, make: (user: UserRecord) => Omit<UserChange, 'at'> | undefined): Promise<boolean>
  /** False: there is none. */
  remove(name: string, by: string): Promise<boolean>
  /** Begins a session and gives what its cookie holds. */
  begin(session: Pick<SessionRecord, 'user' | 'address' | 'program'>): Promise<string>
  end(sessionIds: readonly string[]): Promise<void>
  /** Keeps a token and gives it: it cannot be told again. */
  addToken(token: Omit<ApiTokenRecord, 'tokenId' | 'hash' | 'addedAt'>): Promise<{
    readonly token: ApiTokenRecord
    readonly secret: string
  }>
  /** False: there is none. */
  revokeToken(tokenId: string, by: string): Promise<boolean>
  /** Told whenever somebody may have lost what they had. */
  onLoss(listener: () => void): () => void
}

/** What is kept, by what it is asked for with. */
interface Kept {
  readonly users: Map<string, UserRecord>
  /** By hash. */
  readonly sessions: Map<string, SessionRecord>
  readonly tokens: Map<string, ApiTokenRecord>
}

/** Reads the book from the store. */
export async function openBook(options: BookOptions): Promise<AccessBook> {
  const { store, now, limits } = options
  const kept: Kept = {
    users: new Map((await store.users()).map(user => [user.name, user])),
    sessions: new Map((await store.userSessions()).map(session => [session.hash, session])),
    tokens: new Map((await store.apiTokens()).map(token => [token.hash, token])),
  }
  const listeners = new Set<() => void>()
  const lost = (): void => {
    for (const listener of listeners) listener()
  }
  return {
    limits,
    now,
    users: () => [...kept.users.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    user: name => kept.users.get(name),
    sessions: () => [...kept.sessions.values()].filter(session => isOn(session, options)),
    tokens: () => [...kept.tokens.values()],
    ...lookups(kept, options),
    ...userWrites(kept, options, lost),
    ...tokenWrites(kept, options, lost),
    onLoss(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

function isOn({ begunAt, usedAt }: SessionRecord, { now, limits }: BookOptions): boolean {
  return now() - usedAt < limits.idleMs && now() - begunAt < limits.longestMs
}

function lookups(kept: Kept, options: BookOptions): Pick<AccessBook, 'sessionOf' | 'tokenOf'> {
  const { store, now } = options
  return {
    sessionOf(secret) {
      const hash = secretHash(secret)
      const session = kept.sessions.get(hash)
      const user = session && kept.users.get(session.user)
      if (session === undefined || user === undefined || user.disabled === true || !isOn(session, options))
        return undefined
      if (now() - session.usedAt < useWrittenMs) return { session, user }
      const used = { ...session, usedAt: now() }
      kept.sessions.set(hash, used)
      // A session that is not kept any longer for it is worth no trouble.
      store.saveUserSession(used).catch(() => {})
      return { session: used, user }
    },
    tokenOf(secret) {
      const token = kept.tokens.get(secretHash(secret))
      return token === undefined || token.expiresAt <= now() ? undefined : token
    },
  }
}

function userWrites(
  { users, sessions }: Kept,
  options: BookOptions,
  lost: () => void,
): Pick<AccessBook, 'save' | 'change' | 'remove' | 'begin' | 'end'> {
  const { store, now } = options
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    const next = last.then(work, work)
    last = next
    return next
  }
  const forget = (ends: (session: SessionRecord) => boolean): void => {
    for (const [hash, session] of sessions) if (ends(session)) sessions.delete(hash)
    lost()
  }
  const keep = async (change: Omit<UserChange, 'at'>): Promise<void> => {
    const { user, endsSessions } = change
    await store.saveUser({ ...change, at: now() })
    users.set(user.name, user)
    if (endsSessions !== undefined)
      forget(session => session.user === user.name && session.sessionId !== endsSessions.except)
  }
  return {
    save: change => inTurn(() => keep(change)),
    change: (name, make) =>
      inTurn(async () => {
        const user = users.get(name)
        const change = user && make(user)
        if (change !== undefined) await keep(change)
        return change !== undefined
      }),
    remove: (name, by) =>
      inTurn(async () => {
        if (!(await store.removeUser({ name, by, at: now() }))) return false
        users.delete(name)
        forget(({ user }) => user === name)
        return true
      }),
    async begin(session) {
      const over = [...sessions.values()].filter(one => !isOn(one, options)).map(({ sessionId }) => sessionId)
      if (over.length > 0) await store.endUserSessions(over)
      for (const [hash, one] of sessions) if (over.includes(one.sessionId)) sessions.delete(hash)
      const secret = newSecret()
      const times = { begunAt: now(), usedAt: now() }
      const begun = { ...session, ...times, sessionId: newId(), hash: secretHash(secret) }
      await store.saveUserSession(begun)
      // Whoever may change everything is told of when they come.
      if (users.get(session.user)?.role === 'admin')
        await store.recordAct({ by: session.user, via: 'session', what: 'logIn', at: now(), of: {} })
      sessions.set(begun.hash, begun)
      return secret
    },
    async end(sessionIds) {
      // Here first: whoever logs out is out, whatever the disk does.
      forget(({ sessionId }) => sessionIds.includes(sessionId))
      await store.endUserSessions(sessionIds)
    },
  }
}

function tokenWrites(
  { tokens }: Kept,
  { store, now }: BookOptions,
  lost: () => void,
): Pick<AccessBook, 'addToken' | 'revokeToken'> {
  return {
    async addToken(wanted) {
      const secret = `dw_${newSecret()}`
      const token = { ...wanted, tokenId: newId(), hash: secretHash(secret), addedAt: now() }
      await store.addApiToken(token)
      tokens.set(token.hash, token)
      return { token, secret }
    },
    async revokeToken(tokenId, by) {
      if (!(await store.revokeApiToken({ tokenId, by, at: now() }))) return false
      for (const [hash, token] of tokens) if (token.tokenId === tokenId) tokens.delete(hash)
      lost()
      return true
    },
  }
}
