import type { Command } from 'commander'
import { explainView, type LeadImportView, leadImportView, leadListView } from '../../../api/leads.ts'
import type { LeadView } from '../../../api/views.ts'
import { type Cli, examples } from '../../cli.ts'
import { apiPath } from '../../client.ts'
import { localTime, plural, table } from '../../terminal/format.ts'
import { wholeNumber, wholeNumberFrom } from '../../terminal/values.ts'
import { importWords, uploadFile, warningWords } from './imports.ts'
import { leadExplainWords, originWords } from './leadExplainText.ts'
import { leadRecycleCommands } from './leadRecycle.ts'
import { type OriginOptions, withOrigin } from './originOptions.ts'

interface ImportOptions extends OriginOptions {
  readonly campaign: string
  readonly list?: string
  readonly country?: string
  readonly numberColumn?: string
  readonly numberColumns?: string
  readonly timeZoneColumn?: string
  readonly priorityColumn?: string
  readonly doNotCallColumns?: string
  readonly dataColumns?: string
}

/** `leads import|list|explain` */
export function leadCommands(program: Command, cli: Cli): void {
  const leads = program.command('leads').description('people to call')
  leadRecycleCommands(leads, cli)

  examples(
    withOrigin(leads.command('import'))
      .argument('<file>', 'CSV with a header, gzip or not; - reads standard input')
      .requiredOption('--campaign <id>', 'the campaign they belong to')
      .option('--list <name>', 'name of the list in the campaign (default: leads)')
      .option('--country <code>', 'country of numbers without a country code (default: defaultCountry)')
      .option('--number-column <name>', 'header of the number (default: phone, number, tel ...)')
      .option('--number-columns <names>', 'headers of all numbers of a person, with commas: mobile,phone')
      .option(
        '--time-zone-column <name>',
        'header of the IANA time zone (default: timezone; else by number and address)',
      )
      .option('--priority-column <name>', 'header of the priority, higher first (default: priority)')
      .option(
        '--do-not-call-columns <names>',
        'headers whose yes means: no calls (beside those with usual names, as Do Not Call, opt_out, HasOptedOutOfCall)',
      )
      .option('--data-columns <names>', 'headers that look like a refusal, a consent or a country and are none')
      .description(
        "add leads from a CSV; columns that are not mapped become data on the agent's screen. A row that says do not call, or consent no, goes onto the company's list and is not dialed; one where that cannot be read is refused. Countries and codes of the row (country, phone_code, area_code) say how its numbers are read; what contradicts itself is refused",
      ),
    "dialwright leads import leads.csv --campaign spring --origin 'trade fair Berlin' --obtained 2026-10-01 --basis consent",
    'dialwright leads import leads.csv.gz --campaign spring --number-column mobile --country GB --without-origin',
  ).action(async (file: string, options: ImportOptions) => {
    const { campaign, obtained: obtainedAt, basis: legalBasis, ...query } = options
    const report = await uploadFile(cli, {
      file,
      path: apiPath('/v1/campaigns', campaign, 'leads', 'import'),
      query: { obtainedAt, legalBasis, ...query },
      view: leadImportView,
    })
    cli.print(report, () => `${importWords(report, 'lead')}${refusedWords(report)}${warningWords(report.warnings)}`)
    if ((report.imported === 0 && report.invalid > 0) || report.refusalsUnread > 0) cli.setExitCode(1)
  })

  examples(
    leads
      .command('list')
      .requiredOption('--campaign <id>', 'the campaign')
      .option('--limit <count>', 'how many', wholeNumberFrom(1, 1_000), 50)
      .option('--after <lead>', 'continue behind this lead', wholeNumber)
      .description('leads with their state'),
    'dialwright leads list --campaign spring --limit 20',
  ).action(async (options: { campaign: string; limit: number; after?: number }) => {
    const { campaign, limit, after } = options
    const answer = await cli.api().get(leadListView, apiPath('/v1/campaigns', campaign, 'leads'), { limit, after })
    cli.print(answer, () => leadTable(answer.leads))
    if (answer.next !== undefined) cli.remark(`more: --after ${answer.next}`)
  })

  examples(
    leads
      .command('explain')
      .argument('<number>')
      .description('every check that a dial of this number passes, with its answer now'),
    "dialwright leads explain '+12025550100'",
  ).action(async (number: string) => {
    const answer = await cli.api().get(explainView, '/v1/leads/explain', { number })
    cli.print(answer, () => leadExplainWords(answer))
  })
}

function refusedWords({ refused, refusalsUnread }: LeadImportView): string {
  const said = `${plural(refused, 'row')} not to be called: their numbers are on the company's do-not-call list\n`
  const unread = `${plural(refusalsUnread, 'row')} with a refusal that could not be read whole: put ${refusalsUnread === 1 ? 'it' : 'them'} right, or add the number with \`dialwright dnc add\`\n`
  return `${refused === 0 ? '' : said}${refusalsUnread === 0 ? '' : unread}`
}

function leadTable(leads: readonly LeadView[]): string {
  const header = ['lead', 'list', 'number', 'state', 'attempts', 'last', 'dialable at', 'reason', 'number from', 'data']
  const rows = leads.map(lead => [
    ...[lead.leadId, lead.list, lead.number, lead.state, lead.attempts, lead.lastDisposition],
    ...[lead.state === 'new' ? '' : localTime(lead.dialableAt), lead.reason],
    ...[lead.provenance === undefined ? 'not stated' : originWords(lead.provenance), dataWords(lead)],
  ])
  return table(header, rows)
}

function dataWords({ data }: LeadView): string {
  const text = Object.entries(data)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`
}
