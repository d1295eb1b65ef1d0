import { listImportQuery, listImportView } from '../../api/doNotCall.ts'
import { answers } from '../../api/schemas.ts'
import { importList } from '../../app/imports.ts'
import type { Api, ApiContext } from '../context.ts'
import { withUploads } from '../upload.ts'
import { uploadOf } from '../working.ts'

/** Do-not-call: bulk lists. */
export function listImportRoute(app: Api, context: ApiContext): void {
  withUploads(app, scope => {
    scope.post(
      '/v1/do-not-call/import',
      {
        schema: {
          tags: ['do-not-call'],
          description:
            'Replaces the list of that name whole, or changes it (`delta`), once the upload has been read to its end.',
          querystring: listImportQuery,
          response: answers(listImportView),
        },
      },
      async request => importList(context, request.query, uploadOf(request)),
    )
  })
}
