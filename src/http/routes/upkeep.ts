import { logLevelBody, logLevelView } from '../../api/logLevel.ts'
import { reloadBody, reloadView } from '../../api/reload.ts'
import { answers } from '../../api/schemas.ts'
import { readLogLevel, reload, setLogLevel } from '../../app/upkeep/settings.ts'
import type { Api, ApiContext } from '../context.ts'

const tags = ['system']

/** What changes while the daemon runs: how much the log says, and the configuration. */
export function upkeepRoutes(app: Api, context: ApiContext): void {
  app.get('/v1/log-level', { schema: { tags, response: answers(logLevelView) } }, async () => readLogLevel(context))

  app.put('/v1/log-level', { schema: { tags, body: logLevelBody, response: answers(logLevelView) } }, async request =>
    setLogLevel(context, request.body),
  )

  app.post(
    '/v1/reload',
    {
      schema: {
        tags,
        description:
          'All of the configuration is checked first: a mistake in it changes nothing. What counts only with a restart is named.',
        body: reloadBody,
        response: answers(reloadView),
      },
    },
    async request => reload(context, request.body.dryRun === true),
  )
}
