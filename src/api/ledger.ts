import { type Static, Type } from 'typebox'
import { closed } from './schemas.ts'
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
