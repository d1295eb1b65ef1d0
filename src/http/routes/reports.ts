import { Readable } from 'node:stream'
import { abandonedCallsQuery, abandonedCallsView, abandonmentQuery, abandonmentReportView } from '../../api/reports.ts'
import { answers } from '../../api/schemas.ts'
import { exportAbandonedCalls, listAbandonedCalls, reportAbandonment, tableCsv } from '../../app/reports.ts'
import type { Api, ApiContext } from '../context.ts'

const tags = ['reports']

/** The regulator's table of abandonment, and the calls behind it. */
export function reportRoutes(app: Api, context: ApiContext): void {
  app.get(
    '/v1/reports/abandonment',
    {
      schema: {
        tags,
        description: 'Abandonment by law, window, owner and campaign: as detected, as corrected, with the estimate.',
        querystring: abandonmentQuery,
        response: answers(abandonmentReportView),
      },
    },
    async (request, reply) => {
      const report = await reportAbandonment(context, request.query)
      return request.query.format === 'csv' ? sendCsv(reply, tableCsv(report.rows)) : report
    },
  )

  app.get(
    '/v1/reports/abandonment/calls',
    {
      schema: {
        tags,
        description:
          'The abandoned calls, in the order of their answers; as CSV all of them. Numbers are masked unless asked for.',
        querystring: abandonedCallsQuery,
        response: answers(abandonedCallsView),
      },
    },
    async (request, reply) => {
      const { query } = request
      return query.format === 'csv'
        ? sendCsv(reply, await exportAbandonedCalls(context, query))
        : listAbandonedCalls(context, query)
    },
  )
}

interface CsvReply {
  type(type: string): unknown
  send(body: never): unknown
}

function sendCsv(reply: CsvReply, lines: Iterable<string> | AsyncIterable<string>): never {
  void reply.type('text/csv; charset=utf-8')
  // The route's answer type is that of its JSON; a stream goes around it.
  return reply.send(Readable.from(lines) as never) as never
}
