import { answers } from '../../api/schemas.ts'
import { drainBegunView, drainBody, drainEndView, drainShowView } from '../../api/upkeep/drain.ts'
import { done, doneView } from '../../api/views.ts'
import { awaitDrain, beginDrain, cancelDrain, showDrain } from '../../app/upkeep/drain.ts'
import type { Api, ApiContext } from '../context.ts'
import { waiterOf } from '../working.ts'

const tags = ['system']

/** How dialing ends in order. */
export function drainRoutes(app: Api, context: ApiContext): void {
  app.get('/v1/drain', { schema: { tags, response: answers(drainShowView) } }, async () => showDrain(context))

  app.post(
    '/v1/drain',
    {
      schema: {
        tags,
        description:
          'Answers at once, or with `wait` at its end. Asked once more, the new order replaces the one before. It does not outlive the daemon.',
        body: drainBody,
        response: answers(drainBegunView),
      },
    },
    async request => beginDrain(context, request.body, waiterOf(request)),
  )

  app.delete('/v1/drain', { schema: { tags, response: answers(doneView) } }, async () => {
    cancelDrain(context)
    return done
  })

  app.get(
    '/v1/drain/end',
    { exposeHeadRoute: false, schema: { tags, response: answers(drainEndView) } },
    async request => awaitDrain(context, waiterOf(request)),
  )
}
