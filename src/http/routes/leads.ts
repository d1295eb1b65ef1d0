import { type Static, Type } from 'typebox'
import { errorView, importView, leadView, viewImport, viewLead } from '../../api/views.ts'
import { idSchema } from '../../config/campaignFile.ts'
import { importReasons } from '../../core/compliance/release.ts'
import type { LeadColumns } from '../../ports/imports.ts'
import { obeyed } from '../apiError.ts'
import type { Api, ApiContext } from '../context.ts'
import { originQuery, readOrigin } from '../originQuery.ts'
import { uploadedBytes, withUploads } from '../upload.ts'
import { findCampaign } from './campaigns.ts'

const closed = { additionalProperties: false }
const failures = { '4xx': errorView, '5xx': errorView }
const params = Type.Object({ id: idSchema })
const column = Type.Optional(Type.String({ minLength: 1, maxLength: 200 }))
/** How many leads or calls one page holds at most. */
export const pageMax = 1000
const country = Type.Optional(Type.String({ pattern: '^[A-Za-z]{2}$', 'x-says': 'a country of two letters, like US' }))

const importQuery = Type.Object(
  {
    ...{ source: column, country, numberColumn: column, timeZoneColumn: column, priorityColumn: column },
    /** Headers with commas between them. */
    numberColumns: column,
    list: Type.Optional(
      Type.String({ pattern: '^[A-Za-z0-9_-]{1,40}$', 'x-says': 'a name of at most 40 letters, digits, _ and -' }),
    ),
    ...originQuery,
  },
  closed,
)

/** What came of an import of leads. */
export const leadImportView = Type.Object({
  ...importView.properties,
  list: Type.String(),
  warnings: Type.Array(Type.String()),
})

/** A page of leads. */
export const leadListView = Type.Object({ leads: Type.Array(leadView), next: Type.Optional(Type.Integer()) })

/** Leads: import. */
export function leadImportRoute(app: Api, context: ApiContext): void {
  const { gateway, importer, runImport } = context

  withUploads(app, scope => {
    scope.post(
      '/v1/campaigns/:id/leads/import',
      {
        schema: {
          tags: ['leads'],
          description:
            'The body is a CSV with a header, sent as text/csv; it is read while it arrives. Dialable once it is whole.',
          params,
          querystring: importQuery,
          response: { 200: leadImportView, ...failures },
        },
      },
      async request => {
        const campaignId = findCampaign(context, request.params.id).settings.campaignId
        const { source = 'upload', country = context.defaultCountry, list } = request.query
        const wanted = {
          ...{ source, campaignId, defaultCountry: country.toUpperCase(), columns: readColumns(request.query) },
          ...(list === undefined ? {} : { list }),
          ...readOrigin(request.query),
        }
        const stream = uploadedBytes(request.body)
        const report = await runImport(() => importer.importLeads({ ...wanted, stream }))
        obeyed(await gateway.command({ kind: 'leads-changed', campaignId }))
        gateway.release({ campaignId, reasons: importReasons })
        return { ...viewImport(report), list: report.list, warnings: [...report.warnings] }
      },
    )
  })
}

function readColumns(query: Static<typeof importQuery>): LeadColumns {
  const { numberColumn, numberColumns, timeZoneColumn, priorityColumn } = query
  return {
    ...(numberColumn === undefined ? {} : { number: numberColumn }),
    ...(numberColumns === undefined ? {} : { numbers: numberColumns.split(',').map(name => name.trim()) }),
    ...(timeZoneColumn === undefined ? {} : { timeZone: timeZoneColumn }),
    ...(priorityColumn === undefined ? {} : { priority: priorityColumn }),
  }
}

/** Leads: list. */
export function leadRoutes(app: Api, context: ApiContext): void {
  const { store } = context

  const listQuery = Type.Object(
    {
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: pageMax })),
      after: Type.Optional(Type.Integer({ minimum: 0 })),
    },
    closed,
  )
  app.get(
    '/v1/campaigns/:id/leads',
    { schema: { tags: ['leads'], params, querystring: listQuery, response: { 200: leadListView, ...failures } } },
    async request => {
      const campaignId = findCampaign(context, request.params.id).settings.campaignId
      const { limit = 100, after } = request.query
      const leads = await store.listLeads({ campaignId, limit, ...(after === undefined ? {} : { after }) })
      const last = leads.at(-1)
      const more = leads.length === limit && last !== undefined ? { next: last.leadId } : {}
      return { leads: leads.map(viewLead), ...more }
    },
  )
}
