import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { type MoveInView, moveInView } from '../../../api/leads.ts'
import { InputError } from '../../../errors.ts'
import { type MoveInPart, moveInParts } from '../../../ports/importing/imports.ts'
import { type Cli, examples } from '../../cli.ts'
import { apiPath } from '../../client.ts'
import { elapsed, plural, table } from '../../terminal/format.ts'
import { counted, createProgressBar } from '../../terminal/progressBar.ts'
import { readFile, sizeOf, warningWords } from './imports.ts'
import { type OriginOptions, withOrigin } from './originOptions.ts'

interface MoveInOptions extends OriginOptions, Readonly<Partial<Record<MoveInPart, readonly string[]>>> {
  readonly campaign: string
  readonly timeZone: string
  readonly country?: string
  readonly fromCampaign?: string
  readonly status?: readonly string[]
  readonly dryRun?: boolean
}

/** A table's file with what it holds. */
interface TableFile {
  readonly part: MoveInPart
  readonly file: string
  readonly bytes: number
}

/** Tables by the names that exports of them have. */
const tables: Readonly<Record<MoveInPart, readonly string[]>> = {
  callbacks: ['vicidial_callbacks'],
  leads: ['vicidial_list'],
  calls: ['vicidial_log'],
  dnc: ['vicidial_dnc', 'vicidial_campaign_dnc'],
}
const extensions = ['.csv', '.tsv', '.txt', '.csv.gz', '.tsv.gz', '.txt.gz'] as const

/** `move-in vicidial` */
export function moveInCommands(program: Command, cli: Cli): void {
  const moveIn = program.command('move-in').description('bring over what another dialer knew')

  examples(
    withOrigin(moveIn.command('vicidial'))
      .argument('[folder]', 'with vicidial_list.csv, vicidial_dnc.csv, vicidial_callbacks.csv, vicidial_log.csv ...')
      .requiredOption('--campaign <id>', 'the campaign they go to')
      .requiredOption('--time-zone <zone>', "IANA zone of VICIdial's clock: America/New_York")
      .option('--leads <file...>', 'vicidial_list, as CSV or tab-separated, with or without header')
      .option('--dnc <file...>', 'vicidial_dnc, vicidial_campaign_dnc')
      .option('--callbacks <file...>', 'vicidial_callbacks')
      .option('--calls <file...>', 'vicidial_log: fills the windows of attempts and abandonment')
      .option('--from-campaign <id>', "only this campaign of VICIdial's, where a table names one")
      .option('--status <meaning...>', 'what a status of your own means: CODE=retry, CODE=finished, CODE=do-not-call')
      .option('--country <code>', 'country of numbers without a phone_code (default: defaultCountry)')
      .option('--dry-run', 'read and report, write nothing')
      .description('leads, call-backs, refusals and calls of VICIdial; what came over before is not added again'),
    "dialwright move-in vicidial export/ --campaign spring --time-zone America/New_York --origin 'our customers' --basis contract --dry-run",
  ).action(async (folder: string | undefined, options: MoveInOptions) => {
    const files = await findFiles(folder, options)
    const report = await send(cli, files, options)
    cli.print(report, () => reportWords(report, options.dryRun === true))
    const nothingCame = report.parts.every(({ imported }) => imported === 0)
    // Somebody wants no calls, and nobody knows who.
    const refusalsUnread = report.parts.some(({ part, invalid }) => part === 'dnc' && invalid > 0)
    if (refusalsUnread || (nothingCame && report.parts.some(({ invalid }) => invalid > 0))) cli.setExitCode(1)
  })
}

async function findFiles(folder: string | undefined, options: MoveInOptions): Promise<readonly TableFile[]> {
  const files: TableFile[] = []
  for (const part of moveInParts) {
    const inFolder = folder === undefined ? [] : tables[part].flatMap(name => fileNamed(folder, name))
    for (const file of options[part] ?? inFolder) files.push({ part, file, bytes: await sizeOf(file) })
  }
  if (files.length > 0) return files
  const where =
    folder === undefined
      ? 'name a folder, or --leads, --dnc, --callbacks, --calls'
      : `${folder} has no vicidial_list.csv or the like`
  throw new InputError('no-files', `nothing to move in: ${where}`)
}

function fileNamed(folder: string, name: string): readonly string[] {
  const found = extensions.map(extension => join(folder, `${name}${extension}`)).find(file => existsSync(file))
  return found === undefined ? [] : [found]
}

async function send(cli: Cli, files: readonly TableFile[], options: MoveInOptions): Promise<MoveInView> {
  const { campaign, timeZone, country, fromCampaign, status, dryRun, origin, obtained, basis, withoutOrigin } = options
  const query = {
    timeZone,
    country,
    fromCampaign,
    origin,
    obtainedAt: obtained,
    legalBasis: basis,
    withoutOrigin,
    statuses: status?.map(checkStatus).join(','),
    dryRun: dryRun === true ? 'true' : undefined,
    source: files
      .map(({ file }) => basename(file))
      .join(', ')
      .slice(0, 200),
  }
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  const bar = createProgressBar(cli.terminal, { what: 'VICIdial', total })
  try {
    const path = apiPath('/v1/campaigns', campaign, 'move-in', 'vicidial')
    return await cli.api().upload(moveInView, { path, query, bytes: counted(framed(files), bar) })
  } finally {
    bar.end()
  }
}

async function* framed(files: readonly TableFile[]): AsyncGenerator<Uint8Array> {
  for (const { part, file, bytes } of files) {
    yield new TextEncoder().encode(`${JSON.stringify({ part, file: basename(file), bytes })}\n`)
    yield* readFile(file)
  }
}

function checkStatus(written: string): string {
  if (/^[A-Za-z0-9_-]{1,6}=(retry|finished|do-not-call)$/.test(written)) return written
  throw new InvalidArgumentError(`"${written}" says nothing: write CODE=retry, CODE=finished or CODE=do-not-call.`)
}

function reportWords({ parts, durationMs }: MoveInView, dryRun: boolean): string {
  const rows = parts.map(({ part, source, rows: all, imported, duplicates, invalid, skipped }) => [
    ...[part, source, all, imported, duplicates, invalid],
    Object.entries(skipped)
      .map(([reason, count]) => `${count} ${reason}`)
      .join(', '),
  ])
  const header = ['table', 'file', 'rows', dryRun ? 'would come over' : 'came over', 'twice', 'bad', 'left out']
  const problems = parts.flatMap(({ part, problems: found }) =>
    found.map(({ line, reason, value }) => [part, line, reason, value]),
  )
  const left = parts.reduce((sum, { problemsLeftOut }) => sum + problemsLeftOut, 0)
  return [
    `${dryRun ? 'read, nothing written,' : 'moved in'} in ${elapsed(durationMs)}\n\n${table(header, rows)}`,
    warningWords(parts.flatMap(({ part, warnings }) => warnings.map(warning => `${part}: ${warning}`))),
    problems.length === 0 ? '' : `\n${table(['table', 'line', 'reason', 'value'], problems)}`,
    left === 0 ? '' : `and ${plural(left, 'problem')} more\n`,
  ].join('')
}
