import { alarmListView, alarmTestView, silenceBody, silenceView, unsilenceQuery } from '../../api/alarms.ts'
import { answers } from '../../api/schemas.ts'
import { done, doneView } from '../../api/views.ts'
import { listAlarms, silenceAlarm, testAlarms, unsilenceAlarm } from '../../app/alarms.ts'
import type { Api, ApiContext } from '../context.ts'

const tags = ['system']

/** The alarms: what is on, silences, a test of their receiver. */
export function alarmRoutes(app: Api, context: ApiContext): void {
  app.get('/v1/alarms', { schema: { tags, response: answers(alarmListView) } }, async () => listAlarms(context))

  app.put(
    '/v1/alarms/silences',
    {
      schema: {
        tags,
        description:
          'A silence ends by itself; what still holds then is sent. Without a subject it is for all of them.',
        body: silenceBody,
        response: answers(silenceView),
      },
    },
    async request => silenceAlarm(context, request.body),
  )

  app.delete(
    '/v1/alarms/silences',
    { schema: { tags, querystring: unsilenceQuery, response: answers(doneView) } },
    async request => {
      unsilenceAlarm(context, request.query)
      return done
    },
  )

  app.post('/v1/alarms/test', { schema: { tags, response: answers(alarmTestView) } }, async () => testAlarms(context))
}
