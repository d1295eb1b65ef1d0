import type { Command } from 'commander'
import {
  type AlarmListView,
  type AlarmView,
  alarmListView,
  alarmTestView,
  type SilenceView,
  silenceView,
} from '../../api/alarms.ts'
import { doneView } from '../../api/views.ts'
import { given } from '../../core/given.ts'
import { type Cli, examples } from '../cli.ts'
import { localTime } from '../terminal/format.ts'

const base = '/v1/alarms'

/** `alarms`, `alarms silence|unsilence|test` */
export function alarmCommands(program: Command, cli: Cli): void {
  const alarms = examples(
    program
      .command('alarms')
      .description(
        'the alarms that are on, with what to do; exit code 1 while a critical one is on that nobody has silenced',
      ),
    'dialwright alarms',
    "dialwright alarms silence no-agents --subject spring --for 2h --by 'Ann' --reason 'training until noon'",
    'dialwright alarms --json',
  ).action(async () => {
    const answer = await cli.api().get(alarmListView, base)
    cli.print(answer, () => listWords(cli, answer))
    if (answer.alarms.some(({ severity, silenced }) => severity === 'critical' && silenced === undefined))
      cli.setExitCode(1)
  })
  silenceCommands(alarms, cli)

  examples(
    alarms.command('test').description('send a test to the receiver of alarms (alarms.webhook), once'),
    'dialwright alarms test',
  ).action(async () => {
    const answer = await cli.api().send(alarmTestView, { method: 'POST', path: `${base}/test` })
    cli.print(answer, () => `${answer.receiver} has taken the test\n`)
  })
}

interface SilenceOptions {
  readonly subject?: string
  readonly for: string
  readonly by: string
  readonly reason: string
}

function silenceCommands(alarms: Command, cli: Cli): void {
  examples(
    alarms
      .command('silence')
      .argument('<code>', 'which alarm, like no-agents')
      .option('--subject <name>', 'only of this campaign, trunk, node ... (default: of all)')
      .requiredOption('--for <time>', 'for how long, at most 30d; then it is sent if it still holds')
      .requiredOption('--by <name>', 'who answers for it')
      .requiredOption('--reason <text>', 'why')
      .description('go on showing an alarm, and do not send it, for a time'),
    "dialwright alarms silence no-agents --subject spring --for 2h --by 'Ann' --reason 'training until noon'",
  ).action(async (code: string, { subject, ...options }: SilenceOptions) => {
    const body = { code, ...options, ...given({ subject }) }
    const answer = await cli.api().send(silenceView, { method: 'PUT', path: `${base}/silences`, body })
    cli.print(answer, () => `${named(answer)} is silenced until ${localTime(answer.until)}\n`)
  })

  examples(
    alarms
      .command('unsilence')
      .argument('<code>', 'which alarm')
      .option('--subject <name>', 'as it was silenced')
      .description('send an alarm again'),
    'dialwright alarms unsilence no-agents --subject spring',
  ).action(async (code: string, { subject }: { subject?: string }) => {
    const query = new URLSearchParams({ code, ...given({ subject }) })
    const answer = await cli.api().send(doneView, { method: 'DELETE', path: `${base}/silences?${query}` })
    cli.print(answer, () => `${named({ code, ...given({ subject }) })} is not silenced any more\n`)
  })
}

function named({ code, subject }: { readonly code: string; readonly subject?: string }): string {
  return subject === undefined ? code : `${code} of ${subject}`
}

function listWords(cli: Cli, { alarms, silences, webhook }: AlarmListView): string {
  const on = alarms.length === 0 ? 'no alarm is on\n' : alarms.map(alarm => alarmWords(cli, alarm)).join('')
  const isOn = (silence: SilenceView) =>
    alarms.some(({ code, subject, silenced }) => {
      return silenced !== undefined && code === silence.code && (silence.subject ?? subject) === subject
    })
  // One that silences an alarm that is on is told there.
  const others = silences.filter(silence => !isOn(silence)).map(silence => `silenced: ${silenceWords(silence)}\n`)
  return `${on}${others.join('')}${webhookWords(webhook)}`
}

function alarmWords({ paint }: Cli, alarm: AlarmView): string {
  const { severity, says, todo, since, goneSince, silenced, stopsDialing } = alarm
  const ink = silenced !== undefined ? 'grey' : severity === 'critical' ? 'red' : 'yellow'
  const stops = stopsDialing ? ', nothing is dialed' : ''
  const gone = goneSince === undefined ? '' : `, gone since ${localTime(goneSince)}`
  const head = `${paint(ink, `${severity.padEnd(8)}  ${named(alarm)}`)}  since ${localTime(since)}${gone}${stops}`
  const silence = silenced === undefined ? '' : `          silenced ${silencedWords(silenced)}\n`
  return `${head}\n          ${says}\n          -> ${todo}\n${silence}`
}

function silenceWords(silence: SilenceView): string {
  return `${named(silence)} ${silencedWords(silence)}`
}

function silencedWords({ until, by, reason }: Pick<SilenceView, 'until' | 'by' | 'reason'>): string {
  return `until ${localTime(until)} by ${by}: ${reason}`
}

function webhookWords(webhook: AlarmListView['webhook']): string {
  if (webhook === undefined) return 'nobody is sent alarms: alarms.webhook in dialwright.yaml\n'
  const { receiver, waiting, failure } = webhook
  const fails = failure === undefined ? '' : `; it did not take the last one: ${failure}`
  return `sent to ${receiver}${waiting === 0 ? '' : `, ${waiting} waiting`}${fails}\n`
}
