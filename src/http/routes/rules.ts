import { boundQuery, boundView, ruleLinesQuery, ruleLinesView, rulesView } from '../../api/rules/rules.ts'
import { answers, numberParams } from '../../api/schemas.ts'
import { showBook, showLines } from '../../app/rules/book.ts'
import { boundAtNumber } from '../../app/rules/bound.ts'
import type { Api, ApiContext } from '../context.ts'

const tags = ['rules']

/** The laws and codes that calls are held to: as loaded, line by line, and what binds one number now. */
export function ruleRoutes(app: Api, context: ApiContext): void {
  app.get(
    '/v1/rules',
    {
      schema: {
        tags,
        description: 'The jurisdictions with their places and overrides, and the places whose law nobody has read.',
        response: answers(rulesView),
      },
    },
    async () => showBook(context.gateway.laws.book),
  )

  app.get(
    '/v1/rules/lines',
    {
      schema: {
        tags,
        description:
          'Every line that holds at a place, stands in a jurisdiction, or binds a campaign now, with its source.',
        querystring: ruleLinesQuery,
        response: answers(ruleLinesView),
      },
    },
    async request => showLines(context, request.query),
  )

  app.get(
    '/v1/rules/number/:number',
    {
      schema: {
        tags,
        description:
          'What binds a call to this number now, for each lead that has it: every line of law with its answer, the time there, and what is left in each window of attempts.',
        params: numberParams,
        querystring: boundQuery,
        response: answers(boundView),
      },
    },
    async request => boundAtNumber(context, request.params.number, request.query),
  )
}
