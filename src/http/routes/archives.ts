import { answers } from '../../api/schemas.ts'
import { archiveBody, archiveView } from '../../api/upkeep/archives.ts'
import { makeArchive } from '../../app/upkeep/archives.ts'
import type { Api, ApiContext } from '../context.ts'
import { waiterOf } from '../working.ts'

/** Letting old attempts and leads go. */
export function archiveRoutes(app: Api, { store, gateway }: ApiContext): void {
  app.post(
    '/v1/archives',
    {
      schema: {
        tags: ['system'],
        description:
          'Attempts and leads that no rule asks for any more leave the database, while it dials, for a file on the daemon’s machine that has been read back before; nothing is overwritten.',
        body: archiveBody,
        response: answers(archiveView),
      },
    },
    async request => makeArchive(store, request.body, { at: gateway.now(), waiter: waiterOf(request), isDaemon: true }),
  )
}
