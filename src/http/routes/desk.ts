import { Type } from 'typebox'
import {
  callBackQuery,
  callBackView,
  dayQuery,
  dayView,
  deskView,
  moreTimeBody,
  promiseListView,
  saidHoursBody,
  saidTopicBody,
} from '../../api/agents/desk.ts'
import { callParams } from '../../api/calls.ts'
import { personHoursView } from '../../api/persons.ts'
import { answers, idParams } from '../../api/schemas.ts'
import { done, doneView } from '../../api/views.ts'
import { giveMoreTime } from '../../app/agents.ts'
import { instantMs } from '../../app/context.ts'
import { askCallBack } from '../../app/desk/callBack.ts'
import type { AgentDays } from '../../app/desk/days.ts'
import { showDesk } from '../../app/desk/desk.ts'
import { listPromises } from '../../app/desk/promises.ts'
import { sayAnyHours, sayHours, sayTopic } from '../../app/desk/wishes.ts'
import type { Api, ApiContext } from '../context.ts'

/** An agent's desk: what stands on it, the promised call-backs, the day in figures. */
export function deskRoutes(app: Api, context: ApiContext, days: AgentDays): void {
  const tags = ['agents']
  const params = idParams

  app.get(
    '/v1/agents/:id/desk',
    {
      schema: {
        tags,
        description:
          'The script and the codes of the campaign; of the person on the line their clocks, wishes and earlier calls for the same seller.',
        params,
        response: answers(deskView),
      },
    },
    async request => showDesk(context, request.params.id),
  )

  app.get(
    '/v1/agents/:id/call-backs',
    { schema: { tags, params, response: answers(promiseListView) } },
    async request => ({ callBacks: await listPromises(context, request.params.id) }),
  )

  app.get(
    '/v1/agents/:id/day',
    {
      schema: {
        tags,
        description: 'Counted while the daemon runs: `knownSince` says from when on.',
        params,
        querystring: dayQuery,
        response: answers(dayView),
      },
    },
    async request => {
      const since = instantMs(request.query.since, 'since')
      // Who is not there has no day.
      await showDesk(context, request.params.id)
      return days.dayOf(request.params.id, since)
    },
  )

  app.post(
    '/v1/agents/:id/more-time',
    {
      schema: {
        tags,
        description:
          'As long again as the campaign gives, ten times at most. Sent again for the same end, it adds nothing.',
        params,
        body: moreTimeBody,
        response: answers(doneView),
      },
    },
    async request => {
      await giveMoreTime(context, request.params.id, request.body.wrapUpUntil)
      return done
    },
  )
}

/** What the person on the line says: their hours, their topics, when they want to be called back. */
export function wishRoutes(app: Api, context: ApiContext): void {
  const tags = ['calls']
  const params = callParams

  app.get(
    '/v1/calls/:id/call-back',
    {
      schema: {
        tags,
        description:
          'Whether the law, the campaign and the person permit a call-back then; if not, why, and when they do.',
        params,
        querystring: callBackQuery,
        response: answers(callBackView),
      },
    },
    async request => askCallBack(context, request.params.id, request.query),
  )

  app.put(
    '/v1/calls/:id/hours',
    {
      schema: {
        tags,
        description: 'Hours in which the person on the line wants to be called; no call is made outside them.',
        params,
        body: saidHoursBody,
        response: answers(Type.Omit(personHoursView, ['number'])),
      },
    },
    async request => sayHours(context, request.params.id, request.body),
  )

  app.delete('/v1/calls/:id/hours', { schema: { tags, params, response: answers(doneView) } }, async request => {
    await sayAnyHours(context, request.params.id)
    return done
  })

  app.put(
    '/v1/calls/:id/topics',
    {
      schema: {
        tags,
        description: 'Whether the person on the line wants calls about a topic: a permission, or its withdrawal.',
        params,
        body: saidTopicBody,
        response: answers(doneView),
      },
    },
    async request => {
      await sayTopic(context, request.params.id, request.body)
      return done
    },
  )
}
