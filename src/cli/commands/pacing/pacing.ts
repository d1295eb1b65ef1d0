import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Static } from 'typebox'
import { decisionListView, pacingView } from '../../../api/campaigns.ts'
import type { DecisionView } from '../../../api/views.ts'
import { formatDuration } from '../../../config/durations.ts'
import { given } from '../../../core/given.ts'
import { pacingModes } from '../../../core/pacing/pacer.ts'
import { type Cli, examples } from '../../cli.ts'
import { apiPath } from '../../client.ts'
import { fields, localTime, percent, wrap } from '../../terminal/format.ts'
import { anyNumber, duration, onOrOff, ratio, wholeNumberFrom, windows } from '../../terminal/values.ts'
import { recordCommands } from './pacingRecord.ts'

type Pacing = Static<typeof pacingView>

/** Options as they are given: some durations that the API calls otherwise. */
type Given = Omit<Pacing, 'ringTimeout' | 'agentGapMs'> & {
  readonly whatIf?: boolean
  readonly agents?: number
  readonly ringTimeout?: number
  readonly agentGap?: number
}

function changesOf({ ringTimeout, agentGap, ...pacing }: Omit<Given, 'whatIf' | 'agents'>): Pacing {
  return {
    ...pacing,
    ...given({
      ringTimeout: ringTimeout === undefined ? undefined : formatDuration(ringTimeout),
      agentGapMs: agentGap,
    }),
  }
}

/** `pacing show|set|explain` */
export function pacingCommands(program: Command, cli: Cli): void {
  const pacing = program.command('pacing').description('how fast a campaign dials')
  const path = (id: string, ...more: string[]): string => apiPath('/v1/campaigns', id, 'pacing', ...more)

  examples(
    pacing.command('show').argument('<campaign>').description('the settings in force'),
    'dialwright pacing show spring',
  ).action(async (id: string) => {
    const answer = await cli.api().get(pacingView, path(id))
    cli.print(answer, () => pacingWords(answer))
  })

  examples(
    pacing
      .command('set')
      .argument('<campaign>')
      .addOption(new Option('--mode <mode>', 'how to pace').choices(pacingModes))
      .option('--ratio <lines>', 'mode ratio: lines per available agent, 1 to 10', anyNumber)
      .option('--abandonment-target <ratio>', 'mode predictive: what to steer to, such as 0.027', ratio)
      .option('--abandonment-rate-max <ratio>', "the law's limit, such as 0.03", ratio)
      .option('--dial-level-max <calls>', 'never more calls in flight per agent', anyNumber)
      .option('--intensity <ratio>', 'mode predictive: the share of the target to use, 1 for all of it', ratio)
      .option('--abandonment-windows <list>', "the law's windows, such as 24h,30d,life", windows)
      .option('--ring-timeout <duration>', 'how long a call rings, from 15s', duration)
      .option('--ring-withdrawal <on|off>', 'mode predictive: give up rings of 15 s that nobody could take', onOrOff)
      .option('--agent-gap <duration>', 'rest between two calls of an agent', duration)
      .option('--occupancy-max <ratio>', 'no agent works a larger share of their session, such as 0.85', ratio)
      .option('--what-if', 'simulate the present and the new setting side by side, and change nothing')
      .option(
        '--agents <count>',
        'with --what-if: for so many agents (default: those logged in)',
        wholeNumberFrom(1, 2000),
      )
      .description('change the pacing; takes effect at the next decision, while calls ring'),
    'dialwright pacing set spring --mode predictive --abandonment-target 0.02',
    'dialwright pacing set spring --mode ratio --ratio 1.5',
    'dialwright pacing set spring --occupancy-max 0.85 --agent-gap 5s --ring-timeout 20s',
    'dialwright pacing set spring --mode predictive --what-if',
  ).action(async (id: string, { whatIf = false, agents, ...given }: Given) => {
    const options = changesOf(given)
    if (agents !== undefined && !whatIf) throw new InvalidArgumentError('--agents goes with --what-if')
    if (Object.keys(options).length === 0)
      throw new InvalidArgumentError('nothing to set: name an option such as --mode (see --help)')
    if (whatIf) {
      const { showWhatIf } = await import('./pacingWhatIf.ts')
      return showWhatIf(cli, { campaignId: id, changes: options, agents })
    }
    const answer = await cli.api().send(pacingView, { method: 'PATCH', path: path(id), body: options })
    cli.print(answer, () => pacingWords(answer))
  })

  recordCommands(pacing, cli)

  examples(
    pacing
      .command('explain')
      .argument('<campaign>')
      .option('--limit <count>', 'how many decisions', wholeNumberFrom(1, 1_000), 10)
      .description('the last decisions with their reasons, newest first'),
    'dialwright pacing explain spring --limit 5',
  ).action(async (id: string, options: { limit: number }) => {
    const answer = await cli.api().get(decisionListView, path(id, 'decisions'), { limit: options.limit })
    cli.print(answer, () => answer.decisions.map(decision => decisionWords(cli, decision)).join(''))
    if (answer.decisions.length === 0) cli.remark(`campaign ${id} has decided nothing yet: is it started?`)
  })
}

function pacingWords(pacing: Pacing): string {
  return fields([
    ['mode', pacing.mode],
    ['ratio', pacing.ratio],
    ['abandonment target', percent(pacing.abandonmentTarget ?? 0)],
    ['abandonment limit', percent(pacing.abandonmentRateMax ?? 0)],
    ['abandonment windows', pacing.abandonmentWindows?.map(window => window.name).join(', ') ?? "the law's, and life"],
    ['intensity', pacing.intensity],
    ['dial level at most', pacing.dialLevelMax],
    ['ring timeout', pacing.ringTimeout],
    ['ring withdrawal', pacing.ringWithdrawal === true ? 'on' : 'off'],
    ['agent gap', pacing.agentGapMs === undefined ? undefined : formatDuration(pacing.agentGapMs)],
    ['occupancy at most', pacing.occupancyMax === undefined ? undefined : percent(pacing.occupancyMax)],
  ])
}

function decisionWords(cli: Cli, { at, reason, says }: DecisionView): string {
  const [what = says, figures] = says.split(/ \[(.*)\]$/)
  const head = `${localTime(at)}  ${reason}  ${what}\n`
  if (figures === undefined) return head
  const width = cli.terminal.size().columns
  return `${head}${cli.paint('grey', wrap(figures, { width, indent: ' '.repeat(21) }))}`
}
