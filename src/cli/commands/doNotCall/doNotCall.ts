import { type Command, Option } from 'commander'
import type { Static } from 'typebox'
import { checkView, listsView, prefixView, removedView } from '../../../api/doNotCall.ts'
import { doneView } from '../../../api/views.ts'
import { given } from '../../../core/given.ts'
import { dayMs } from '../../../core/time.ts'
import { InputError } from '../../../errors.ts'
import { type Cli, examples } from '../../cli.ts'
import { apiPath } from '../../client.ts'
import { localTime, table } from '../../terminal/format.ts'
import { doNotCallImportCommand } from './doNotCallImport.ts'
import { doNotCallProposalCommands } from './doNotCallProposals.ts'

const base = '/v1/do-not-call'

/** `dnc import|add|remove|check|lists|drop|proposals|accept` */
export function doNotCallCommands(program: Command, cli: Cli): void {
  const dnc = program.command('dnc').description('do-not-call lists: whoever is on one is not dialed')
  doNotCallImportCommand(dnc, cli)
  entryCommands(dnc, cli)
  listCommands(dnc, cli)
  doNotCallProposalCommands(dnc, cli)
}

function entryCommands(dnc: Command, cli: Cli): void {
  examples(
    dnc
      .command('add')
      .argument('<number>', "a number, or '+1900*' for all that begin so")
      .option('--note <text>', 'why')
      .option('--seller <id>', 'only for that seller, where lists are kept per seller')
      .description("put a number on the company's list: on disk at once, calls to it end"),
    "dialwright dnc add '+12025550100' --note 'asked by letter'",
    "dialwright dnc add '+1900*'",
  ).action(async (number: string, options: { note?: string; seller?: string }) => {
    const request = { method: 'PUT', path: apiPath(base, number), body: options } as const
    if (number.trim().endsWith('*')) {
      const answer = await cli.api().send(prefixView, request)
      cli.print(answer, () => `numbers that begin with ${answer.prefix} are not called (${whyWords(answer)})\n`)
      return
    }
    const answer = await cli.api().send(checkView, request)
    cli.print(answer, () => listedWords(answer))
  })

  examples(
    dnc
      .command('remove')
      .argument('<number>', 'a number, or a prefix as it was added')
      .requiredOption('--by <name>', 'who answers for it; goes into the ledger')
      .option('--seller <id>', 'off the list of that seller')
      .description(
        "take a number off one list: of wrong persons or dead numbers where it is there, else off the company's lists",
      ),
    "dialwright dnc remove '+12025550100' --by 'Ann Lee'",
  ).action(async (number: string, { by, seller }: { by: string; seller?: string }) => {
    const path = `${apiPath(base, number)}?${new URLSearchParams({ by, ...given({ seller }) })}`
    const answer = await cli.api().send(removedView, { method: 'DELETE', path })
    cli.print(
      answer,
      () =>
        `${number} is taken off the list ${answer.list}: \`dialwright dnc check\` says whether another list holds it\n`,
    )
  })

  examples(
    dnc
      .command('check')
      .argument('<numbers...>')
      .description('every list that holds a number; exit code 1 if one does'),
    "dialwright dnc check '+12025550100'",
    "dialwright dnc check '+12025550100' '+12025550101'",
  ).action(async (numbers: readonly string[]) => {
    const answers: Static<typeof checkView>[] = []
    for (const number of numbers) answers.push(await cli.api().get(checkView, apiPath(base, number)))
    cli.print({ numbers: answers }, () => answers.map(listedWords).join(''))
    if (answers.some(({ listed }) => listed)) cli.setExitCode(1)
  })
}

function listCommands(dnc: Command, cli: Cli): void {
  examples(
    dnc
      .command('lists')
      .option('--verify', 'read every list whole and hold it against its checksum')
      .description("imported lists with their size and age, and the company's prefixes"),
    'dialwright dnc lists',
    'dialwright dnc lists --verify',
  ).action(async ({ verify = false }: { verify?: boolean }) => {
    const answer = await cli.api().get(listsView, base)
    const damaged = verify ? await verifyAll(cli, answer.lists) : []
    const found = verify ? { damaged } : {}
    cli.print({ ...answer, ...found }, () => listsWords(answer) + (verify ? verifyWords(answer.lists, damaged) : ''))
    if (damaged.length > 0) cli.setExitCode(1)
  })

  examples(
    dnc
      .command('drop')
      .argument('<list>', 'name of an imported list')
      .addOption(new Option('--yes', 'I know that its numbers may be dialed again').makeOptionMandatory())
      .description('remove an imported list with its file'),
    'dialwright dnc drop bought-2025 --yes',
  ).action(async (list: string) => {
    const answer = await cli.api().send(doneView, { method: 'DELETE', path: apiPath(`${base}/lists`, list) })
    cli.print(answer, () => `the list ${list} is gone: its numbers may be dialed again\n`)
  })
}

interface Damage {
  readonly list: string
  readonly says: string
}

async function verifyAll(cli: Cli, lists: Static<typeof listsView>['lists']): Promise<readonly Damage[]> {
  const damaged: Damage[] = []
  for (const { name } of lists) {
    const path = apiPath(`${base}/lists`, name, 'verify')
    try {
      await cli.api().send(doneView, { method: 'POST', path })
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      damaged.push({ list: name, says: error.message })
    }
  }
  return damaged
}

function verifyWords(lists: Static<typeof listsView>['lists'], damaged: readonly Damage[]): string {
  if (damaged.length === 0) return `\nread whole: ${lists.length} of ${lists.length} as they were written\n`
  return `\n${damaged.map(({ says }) => `${says}\n`).join('')}`
}

function listsWords({ lists, prefixes }: Static<typeof listsView>): string {
  const rows = lists.map(({ name, kind, place, campaignId, numbers, version, importedAt, asOf }) => [
    ...[name, kind, place ?? campaignId, numbers, version, asOf.slice(0, 10), ageWords(asOf), localTime(importedAt)],
  ])
  const header = ['list', 'kind', 'for', 'numbers', 'version', 'as of', 'age', 'imported at']
  const wild = prefixes.map(({ prefix, source, at, note }) => [prefix, source, localTime(at), note])
  const wildcards = wild.length === 0 ? '' : `\n${table(['prefix', 'source', 'added at', 'note'], wild)}`
  return `${table(header, rows)}${wildcards}`
}

function ageWords(asOf: string): string {
  const days = Math.floor((Date.now() - Date.parse(asOf)) / dayMs)
  if (days < 0) return 'in the future'
  return days === 1 ? '1 day' : `${days} days`
}

/** Lists of the company's own are kept entry by entry. */
const ownKinds: ReadonlySet<string> = new Set(['company', 'deceased', 'retired', 'seller', 'wrong-person'])

function listedWords({ number, listed, hits, ...entry }: Static<typeof checkView>): string {
  if (!listed) return `${number} is on no do-not-call list\n`
  return hits
    .map(({ list, kind, place, campaignId, version, asOf, through }) => {
      const about = [kind, place, campaignId === undefined ? undefined : `campaign ${campaignId}`]
        .filter(Boolean)
        .join(' ')
      const own = list === entry.list && ownKinds.has(kind)
      const by = through === undefined ? '' : `, by another number of the person, ${through}`
      const why = own ? whyWords(entry) : `${about}, version ${version} as of ${asOf.slice(0, 10)}`
      return `${number} is on the do-not-call list ${list} (${why})${by}\n`
    })
    .join('')
}

function whyWords({ source, at, note }: { source?: string; at?: string; note?: string }): string {
  return [source, localTime(at), note].filter(part => part !== undefined && part !== '').join(', ')
}
