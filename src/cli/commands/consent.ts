import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Static } from 'typebox'
import { importView } from '../../api/imports.ts'
import { addedView, withdrawalView } from '../../api/permissions.ts'
import { consentView, type PermissionView, type PersonHoursView, personHoursView } from '../../api/persons.ts'
import { doneView } from '../../api/views.ts'
import { permissionBases } from '../../core/compliance/rules.ts'
import { given } from '../../core/given.ts'
import { type Cli, examples } from '../cli.ts'
import { apiPath } from '../client.ts'
import { localTime, plural, table } from '../terminal/format.ts'
import { importWords, uploadFile, warningWords } from './leads/imports.ts'
import { day } from './leads/originOptions.ts'

const base = '/v1/permissions'

interface GivenOptions {
  readonly topic?: readonly string[]
  readonly channel?: readonly string[]
  readonly basis?: string
  readonly how?: string
  readonly given?: string
  readonly expires?: string
  readonly seller?: string
}

/** `consent import|add|withdraw|show|hours` */
export function consentCommands(program: Command, cli: Cli): void {
  const consent = program.command('consent').description('what people permitted, took back, and when they want calls')
  importCommand(consent, cli)
  addCommand(consent, cli)
  withdrawCommand(consent, cli)
  showCommand(consent, cli)
  hoursCommand(consent, cli)
}

function withGiven(command: Command): Command {
  return command
    .option(
      '--topic <topic...>',
      "what it is about: a campaign's `topic`, which is its purpose (`sales`) unless its file says otherwise; '*' is everything",
    )
    .option('--channel <channel...>', 'by which way (default: call)')
    .addOption(new Option('--basis <basis>', 'what kind of permission').choices([...permissionBases]))
    .option('--how <words>', 'the evidence: where it was given and in which words')
    .option('--given <date>', 'the day it was given', day)
    .option('--expires <date>', 'the day it ends', day)
    .option('--seller <id>', 'to whom it was given; needed where campaigns call for several sellers')
}

function importCommand(consent: Command, cli: Cli): void {
  examples(
    withGiven(consent.command('import'))
      .argument(
        '<file>',
        'CSV: number, topic, channel, basis, given_at, how, expires_at, withdrawn_at, seller; - reads standard input',
      )
      .option('--country <code>', 'country of numbers without a country code (default: defaultCountry)')
      .description('record permissions from a CSV: all rows or none; what the file says wins over the options'),
    "dialwright consent import optins.csv --topic sales --basis express --given 2026-11-02 --how 'form on example.com, box ticked'",
  ).action(async (file: string, options: GivenOptions & { country?: string }) => {
    const { topic, channel, basis, how, given, expires, country, seller } = options
    const query = {
      country,
      seller,
      basis,
      how,
      topics: topic?.join(','),
      channels: channel?.join(','),
      givenAt: instantOf(given),
      expiresAt: instantOf(expires),
    }
    const report = await uploadFile(cli, { file, path: `${base}/import`, query, view: importView })
    cli.print(report, () => `${importWords(report, 'permission')}${warningWords(report.warnings)}`)
    if (report.imported === 0 && report.invalid > 0) cli.setExitCode(1)
  })
}

function addCommand(consent: Command, cli: Cli): void {
  examples(
    withGiven(consent.command('add'))
      .argument('<number>')
      .description('record one permission: on disk before it is answered'),
    "dialwright consent add '+12025550100' --topic sales --basis written --how 'letter of 2026-10-01, signed'",
  ).action(async (number: string, options: GivenOptions) => {
    const { topic, channel, basis, how, given: givenOn, expires, seller } = options
    if (topic === undefined || basis === undefined || how === undefined) {
      const missing = [topic ?? '--topic', basis ?? '--basis', how ?? '--how'].filter(one =>
        String(one).startsWith('--'),
      )
      throw new InvalidArgumentError(`a permission needs its evidence: add ${missing.join(', ')}.`)
    }
    const body = {
      number,
      basis,
      how,
      topics: topic.includes('*') ? [] : topic,
      ...given({ channels: channel, givenAt: instantOf(givenOn), expiresAt: instantOf(expires), seller }),
    }
    const answer = await cli.api().send(addedView, { method: 'POST', path: base, body })
    cli.print(answer, () => `recorded as permission ${answer.permissionId} of ${number}\n`)
  })
}

