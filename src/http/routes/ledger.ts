import { ledgerHeadView, rotationBody, rotationView } from '../../api/ledger.ts'
import { answers } from '../../api/schemas.ts'
import { rotateAtRequest, showHead } from '../../app/ledger.ts'
import type { Api, ApiContext } from '../context.ts'

const tags = ['ledger']

/** The ledger: its head, and moving old entries out. */
export function ledgerRoutes(app: Api, context: ApiContext): void {
  app.get(
    '/v1/ledger/head',
    {
      schema: {
        tags,
        description: 'Kept elsewhere, it shows any later change of the ledger.',
        response: answers(ledgerHeadView),
      },
    },
    async () => showHead(context.store),
  )

  app.post(
    '/v1/ledger/rotate',
    {
      schema: {
        tags,
        description: 'Moves one segment of old entries to a file; ask again until nothing is moved.',
        body: rotationBody,
        response: answers(rotationView),
      },
    },
    async request => rotateAtRequest(context, request.body),
  )
}
