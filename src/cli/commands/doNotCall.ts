import type { Command } from 'commander'
import type { Static } from 'typebox'
import { listsView } from '../../http/routes/doNotCall.ts'
import { doNotCallView, doneView } from '../../http/views.ts'
import { type Cli, examples } from '../cli.ts'
import { apiPath } from '../client.ts'
import { localTime, table } from '../format.ts'
import { importWords, uploadFile } from './imports.ts'

const base = '/v1/do-not-call'

/** `dnc import|add|remove|check|lists` */
export function doNotCallCommands(program: Command, cli: Cli): void {
  const dnc = program.command('dnc').description('do-not-call lists: whoever is on one is not dialed')

  examples(
    dnc
      .command('import')
      .argument('<file>', 'one number a line, or a CSV; - reads standard input')
      .requiredOption('--list <name>', 'name of the list; a list of that name is replaced whole')
      .option('--country <code>', 'country of numbers without a country code (default: defaultCountry)')
      .description('import a bulk list (national, bought)'),
    'dialwright dnc import national.csv --list national',
  ).action(async (file: string, options: { list: string; country?: string }) => {
    const report = await uploadFile(cli, { file, path: `${base}/import`, query: { ...options } })
    cli.print(report, () => importWords(report, 'number'))
    if (report.imported === 0 && report.invalid > 0) cli.setExitCode(1)
  })

  examples(
    dnc
      .command('add')
      .argument('<number>')
      .option('--note <text>', 'why')
      .description("put a number on the company's list: on disk at once, calls to it end"),
    "dialwright dnc add '+12025550100' --note 'asked by letter'",
  ).action(async (number: string, options: { note?: string }) => {
    const answer = await cli.api().send(doNotCallView, { method: 'PUT', path: apiPath(base, number), body: options })
    cli.print(answer, () => listedWords(answer))
  })

  examples(
    dnc.command('remove').argument('<number>').description("take a number off the company's list"),
    "dialwright dnc remove '+12025550100'",
  ).action(async (number: string) => {
    const answer = await cli.api().send(doneView, { method: 'DELETE', path: apiPath(base, number) })
    cli.print(answer, () => `${number} is off the company's list\n`)
  })

  examples(
    dnc.command('check').argument('<number>').description('whether a number is on a list; exit code 1 if it is'),
    "dialwright dnc check '+12025550100'",
  ).action(async (number: string) => {
    const answer = await cli.api().get(doNotCallView, apiPath(base, number))
    cli.print(answer, () => listedWords(answer))
    if (answer.listed) cli.setExitCode(1)
  })

  examples(dnc.command('lists').description('imported lists with their size and age'), 'dialwright dnc lists').action(
    async () => {
      const answer = await cli.api().get(listsView, base)
      const rows = answer.lists.map(({ name, numbers, importedAt }) => [name, numbers, localTime(importedAt)])
      cli.print(answer, () => table(['list', 'numbers', 'imported at'], rows))
    },
  )
}

function listedWords({ number, listed, list, source, at, note }: Static<typeof doNotCallView>): string {
  if (!listed) return `${number} is on no do-not-call list\n`
  return `${number} is on the do-not-call list ${list} (${source}, ${localTime(at)}${note === undefined ? '' : `, ${note}`})\n`
}
