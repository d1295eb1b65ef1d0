import { importView } from '../../api/imports.ts'
import {
  addedView,
  permissionBody,
  permissionImportQuery,
  withdrawalBody,
  withdrawalView,
} from '../../api/permissions.ts'
import { consentView } from '../../api/persons.ts'
import { answers, numberParams } from '../../api/schemas.ts'
import { importPermissions } from '../../app/imports.ts'
import { addPermission, showConsent, withdrawPermission } from '../../app/permissions.ts'
import type { Api, ApiContext } from '../context.ts'
import { withUploads } from '../upload.ts'
import { uploadOf } from '../working.ts'

const tags = ['permissions']

/** Permissions: add, withdraw, show. */
export function permissionRoutes(app: Api, context: ApiContext): void {
  app.post(
    '/v1/permissions',
    {
      schema: {
        tags,
        description: 'What a person permitted, with the evidence. On disk before it is answered.',
        body: permissionBody,
        response: answers(addedView),
      },
    },
    async request => addPermission(context, request.body),
  )

  app.post(
    '/v1/permissions/withdraw',
    {
      schema: {
        tags,
        description:
          'The person takes back what they permitted about the topic, or about anything; on disk before it is answered. No originate follows, and what rings ends.',
        body: withdrawalBody,
        response: answers(withdrawalView),
      },
    },
    async request => withdrawPermission(context, request.body),
  )

  app.get(
    '/v1/permissions/:number',
    { schema: { tags, params: numberParams, response: answers(consentView) } },
    async request => showConsent(context, request.params.number),
  )
}

/** Permissions: import. */
export function permissionImportRoute(app: Api, context: ApiContext): void {
  withUploads(app, scope => {
    scope.post(
      '/v1/permissions/import',
      {
        schema: {
          tags,
          description:
            'The body is a CSV with a header, sent as text/csv: number, topic, channel, basis, given_at, how, expires_at, withdrawn_at, seller. All rows or none.',
          querystring: permissionImportQuery,
          response: answers(importView),
        },
      },
      async request => importPermissions(context, request.query, uploadOf(request)),
    )
  })
}
