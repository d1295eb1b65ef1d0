import type { Command } from 'commander'
import { given } from '../../../core/given.ts'
import { printable } from '../../../core/printable.ts'
import { InputError } from '../../../errors.ts'
import { type Cli, examples } from '../../cli.ts'
import type { Ink, Paint } from '../../terminal/paint.ts'
import type { Check } from './checks.ts'
import { findingCode, findings, pageOf } from './findings.ts'

interface DoctorOptions {
  readonly all?: true
  readonly explain?: string
  readonly report?: string
  readonly log?: string
}

/** `doctor`: checks the configuration against the live PBX; the daemon may be down. */
export function doctorCommand(program: Command, cli: Cli): void {
  examples(
    program
      .command('doctor')
      .argument('[code]', 'say what this code of a finding means and what to do, and check nothing')
      .option(
        '--all',
        'look at all that the documents name: rights, open doors, modes of files, settings of trunks and phones; read ledger and lists whole',
      )
      .option('--explain <code>', 'the same as the code alone')
      .option(
        '--report <file>',
        'look at all and write a file for support, without numbers, names and secrets (mode 600)',
      )
      .option(
        '--log <file>',
        "with --report: the daemon's log, of which its own words are taken (`journalctl -u dialwright -o cat`)",
      )
      .description(
        'check configuration, store, PBX log-ins, modules, dialplan, sounds, copies of SIP messages, trunks, phones and clocks',
      ),
    'dialwright doctor',
    'dialwright doctor --all --config /etc/dialwright/dialwright.yaml --json',
    'dialwright doctor copies-missing',
    'dialwright doctor --report support.json --log dialwright.log',
  ).action(async (written: string | undefined, options: DoctorOptions) => {
    const code = options.explain ?? written
    if (code !== undefined) return explain(cli, code)
    if (options.log !== undefined && options.report === undefined)
      throw new InputError('no-report', '--log says what goes into a report: add --report FILE')
    await check(cli, options)
  })
}

async function check(cli: Cli, { all, report, log }: DoctorOptions): Promise<void> {
  const checks: Check[] = []
  const say = (found: readonly Check[]): void => {
    checks.push(...found)
    if (cli.options().json !== true) cli.terminal.out(found.map(one => checkLine(one, cli.paint)).join(''))
  }
  const reporting = report === undefined ? undefined : await import('./report/report.ts')
  if (report !== undefined) reporting?.checkPlace(report)
  const { examine } = await import('./examine.ts')
  const thorough = all === true || report !== undefined
  const config = await examine({ findFile: () => cli.configFile(), version: cli.version, thorough, say })
  if (config !== undefined && thorough) say(await (await import('./wholeChecks.ts')).wholeChecks(cli, config))
  const failed = checks.filter(({ result }) => result === 'fail').length
  if (report !== undefined) await reporting?.writeReport({ file: report, log, config, checks, version: cli.version })
  cli.print({ ok: failed === 0, checks, ...given({ report }) }, () => summary(checks))
  if (report !== undefined)
    cli.remark(`${report}: look through it, then send it; names, numbers, addresses and secrets were left out`)
  if (failed > 0) cli.setExitCode(1)
}

function explain(cli: Cli, written: string): void {
  const code = findingCode(written)
  const { result, means, remedy } = findings[code]
  cli.print(
    { code, result, means, remedy, page: pageOf(code) },
    () => `${cli.paint(inks[result], code)}\n${means}\n-> ${remedy}\n${pageOf(code)}\n`,
  )
}

const inks: Readonly<Record<Check['result'], Ink>> = { ok: 'green', warn: 'yellow', fail: 'red' }

function checkLine({ what, result, says, todo, code }: Check, paint: Paint): string {
  const next = todo === undefined ? '' : `${' '.repeat(26)}-> ${printable(todo)} (${code})\n`
  return `${paint(inks[result], result.padEnd(4))}  ${what.padEnd(18)}  ${printable(says)}\n${next}`
}

function summary(checks: readonly Check[]): string {
  const count = (result: Check['result']): number => checks.filter(check => check.result === result).length
  const failed = count('fail')
  const end = failed === 0 ? readyWords(checks) : 'put right what failed, then run doctor again'
  const codes = checks.some(({ code }) => code !== undefined) ? '\n`dialwright doctor CODE` says more of a code' : ''
  return `\n${count('ok')} ok, ${count('warn')} to look at, ${failed} failed: ${end}${codes}\n`
}

function readyWords(checks: readonly Check[]): string {
  const canDial = checks.every(({ keepsFromDialing }) => keepsFromDialing !== true)
  const runs = checks.some(({ daemonRuns }) => daemonRuns === true)
  if (canDial) return runs ? 'ready to dial' : 'ready to dial: `dialwright serve`'
  return `the daemon ${runs ? 'runs' : 'can start (`dialwright serve`)'}, but nobody can dial yet`
}
