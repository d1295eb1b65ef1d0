import type { Database } from 'better-sqlite3'
import type { Store } from '../../ports/store.ts'
import { prepareUserLookups } from './queries/users.ts'
import type { Writing } from './writing/writing.ts'

/** What is read of users, sessions and tokens. */
export function userPort(database: Database, writes: Writing): Pick<Store, 'users' | 'userSessions' | 'apiTokens'> {
  const lookups = prepareUserLookups(database)
  return {
    async users() {
      await writes.settled()
      return lookups.users()
    },
    async userSessions() {
      await writes.settled()
      return lookups.sessions()
    },
    async apiTokens() {
      await writes.settled()
      return lookups.tokens()
    },
  }
}
