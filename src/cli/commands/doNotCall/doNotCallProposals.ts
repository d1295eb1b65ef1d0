import type { Command } from 'commander'
import type { Static } from 'typebox'
import { acceptedView, proposalsView } from '../../../api/doNotCall.ts'
import { type Cli, examples } from '../../cli.ts'
import { localTime, table } from '../../terminal/format.ts'
import { wholeNumber, wholeNumberFrom } from '../../terminal/values.ts'

/** `dnc proposals|accept` */
export function doNotCallProposalCommands(dnc: Command, cli: Cli): void {
  examples(
    dnc
      .command('proposals')
      .option('--campaign <id>', 'only of this campaign')
      .option('--limit <count>', 'how many', wholeNumberFrom(1, 1_000), 100)
      .option('--after <lead>', 'continue behind this lead', wholeNumber)
      .description('numbers that calls have worn out: accept them, or let them rest'),
    'dialwright dnc proposals',
    'dialwright dnc proposals --campaign spring',
  ).action(async ({ campaign: campaignId, ...options }: { campaign?: string; limit: number; after?: number }) => {
    const answer = await cli.api().get(proposalsView, '/v1/do-not-call/proposals', { campaignId, ...options })
    cli.print(answer, () => proposalsTable(answer))
    if (answer.next !== undefined) cli.remark(`more: --after ${answer.next}`)
  })

  examples(
    dnc
      .command('accept')
      .argument('<numbers...>', 'proposed numbers')
      .description("put proposed numbers on the company's list, with their points as the note: all of them or none"),
    "dialwright dnc accept '+12025550100' '+12025550101'",
  ).action(async (numbers: readonly string[]) => {
    const request = { method: 'POST', path: '/v1/do-not-call/proposals/accept', body: { numbers } } as const
    const answer = await cli.api().send(acceptedView, request)
    cli.print(answer, () => answer.accepted.map(number => `${number} is on the company's list\n`).join(''))
  })
}

function proposalsTable({ proposals }: Static<typeof proposalsView>): string {
  if (proposals.length === 0) return 'no number is worn out\n'
  const rows = proposals.map(({ number, campaignId, points, limit, parts, restsUntil }) => [
    ...[number, campaignId, `${points} of ${limit}`],
    ...[parts.map(({ what, times }) => `${what} ${times}`).join(', '), localTime(restsUntil)],
  ])
  return table(['number', 'campaign', 'points', 'from', 'rests until'], rows)
}
