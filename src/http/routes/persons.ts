import { erasureQuery, erasureView, hoursBody, personHoursView, personView } from '../../api/persons.ts'
import { answers, numberParams as params } from '../../api/schemas.ts'
import { done, doneView } from '../../api/views.ts'
import { erasePerson, forgetHours, setHours, showPerson } from '../../app/persons.ts'
import type { Api, ApiContext } from '../context.ts'

const tags = ['persons']

/** Persons: access, erasure, own hours. */
export function personRoutes(app: Api, context: ApiContext): void {
  app.get(
    '/v1/persons/:number',
    {
      schema: {
        tags,
        description: 'Everything that is kept about whoever has this number: the answer to a request of access.',
        params,
        response: answers(personView),
      },
    },
    async request => showPerson(context, request.params.number),
  )

  app.delete(
    '/v1/persons/:number',
    {
      schema: {
        tags,
        description: 'Erases whoever has this number. What the law has kept stays without a name, and is listed.',
        params,
        querystring: erasureQuery,
        response: answers(erasureView),
      },
    },
    async request => erasePerson(context, request.params.number, request.query.by),
  )

  app.put(
    '/v1/persons/:number/hours',
    {
      schema: {
        tags,
        description: 'Hours at the person’s place in which they want to be called; no call is made outside them.',
        params,
        body: hoursBody,
        response: answers(personHoursView),
      },
    },
    async request => setHours(context, request.params.number, request.body),
  )

  app.delete('/v1/persons/:number/hours', { schema: { tags, params, response: answers(doneView) } }, async request => {
    await forgetHours(context, request.params.number)
    return done
  })
}
