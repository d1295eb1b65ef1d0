import { Type } from 'typebox'
import { errorView, instant, iso } from '../../api/views.ts'
import { filesOf } from '../../app/files.ts'
import type { Api, ApiContext } from '../context.ts'

const closed = { additionalProperties: false }
const failures = { '4xx': errorView, '5xx': errorView }

/** The newest entry of the ledger. */
export const ledgerHeadView = Type.Object({ seq: Type.Integer(), hash: Type.String(), at: instant })

/** What a rotation did. */
export const rotationView = Type.Object({
  moved: Type.Array(
    Type.Object({ file: Type.String(), fromSeq: Type.Integer(), toSeq: Type.Integer(), hash: Type.String() }),
  ),
  dropped: Type.Array(Type.String()),
})

/** A request keeps the API's time limits: what is left over is asked for again. */
const segmentsAtOnce = 1

/** The ledger: its head, and moving old entries out. */
export function ledgerRoutes(app: Api, { store, gateway }: ApiContext): void {
  app.get(
    '/v1/ledger/head',
    {
      schema: {
        tags: ['ledger'],
        description: 'Kept elsewhere, it shows any later change of the ledger.',
        response: { 200: ledgerHeadView, ...failures },
      },
    },
    async () => {
      const { at, ...head } = await store.ledgerHead()
      return { ...head, at: iso(at) }
    },
  )

  app.post(
    '/v1/ledger/rotate',
    {
      schema: {
        tags: ['ledger'],
        description: 'Moves one segment of old entries to a file; ask again until nothing is moved.',
        body: Type.Object({ before: instant, dropBefore: Type.Optional(instant) }, closed),
        response: { 200: rotationView, ...failures },
      },
    },
    async ({ body: { before, dropBefore } }) => {
      const drop = dropBefore === undefined ? {} : { dropBefore: Date.parse(dropBefore) }
      const request = { before: Date.parse(before), ...drop, segmentsMax: segmentsAtOnce, at: gateway.now() }
      const { moved, dropped } = await filesOf(store).rotateLedger(request)
      return { moved: [...moved], dropped: [...dropped] }
    },
  )
}
