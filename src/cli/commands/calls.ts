import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Command, Option } from 'commander'
import { callListView } from '../../api/calls.ts'
import { type CallView, doneView } from '../../api/views.ts'
import { errorCode, OperatingError } from '../../errors.ts'
import { type Cli, examples } from '../cli.ts'
import { apiPath } from '../client.ts'
import { localTime, table } from '../terminal/format.ts'
import { counted, createProgressBar } from '../terminal/progressBar.ts'
import { instantOrAgo, wholeNumberFrom } from '../terminal/values.ts'

interface Filters {
  readonly campaign?: string
  readonly number?: string
  readonly since?: string
}

function withFilters(command: Command): Command {
  return command
    .option('--campaign <id>', 'of one campaign')
    .option('--number <number>', 'to one number')
    .option('--since <time>', 'since a date, or a time span back from now such as 2h', instantOrAgo)
}

/** `calls list|export|hangup` */
export function callCommands(program: Command, cli: Cli): void {
  const calls = program.command('calls').description('call records: one for every attempt')

  examples(
    withFilters(calls.command('list'))
      .option('--limit <count>', 'how many', wholeNumberFrom(1, 1_000), 50)
      .option('--after <call>', 'continue behind this call')
      .description('the last calls'),
    'dialwright calls list --campaign spring --since 1h',
  ).action(async ({ campaign: campaignId, ...options }: Filters & { limit: number; after?: string }) => {
    const answer = await cli.api().get(callListView, '/v1/calls', { campaignId, ...options })
    cli.print(answer, () => callTable(answer.calls))
    if (answer.next !== undefined) cli.remark(`more: --after ${answer.next}`)
  })

  examples(
    withFilters(calls.command('export'))
      .addOption(new Option('--format <format>', 'CSV or JSON lines').choices(['csv', 'jsonl']).default('csv'))
      .option('--output <file>', 'where to (default: standard output)')
      .description('every call record, streamed'),
    'dialwright calls export --since 24h --output calls.csv',
    'dialwright calls export --format jsonl | jq .disposition',
  ).action(async ({ output, campaign: campaignId, ...query }: Filters & { format: string; output?: string }) => {
    const format = cli.options().json === true ? 'jsonl' : query.format
    const bytes = await cli.api().download('/v1/calls/export', { campaignId, ...query, format })
    if (output === undefined) await toTerminal(cli, bytes)
    else await toFile(cli, { bytes, output })
  })

  examples(
    calls
      .command('hangup')
      .argument('<call>', 'as `calls list` shows it, or `agents show`')
      .description(
        'end a call: a conversation at once; one that rings as soon as the law lets it; whoever waits hears the message',
      ),
    'dialwright calls hangup mik9x2-17',
  ).action(async (id: string) => {
    await cli.api().send(doneView, { method: 'POST', path: apiPath('/v1/calls', id, 'hang-up') })
    cli.print({ done: true }, () => `call ${id}: it ends\n`)
  })
}

async function toTerminal(cli: Cli, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const decoder = new TextDecoder()
  for await (const chunk of bytes) cli.terminal.data(decoder.decode(chunk, { stream: true }))
}

async function toFile(
  cli: Cli,
  { bytes, output }: { bytes: AsyncIterable<Uint8Array>; output: string },
): Promise<void> {
  const bar = createProgressBar(cli.terminal, { what: output })
  try {
    await pipeline(Readable.from(counted(bytes, bar)), createWriteStream(output))
  } catch (cause) {
    if (cause instanceof OperatingError) throw cause
    throw new OperatingError('file-unwritable', `cannot write ${output} (${errorCode(cause)}): choose another place`, {
      cause,
    })
  } finally {
    bar.end()
  }
  cli.remark(`written to ${output}`)
}

function callTable(calls: readonly CallView[]): string {
  const header = [
    'originated at',
    'call',
    'campaign',
    'number',
    'disposition',
    'SIP',
    'ring',
    'talk',
    'agent',
    'wrap-up',
  ]
  const rows = calls.map(call => [
    ...[
      localTime(call.originatedAt),
      call.callId,
      call.campaignId,
      call.number,
      call.disposition ?? 'in flight',
      call.sipCode,
    ],
    ...[
      span(call.ringingAt, call.answeredAt ?? call.endedAt),
      span(call.connectedAt, call.transferredAt ?? call.endedAt),
      call.agentId,
      call.wrapUpCode,
    ],
  ])
  return table(header, rows)
}

function span(from: string | undefined, to: string | undefined): string {
  return from === undefined || to === undefined ? '' : `${((Date.parse(to) - Date.parse(from)) / 1000).toFixed(1)} s`
}
