import { type Command, InvalidArgumentError } from 'commander'
import type { Static } from 'typebox'
import { leadListsView, recycleView } from '../../../api/leads.ts'
import { type Disposition, dispositions } from '../../../core/vocabulary.ts'
import { type Cli, examples } from '../../cli.ts'
import { apiPath } from '../../client.ts'
import { plural, table } from '../../terminal/format.ts'
import { originWords } from './leadExplainText.ts'

interface RecycleOptions {
  readonly campaign: string
  readonly list?: string
  readonly last?: readonly Disposition[]
  readonly resetAttempts?: boolean
  readonly dryRun?: boolean
}

/** `leads lists|recycle` */
export function leadRecycleCommands(leads: Command, cli: Cli): void {
  examples(
    leads
      .command('lists')
      .requiredOption('--campaign <id>', 'the campaign')
      .description('the lists of a campaign: how many leads each has left, its share, where its numbers come from'),
    'dialwright leads lists --campaign spring',
  ).action(async ({ campaign }: { campaign: string }) => {
    const answer = await cli.api().get(leadListsView, apiPath('/v1/campaigns', campaign, 'leads', 'lists'))
    cli.print(answer, () => listsTable(answer))
  })

  examples(
    leads
      .command('recycle')
      .requiredOption('--campaign <id>', 'the campaign')
      .option('--list <name>', 'only leads of this list')
      .option('--last <dispositions>', 'only leads whose last call ended so: busy,no-answer', readDispositions)
      .option('--reset-attempts', 'they begin at 0 attempts again; without it, who has had all stays finished')
      .option('--dry-run', 'only count')
      .description('call finished leads again; never who refused, complained or is on do-not-call'),
    'dialwright leads recycle --campaign spring --last busy,no-answer --dry-run',
    'dialwright leads recycle --campaign spring --list warm --last no-answer --reset-attempts',
  ).action(async ({ campaign, ...which }: RecycleOptions) => {
    if (which.list === undefined && which.last === undefined) {
      throw new InvalidArgumentError(
        'say which leads: --last busy,no-answer or --list NAME, or both (--dry-run only counts).',
      )
    }
    const report = await recycleAll(cli, campaign, which)
    cli.print(report, () => recycleWords(report, which.dryRun === true))
  })
}

function readDispositions(text: string): readonly Disposition[] {
  const known: readonly string[] = dispositions
  const words = text.split(',').map(word => word.trim())
  const unknown = words.find(word => !known.includes(word))
  if (unknown !== undefined) throw new InvalidArgumentError(`"${unknown}" is not one of ${dispositions.join(', ')}`)
  return dispositions.filter(word => words.includes(word))
}

type Report = Omit<Static<typeof recycleView>, 'next'>

/** The daemon takes a portion at a time. */
async function recycleAll(cli: Cli, campaign: string, which: Omit<RecycleOptions, 'campaign'>): Promise<Report> {
  const report = { recycled: 0, barred: 0, exhausted: 0 }
  const path = apiPath('/v1/campaigns', campaign, 'leads', 'recycle')
  let after = {}
  for (;;) {
    const { next, ...part } = await cli.api().send(recycleView, { method: 'POST', path, body: { ...which, ...after } })
    report.recycled += part.recycled
    report.barred += part.barred
    report.exhausted += part.exhausted
    if (next === undefined) return report
    after = { after: next }
  }
}

function recycleWords({ recycled, barred, exhausted }: Report, dryRun: boolean): string {
  const lines = [
    `${plural(recycled, 'lead')} ${dryRun ? 'would be called again' : 'will be called again'}`,
    exhausted === 0 ? undefined : `${plural(exhausted, 'lead')} had all attempts: --reset-attempts takes them too`,
    barred === 0
      ? undefined
      : `${plural(barred, 'lead')} left as finished: refused, on do-not-call, dead, or being called`,
  ]
  return `${lines.filter(line => line !== undefined).join('\n')}\n`
}

function listsTable({ lists }: Static<typeof leadListsView>): string {
  const header = ['list', 'leads', 'dialable', 'finished', 'attempts', 'share', 'origin']
  const rows = lists.map(({ list, leads, dialable, finished, attempts, share, origins }) => [
    ...[list, leads, dialable, finished, attempts, share === undefined ? '' : `${(share * 100).toFixed(1)} %`],
    origins.map(originWords).join('; '),
  ])
  return table(header, rows)
}
