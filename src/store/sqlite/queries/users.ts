import type { Database } from 'better-sqlite3'
import type { ApiTokenRecord, SessionRecord, UserChange, UserRecord } from '../../../ports/users.ts'

/** Look-ups of users, sessions and tokens. */
export interface UserLookups {
  users(): readonly UserRecord[]
  sessions(): readonly SessionRecord[]
  tokens(): readonly ApiTokenRecord[]
}

/** Prepares the look-ups on a connection. */
export function prepareUserLookups(database: Database): UserLookups {
  const users = database.prepare<[], string>('SELECT settings FROM user ORDER BY name').pluck()
  const sessions = database.prepare<[], SessionRecord>('SELECT * FROM userSession ORDER BY sessionId')
  const tokens = database.prepare<[], string>('SELECT settings FROM apiToken ORDER BY tokenId').pluck()
  return {
    users: () => users.all().map(settings => JSON.parse(settings)),
    sessions: () => sessions.all(),
    tokens: () => tokens.all().map(settings => JSON.parse(settings)),
  }
}

/** Everything that changes users, sessions and tokens; in the writer's transaction. */
export interface UserWrites {
  save(change: UserChange): void
  remove(name: string): boolean
  saveSession(session: SessionRecord): void
  endSessions(sessionIds: readonly string[]): void
  addToken(token: ApiTokenRecord): void
  revokeToken(tokenId: string): boolean
}

/** Prepares the writes on the writer's connection. */
export function prepareUserWrites(database: Database): UserWrites {
  const save = database.prepare<[string, string]>('INSERT OR REPLACE INTO user (name, settings) VALUES (?, ?)')
  const remove = database.prepare<[string]>('DELETE FROM user WHERE name = ?')
  const endOthers = database.prepare<[string, string]>('DELETE FROM userSession WHERE user = ? AND sessionId <> ?')
  const saveSession = database.prepare<[SessionRecord]>(
    `INSERT INTO userSession (sessionId, hash, user, begunAt, usedAt, address, program)
     SELECT @sessionId, @hash, @user, @begunAt, @usedAt, @address, @program
     WHERE EXISTS (SELECT 1 FROM user WHERE name = @user)
     ON CONFLICT (sessionId) DO UPDATE SET usedAt = excluded.usedAt`,
  )
  const touch = database.prepare<[SessionRecord]>(
    'UPDATE userSession SET usedAt = @usedAt WHERE sessionId = @sessionId',
  )
  const end = database.prepare<[string]>('DELETE FROM userSession WHERE sessionId = ?')
  const addToken = database.prepare<[string, string]>(
    'INSERT OR REPLACE INTO apiToken (tokenId, settings) VALUES (?, ?)',
  )
  const revoke = database.prepare<[string]>('DELETE FROM apiToken WHERE tokenId = ?')
  return {
    save({ user, endsSessions }) {
      save.run(user.name, JSON.stringify(user))
      if (endsSessions !== undefined) endOthers.run(user.name, endsSessions.except ?? '')
    },
    remove(name) {
      endOthers.run(name, '')
      return remove.run(name).changes > 0
    },
    // One that has ended meanwhile does not begin again because it was used.
    saveSession(session) {
      if (session.usedAt === session.begunAt) saveSession.run(session)
      else touch.run(session)
    },
    endSessions(sessionIds) {
      for (const sessionId of sessionIds) end.run(sessionId)
    },
    addToken: token => void addToken.run(token.tokenId, JSON.stringify(token)),
    revokeToken: tokenId => revoke.run(tokenId).changes > 0,
  }
}
