import { type Static, Type } from 'typebox'
import { listImportView, viewListImport } from '../../api/doNotCallViews.ts'
import { errorView } from '../../api/views.ts'
import { listReasons } from '../../core/compliance/release.ts'
import type { DoNotCallImportRequest } from '../../ports/doNotCall.ts'
import { ApiError } from '../apiError.ts'
import type { Api, ApiContext } from '../context.ts'
import { uploadedBytes, withUploads } from '../upload.ts'
import { companyList } from './doNotCall.ts'

const failures = { '4xx': errorView, '5xx': errorView }
const words = (maxLength: number) => Type.Optional(Type.String({ minLength: 1, maxLength }))

const importQuery = Type.Object(
  {
    list: Type.String({ pattern: '^[A-Za-z0-9_-]{1,40}$', 'x-says': 'a name of at most 40 letters, digits, _ and -' }),
    source: words(200),
    country: Type.Optional(Type.String({ pattern: '^[A-Za-z]{2}$', 'x-says': 'a country of two letters, like US' })),
    column: words(100),
    kind: Type.Optional(Type.Enum(['national', 'state', 'campaign', 'other'])),
    place: Type.Optional(
      Type.String({ pattern: '^[A-Z]{2}(-[A-Z0-9]{1,3})?$', 'x-says': 'a country or state, like US or US-FL' }),
    ),
    campaign: words(40),
    version: words(60),
    asOf: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', 'x-says': 'a day, like 2026-11-01' })),
    delta: Type.Optional(Type.Enum(['add', 'remove', 'changes'])),
    rubbishMax: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    shrinkOk: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)

/** Do-not-call: bulk lists. */
export function doNotCallImportRoute(app: Api, context: ApiContext): void {
  withUploads(app, scope => {
    scope.post(
      '/v1/do-not-call/import',
      {
        schema: {
          tags: ['do-not-call'],
          description:
            'Replaces the list of that name whole, or changes it (`delta`), once the upload has been read to its end.',
          querystring: importQuery,
          response: { 200: listImportView, ...failures },
        },
      },
      async request => {
        const wanted = requestOf(request.query, context)
        const stream = uploadedBytes(request.body)
        const report = await context.runImport(() => context.importer.importDoNotCall({ ...wanted, stream }))
        const { kind } = report.list
        if (kind === 'national' || kind === 'state') context.gateway.release({ reasons: listReasons })
        return viewListImport(report)
      },
    )
  })
}

function requestOf(query: Static<typeof importQuery>, context: ApiContext): Omit<DoNotCallImportRequest, 'stream'> {
  const { list, source = 'upload', country = context.defaultCountry, campaign, asOf, ...rest } = query
  if (list === companyList) {
    throw new ApiError(
      422,
      'list-reserved',
      `the list "${companyList}" is the company's own: import under another name`,
    )
  }
  return {
    ...{ list, source, defaultCountry: country.toUpperCase() },
    ...rest,
    ...(campaign === undefined ? {} : { campaignId: campaign }),
    ...(asOf === undefined ? {} : { asOf: dayStart(asOf) }),
  }
}

/** The list is as old as the beginning of its day: a day counted too much does no harm. */
function dayStart(day: string): number {
  const at = Date.parse(`${day}T00:00:00Z`)
  if (Number.isFinite(at) && new Date(at).toISOString().startsWith(day)) return at
  throw new ApiError(422, 'bad-date', `there is no day ${day}`)
}
