import { type Static, Type } from 'typebox'
import { idSchema } from '../../config/campaignFile.ts'
import { rights, roles } from '../../core/access/rights.ts'
import { closed, textUpTo } from '../schemas.ts'
import { instant } from '../views.ts'
import { passwordSchema, userNameSchema } from './users.ts'

/** Six digits of an authenticator, or a recovery code. */
const code = textUpTo(40)

/** `POST /v1/session`. The name is any text: whether it could be one must not be told. */
export const logInBody = Type.Object(
  { name: textUpTo(100), password: passwordSchema, code: Type.Optional(code) },
  closed,
)
/** Who logs in. */
export type LogInBody = Static<typeof logInBody>

/** Who asks, and what they may. */
export const sessionView = Type.Object({
  name: Type.String(),
  via: Type.Enum(['local', 'session', 'token']),
  role: Type.Optional(Type.Enum([...roles])),
  rights: Type.Array(Type.Enum([...rights])),
  /** Theirs alone; absent: all. */
  campaigns: Type.Optional(Type.Array(idSchema)),
  agentId: Type.Optional(idSchema),
  /** What a page sends as x-csrf-token with everything that is no GET; absent: there is no cookie. */
  csrf: Type.Optional(Type.String()),
  sessionId: Type.Optional(Type.String()),
  /** At the latest. */
  expiresAt: Type.Optional(instant),
  /** Unused until then it ends. */
  idleUntil: Type.Optional(instant),
  oneTimeCodes: Type.Optional(Type.Boolean()),
})
/** Who asks, and what they may. */
export type SessionView = Static<typeof sessionView>

/** `PUT /v1/session/password` */
export const ownPasswordBody = Type.Object({ password: passwordSchema, newPassword: passwordSchema }, closed)
/** A change of one's own password. */
export type OwnPasswordBody = Static<typeof ownPasswordBody>

/** `POST` and `DELETE /v1/session/one-time-codes` */
export const proofBody = Type.Object({ password: passwordSchema }, closed)
/** What an authenticator needs; shown here and never again. */
export const codesBegunView = Type.Object({ secret: Type.String(), url: Type.String() })
/** `PUT /v1/session/one-time-codes` */
export const codeBody = Type.Object({ code }, closed)
/** Codes that serve once each where the device is lost; shown here and never again. */
export const codesOnView = Type.Object({ recoveryCodes: Type.Array(Type.String()) })

/** `GET /v1/sessions` */
export const sessionsQuery = Type.Object({ user: Type.Optional(userNameSchema) }, closed)

/** Browsers that are logged in. */
export const sessionListView = Type.Object({
  sessions: Type.Array(
    Type.Object({
      sessionId: Type.String(),
      user: Type.String(),
      begunAt: instant,
      usedAt: instant,
      address: Type.String(),
      /** As it says itself. */
      program: Type.String(),
      /** It is the one that asks. */
      own: Type.Boolean(),
    }),
  ),
})
/** Browsers that are logged in. */
export type SessionListView = Static<typeof sessionListView>
