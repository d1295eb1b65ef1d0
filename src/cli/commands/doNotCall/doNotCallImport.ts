import { type Command, Option } from 'commander'
import type { Static } from 'typebox'
import { listImportView } from '../../../api/doNotCall.ts'
import { given } from '../../../core/given.ts'
import { printable } from '../../../core/printable.ts'
import { type Cli, examples } from '../../cli.ts'
import { plural } from '../../terminal/format.ts'
import { percentage } from '../../terminal/values.ts'
import { importWords, uploadFile } from '../leads/imports.ts'

interface Options {
  readonly list: string
  readonly country?: string
  readonly column?: string
  readonly kind?: string
  readonly place?: string
  readonly campaign?: string
  readonly listVersion?: string
  readonly asOf?: string
  readonly full?: boolean
  readonly delta?: string
  readonly rubbishMax?: number
  readonly shrinkOk?: boolean
}

/** `dnc import` */
export function doNotCallImportCommand(dnc: Command, cli: Cli): void {
  examples(
    dnc
      .command('import')
      .argument('<file>', 'one number a line, a CSV, or a registry as XML, gzip or not; - reads standard input')
      .requiredOption('--list <name>', 'name of the list')
      .addOption(
        new Option('--kind <kind>', 'what it is (default: as before; a new list: other)').choices([
          ...['national', 'state', 'campaign', 'other'],
        ]),
      )
      .option('--place <place>', 'where a national or state list holds: US, US-FL')
      .option('--campaign <id>', 'the campaign for which a list of kind campaign holds')
      .option('--as-of <day>', 'the day of the content, 2026-11-01 (default: today)')
      .option('--list-version <text>', 'what you call this content (default: from its checksum)')
      .option('--full', 'the file is the whole list and replaces it (default)')
      .addOption(
        new Option('--delta <how>', 'the file changes the list: all its rows add, all remove, or each says which')
          .choices(['add', 'remove', 'changes'])
          .conflicts('full'),
      )
      .option(
        '--column <header>',
        'the one column with the numbers (default: every column that holds numbers, by its name)',
      )
      .option('--country <code>', 'country of numbers without a country code (default: defaultCountry)')
      .option('--rubbish-max <percent>', 'share of rows that may be unreadable (default: 5 %)', percentage)
      .option('--shrink-ok', 'the list may come out at less than half of its size')
      .description(
        'import a bulk list (national, bought), or changes of one. Exit code 1 where a row cannot be read: what it may mean is blocked, and its line is named',
      ),
    'dialwright dnc import national.txt.gz --list national --kind national --place US --as-of 2026-11-01',
    'dialwright dnc import changes.csv --list national --delta changes',
  ).action(async (file: string, options: Options) => {
    const request = { file, path: '/v1/do-not-call/import', query: queryOf(options) }
    const report = await uploadFile(cli, { ...request, view: listImportView })
    cli.print(report, () => listImportWords(report))
    for (const warning of report.warnings) cli.remark(`warning: ${printable(warning)}`)
    // Somebody wants no calls, and nobody knows who.
    if (report.invalid > 0) cli.setExitCode(1)
  })
}

function queryOf({ listVersion, full: _full, shrinkOk, campaign: campaignId, ...rest }: Options) {
  return {
    ...rest,
    ...given({ campaignId, version: listVersion, shrinkOk: shrinkOk === undefined ? undefined : String(shrinkOk) }),
  }
}

function listImportWords(report: Static<typeof listImportView>): string {
  const { list, prefixes, changes } = report
  const moved =
    changes === undefined
      ? ''
      : `${changes.added} added, ${changes.removed} removed${changes.kept === 0 ? '' : `, ${changes.kept} named both ways stay`}\n`
  const holds = prefixes === 0 ? '' : ` and ${plural(prefixes, 'prefix', 'prefixes')}`
  const now = `the list ${list.name} holds ${plural(list.numbers, 'number')}${holds}, version ${list.version}\n`
  return `${importWords(report, 'number')}${moved}${now}`
}
