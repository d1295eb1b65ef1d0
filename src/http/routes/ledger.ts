import {
  deedsQuery,
  deedsView,
  ledgerAuditBody,
  ledgerAuditView,
  ledgerHeadView,
  ledgerVerifyBody,
  ledgerVerifyView,
  rotationBody,
  rotationView,
} from '../../api/ledger.ts'
import { answers } from '../../api/schemas.ts'
import { listDeeds } from '../../app/ledger/deeds.ts'
import { rotateAtRequest, showHead } from '../../app/ledger/head.ts'
import { createProofDesk } from '../../app/ledger/proof.ts'
import type { Api, ApiContext } from '../context.ts'
import { summaryOf } from '../operations.ts'
import { waiterOf } from '../working.ts'

const tags = ['ledger']

/** The ledger: its head, what people did, the proofs of it, and moving old entries out. */
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

  app.get(
    '/v1/ledger/deeds',
    {
      schema: {
        tags,
        description:
          'Settings, lists, permissions, erasures, users, tokens, and every request that has changed anything, newest first. Calls are not among them.',
        querystring: deedsQuery,
        response: answers(deedsView),
      },
    },
    async request => listDeeds(context.store, request.query, summaryOf),
  )

  proofRoutes(app, context)
}

function proofRoutes(app: Api, context: ApiContext): void {
  const desk = createProofDesk(context.prover)
  app.post(
    '/v1/ledger/verify',
    {
      schema: {
        tags,
        description:
          'Follows the chain of the database to its end, in a thread of its own; one proof at a time. Ends with the connection of whoever waits.',
        body: ledgerVerifyBody,
        response: answers(ledgerVerifyView),
      },
    },
    async request => desk.verify(request.body, waiterOf(request)),
  )

  app.post(
    '/v1/ledger/audit',
    {
      schema: {
        tags,
        description:
          'Holds every call of the database against the rules that the ledger names, by a second implementation, in a thread of its own; one proof at a time. Ends with the connection of whoever waits.',
        body: ledgerAuditBody,
        response: answers(ledgerAuditView),
      },
    },
    async request => desk.audit(waiterOf(request)),
  )
}
