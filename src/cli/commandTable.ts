import type { Command } from 'commander'
import type { Cli } from './cli.ts'

/** What adds commands to the program. */
type Register = (program: Command, cli: Cli) => void

/** In the order of the help. Each entry's code is read only when it is wanted: a start, and a hand-over, wait for what they load. */
const table: readonly (readonly [names: readonly string[], load: () => Promise<Register>])[] = [
  [['init'], async () => (await import('./commands/init.ts')).initCommand],
  [['pbx'], async () => (await import('./commands/pbx/pbx.ts')).pbxCommands],
  [['doctor'], async () => (await import('./commands/doctor/doctor.ts')).doctorCommand],
  [['serve'], async () => (await import('./commands/serve.ts')).serveCommand],
  [['service'], async () => (await import('./commands/service.ts')).serviceCommands],
  [['drain'], async () => (await import('./commands/drain.ts')).drainCommand],
  [['upgrade'], async () => (await import('./commands/upgrade.ts')).upgradeCommand],
  [['reload'], async () => (await import('./commands/reload.ts')).reloadCommand],
  [['log-level'], async () => (await import('./commands/logLevel.ts')).logLevelCommand],
  [['campaign'], async () => (await import('./commands/campaign.ts')).campaignCommands],
  [['leads'], async () => (await import('./commands/leads/leads.ts')).leadCommands],
  [['dnc'], async () => (await import('./commands/doNotCall/doNotCall.ts')).doNotCallCommands],
  [['consent'], async () => (await import('./commands/consent.ts')).consentCommands],
  [['person'], async () => (await import('./commands/person.ts')).personCommands],
  [['move-in'], async () => (await import('./commands/leads/moveIn.ts')).moveInCommands],
  [['rules'], async () => (await import('./commands/rules.ts')).rulesCommands],
  [['pacing'], async () => (await import('./commands/pacing/pacing.ts')).pacingCommands],
  [['agents'], async () => (await import('./commands/agents.ts')).agentCommands],
  [['users'], async () => (await import('./commands/users/users.ts')).userCommands],
  [['tokens'], async () => (await import('./commands/users/tokens.ts')).tokenCommands],
  [['calls'], async () => (await import('./commands/calls.ts')).callCommands],
  [['ledger'], async () => (await import('./commands/ledger/ledger.ts')).ledgerCommands],
  [['backup', 'restore', 'dialing'], async () => (await import('./commands/backups.ts')).backupCommands],
  [['journal'], async () => (await import('./commands/journal.ts')).journalCommands],
  [['archive'], async () => (await import('./commands/archive/archive.ts')).archiveCommands],
  [['report'], async () => (await import('./commands/report.ts')).reportCommands],
  [['alarms'], async () => (await import('./commands/alarms.ts')).alarmCommands],
  [['monitor'], async () => (await import('./commands/monitor.ts')).monitorCommand],
  [['scenarios', 'simulate'], async () => (await import('./commands/simulate/simulate.ts')).simulateCommands],
]

/** Loads what registers the command that these arguments name; all commands where they name none, as for help or a slip of the pen. */
export function loadCommands(args: readonly string[]): Promise<readonly Register[]> {
  const name = commandNamed(args)
  const one = table.filter(([names]) => name !== undefined && names.includes(name))
  return Promise.all((one.length > 0 ? one : table).map(([, load]) => load()))
}

/** The first argument that is neither an option of the program nor the value of one. */
function commandNamed(args: readonly string[]): string | undefined {
  return args.find((arg, at) => !arg.startsWith('-') && args[at - 1] !== '--config')
}
