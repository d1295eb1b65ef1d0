import { answers } from '../../api/schemas.ts'
import {
  backupBody,
  backupView,
  confirmationBody,
  journalTrimBody,
  journalTrimView,
  restorationView,
} from '../../api/upkeep/backups.ts'
import { confirmRestoration, makeBackup, showRestoration, trimJournal } from '../../app/upkeep/backups.ts'
import type { Api, ApiContext } from '../context.ts'
import { waiterOf } from '../working.ts'

const tags = ['system']

/** Backups, and letting a restored database dial. */
export function backupRoutes(app: Api, { store, gateway }: ApiContext): void {
  app.post(
    '/v1/backups',
    {
      schema: {
        tags,
        description:
          'Copies database, imported lists and ledger segments to a folder on the daemon’s machine while it dials; the folder appears when it has been verified, and nothing is overwritten.',
        body: backupBody,
        response: answers(backupView),
      },
    },
    async request => makeBackup(store, request.body, { at: Date.now(), waiter: waiterOf(request) }),
  )

  app.post(
    '/v1/journal/trim',
    {
      schema: {
        tags,
        description:
          'Lets go of what the journal outside the database has from before a backup, the oldest that may still be restored. The backup is read whole first; nothing goes where an older one lies beside it. Erasures stay.',
        body: journalTrimBody,
        response: answers(journalTrimView),
      },
    },
    async request => trimJournal(store, request.body, { at: Date.now(), waiter: waiterOf(request) }),
  )

  app.get('/v1/dialing/restoration', { schema: { tags, response: answers(restorationView) } }, async () =>
    showRestoration(store),
  )

  app.post(
    '/v1/dialing/confirm',
    {
      schema: {
        tags,
        description:
          'After a restore nothing is dialed until somebody says so, by name. Where refusals may be missing they sign for that.',
        body: confirmationBody,
        response: answers(restorationView),
      },
    },
    async request => confirmRestoration(store, request.body, gateway.now()),
  )
}
