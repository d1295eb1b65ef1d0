import { Type } from 'typebox'
import { answers, streamed } from '../../api/schemas.ts'
import { healthView } from '../../api/system.ts'
import { gatherMetrics } from '../../app/monitoring/metrics.ts'
import type { Api, ApiContext } from '../context.ts'
import { createMetricsWriter } from '../metrics/registry.ts'

/** Figures for Prometheus, where it looks for them. */
export function metricsRoute(app: Api, context: ApiContext): void {
  const writer = createMetricsWriter()
  let underWay: Promise<string> | undefined

  /** Two who ask at once get one answer: the library's metrics hold one set of figures. */
  function text(): Promise<string> {
    underWay ??= gatherMetrics(context)
      .then(figures => writer.write(figures))
      .finally(() => {
        underWay = undefined
      })
    return underWay
  }

  app.get(
    '/metrics',
    {
      schema: {
        tags: ['system'],
        description:
          'In the text format of Prometheus: give it the token as `authorization: { credentials_file: ... }`. No label holds personal data.',
        response: { ...answers(healthView), 200: streamed({ 'text/plain': Type.String() }) },
      },
    },
    async (_request, reply) => {
      const told = await text()
      return reply.type(writer.contentType).send(told)
    },
  )
}
