import type { Static } from 'typebox'
import { campaignView, type pacingView } from '../../../api/campaigns.ts'
import type { CampaignStatus } from '../../../api/views.ts'
import { pacingSchema } from '../../../config/campaignFile.ts'
import { durationMs } from '../../../config/durations.ts'
import { pathText, problemsOf } from '../../../config/problems.ts'
import type { CampaignSettings } from '../../../core/campaigns/campaign.ts'
import type { PacingSettings } from '../../../core/pacing/pacer.ts'
import { InputError } from '../../../errors.ts'
import type { Expected, Foresight, ForesightBasis } from '../../../ports/foresight/foresee.ts'
import type { Cli } from '../../cli.ts'
import { apiPath } from '../../client.ts'
import { type Cell, percent, plural, table } from '../../terminal/format.ts'
import { tellEffort } from '../simulate/effort.ts'
import { type OwnHistory, readOwnHistory } from '../simulate/ownHistory.ts'
import { type Simulating, simulating } from '../simulate/simulating.ts'

/** Where nobody is logged in and nobody says how many. */
const agentsAssumed = 10
/** What is asked: a change of the pacing, and for how many agents. */
interface WhatIf {
  readonly campaignId: string
  readonly changes: Static<typeof pacingView>
  /** Absent: those who are logged in. */
  readonly agents?: number | undefined
}

interface WhatIfResult {
  readonly campaign: string
  readonly applied: false
  readonly agents: number
  readonly basis: ForesightBasis
  readonly runs: number
  readonly hours: number
  readonly present: Expected & { readonly pacing: PacingSettings }
  readonly changed: Expected & { readonly pacing: PacingSettings }
}

/** `pacing set --what-if`: what the simulator expects of the present and of the new setting. Changes nothing. */
export async function showWhatIf(cli: Cli, { campaignId, changes: asked, agents: named }: WhatIf): Promise<void> {
  const { ringTimeout, ...changes } = asked
  const { status } = await cli.api().get(campaignView, apiPath('/v1/campaigns', campaignId))
  const history = await readOwnHistory(cli, { campaignId })
  const present = history.settings.pacing
  const next = { ...present, ...changes }
  refuseWrong(campaignId, { changes, next })
  const there = onTheLine(status)
  const agents = named ?? (there === 0 ? agentsAssumed : there)
  const ringTimeoutMs = ringTimeout === undefined ? history.settings.ringTimeoutMs : durationMs(ringTimeout)
  const changed = { ...history.settings, ringTimeoutMs, pacing: next }
  const done = await simulating(cli, { what: `what if (${campaignId})` }, async tools => {
    const found = await tryBoth({ history, changed, agents }, tools)
    const both = { present: { pacing: present, ...found.present }, changed: { pacing: next, ...found.changed } }
    const { basis, runs, hours } = found
    return { campaign: campaignId, applied: false, agents, basis, runs, hours, ...both } as const
  })
  if (done === undefined) return
  cli.print(done.answer, () => resultWords(done.answer))
  tellEffort(cli, { seed: 1, seeds: done.answer.runs, effort: done.effort })
  if (named === undefined && there === 0)
    cli.remark(`nobody is logged in: ${agentsAssumed} agents assumed, say --agents for another number`)
  cli.remark('nothing was changed: the same command without --what-if sets it')
}

/** What the daemon would refuse is not simulated. */
function refuseWrong(
  campaignId: string,
  { changes, next }: { changes: Static<typeof pacingSchema>; next: PacingSettings },
): void {
  const [problem] = problemsOf(pacingSchema, changes)
  const { abandonmentTarget, abandonmentRateMax } = next
  const wrong =
    problem !== undefined
      ? `${pathText(problem.path)} ${problem.text}`
      : abandonmentTarget > abandonmentRateMax
        ? `abandonmentTarget must not be above abandonmentRateMax (${abandonmentRateMax})`
        : undefined
  if (wrong !== undefined) throw new InputError('campaign-wrong', `campaign ${campaignId}: pacing: ${wrong}`)
}

function onTheLine({ agents }: CampaignStatus): number {
  return agents.available + agents.reserved + agents['on-call'] + agents['wrap-up'] + agents.paused + agents.breather
}

interface Trial {
  readonly history: OwnHistory
  readonly changed: CampaignSettings
  readonly agents: number
}

/** All runs at once: the daemon dials elsewhere, or not at all. */
async function tryBoth({ history, changed, agents }: Trial, tools: Simulating): Promise<Foresight> {
  const { prepareWhatIf, whatIfPlan } = await import('../../../sim/study/whatIf.ts')
  const { settings: present, past, leads, trunk } = history
  const openLeads = leads.total - leads.finished
  const whatIf = prepareWhatIf({ present, changed, past, agents, trunk, openLeads })
  tools.onExpected(2 * whatIfPlan.seeds)
  const rounds = Array.from({ length: whatIfPlan.seeds }, (_, round) => whatIf.run(round, tools))
  return whatIf.answer(await Promise.all(rounds))
}

function resultWords({ agents, basis, runs, hours, present, changed }: WhatIfResult): string {
  const team = `${plural(agents, 'agent')}, ${runs} simulated runs of ${hours} h that begin with nothing learned`
  const why =
    basis.kind === 'history'
      ? `as ${plural(basis.attempts, 'attempt')} of this campaign show it`
      : `assuming scenario ${basis.scenario}, because the history is too short: ${basis.because}`
  const row = (what: string, cell: (one: WhatIfResult['present']) => Cell): readonly Cell[] => [
    ...[what, cell(present), cell(changed)],
  ]
  const rows = [
    row('mode', ({ pacing }) => (pacing.mode === 'ratio' ? `ratio ${pacing.ratio}` : pacing.mode)),
    ...(present.pacing.mode === 'predictive' || changed.pacing.mode === 'predictive'
      ? [row('target', ({ pacing }) => (pacing.mode === 'predictive' ? percent(pacing.abandonmentTarget) : ''))]
      : []),
    row('limit', ({ pacing }) => percent(pacing.abandonmentRateMax)),
    row('dial level at most', ({ pacing }) => pacing.dialLevelMax),
    row('occupancy', ({ occupancy: { mean, ci95 } }) => `${percent(mean)} +/- ${(ci95 * 100).toFixed(1)}`),
    row('abandonment', ({ abandonmentRate }) => percent(abandonmentRate.pooled, 2)),
    row('in the worst run', ({ abandonmentRate }) => percent(abandonmentRate.max, 2)),
    row('calls an hour', ({ attemptsPerHour }) => Math.round(attemptsPerHour)),
    row('conversations an hour', ({ connectedPerHour }) => Math.round(connectedPerHour)),
  ]
  return `${team},\n${why}\n\n${table(['', 'now', 'changed'], rows)}`
}
