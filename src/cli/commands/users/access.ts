import { type Access, openAccess } from '../../../app/access/access.ts'
import { loadApiAccess } from '../../../config.ts'
import { given } from '../../../core/given.ts'
import type { Cli } from '../../cli.ts'
import type { ApiClient } from '../../client.ts'
import { throughDaemon, underLock } from '../../daemonOrAlone.ts'

/** Whoever can read the database: the same as whoever has the token of the configuration. */
export const local = 'local'

/** The daemon is asked; where none runs, `alone` does the same with its database. */
export function inEitherWay<Answer>(
  cli: Cli,
  asked: (api: ApiClient) => Promise<Answer>,
  alone: (access: Access) => Promise<Answer> | Answer,
): Promise<Answer> {
  return throughDaemon(cli, asked, () =>
    underLock(cli, async store => {
      const { token, url } = loadApiAccess(cli.configFile())
      return alone(await openAccess({ store, now: Date.now, hasToken: token !== undefined, ...given({ url }) }))
    }),
  )
}
