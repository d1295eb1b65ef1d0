import {
  leadImportQuery,
  leadImportView,
  leadListQuery,
  leadListsView,
  leadListView,
  leadPreviewView,
  moveInQuery,
  moveInView,
  recycleBody,
  recycleView,
} from '../../api/leads.ts'
import { answers, idParams as params } from '../../api/schemas.ts'
import { importLeads, moveIn, previewLeads } from '../../app/imports.ts'
import { listLeads, recycleLeads, showLeadLists } from '../../app/leads.ts'
import type { Api, ApiContext } from '../context.ts'
import { withUploads } from '../upload.ts'
import { uploadOf } from '../working.ts'

const tags = ['leads']

/** Leads: list. */
export function leadRoutes(app: Api, context: ApiContext): void {
  app.get(
    '/v1/campaigns/:id/leads',
    { schema: { tags, params, querystring: leadListQuery, response: answers(leadListView) } },
    async request => listLeads(context, request.params.id, request.query),
  )
}

/** Leads: lists, recycle. */
export function leadUpkeepRoutes(app: Api, context: ApiContext): void {
  app.get(
    '/v1/campaigns/:id/leads/lists',
    {
      schema: {
        tags,
        description: 'Each list with how far it has come. Counts every lead: some seconds for millions.',
        params,
        response: answers(leadListsView),
      },
    },
    async request => showLeadLists(context, request.params.id),
  )

  app.post(
    '/v1/campaigns/:id/leads/recycle',
    {
      schema: {
        tags,
        description:
          'Finished leads are called again: those whose last attempt ended so, or of one list. Never after a refusal, a complaint, on do-not-call or of a dead number. The laws’ windows go on counting. A portion at a time, see `next`.',
        params,
        body: recycleBody,
        response: answers(recycleView),
      },
    },
    async request => recycleLeads(context, request.params.id, request.body),
  )
}

/** Leads: import. */
export function leadImportRoute(app: Api, context: ApiContext): void {
  withUploads(app, scope => {
    scope.post(
      '/v1/campaigns/:id/leads/import',
      {
        schema: {
          tags,
          description:
            'The body is a CSV with a header, sent as text/csv; it is read while it arrives. Dialable once it is whole.',
          params,
          querystring: leadImportQuery,
          response: answers(leadImportView),
        },
      },
      async request => importLeads(context, request.params.id, { query: request.query, ...uploadOf(request) }),
    )
  })
}

/** Leads: how a file would be understood. */
export function leadPreviewRoute(app: Api, context: ApiContext): void {
  withUploads(app, scope => {
    scope.post(
      '/v1/campaigns/:id/leads/preview',
      {
        schema: {
          tags,
          description:
            'The body is a CSV as for an import, or its beginning: the first 256 KiB are looked at, and nothing is kept. Says what each column is taken for, which leads the first rows become, what is wrong with others, and what is lacking.',
          params,
          querystring: leadImportQuery,
          response: answers(leadPreviewView),
        },
      },
      async request => previewLeads(context, request.params.id, { query: request.query, ...uploadOf(request) }),
    )
  })
}

/** Moving in from VICIdial. */
export function moveInRoute(app: Api, context: ApiContext): void {
  withUploads(app, scope => {
    scope.post(
      '/v1/campaigns/:id/move-in/vicidial',
      {
        schema: {
          tags,
          description:
            'Tables of VICIdial, one behind the other, in the order callbacks, leads, calls, dnc; before each a line {"part":"leads","file":"vicidial_list.csv","bytes":1234}.',
          params,
          querystring: moveInQuery,
          response: answers(moveInView),
        },
      },
      async request => moveIn(context, request.params.id, { query: request.query, ...uploadOf(request) }),
    )
  })
}
