import { answers } from '../../api/schemas.ts'
import { logLevelBody, logLevelView } from '../../api/upkeep/logLevel.ts'
import { reloadBody, reloadView } from '../../api/upkeep/reload.ts'
import { upgradeView } from '../../api/upkeep/upgrade.ts'
import { readLogLevel, reload, setLogLevel } from '../../app/upkeep/settings.ts'
import { beginUpgrade, showUpgrade } from '../../app/upkeep/upgrade.ts'
import type { Api, ApiContext } from '../context.ts'

const tags = ['system']

/** What changes while the daemon runs: how much the log says, the configuration, and the program itself. */
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

  app.get('/v1/upgrade', { schema: { tags, response: answers(upgradeView) } }, async () => showUpgrade(context))

  app.post(
    '/v1/upgrade',
    {
      schema: {
        tags,
        description:
          'Answers when the next daemon runs. That one makes ready, and has this one hand over; where it cannot, this one goes on.',
        response: answers(upgradeView),
      },
    },
    async () => beginUpgrade(context),
  )
}
