import { type Static, Type } from 'typebox'
import { idSchema } from '../config/campaignFile.ts'
import { permissionBases } from '../core/compliance/rules.ts'
import { closed, countrySchema, textUpTo } from './schemas.ts'
import { instant } from './views.ts'

const word = Type.String({ pattern: '^[a-z0-9-]{1,40}$', 'x-says': 'up to 40 small letters, digits and hyphens' })
const how = textUpTo(1000)
const basis = Type.Enum([...permissionBases])

/** A permission that was given, with its evidence. */
export const permissionBody = Type.Object(
  {
    number: textUpTo(50),
    basis,
    /** Empty: every topic. */
    topics: Type.Array(word, { maxItems: 50 }),
    channels: Type.Optional(Type.Array(word, { maxItems: 20 })),
    how,
    givenAt: Type.Optional(instant),
    expiresAt: Type.Optional(instant),
    /** To whom it was given; needed where campaigns call for several sellers. */
    seller: Type.Optional(idSchema),
  },
  closed,
)
/** A permission as it is sent. */
export type PermissionBody = Static<typeof permissionBody>

/** The id of what was recorded. */
export const addedView = Type.Object({ permissionId: Type.Integer() })

/** A person takes back what they permitted about a topic, or about anything. */
export const withdrawalBody = Type.Object({ number: textUpTo(50), topic: Type.Optional(word), how }, closed)
/** A withdrawal as it is sent. */
export type WithdrawalBody = Static<typeof withdrawalBody>

/** What a withdrawal ended. */
export const withdrawalView = Type.Object({ ended: Type.Integer({ minimum: 0 }) })

/** What holds for the rows of a file that do not say it themselves. */
export const permissionImportQuery = Type.Object(
  {
    source: Type.Optional(textUpTo(200)),
    country: Type.Optional(countrySchema),
    /** With commas between them; `*` is every topic. */
    topics: Type.Optional(
      Type.String({
        pattern: '^(\\*|[a-z0-9-]{1,40}(,[a-z0-9-]{1,40})*)$',
        'x-says': 'topics with commas between them',
      }),
    ),
    channels: Type.Optional(
      Type.String({ pattern: '^[a-z0-9-]{1,40}(,[a-z0-9-]{1,40})*$', 'x-says': 'channels with commas between them' }),
    ),
    basis: Type.Optional(basis),
    how: Type.Optional(how),
    givenAt: Type.Optional(instant),
    expiresAt: Type.Optional(instant),
    seller: Type.Optional(idSchema),
  },
  closed,
)
/** The parameters of an import of permissions. */
export type PermissionImportQuery = Static<typeof permissionImportQuery>
