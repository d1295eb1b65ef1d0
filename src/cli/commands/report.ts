import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Command, Option } from 'commander'
import {
  type AbandonedCallView,
  type AbandonmentRowView,
  abandonedCallsView,
  abandonmentReportView,
} from '../../api/reports.ts'
import { purposes } from '../../core/compliance/rules.ts'
import { errorCode, OperatingError } from '../../errors.ts'
import { type Cli, examples } from '../cli.ts'
import { localTime, percent, plural, table } from '../terminal/format.ts'
import { instantOrAgo, wholeNumberFrom } from '../terminal/values.ts'

interface ReportOptions {
  readonly seller?: string
  readonly purpose?: string
  readonly campaign?: string
  readonly law?: string
  readonly since?: string
  readonly until?: string
  readonly evidence?: true
  readonly numbers?: true
  readonly limit: number
  readonly after?: string
  readonly format: 'table' | 'csv'
  readonly output?: string
}

/** `report abandonment` */
export function reportCommands(program: Command, cli: Cli): void {
  const report = program.command('report').description('what a regulator asks for')

  examples(
    report
      .command('abandonment')
      .option('--seller <id>', 'of one seller')
      .addOption(new Option('--purpose <purpose>', 'of calls for one purpose').choices([...purposes]))
      .option('--campaign <id>', 'of one campaign')
      .option('--law <law>', "by one law (US-FTC), or by the operator's own windows (campaign)")
      .option('--since <time>', 'every period since a date, or a time span back from now such as 90d', instantOrAgo)
      .option('--until <time>', 'as it stood at this time (default: now)', instantOrAgo)
      .option('--evidence', 'the abandoned calls behind the figures')
      .option('--numbers', 'evidence: numbers in full, not masked')
      .option('--limit <count>', 'evidence: how many', wholeNumberFrom(1, 1_000), 100)
      .option('--after <call>', 'evidence: continue behind this call')
      .addOption(
        new Option('--format <format>', 'a table for people, or CSV').choices(['table', 'csv']).default('table'),
      )
      .option('--output <file>', 'where the CSV goes (default: standard output)')
      .description('abandoned calls per law and window: as detected, as corrected at wrap-up, with the estimate'),
    'dialwright report abandonment',
    'dialwright report abandonment --seller acme --purpose sales --law US-FTC --since 90d',
    'dialwright report abandonment --campaign spring --evidence --since 24h',
    'dialwright report abandonment --format csv --output abandonment.csv',
  ).action(async (options: ReportOptions) => {
    checkOptions(options)
    if (options.format === 'csv') return printCsv(cli, options)
    return options.evidence ? printEvidence(cli, options) : printTable(cli, options)
  })
}

function checkOptions({ evidence, numbers, after, law, format, output }: ReportOptions): void {
  const wrong = (text: string): never => {
    throw new OperatingError('wrong-options', text)
  }
  if (!evidence && numbers) wrong('--numbers shows the numbers of evidence: add --evidence')
  if (!evidence && after !== undefined) wrong('--after continues a list of evidence: add --evidence')
  if (evidence && law !== undefined) wrong('--law chooses windows of the table; evidence has none: leave it out')
  if (format !== 'csv' && output !== undefined) wrong('--output takes CSV: add --format csv')
}

function queryOf({ seller, purpose, campaign, law, since, until, ...options }: ReportOptions) {
  const { evidence, numbers, limit, after } = options
  const of = { seller, purpose, campaignId: campaign, since, until }
  return evidence ? { ...of, numbers: numbers && 'true', limit, after } : { ...of, law }
}

function pathOf({ evidence }: ReportOptions): string {
  return `/v1/reports/abandonment${evidence ? '/calls' : ''}`
}

async function printCsv(cli: Cli, options: ReportOptions): Promise<void> {
  const bytes = await cli.api().download(pathOf(options), { ...queryOf(options), format: 'csv' })
  if (options.output === undefined) {
    const decoder = new TextDecoder()
    for await (const chunk of bytes) cli.terminal.data(decoder.decode(chunk, { stream: true }))
    return
  }
  const { output } = options
  try {
    await pipeline(Readable.from(bytes), createWriteStream(output))
  } catch (cause) {
    if (cause instanceof OperatingError) throw cause
    throw new OperatingError('file-unwritable', `cannot write ${output} (${errorCode(cause)}): choose another place`, {
      cause,
    })
  }
  cli.remark(`written to ${output}`)
}

async function printTable(cli: Cli, options: ReportOptions): Promise<void> {
  const report = await cli.api().get(abandonmentReportView, pathOf(options), queryOf(options))
  cli.print(report, () =>
    report.rows.length === 0 ? 'no campaign, and no call that was answered\n' : tableOf(report.rows),
  )
  const broken = report.rows.filter(({ margin }) => margin < 0)
  if (broken.length > 0)
    cli.remark(`${plural(broken.length, 'window')} above the limit: see the rows with a negative margin`)
}

async function printEvidence(cli: Cli, options: ReportOptions): Promise<void> {
  const page = await cli.api().get(abandonedCallsView, pathOf(options), queryOf(options))
  cli.print(page, () => (page.calls.length === 0 ? 'no abandoned call\n' : evidenceOf(page.calls)))
  if (page.next !== undefined) cli.remark(`more: --after ${page.next}`)
}

function tableOf(rows: readonly AbandonmentRowView[]): string {
  const header = [
    ...['law', 'window', 'seller', 'purpose', 'campaign', 'from', 'until', 'persons', 'abandoned', 'rate', 'limit'],
    ...['margin', 'detected', 'estimated', 'machines', 'messages', 'in 2 s', 'unseen'],
  ]
  const rate = (value: number | undefined): string => (value === undefined ? '' : percent(value, 2))
  return table(
    header,
    rows.map(row => [
      ...[row.law, row.window, row.seller, row.purpose, row.campaignId ?? '(all)', day(row.from), day(row.until)],
      ...[row.corrected.answered, row.corrected.abandoned, rate(row.corrected.rate), percent(row.rateMax, 2)],
      ...[row.margin, rate(row.detected.rate), rate(row.estimated.rate), row.codedMachine],
      ...[row.messages, row.messagesInTime, row.messagesUntimed],
    ]),
  )
}

/** To the minute: windows turn on hours. */
function day(at: string): string {
  return localTime(at).slice(0, 16)
}

function evidenceOf(calls: readonly AbandonedCallView[]): string {
  const header = ['answered at', 'call', 'campaign', 'number', 'disposition', 'why', 'message', 'after']
  return table(
    header,
    calls.map(call => [
      ...[localTime(call.answeredAt), call.callId, call.campaignId, call.number, call.disposition, call.why ?? ''],
      ...[call.message, call.messageAfterMs === undefined ? '' : `${(call.messageAfterMs / 1000).toFixed(2)} s`],
    ]),
  )
}
