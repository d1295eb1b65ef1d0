import { Argument, type Command } from 'commander'
import { type LogLevelView, logLevelView } from '../../api/upkeep/logLevel.ts'
import { given } from '../../core/given.ts'
import { logLevels } from '../../core/vocabulary.ts'
import { type Cli, examples } from '../cli.ts'
import { localTime } from '../terminal/format.ts'
import { duration } from '../terminal/values.ts'

const path = '/v1/log-level'

/** `log-level`: how much the running daemon's log says. */
export function logLevelCommand(program: Command, cli: Cli): void {
  examples(
    program
      .command('log-level')
      .addArgument(new Argument('[level]', 'how much it shall say from now on').choices(logLevels))
      .option('--for <time>', 'fall back on the configured level after so long (default: at the next start)', duration)
      .description("how much the running daemon's log says; without a level it is shown"),
    'dialwright log-level',
    'dialwright log-level debug --for 10m',
  ).action(async (level: string | undefined, options: { for?: number }) => {
    const api = cli.api()
    const forMs = options.for
    const body = { level, ...given({ for: forMs === undefined ? undefined : `${forMs}ms` }) }
    const now =
      level === undefined
        ? await api.get(logLevelView, path)
        : await api.send(logLevelView, { method: 'PUT', path, body })
    cli.print(now, () => words(now))
  })
}

function words({ level, configured, until }: LogLevelView): string {
  const until_ = until === undefined ? 'until the next start' : `until ${localTime(until)}`
  return level === configured && until === undefined
    ? `${level}, as configured\n`
    : `${level} ${until_}, then ${configured} as configured\n`
}