function withdrawCommand(consent: Command, cli: Cli): void {
  examples(
    consent
      .command('withdraw')
      .argument('<number>')
      .option('--topic <topic>', 'only about this (default: about anything)')
      .requiredOption('--how <words>', 'how the person took it back')
      .description('the person takes back what they permitted: on disk at once, calls about it end'),
    "dialwright consent withdraw '+12025550100' --topic sales --how 'by mail of 2026-11-02'",
  ).action(async (number: string, options: { topic?: string; how: string }) => {
    const body = { number, ...options }
    const answer = await cli.api().send(withdrawalView, { method: 'POST', path: `${base}/withdraw`, body })
    const about = options.topic === undefined ? 'anything' : options.topic
    cli.print(answer, () => `${number} is not called about ${about} (${plural(answer.ended, 'permission')} ended)\n`)
  })
}

function showCommand(consent: Command, cli: Cli): void {
  examples(
    consent.command('show').argument('<number>').description('what whoever has this number permitted and asked for'),
    "dialwright consent show '+12025550100'",
  ).action(async (number: string) => {
    const answer = await cli.api().get(consentView, apiPath(base, number))
    cli.print(answer, () => consentWords(answer))
  })
}

function hoursCommand(consent: Command, cli: Cli): void {
  examples(
    consent
      .command('hours')
      .argument('<number>')
      .argument('[days...]', "hours by day at the person's place: mon-fri=17:00-20:00 sat=10:00-12:00,14:00-16:00")
      .option('--how <words>', 'how the person asked for it', 'told to the operator')
      .option('--forget', 'the person no longer wants hours of their own')
      .description('hours in which the person wants to be called; no call is made outside them'),
    "dialwright consent hours '+12025550100' mon-fri=17:00-20:00 --how 'told the agent'",
    "dialwright consent hours '+12025550100' --forget",
  ).action(async (number: string, days: readonly string[], options: { how: string; forget?: boolean }) => {
    const path = apiPath('/v1/persons', number, 'hours')
    if (options.forget === true) {
      const answer = await cli.api().send(doneView, { method: 'DELETE', path })
      cli.print(answer, () => `${number} has no hours of its own\n`)
      return
    }
    if (days.length === 0) throw new InvalidArgumentError('write the hours, such as mon-fri=17:00-20:00, or --forget.')
    const body = { days: readDays(days), how: options.how }
    const answer = await cli.api().send(personHoursView, { method: 'PUT', path, body })
    cli.print(answer, () => hoursWords(answer))
  })
}

/** A day's midnight in UTC. */
function instantOf(written: string | undefined): string | undefined {
  return written === undefined ? undefined : `${written}T00:00:00Z`
}

const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

/** Hours by weekday as options write them: `mon-fri=17:00-20:00`. */
export function readDays(written: readonly string[]): Record<string, string[]> {
  const days: Record<string, string[]> = {}
  for (const part of written) {
    const [names = '', spans = ''] = part.split('=')
    const [first = '', last = first] = names.toLowerCase().split('-')
    const [from, to] = [dayNames.indexOf(first), dayNames.indexOf(last)]
    if (from < 0 || to < from || spans === '')
      throw new InvalidArgumentError(`"${part}" is no hours: write mon-fri=17:00-20:00 or sat=10:00-12:00.`)
    for (const name of dayNames.slice(from, to + 1)) days[name] = [...(days[name] ?? []), ...spans.split(',')]
  }
  return days
}

function consentWords({ number, permissions, hours }: Static<typeof consentView>): string {
  const header = [
    'permission',
    'number',
    'topics',
    'channels',
    'basis',
    'seller',
    'given',
    'expires',
    'withdrawn',
    'how',
  ]
  const none = `nothing is recorded of ${number}\n`
  const list = permissions.length === 0 ? none : table(header, permissions.map(permissionCells))
  return `${list}${hours === undefined ? '' : hoursWords(hours)}`
}

function permissionCells(permission: PermissionView) {
  const { permissionId, number, topics, channels, basis, givenAt, expiresAt, withdrawnAt, how, seller } = permission
  return [
    ...[permissionId, number, topics.join(' ') || 'everything', channels.join(' ') || 'every', basis],
    ...[seller, localTime(givenAt), localTime(expiresAt), localTime(withdrawnAt), how],
  ]
}

function hoursWords({ number, days, how }: PersonHoursView): string {
  const shown = Object.entries(days).map(([name, spans]) => `${name} ${spans.join(', ')}`)
  return `${number} wants calls only ${shown.join('; ')} (${how})\n`
}
