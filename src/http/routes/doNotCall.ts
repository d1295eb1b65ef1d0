import { Type } from 'typebox'
import {
  checkView,
  listParams,
  listsView,
  noteBody,
  prefixView,
  removalQuery,
  removedView,
} from '../../api/doNotCall.ts'
import { answers, numberParams as params } from '../../api/schemas.ts'
import { done, doneView } from '../../api/views.ts'
import { checkNumber, dropList, listNumber, showLists, unlistNumber, verifyList } from '../../app/doNotCall.ts'
import type { Api, ApiContext } from '../context.ts'

const tags = ['do-not-call']

/** Do-not-call: add, remove, check, lists. */
export function doNotCallRoutes(app: Api, context: ApiContext): void {
  entryRoutes(app, context)

  app.get('/v1/do-not-call', { schema: { tags, response: answers(listsView) } }, async () => showLists(context))

  app.delete(
    '/v1/do-not-call/lists/:list',
    {
      schema: {
        tags,
        description: 'Removes an imported list with its file: its numbers may be dialed again.',
        params: listParams,
        response: answers(doneView),
      },
    },
    async request => {
      await dropList(context, request.params.list)
      return done
    },
  )

  app.post(
    '/v1/do-not-call/lists/:list/verify',
    {
      schema: {
        tags,
        description: "Reads the list's file whole and holds it against its checksum.",
        params: listParams,
        response: answers(doneView),
      },
    },
    async request => {
      await verifyList(context, request.params.list)
      return done
    },
  )
}

function entryRoutes(app: Api, context: ApiContext): void {
  app.put(
    '/v1/do-not-call/:number',
    {
      schema: {
        tags,
        description:
          'On disk before it is answered; no originate to the number follows. `+1900*` blocks all that begin so. Where lists are kept per seller, `seller` ends only the calls of that one.',
        params,
        body: noteBody,
        response: answers(Type.Union([checkView, prefixView])),
      },
    },
    async request => listNumber(context, request.params.number, request.body),
  )

  app.get('/v1/do-not-call/:number', { schema: { tags, params, response: answers(checkView) } }, async request =>
    checkNumber(context, request.params.number),
  )

  app.delete(
    '/v1/do-not-call/:number',
    {
      schema: {
        tags,
        description:
          'Takes a number off one list and names it: off that of `seller`, else of wrong persons, dead numbers, the deceased, the first seller, the company; or a prefix off that. `by` names who answers for it, in the ledger.',
        params,
        querystring: removalQuery,
        response: answers(removedView),
      },
    },
    async request => unlistNumber(context, request.params.number, request.query),
  )
}
