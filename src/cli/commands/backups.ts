import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import { type BackupView, backupView, type RestorationView, restorationView } from '../../api/upkeep/backups.ts'
import { confirmRestoration, makeBackup, showRestoration } from '../../app/upkeep/backups.ts'
import { isLoopback, loadApiAccess, loadStoreAccess } from '../../config.ts'
import { given } from '../../core/given.ts'
import { errorCode, InputError } from '../../errors.ts'
import { type RestoreReport, restoreBackup } from '../../store/sqlite/backup/restore.ts'
import { type Cli, examples } from '../cli.ts'
import { throughDaemon, underLock } from '../daemonOrAlone.ts'
import { byteCount, elapsed, fields, localTime, plural } from '../terminal/format.ts'
import { wholeNumberFrom } from '../terminal/values.ts'
import { withBar } from '../terminal/waitingBar.ts'

/** `backup`, `restore`, `dialing show|confirm` */
export function backupCommands(program: Command, cli: Cli): void {
  backupCommand(program, cli)
  restoreCommand(program, cli)
  dialingCommands(program, cli)
}

function backupCommand(program: Command, cli: Cli): void {
  examples(
    program
      .command('backup')
      .argument('<folder>', 'the folder that is to be the backup; it must not be there yet')
      .option(
        '--rotate <n>',
        'put the time behind the name, and keep the newest so many backups of it',
        wholeNumberFrom(1, 10_000),
      )
      .description(
        'copy database, imported lists and ledger segments, while dialing or not; read back before the folder appears',
      ),
    'dialwright backup /backup/dialwright --rotate 7',
    'dialwright backup /backup/before-the-upgrade',
  ).action(async (folder: string, { rotate }: { rotate?: number }) => {
    const body = { folder: resolve(folder), ...given({ rotate }) }
    const done = await throughDaemon(
      cli,
      async api => seenHere(cli, await api.send(backupView, { method: 'POST', path: '/v1/backups', body })),
      () =>
        underLock(cli, store =>
          withBar(cli.terminal, onProgress => makeBackup(store, body, { at: Date.now(), waiter: { onProgress } })),
        ),
    )
    cli.print(done, () => backupWords(done))
  })
}

/** A daemon that listens everywhere is asked on this machine. */
const everywhere: ReadonlySet<string> = new Set(['0.0.0.0', '::'])

/** The daemon writes where it sees the folder: a service has a /tmp of its own, a container and another machine have everything. */
function seenHere(cli: Cli, done: BackupView): BackupView {
  if (isThere(done.folder)) return done
  const { host } = loadApiAccess(cli.configFile())
  const line = `the daemon made the backup in ${done.folder} where it runs, and here that folder is not`
  if (!isLoopback(host) && !everywhere.has(host)) cli.remark(`${line}: it is on the machine of the daemon`)
  else
    throw new InputError(
      'backup-elsewhere',
      `${line}: a service has a /tmp of its own, a container its own disk; name a folder that both see (a service: below /var/lib/dialwright; a container: below /data), and remove that one there`,
    )
  return done
}

/** A folder that may not be looked into is there all the same. */
function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined
  } catch (error) {
    return errorCode(error) === 'EACCES'
  }
}

function backupWords({ folder, bytes, lists, segments, ledgerEntries, durationMs, removed }: BackupView): string {
  const parts = [
    byteCount(bytes),
    plural(lists, 'list'),
    plural(segments, 'ledger segment'),
    plural(ledgerEntries, 'ledger entry', 'ledger entries'),
  ]
  const gone = removed.map(old => `removed ${old}\n`).join('')
  return `${folder}: ${parts.join(', ')}, read back, in ${elapsed(durationMs)}\n${gone}`
}

