import { type Static, Type } from 'typebox'
import { errorView, importView } from '../../api/views.ts'
import { idSchema } from '../../config/campaignFile.ts'
import { importReasons } from '../../core/compliance/release.ts'
import { type MovedStatus, type MoveInReport, movedStatuses } from '../../ports/imports.ts'
import { ApiError, obeyed } from '../apiError.ts'
import type { Api, ApiContext } from '../context.ts'
import { originQuery, readOrigin } from '../originQuery.ts'
import { uploadedBytes, withUploads } from '../upload.ts'
import { findCampaign } from './campaigns.ts'

const closed = { additionalProperties: false }
const failures = { '4xx': errorView, '5xx': errorView }
const text = Type.String({ minLength: 1, maxLength: 200 })

/** What came over and what did not, table by table. */
export const moveInView = Type.Object({
  parts: Type.Array(
    Type.Object({
      ...importView.properties,
      part: Type.String(),
      /** Rows that are of no use here, by reason. */
      skipped: Type.Record(Type.String(), Type.Integer()),
      warnings: Type.Array(Type.String()),
    }),
  ),
  durationMs: Type.Number(),
})
/** See {@link moveInView}. */
export type MoveInView = Static<typeof moveInView>

const moveInQuery = Type.Object(
  {
    source: Type.Optional(text),
    country: Type.Optional(Type.String({ pattern: '^[A-Za-z]{2}$', 'x-says': 'a country of two letters, like US' })),
    timeZone: text,
    dryRun: Type.Optional(Type.Boolean()),
    fromCampaign: Type.Optional(text),
    /** `CODE=retry,OTHER=finished` */
    statuses: Type.Optional(Type.String({ maxLength: 4_000 })),
    ...originQuery,
  },
  closed,
)

/** Moving in from VICIdial. */
export function moveInRoute(app: Api, context: ApiContext): void {
  const { gateway, importer } = context
  withUploads(app, scope => {
    scope.post(
      '/v1/campaigns/:id/move-in/vicidial',
      {
        schema: {
          tags: ['leads'],
          description:
            'Tables of VICIdial, one behind the other, in the order callbacks, leads, calls, dnc; before each a line {"part":"leads","file":"vicidial_list.csv","bytes":1234}.',
          params: Type.Object({ id: idSchema }),
          querystring: moveInQuery,
          response: { 200: moveInView, ...failures },
        },
      },
      async request => {
        const campaignId = findCampaign(context, request.params.id).settings.campaignId
        const { source = 'VICIdial', country = context.defaultCountry, timeZone, dryRun = false } = request.query
        const { fromCampaign, statuses } = request.query
        const wanted = {
          ...{ source, campaignId, timeZone, dryRun, defaultCountry: country.toUpperCase() },
          ...(fromCampaign === undefined ? {} : { fromCampaign }),
          ...(statuses === undefined ? {} : { statuses: readStatuses(statuses) }),
          ...readOrigin(request.query),
        }
        const stream = uploadedBytes(request.body)
        const report = await context.runImport(() => importer.moveIn({ ...wanted, stream }))
        if (!dryRun) {
          obeyed(await gateway.command({ kind: 'leads-changed', campaignId }))
          gateway.release({ campaignId, reasons: importReasons })
        }
        return viewMoveIn(report)
      },
    )
  })
}

function viewMoveIn({ parts, durationMs }: MoveInReport): MoveInView {
  return {
    parts: parts.map(({ problems, skipped, warnings, ...part }) => ({
      ...part,
      problems: problems.map(problem => ({ ...problem })),
      skipped: { ...skipped },
      warnings: [...warnings],
    })),
    durationMs,
  }
}

function readStatuses(written: string): Readonly<Record<string, MovedStatus>> {
  const pairs = written.split(',').map(pair => {
    const [code = '', meant = ''] = pair.split('=').map(part => part.trim())
    const meaning = movedStatuses.find(one => one === meant)
    if (/^[A-Za-z0-9_-]{1,6}$/.test(code) && meaning !== undefined) return [code, meaning] as const
    throw new ApiError(422, 'bad-status', `"${pair}" says nothing: write CODE=${movedStatuses.join(' or CODE=')}`)
  })
  return Object.fromEntries(pairs)
}
