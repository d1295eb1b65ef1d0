import type { Command } from 'commander'
import { type ReloadView, reloadView } from '../../api/upkeep/reload.ts'
import { type Cli, examples } from '../cli.ts'
import { agentChangeWords } from '../terminal/changes.ts'
import { plural, table } from '../terminal/format.ts'

/** Something waits for the next start. */
const restartExitCode = 3

/** `reload`: the configuration is read anew while the daemon dials. */
export function reloadCommand(program: Command, cli: Cli): void {
  examples(
    program
      .command('reload')
      .option('--dry-run', 'show what would change')
      .option('--restart-later', 'exit code 0 also where some needs a restart, which is said: for a unit of systemd')
      .description(
        'read the configuration anew while the daemon dials; a mistake in it changes nothing. Exit code 0: all of it counts, 3: some needs a restart, 1: refused',
      ),
    'dialwright reload --dry-run',
    'dialwright reload',
    'dialwright reload --restart-later',
  ).action(async ({ dryRun = false, restartLater }: { dryRun?: boolean; restartLater?: true }) => {
    const report = await cli.api().send(reloadView, { method: 'POST', path: '/v1/reload', body: { dryRun } })
    cli.print(report, () => words(report))
    for (const warning of report.warnings) cli.remark(warning)
    if (report.needsRestart && restartLater !== true) cli.setExitCode(restartExitCode)
  })
}

function words({ dryRun, changes, needsRestart, agents }: ReloadView): string {
  if (changes.length === 0) return 'nothing has changed in the configuration\n'
  const rows = changes.map(({ key, before, after, effect }) => [key, before, after, counts(effect, dryRun)])
  const waiting = changes.filter(({ effect }) => effect === 'restart').length
  const said = agentChangeWords(agents)
  const next = needsRestart
    ? `${plural(waiting, 'key')} ${waiting === 1 ? 'counts' : 'count'} only after a restart\n`
    : ''
  return `${table(['key', 'before', 'now', 'counts'], rows)}${said === undefined ? '' : `${said}\n`}${next}`
}

function counts(effect: 'live' | 'restart', dryRun: boolean): string {
  if (effect === 'restart') return 'after a restart'
  return dryRun ? 'with a reload' : 'from now on'
}
