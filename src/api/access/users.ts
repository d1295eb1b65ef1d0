import { type Static, Type } from 'typebox'
import { idSchema } from '../../config/campaignFile.ts'
import { rights, roles } from '../../core/access/rights.ts'
import { closed, textUpTo } from '../schemas.ts'
import { instant } from '../views.ts'

const userNamePattern = '^[a-z][a-z0-9._-]{1,39}$'

/** Under which somebody logs in. */
export const userNameSchema = Type.String({
  pattern: userNamePattern,
  'x-says': 'a name of 2 to 40 lower-case letters, digits, dots, _ and -, like ann or ann.lee',
})

/** Whether somebody can log in under this name. */
export function isUserName(name: string): boolean {
  return new RegExp(userNamePattern, 'u').test(name)
}

/** A path with the name of a user in it. */
export const userParams = Type.Object({ name: userNameSchema })

const role = Type.Enum([...roles], { 'x-says': 'admin, supervisor, agent or auditor' })
const campaigns = Type.Array(idSchema, { maxItems: 1000, uniqueItems: true })

/** A password as somebody chooses it. */
export const passwordSchema = Type.String({ maxLength: 200 })

const details = {
  /** Whose campaigns a supervisor has; into which an agent may log in beside the line's own. */
  campaigns: Type.Optional(campaigns),
  /** Whose line a user of the role agent has. */
  agentId: Type.Optional(idSchema),
  /** Whether numbers are shown as they are; absent: as the role has it. */
  seesNumbers: Type.Optional(Type.Boolean()),
}

/** `POST /v1/users` */
export const userBody = Type.Object({ name: userNameSchema, role, ...details }, closed)
/** A user as asked for. */
export type UserBody = Static<typeof userBody>

/** `PATCH /v1/users/:name`: what is not said stays. */
export const userChangeBody = Type.Object(
  { role: Type.Optional(role), ...details, disabled: Type.Optional(Type.Boolean()) },
  closed,
)
/** What is to change of a user. */
export type UserChangeBody = Static<typeof userChangeBody>

/** A user as answers show them. */
export const userView = Type.Object({
  name: userNameSchema,
  role,
  campaigns,
  agentId: Type.Optional(idSchema),
  seesNumbers: Type.Boolean(),
  disabled: Type.Boolean(),
  /** Without one nobody can log in: invite them. */
  hasPassword: Type.Boolean(),
  oneTimeCodes: Type.Boolean(),
  addedAt: instant,
  /** Browsers that are logged in. */
  sessions: Type.Integer({ minimum: 0 }),
  /** Until when the link that sets a password serves; absent: there is none. */
  linkUntil: Type.Optional(instant),
})
/** A user as answers show them. */
export type UserView = Static<typeof userView>

/** All users. */
export const userListView = Type.Object({ users: Type.Array(userView) })

/** A link that sets a password once. It is shown here and never again. */
export const inviteView = Type.Object({
  user: userView,
  /** Behind the daemon's address. What stands behind # stays in the browser. */
  path: Type.String(),
  /** The whole link, where the configuration names the daemon's address. */
  url: Type.Optional(Type.String()),
  expiresAt: instant,
})
/** A link that sets a password once. */
export type InviteView = Static<typeof inviteView>

/** `PUT /v1/users/:name/password` */
export const newPasswordBody = Type.Object({ password: passwordSchema }, closed)

/** `POST /v1/setup` */
export const setupBody = Type.Object({ link: textUpTo(100), password: passwordSchema }, closed)
/** Whose password was set. */
export const setupView = Type.Object({ name: userNameSchema })

const scopes = Type.Array(Type.Enum([...rights], { 'x-says': `a right, like ${rights[0]}` }), {
  minItems: 1,
  maxItems: rights.length,
  uniqueItems: true,
})

/** `POST /v1/tokens` */
export const tokenBody = Type.Object(
  {
    name: idSchema,
    rights: scopes,
    /** Absent: all. */
    campaigns: Type.Optional(Type.Array(idSchema, { minItems: 1, maxItems: 1000, uniqueItems: true })),
    days: Type.Integer({ minimum: 1, maximum: 366 }),
  },
  closed,
)
/** A token as asked for. */
export type TokenBody = Static<typeof tokenBody>

/** A token as lists show it. */
export const tokenView = Type.Object({
  tokenId: Type.String(),
  name: idSchema,
  rights: scopes,
  campaigns: Type.Optional(campaigns),
  addedAt: instant,
  addedBy: Type.String(),
  expiresAt: instant,
  expired: Type.Boolean(),
})
/** A token as lists show it. */
export type TokenView = Static<typeof tokenView>

/** All tokens. */
export const tokenListView = Type.Object({ tokens: Type.Array(tokenView) })

/** A new token, shown here and never again. */
export const tokenMadeView = Type.Object({ ...tokenView.properties, token: Type.String() })

/** A path with the id of a token or a session in it. */
export const handleParams = Type.Object({ id: textUpTo(40) })
