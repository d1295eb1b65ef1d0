import { resolve } from 'node:path'
import type { Command } from 'commander'
import { type JournalTrimView, journalTrimView } from '../../api/upkeep/backups.ts'
import { trimJournal } from '../../app/upkeep/backups.ts'
import { type Cli, examples } from '../cli.ts'
import { throughDaemon, underLock } from '../daemonOrAlone.ts'
import { byteCount, localTime, plural } from '../terminal/format.ts'
import { withBar } from '../terminal/waitingBar.ts'

/** `journal trim` */
export function journalCommands(program: Command, cli: Cli): void {
  const journal = program
    .command('journal')
    .description('what refusals, withdrawals and erasures are kept in beside the database (journal.path)')
  examples(
    journal
      .command('trim')
      .argument(
        '<backup>',
        'the oldest backup that may still be restored; or the name of rotated ones, of which the oldest is taken',
      )
      .description(
        'let go of what the journal has from before a backup. The backup is read whole first, nothing goes while an older one lies beside it, and erasures stay',
      ),
    'dialwright journal trim /backup/dialwright',
    'dialwright journal trim /backup/dialwright-20260131T020000Z',
  ).action(async (backup: string) => {
    const body = { backup: resolve(backup) }
    const done = await throughDaemon(
      cli,
      api => api.send(journalTrimView, { method: 'POST', path: '/v1/journal/trim', body }),
      () =>
        underLock(cli, store =>
          withBar(cli.terminal, onProgress => trimJournal(store, body, { at: Date.now(), waiter: { onProgress } })),
        ),
    )
    cli.print(done, () => trimWords(done))
  })
}

function trimWords({ backup, backupAt, removed, kept, bytesBefore, bytes }: JournalTrimView): string {
  const behind = `${backup} (${localTime(backupAt)})`
  if (removed === 0) return `nothing stands in the journal that is older than ${behind}\n`
  const stay = kept === 0 ? '' : `; ${plural(kept, 'erasure')} from before stay`
  return `${plural(removed, 'line')} older than ${behind} have gone: ${byteCount(bytesBefore)} -> ${byteCount(bytes)}${stay}\n`
}