function restoreCommand(program: Command, cli: Cli): void {
  examples(
    program
      .command('restore')
      .argument('<folder>', 'a backup')
      .option('--journal <file>', 'the journal of what was said after it (default: journal.path of the configuration)')
      .description(
        'put a backup in the place of the database, with what the journal has beside; what was there is moved aside. Nothing is dialed afterwards until `dialing confirm`',
      ),
    'dialwright restore /backup/dialwright-20260131T020000Z',
    'dialwright restore /backup/dialwright-20260131T020000Z --journal /mnt/other/journal.jsonl',
  ).action(async (backup: string, { journal }: { journal?: string }) => {
    const access = loadStoreAccess(cli.configFile())
    const from = journal === undefined ? access.journal?.path : resolve(journal)
    refuseOtherUser(access.store.path)
    const request = { backup, file: access.store.path, journal: from, at: Date.now() }
    const done = await withBar(cli.terminal, onProgress => restoreBackup({ ...request, onProgress }))
    cli.print(done, () => restoreWords(done))
    cli.remark('next: `dialwright serve`, look at it, then `dialwright dialing confirm --by NAME`')
  })
}

/** What root puts into the folder of another user could not be opened by the daemon, which is that user's. */
function refuseOtherUser(file: string): void {
  const folder = dirname(resolve(file))
  const owner = statSync(folder, { throwIfNoEntry: false })?.uid
  if (owner === undefined || owner === process.getuid?.() || process.getuid?.() !== 0) return
  throw new InputError(
    'wrong-user',
    `${folder} is another user's, as which the daemon runs: restore as them, with the same command behind \`setpriv --reuid ${owner} --regid ${owner} --clear-groups\``,
  )
}

function restoreWords({ backupAt, replayed, gaps, aside, ledgerEntries }: RestoreReport): string {
  return fields([
    ['backup of', localTime(new Date(backupAt).toISOString())],
    ['from the journal', plural(replayed, 'entry', 'entries')],
    ['ledger', `${plural(ledgerEntries, 'entry', 'entries')} follow from each other`],
    ...gaps.map(gap => ['MAY BE MISSING', gap] as const),
    ...(aside === undefined ? [] : [['what was there', aside] as const]),
  ])
}

function dialingCommands(program: Command, cli: Cli): void {
  const dialing = program.command('dialing').description('whether a restored database may dial')

  examples(
    dialing
      .command('show')
      .description('whether the database came from a backup, what may be missing, who confirmed it'),
    'dialwright dialing show',
  ).action(async () => {
    const found = await throughDaemon(
      cli,
      api => api.get(restorationView, '/v1/dialing/restoration'),
      () => underLock(cli, async store => showRestoration(store)),
    )
    cli.print(found, () => restorationWords(found))
  })

  examples(
    dialing
      .command('confirm')
      .requiredOption('--by <name>', 'who answers for it; goes into the ledger')
      .option('--sign-gaps', 'they also answer for what may be missing (`dialing show` names it)')
      .description('let a restored database dial; every number still rests for its longest limit'),
    "dialwright dialing confirm --by 'R. Miller'",
    "dialwright dialing confirm --by 'R. Miller' --sign-gaps",
  ).action(async ({ by, signGaps }: { by: string; signGaps?: true }) => {
    const body = { by, ...given({ signGaps }) }
    const found = await throughDaemon(
      cli,
      api => api.send(restorationView, { method: 'POST', path: '/v1/dialing/confirm', body }),
      () => underLock(cli, store => confirmRestoration(store, body, Date.now())),
    )
    cli.print(found, () => restorationWords(found))
  })
}

function restorationWords({
  restored,
  backupAt,
  restoredAt,
  replayed = 0,
  gaps,
  confirmedBy,
}: RestorationView): string {
  if (!restored) return 'the database has grown here: nothing waits for a confirmation\n'
  return fields([
    ['backup of', localTime(backupAt)],
    ['restored', localTime(restoredAt)],
    ['from the journal', plural(replayed, 'entry', 'entries')],
    ...gaps.map(gap => ['MAY BE MISSING', gap] as const),
    ['dialing', confirmedBy === undefined ? 'waits for `dialwright dialing confirm`' : `confirmed by ${confirmedBy}`],
  ])
}
