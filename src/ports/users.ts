import type { Right, Role } from '../core/access/rights.ts'
import type { AgentId, CampaignId, InstantMs, PhoneNumber } from '../core/ids.ts'

/** Users, their sessions, and tokens of programs. Secrets are kept as hashes, but for those of one-time codes. A rejection is a StoreError. */
export interface UserStore {
  /** In the order of their names. */
  users(): Promise<readonly UserRecord[]>
  /** In the order of their ids. */
  userSessions(): Promise<readonly SessionRecord[]>
  /** In the order of their ids; revoked ones are not there. */
  apiTokens(): Promise<readonly ApiTokenRecord[]>
  /** Adds a user, or puts this in the place of what is kept of them; the ledger says what. On disk when it resolves. */
  saveUser(change: UserChange): Promise<void>
  /** With their sessions; the tokens that they have made stay. False: there is none of this name. */
  removeUser(removal: { readonly name: string; readonly by: string; readonly at: InstantMs }): Promise<boolean>
  /** Begins a session, or says when it was used last. Survives the end of the program, not that of the machine. */
  saveUserSession(session: SessionRecord): Promise<void>
  /** Ends sessions; those that have ended have. On disk when it resolves. */
  endUserSessions(sessionIds: readonly string[]): Promise<void>
  addApiToken(token: ApiTokenRecord): Promise<void>
  /** False: there is none of this id. */
  revokeApiToken(revocation: {
    readonly tokenId: string
    readonly by: string
    readonly at: InstantMs
  }): Promise<boolean>
  /** Writes into the ledger who asked for what. */
  recordAct(act: Act): Promise<void>
}

/** Somebody who may log in. */
export interface UserRecord {
  /** Lower case. */
  readonly name: string
  readonly role: Role
  /** A supervisor's. */
  readonly campaigns: readonly CampaignId[]
  /** Whose line a user of the role `agent` has. */
  readonly agentId?: AgentId
  /** Whether they see numbers as they are; absent: as their role has it. */
  readonly seesNumbers?: boolean
  readonly disabled?: true
  readonly addedAt: InstantMs
  /** A hash with its parameters; absent: nobody has set one, so nobody can log in. */
  readonly password?: string
  /** The link that sets a password once: the hash of its secret. */
  readonly link?: { readonly hash: string; readonly expiresAt: InstantMs }
  /** One-time codes; not confirmed: asked for by nobody yet. */
  readonly oneTime?: OneTimeCodes
}

/** One-time codes by the clock. */
export interface OneTimeCodes {
  /** Base32, as it is: codes are worked out from it. */
  readonly secret: string
  readonly confirmed: boolean
  /** Hashes of the codes that serve once where the device is lost. */
  readonly recovery: readonly string[]
}

/** What a change of a user was, for the ledger. */
export const userEvents = [
  'added',
  'changed',
  'invited',
  'password-set',
  'codes-on',
  'codes-off',
  'recovery-code-used',
  'session-ended',
] as const

/** A user as they are now, and what has changed. */
export interface UserChange {
  readonly user: UserRecord
  readonly event: (typeof userEvents)[number]
  readonly by: string
  readonly at: InstantMs
  /** Their sessions end, but for this one. */
  readonly endsSessions?: { readonly except?: string }
}

/** A browser that is logged in. */
export interface SessionRecord {
  /** For people: it opens nothing. */
  readonly sessionId: string
  /** SHA-256 of what the cookie holds, hexadecimal. */
  readonly hash: string
  readonly user: string
  readonly begunAt: InstantMs
  readonly usedAt: InstantMs
  /** From where, and with which program, as it says itself. */
  readonly address: string
  readonly program: string
}

/** A token of a program. */
export interface ApiTokenRecord {
  /** For people: it opens nothing. */
  readonly tokenId: string
  readonly name: string
  /** SHA-256 of the token, hexadecimal. */
  readonly hash: string
  readonly rights: readonly Right[]
  /** These alone; absent: all. */
  readonly campaigns?: readonly CampaignId[]
  readonly addedAt: InstantMs
  readonly addedBy: string
  readonly expiresAt: InstantMs
}

/** Somebody has asked for something that changes anything. What came of it stands in the entries that follow. */
export interface Act {
  readonly by: string
  readonly via: 'local' | 'session' | 'token'
  /** The operation, as the API's description names it. */
  readonly what: string
  readonly at: InstantMs
  /** What it is about: `campaign`, `agent`, `call`, `list` with their ids. */
  readonly of: Readonly<Record<string, string>>
  /** Becomes a subject in the ledger, where it has one. */
  readonly number?: PhoneNumber
}
