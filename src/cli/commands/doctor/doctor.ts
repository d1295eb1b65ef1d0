import type { Command } from 'commander'
import { printable } from '../../../core/printable.ts'
import { type Cli, examples } from '../../cli.ts'
import type { Ink, Paint } from '../../terminal/paint.ts'
import type { Check } from './checks.ts'

/** `doctor`: checks the configuration against the live PBX; the daemon may be down. */
export function doctorCommand(program: Command, cli: Cli): void {
  examples(
    program
      .command('doctor')
      .description(
        'check configuration, store, PBX log-ins, modules, dialplan, sounds, copies of SIP messages, trunks, phones and clocks',
      ),
    'dialwright doctor',
    'dialwright doctor --config /etc/dialwright/dialwright.yaml --json',
  ).action(async () => {
    const checks: Check[] = []
    const say = (found: readonly Check[]): void => {
      checks.push(...found)
      if (cli.options().json !== true) cli.terminal.out(found.map(check => checkLine(check, cli.paint)).join(''))
    }
    const { examine } = await import('./examine.ts')
    await examine(cli.configFile, say)
    const failed = checks.filter(({ result }) => result === 'fail').length
    cli.print({ ok: failed === 0, checks }, () => summary(checks))
    if (failed > 0) cli.setExitCode(1)
  })
}

const inks: Readonly<Record<Check['result'], Ink>> = { ok: 'green', warn: 'yellow', fail: 'red' }

function checkLine({ what, result, says, todo }: Check, paint: Paint): string {
  return `${paint(inks[result], result.padEnd(4))}  ${what.padEnd(18)}  ${printable(says)}\n${todo === undefined ? '' : `${' '.repeat(26)}-> ${printable(todo)}\n`}`
}

function summary(checks: readonly Check[]): string {
  const count = (result: Check['result']): number => checks.filter(check => check.result === result).length
  const failed = count('fail')
  const end = failed === 0 ? readyWords(checks) : 'put right what failed, then run doctor again'
  return `\n${count('ok')} ok, ${count('warn')} to look at, ${failed} failed: ${end}\n`
}

function readyWords(checks: readonly Check[]): string {
  const canDial = checks.every(({ keepsFromDialing }) => keepsFromDialing !== true)
  const runs = checks.some(({ daemonRuns }) => daemonRuns === true)
  if (canDial) return runs ? 'ready to dial' : 'ready to dial: `dialwright serve`'
  return `the daemon ${runs ? 'runs' : 'can start (`dialwright serve`)'}, but nobody can dial yet`
}
