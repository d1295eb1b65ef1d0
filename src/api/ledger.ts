import { type Static, Type } from 'typebox'
import { deedKinds } from '../ports/ledger.ts'
import { closed, limitSchema, textUpTo } from './schemas.ts'
import { instant } from './views.ts'

/** The newest entry of the ledger. */
export const ledgerHeadView = Type.Object({ seq: Type.Integer(), hash: Type.String(), at: instant })
/** The newest entry of the ledger as answers show it. */
export type LedgerHeadView = Static<typeof ledgerHeadView>

/** Which entries move out, and which segments are thrown away. */
export const rotationBody = Type.Object({ before: instant, dropBefore: Type.Optional(instant) }, closed)
/** A request to rotate the ledger. */
export type RotationBody = Static<typeof rotationBody>

/** What a rotation did. */
export const rotationView = Type.Object({
  moved: Type.Array(
    Type.Object({ file: Type.String(), fromSeq: Type.Integer(), toSeq: Type.Integer(), hash: Type.String() }),
  ),
  dropped: Type.Array(Type.String()),
})
/** Segments that entries went to, and segments that are gone. */
export type RotationView = Static<typeof rotationView>

/** A head that was kept elsewhere, to hold the chain against. */
export const ledgerVerifyBody = Type.Object(
  {
    head: Type.Optional(
      Type.String({
        pattern: '^[0-9a-fA-F]{64}@[1-9]\\d{0,14}$',
        'x-says': 'a head as `ledger head` prints it: HASH@SEQ',
      }),
    ),
  },
  closed,
)
/** A request to follow the chain. */
export type LedgerVerifyBody = Static<typeof ledgerVerifyBody>

/** What following the chain has found. */
export const ledgerVerifyView = Type.Object({
  ok: Type.Boolean(),
  entries: Type.Integer(),
  /** The first entry; what came before stands in segment files. */
  fromSeq: Type.Optional(Type.Integer()),
  head: Type.Optional(ledgerHeadView),
  /** The first thing that is not as it was written. */
  problem: Type.Optional(Type.Object({ seq: Type.Integer(), says: Type.String() })),
})
/** Whether the ledger is as it was written. */
export type LedgerVerifyView = Static<typeof ledgerVerifyView>

/** Nothing is asked beside it. */
export const ledgerAuditBody = Type.Object({}, closed)

/** What holding every call against the rules once more has found. */
export const ledgerAuditView = Type.Object({
  entries: Type.Integer(),
  /** How many violations there are in all. */
  found: Type.Integer(),
  /** The first of them. */
  violations: Type.Array(
    Type.Object({
      seq: Type.Integer(),
      at: instant,
      check: Type.String(),
      ruleId: Type.Optional(Type.String()),
      callId: Type.Optional(Type.String()),
      says: Type.String(),
    }),
  ),
})
/** Whether any call was made that the rules forbade. */
export type LedgerAuditView = Static<typeof ledgerAuditView>

/** Which deeds, a page at a time. */
export const deedsQuery = Type.Object(
  {
    kind: Type.Optional(Type.Enum([...deedKinds])),
    /** By whom: not called `by`, with which whoever asks would sign. */
    who: Type.Optional(textUpTo(100)),
    since: Type.Optional(instant),
    until: Type.Optional(instant),
    /** Older than this entry. */
    before: Type.Optional(Type.Integer({ minimum: 1 })),
    limit: Type.Optional(limitSchema),
  },
  closed,
)
/** A question for deeds. */
export type DeedsQuery = Static<typeof deedsQuery>

const deedView = Type.Object({
  seq: Type.Integer(),
  at: instant,
  kind: Type.String(),
  /** Absent: the entry names nobody. */
  by: Type.Optional(Type.String()),
  via: Type.Optional(Type.String()),
  /** The operation or the event, in one word. */
  what: Type.Optional(Type.String()),
  /** What that operation does. */
  says: Type.Optional(Type.String()),
  /** What else the entry has, as text; what is long is cut. */
  members: Type.Record(Type.String(), Type.String()),
  hash: Type.String(),
})
/** What somebody did, as the ledger has it. */
export type DeedView = Static<typeof deedView>

/** `GET /v1/ledger/deeds` */
export const deedsView = Type.Object({ deeds: Type.Array(deedView), next: Type.Optional(Type.Integer()) })
/** A page of deeds, newest first; `next`: ask again with it as `before`. */
export type DeedsView = Static<typeof deedsView>
